package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"stickysim/reports/outdir"
	"stickysim/sim/experiment"
)

// target is where the result of one study is written; an empty name stands for nowhere.
type target struct{ dir, events string }

// targets are --out and --events themselves, or a folder and a file per scenario if there are several.
func (o *output) targets(s *streams, studies []*experiment.Study) ([]target, error) {
	all := make([]target, len(studies))
	taken := map[string]bool{}
	for i, study := range studies {
		t := target{o.Out, o.Events}
		if len(studies) > 1 {
			name := fileName(study.Name)
			if taken[name] && (t.dir != "" || t.events != "") {
				return nil, usagef("two of the scenarios are named %q; run them one by one", study.Name)
			}
			taken[name] = true
			if t.dir != "" {
				t.dir = filepath.Join(t.dir, name)
			}
			if ext := filepath.Ext(t.events); t.events != "" {
				t.events = strings.TrimSuffix(t.events, ext) + "-" + name + ext
			}
		}
		if err := s.vacant(t.dir, ""); err != nil {
			return nil, err
		}
		if err := errors.Join(writable("--events", t.events), s.inputs.spare(outputFile{"--events", t.events})); err != nil {
			return nil, err
		}
		all[i] = t
	}
	return all, nil
}

// vacant refuses a directory that is not empty and holds neither a result nor replications, and one with an input of the command
// in it, before hours are spent on a new result. from is a directory whose result is shown again; empty = none.
func (s *streams) vacant(dir, from string) error {
	if dir == "" {
		return nil
	}
	entries, err := outdir.Entries(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0:
		return nil
	case err != nil:
		return usagef("--out: %w", err)
	case !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return e.Name() == "result.json" || e.Name() == storeName && e.IsDir() // which another shard may just have made
	}):
		return usagef("--out: %s is not empty and holds no result of stickysim; nothing was written", dir)
	case from != "" && sameFile(dir, from):
		return nil
	}
	return s.inputs.spareIn(dir, entries)
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, failed := os.Stat(b)
	return err == nil && failed == nil && os.SameFile(one, other)
}

// fileName makes a file name of a scenario's name.
func fileName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if r <= ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, name)
	if strings.Trim(clean, ".") == "" {
		return "scenario"
	}
	return clean
}

// writable tries before the simulation whether a file can be written, and leaves nothing behind. An empty name is no file.
func writable(flag, name string) error {
	if name == "" {
		return nil
	}
	switch err := outdir.Writable(name); {
	case errors.Is(err, syscall.EISDIR):
		return usagef("%s: %s is a directory", flag, name)
	case err != nil:
		return fmt.Errorf("%s: %w", flag, err)
	}
	return nil
}

// writableDir is writable for a file of the directory of --out; an empty name is no directory.
func writableDir(dir, name string) error {
	if dir == "" {
		return nil
	}
	return writable("--out", filepath.Join(dir, name))
}

// write writes a file that a flag names: completely or not at all, unless it is a device, a pipe or a socket. It waits for the
// reader of a pipe until the program is interrupted.
func (s *streams) write(flag, name string, write func(io.Writer) error) error {
	if err := s.inputs.spare(outputFile{flag, name}); err != nil {
		return err
	}
	f, err := outdir.Create(name)
	for errors.Is(err, outdir.ErrNoReader) {
		const again = 20 * time.Millisecond
		select {
		case <-s.stop.Done():
			fmt.Fprintf(s.err, "stickysim: interrupted; %s: %s was not written, since no program reads it\n", flag, name)
			return errInterrupted
		case <-time.After(again):
			f, err = outdir.Create(name)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	if pipe, ok := f.(interface{ SetWriteDeadline(time.Time) error }); ok { // a file has no deadline, and needs none
		const grace = time.Second / 2
		defer context.AfterFunc(s.stop, func() { _ = pipe.SetWriteDeadline(time.Now().Add(grace)) })()
	}
	if err := write(f); err != nil {
		f.Abort()
		return fmt.Errorf("%s: %w", flag, err)
	}
	return f.Commit()
}
