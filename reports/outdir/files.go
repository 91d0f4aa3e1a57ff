package outdir

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Files is a directory whose files are each written as a whole, and are on the disk when Write returns. It is the
// replications.Files of the command line. Reading from it does not make it. What is no regular file is not read.
type Files string

// Open opens a regular file for reading.
func (d Files) Open(name string) (fs.File, error) {
	return Regular(filepath.Join(string(d), name), func(path string, flag int) (*os.File, error) { return os.OpenFile(path, flag, 0) })
}

// Regular opens a file for reading, by the given function, and refuses what is neither a regular file nor a directory. It
// does not wait for the writer of a pipe.
func Regular(name string, open func(name string, flag int) (*os.File, error)) (fs.File, error) {
	f, err := open(name, os.O_RDONLY|syscall.O_NONBLOCK)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("is %s, not a regular file", Kind(info.Mode()))}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Kind says what a file that is not regular is, with its article.
func Kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// ReadFile reads a regular file.
func (d Files) ReadFile(name string) ([]byte, error) {
	f, err := d.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// ReadDir lists the directory, without temporary files.
func (d Files) ReadDir(name string) ([]fs.DirEntry, error) {
	return Entries(filepath.Join(string(d), name))
}

// Sweep removes what killed programs have left in the directory.
func (d Files) Sweep() error { return sweep(string(d), "") }

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
	temp, ok := f.(*file)
	if !ok { // a device stands there
		f.Abort()
		return &fs.PathError{Op: "create", Path: filepath.Join(string(d), name), Err: fs.ErrExist}
	}
	return temp.commitNew()
}

// write writes a file that has no name yet.
func (d Files) write(name string, data []byte) (File, error) {
	if err := os.MkdirAll(string(d), 0o777); err != nil {
		return nil, err
	}
	f, err := begin(filepath.Join(string(d), name))
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(data); err != nil {
		f.Abort()
		return nil, err
	}
	return f, nil
}
