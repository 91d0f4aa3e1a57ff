package outdir

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Dir is where Write puts its files.
type Dir interface {
	// Create begins a file, which does not appear under its name before it is committed.
	Create(name string) (File, error)
}

// File is a file being written. Exactly one of Commit and Abort ends it.
type File interface {
	io.Writer
	Commit() error // makes the file visible under its name, in place of an older one
	Abort()        // removes it
}

// Open returns the directory at path, made if it does not exist. Its files are written under temporary names and renamed
// when they are complete: a reader never sees half a file.
func Open(path string) (Dir, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, err
	}
	return folder(path), nil
}

type folder string

// Create begins a file under a temporary name.
func (d folder) Create(name string) (File, error) {
	f, err := os.CreateTemp(string(d), "."+name+".*.tmp")
	if err != nil {
		return nil, err
	}
	return &file{f, filepath.Join(string(d), name)}, nil
}

type file struct {
	*os.File
	path string
}

// Commit closes the file, gives it the permissions of files and its name.
func (f *file) Commit() error {
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		os.Remove(f.Name())
		return err
	}
	if err := os.Rename(f.Name(), f.path); err != nil {
		os.Remove(f.Name())
		return err
	}
	return nil
}

// commitNew is Commit where no file has the name yet; otherwise it is fs.ErrExist, and the file is removed.
func (f *file) commitNew() error {
	err := errors.Join(f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Link(f.Name(), f.path)
	}
	if _, there := os.Stat(f.path); err != nil && errors.Is(there, fs.ErrNotExist) {
		err = os.Rename(f.Name(), f.path) // a file system without links
	}
	os.Remove(f.Name())
	return err
}

// Abort removes the file.
func (f *file) Abort() {
	f.Close()
	os.Remove(f.Name())
}
