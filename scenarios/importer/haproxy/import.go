// Package haproxy imports haproxy.cfg: backends and listeners with servers become pools with the policies of
// stickysim/policies/haproxy, everything else becomes a remark.
//
// Whole configurations, several files as `haproxy -f a -f b` reads them, directories, and fragments with just a backend
// or listen section are read. Nothing is evaluated: environment variables and `.if` conditions are remarks.
//
//	files → lines of words (words.go) → sections (section.go) → settings (settings.go), servers → pools (pool.go)
//
// Input may be hostile: size, lines, servers and remarks are bounded, and every error names file, line and column.
//
// Floor 6: imports importer/ir, policies and sim.
package haproxy

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"stickysim/scenarios/importer/ir"
)

// The bounds of what is read.
const (
	maxBytes   = 16 << 20 // of all files together
	maxLine    = 64 << 10 // bytes of a line
	maxLines   = 500_000
	maxWords   = 512     // of a line
	maxServers = 100_000 // of all pools together
	maxRemarks = 10_000
	maxFiles   = 1000
)

// Error is what is wrong with a configuration, and where. Line and Col count from 1, Col in bytes; 0 is the whole file.
type Error struct {
	File      string
	Line, Col int
	Text      string
}

// Error is "file:line:col: text".
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Text)
}

// Import reads the named files of fsys as one configuration, in that order. A directory stands for its files *.cfg in
// the order of their names.
func Import(fsys fs.FS, names ...string) (*ir.Config, error) {
	im := newImporter()
	total := 0
	for _, name := range names {
		files, err := expand(fsys, name)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			data, err := read(fsys, file, maxBytes-total)
			if err != nil {
				return nil, err
			}
			total += len(data)
			if err := im.file(file, data); err != nil {
				return nil, err
			}
		}
	}
	return im.finish()
}

// Parse reads one file. name stands in errors and remarks.
func Parse(name string, data []byte) (*ir.Config, error) {
	im := newImporter()
	if len(data) > maxBytes {
		return nil, tooLarge(name)
	}
	if err := im.file(name, data); err != nil {
		return nil, err
	}
	return im.finish()
}

func expand(fsys fs.FS, name string) ([]string, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil || !info.IsDir() {
		return []string{name}, err
	}
	entries, err := fs.ReadDir(fsys, name)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".cfg") && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, path.Join(name, e.Name()))
		}
	}
	if len(files) == 0 || len(files) > maxFiles {
		return nil, &Error{File: name, Text: fmt.Sprintf("a directory must hold 1 to %d files *.cfg, this has %d", maxFiles, len(files))}
	}
	slices.Sort(files)
	return files, nil
}

func read(fsys fs.FS, name string, most int) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	if err == nil && len(data) > most {
		err = tooLarge(name)
	}
	return data, err
}

func tooLarge(name string) error {
	return &Error{File: name, Text: fmt.Sprintf("larger than %d MiB; that is no configuration", maxBytes>>20)}
}

// file reads the lines of one file into sections.
func (im *importer) file(name string, data []byte) error {
	im.conditions = im.conditions[:0]
	im.current = nil
	for no := 1; len(data) > 0; no++ {
		text, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		if im.lines++; im.lines > maxLines {
			return &Error{name, no, 1, fmt.Sprintf("more than %d lines", maxLines)}
		}
		l, err := split(name, no, bytes.TrimSuffix(text, []byte("\r")))
		if err != nil {
			return err
		}
		if len(l.words) == 0 {
			continue
		}
		if err := im.line(l); err != nil {
			return err
		}
	}
	if len(im.conditions) > 0 {
		at := im.conditions[len(im.conditions)-1].at
		return at.errorf(0, ".if without .endif")
	}
	return nil
}
