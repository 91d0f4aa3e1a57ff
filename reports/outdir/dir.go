package outdir

import (
	"io"
	"os"
	"path/filepath"
)

// Dir is where WriteAll puts its files.
type Dir interface {
	// Create begins a file, which does not appear under its name before it is committed.
	Create(name string) (File, error)
	// ReadFile reads a regular file.
	ReadFile(name string) ([]byte, error)
	// Remove removes a regular file; it is no error if there is none.
	Remove(name string) error
}

// File is a file being written. Exactly one of Commit and Abort ends it.
type File interface {
	io.Writer
	Commit() error // makes the file visible under its name, in place of an older one
	Abort()        // removes it
}

// Open returns the directory at path, made if it does not exist. Its files are written under temporary names and renamed
// when they are complete: a reader never sees half a file. Temporary files of a program that was killed are removed.
func Open(path string) (Dir, error) {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, err
	}
	return folder(path), sweep(path, "")
}

type folder string

func (d folder) Create(name string) (File, error) { return begin(filepath.Join(string(d), name)) }

func (d folder) ReadFile(name string) ([]byte, error) { return Files(d).ReadFile(name) }

func (d folder) Remove(name string) error {
	path := filepath.Join(string(d), name)
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return os.Remove(path)
}
