package outdir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Files is a directory whose files are each written as a whole, and are on the disk when Write returns. It is the
// replications.Files of the command line. Reading from it does not make it.
type Files string

// Open opens a file for reading.
func (d Files) Open(name string) (fs.File, error) { return os.Open(filepath.Join(string(d), name)) }

// ReadFile reads a file.
func (d Files) ReadFile(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(d), name))
}

// ReadDir lists the directory.
func (d Files) ReadDir(name string) ([]fs.DirEntry, error) {
	return os.ReadDir(filepath.Join(string(d), name))
}

// Write writes a file under a temporary name, waits for the disk and renames it. It makes the directory where there is
// none. An error leaves an older file of that name as it was.
func (d Files) Write(name string, data []byte) error {
	f, err := d.write(name, data)
	if err != nil {
		return err
	}
	return f.Commit()
}

// WriteNew is Write where there is no file of that name, and otherwise fs.ErrExist. Of several programs that do it at once,
// one succeeds.
func (d Files) WriteNew(name string, data []byte) error {
	f, err := d.write(name, data)
	if err != nil {
		return err
	}
	return f.commitNew()
}

// write writes a file that has no name yet.
func (d Files) write(name string, data []byte) (*file, error) {
	dir, err := Open(string(d))
	if err != nil {
		return nil, err
	}
	f, err := dir.Create(name)
	if err != nil {
		return nil, d.about(name, err)
	}
	if _, err = f.Write(data); err == nil {
		err = f.(*file).Sync()
	}
	if err != nil {
		f.Abort()
		return nil, d.about(name, err)
	}
	return f.(*file), nil
}

// about names the file in an error about its temporary name.
func (d Files) about(name string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return &fs.PathError{Op: at.Op, Path: filepath.Join(string(d), name), Err: at.Err}
	}
	return err
}
