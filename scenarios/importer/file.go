package importer

import (
	"bytes"
	"io"
	"io/fs"
	"time"
)

// File returns a file system with one file, for example for standard input.
func File(name string, data []byte) fs.FS { return oneFile{name, data} }

type oneFile struct {
	name string
	data []byte
}

func (f oneFile) Open(name string) (fs.File, error) {
	if name != f.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &opened{oneFile: f, Reader: bytes.NewReader(f.data)}, nil
}

type opened struct {
	oneFile
	*bytes.Reader
}

func (f *opened) Stat() (fs.FileInfo, error) { return info{f.oneFile}, nil }
func (f *opened) Close() error               { return nil }

type info struct{ oneFile }

func (i info) Name() string     { return i.name }
func (i info) Size() int64      { return int64(len(i.data)) }
func (info) Mode() fs.FileMode  { return 0o444 }
func (info) ModTime() time.Time { return time.Time{} }
func (info) IsDir() bool        { return false }
func (info) Sys() any           { return nil }

// readSome reads the beginning of a file.
func readSome(fsys fs.FS, name string, most int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}
