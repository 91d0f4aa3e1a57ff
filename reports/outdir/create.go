package outdir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Create begins the file at path. It is the one way to write a file that a user names:
//
//   - A regular file is replaced as a whole by Commit, once the new one is on the disk; it keeps its permissions. A new
//     file has those that the umask leaves. Missing directories are made. What a killed program left of the same file is removed.
//   - A device, a pipe or a socket is written to and never replaced. The error is [ErrNoReader] for a pipe that no
//     program has opened for reading.
//   - A link is followed, also where nothing is at its end.
//   - The program's own standard output and standard error, such as /dev/stdout, are written to.
func Create(path string) (File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	real, err := resolve(path)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(real); err != nil || info.Mode().IsRegular() {
		if err := sweep(filepath.Dir(real), filepath.Base(real)); err != nil {
			return nil, err
		}
	}
	return begin(path)
}

// ErrNoReader is the error of a pipe that no program reads.
var ErrNoReader = syscall.ENXIO

// begin is Create in a directory that exists and has been swept.
func begin(path string) (File, error) {
	real, err := resolve(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(real)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return temporary(real, 0)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, &fs.PathError{Op: "create", Path: path, Err: syscall.EISDIR}
	}
	for _, own := range []*os.File{os.Stdout, os.Stderr} {
		if there, err := own.Stat(); err == nil && os.SameFile(there, info) {
			return &standing{own, false}, nil
		}
	}
	if info.Mode().IsRegular() {
		return temporary(real, info.Mode().Perm())
	}
	if info.Mode()&fs.ModeSocket != 0 {
		return dial(real)
	}
	f, err := os.OpenFile(real, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return &standing{f, true}, nil
}

// mostLinks is how many links are followed, as in Linux.
const mostLinks = 40

// resolve is the file that a path leads to through links at its end. It need not exist.
func resolve(path string) (string, error) {
	name := path
	for range mostLinks {
		info, err := os.Lstat(name)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return name, nil
		}
		to, err := os.Readlink(name)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(name), to)
		}
		if _, err := os.Lstat(to); err != nil {
			if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
				return name, nil // a link of the kernel to what has no name, such as an open pipe
			}
		}
		name = to
	}
	return "", &fs.PathError{Op: "create", Path: path, Err: syscall.ELOOP}
}

// Add opens the file at path to add to its end.
func Add(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
}

// Spool is an empty file in the directory for what does not fit into memory. It has no name: nothing is left of it when the
// program ends, however it does. The caller closes it with [Discard].
func Spool(dir string) (*os.File, error) {
	f, err := temporary(filepath.Join(dir, "spool"), 0)
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // a system that keeps the names of open files has it removed by Discard
	return f.File, nil
}

// Discard closes a file of [Spool].
func Discard(f *os.File) {
	f.Close()
	_ = os.Remove(f.Name())
}

// file is a regular file under a temporary name.
type file struct {
	*os.File
	path string // where it will be
}

// temporary begins the file at path. perm is what it gets; 0 = what the umask leaves.
func temporary(path string, perm fs.FileMode) (*file, error) {
	name := filepath.Join(filepath.Dir(path), nextName(filepath.Base(path)))
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, about(path, err)
	}
	if perm != 0 {
		if err := f.Chmod(perm); err != nil {
			Discard(f)
			return nil, about(path, err)
		}
	}
	return &file{f, path}, nil
}

// Write writes to the file. Its errors name the file as it will be called.
func (f *file) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	return n, about(f.path, err)
}

// Commit waits until the file is on the disk, and gives it its name.
func (f *file) Commit() error {
	err := errors.Join(f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return about(f.path, err)
}

// commitNew is Commit where no file has the name yet; otherwise it is fs.ErrExist, and the file is removed.
func (f *file) commitNew() error {
	err := errors.Join(f.Sync(), f.Close())
	if err == nil {
		err = os.Link(f.Name(), f.path)
	}
	if _, there := os.Stat(f.path); err != nil && errors.Is(there, fs.ErrNotExist) {
		err = os.Rename(f.Name(), f.path) // a file system without links
	}
	os.Remove(f.Name())
	return about(f.path, err)
}

// Abort removes the file.
func (f *file) Abort() { Discard(f.File) }

// about names a file in an error about its temporary name.
func about(path string, err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return &fs.PathError{Op: at.Op, Path: path, Err: at.Err}
	case errors.As(err, &link):
		return &fs.PathError{Op: link.Op, Path: path, Err: link.Err}
	}
	return err
}

// standing is a device, a pipe, or a file that is open already.
type standing struct {
	*os.File
	close bool // it was opened for this
}

// Commit ends writing.
func (f *standing) Commit() error {
	if f.close {
		return f.Close()
	}
	return nil
}

// Abort ends writing. What was written stays.
func (f *standing) Abort() { _ = f.Commit() }
