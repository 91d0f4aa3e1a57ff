package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// inputs are the files that a command has read: scenarios, the logs that they name, and results. No output may replace one.
type inputs struct {
	mu   sync.Mutex
	read []fs.FileInfo // each once
}

// note adds an open file. What has no device and inode, such as a built-in scenario, is never the same as an output.
func (in *inputs) note(f fs.File) {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.hold(info) {
		in.read = append(in.read, info)
	}
}

func (in *inputs) hold(file fs.FileInfo) bool {
	return slices.ContainsFunc(in.read, func(one fs.FileInfo) bool { return os.SameFile(one, file) })
}

// under is a file system whose files are noted when they are opened.
func (in *inputs) under(files fs.FS) fs.FS {
	if files == nil {
		return nil
	}
	return noting{files, in}
}

type noting struct {
	fs.FS
	inputs *inputs
}

// Stat opens nothing.
func (n noting) Stat(name string) (fs.FileInfo, error) { return fs.Stat(n.FS, name) }

// Open opens a file and notes it.
func (n noting) Open(name string) (fs.File, error) {
	f, err := n.FS.Open(name)
	if err == nil {
		n.inputs.note(f)
	}
	return f, err
}

// outputFile is a file that a flag names; an empty name is none.
type outputFile struct{ flag, name string }

// spare refuses outputs that are a file the command has read, by this name or another, or that are the same file.
func (in *inputs) spare(outputs ...outputFile) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	for i, o := range outputs {
		if o.name == "" {
			continue
		}
		for _, other := range outputs[:i] {
			if other.name == o.name {
				return usagef("%s: %s is the file of %s, too; name another one", o.flag, o.name, other.flag)
			}
		}
		if info, err := os.Stat(o.name); err == nil && in.hold(info) {
			return usagef("%s: %s is an input of this command; name another file", o.flag, o.name)
		}
	}
	return nil
}

// spareIn refuses a directory of --out with an input in it, by its name or another: a file of the result might replace it.
func (in *inputs) spareIn(dir string, entries []fs.DirEntry) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if info, err := os.Stat(name); err == nil && in.hold(info) {
			return usagef("--out: %s is an input of this command; name another directory", name)
		}
	}
	return nil
}
