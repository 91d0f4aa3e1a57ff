package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"stickysim/reports/outdir"
)

// What the command line names may be a file, a pipe or a device, and is opened by [streams.openNamed]. What a scenario, a
// configuration or a saved result names must be a regular file, and is opened through a [folder] or outdir.Files. Either is
// read within [load], which ends with the command.

// load carries out what reads inputs, and ends when the command is interrupted or out of time, however long that takes: a pipe
// may have no writer.
func load[T any](s *streams, read func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	var none T
	if s.ctx.Err() != nil {
		return none, s.stoppedLoading()
	}
	done := make(chan outcome, 1)
	go func() {
		var got outcome
		got.err = guarded(func() (err error) {
			got.value, err = read()
			return err
		})
		done <- got
	}()
	select {
	case got := <-done:
		return got.value, got.err
	case <-s.ctx.Done():
		return none, s.stoppedLoading()
	}
}

// stoppedLoading says that the command ended before it had read all inputs.
func (s *streams) stoppedLoading() error {
	s.ended.Do(func() {
		fmt.Fprintf(s.err, "stickysim: %s while reading inputs; nothing was simulated\n", whyStopped(s.ctx))
	})
	return errInterrupted
}

// whyStopped says what ended ctx.
func whyStopped(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return "stopped by --timeout"
	}
	return "interrupted"
}

// openNamed opens a file that the command line names. A directory is none.
func (s *streams) openNamed(name string) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, usagef("%s: is a directory", name)
	}
	s.inputs.note(f)
	return f, nil
}

// standardInput is "-". Where it is a file, no output may replace it.
func (s *streams) standardInput() io.Reader {
	if f, ok := s.in.(*os.File); ok {
		s.inputs.note(f)
	}
	return s.in
}

// folder is a directory that no path leads out of, and of which only regular files can be read.
type folder struct{ *os.Root }

// inFolder opens a folder; it is nil if that fails.
func inFolder(dir string) fs.FS {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil
	}
	return folder{root}
}

// Stat follows links that stay in the folder.
func (f folder) Stat(name string) (fs.FileInfo, error) { return f.Root.Stat(filepath.FromSlash(name)) }

// Open opens a regular file.
func (f folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return outdir.Regular(name, func(name string, flag int) (*os.File, error) { return f.OpenFile(filepath.FromSlash(name), flag, 0) })
}
