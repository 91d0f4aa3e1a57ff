package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"stickysim/scenarios/importer"
)

// confined is the file system of configuration files. It holds the folders that the files are in, at their absolute
// paths, so that /etc/nginx/nginx.conf can include /etc/nginx/conf.d. It holds nothing outside these folders.
type confined struct {
	names []string // of the files, as paths of this file system
	typed []string // as the user gave them
	dirs  []string // folders, as paths of this file system
	roots []fs.FS  // nil: no file beside a pipe can be read
	piped map[string][]byte
}

// confine makes the file system of the files that the command line names. The contents of a pipe or a device are read at once.
func (s *streams) confine(names []string) (*confined, error) {
	c := &confined{typed: names, piped: map[string][]byte{}}
	for _, name := range names {
		full, err := filepath.Abs(name)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(full)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, usagef("%s: there is no such file", name)
		}
		if err != nil {
			return nil, err
		}
		dir, own := filepath.Dir(full), slashed(full)
		if info.IsDir() {
			dir = full
		}
		root := inFolder(dir)
		if !info.IsDir() && (!info.Mode().IsRegular() || root != nil && leadsOut(root, filepath.Base(full))) {
			if c.piped[own], err = s.readPiped(name); err != nil {
				return nil, err
			}
		}
		if root == nil && c.piped[own] == nil {
			return nil, &fs.PathError{Op: "open", Path: dir, Err: fs.ErrPermission}
		}
		c.names = append(c.names, own)
		c.dirs = append(c.dirs, slashed(dir))
		c.roots = append(c.roots, s.inputs.under(root))
	}
	return c, nil
}

// leadsOut reports whether a file is a link to another folder, which only the command line may name.
func leadsOut(root fs.FS, name string) bool {
	_, err := fs.Stat(root, name)
	return err != nil
}

// mostPiped is how large a configuration may be that comes from a pipe.
const mostPiped = 16 << 20

// readPiped reads a pipe or a device that the command line names, once; "-" is standard input.
func (s *streams) readPiped(name string) ([]byte, error) {
	if data, ok := s.piped[name]; ok {
		return data, nil
	}
	var in io.Reader
	shown := name
	if name == "-" {
		in, shown = s.standardInput(), "standard input"
	} else {
		f, err := s.openNamed(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, mostPiped+1))
	if err != nil {
		return nil, err
	}
	if len(data) > mostPiped {
		return nil, usagef("%s: a configuration must not be larger than %d MiB", shown, mostPiped>>20)
	}
	s.piped[name] = data
	return data, nil
}

// slashed is an absolute path as one of an fs.FS.
func slashed(path string) string {
	path = strings.TrimPrefix(path, filepath.VolumeName(path))
	if path = strings.Trim(filepath.ToSlash(path), "/"); path == "" {
		return "."
	}
	return path
}

// Open opens what is below one of the folders.
func (c *confined) Open(name string) (fs.File, error) {
	if data, ok := c.piped[name]; ok {
		return importer.File(name, data).Open(name)
	}
	return inFolders(c, "open", name, fs.FS.Open)
}

// Stat opens nothing.
func (c *confined) Stat(name string) (fs.FileInfo, error) {
	if data, ok := c.piped[name]; ok {
		return fs.Stat(importer.File(name, data), name)
	}
	return inFolders(c, "stat", name, fs.Stat)
}

// inFolders does something with a file in the first of the folders that has it.
func inFolders[T any](c *confined, op, name string, do func(fs.FS, string) (T, error)) (none T, err error) {
	for i, dir := range c.dirs {
		inside, ok := strings.CutPrefix(name, dir+"/")
		switch {
		case dir == ".":
			inside, ok = name, true
		case name == dir:
			inside, ok = ".", true
		}
		if !ok || c.roots[i] == nil {
			continue
		}
		if v, err := do(c.roots[i], inside); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return v, err
		}
	}
	return none, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

// shown is a path of this file system as the user would write it.
func (c *confined) shown(name string) string {
	for i := range c.names {
		if name == c.names[i] {
			return c.typed[i]
		}
	}
	for i, dir := range c.dirs {
		if inside, ok := strings.CutPrefix(name, dir+"/"); ok {
			return filepath.Join(filepath.Dir(c.typed[i]), filepath.FromSlash(inside))
		}
	}
	return name
}
