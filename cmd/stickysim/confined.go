package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// confined is the file system of configuration files. It holds the folders that the files are in, at their absolute
// paths, so that /etc/nginx/nginx.conf can include /etc/nginx/conf.d. It holds nothing outside these folders.
type confined struct {
	names []string // of the files, as paths of this file system
	typed []string // as the user gave them
	dirs  []string // folders, as paths of this file system
	roots []fs.FS
}

func confine(names []string) (*confined, error) {
	c := &confined{typed: names}
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
		dir := filepath.Dir(full)
		if info.IsDir() {
			dir = full
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, err
		}
		c.names = append(c.names, slashed(full))
		c.dirs = append(c.dirs, slashed(dir))
		c.roots = append(c.roots, root.FS())
	}
	return c, nil
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
	for i, dir := range c.dirs {
		inside, ok := strings.CutPrefix(name, dir+"/")
		switch {
		case dir == ".":
			inside, ok = name, true
		case name == dir:
			inside, ok = ".", true
		}
		if !ok {
			continue
		}
		if f, err := c.roots[i].Open(inside); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
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
