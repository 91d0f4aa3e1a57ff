package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stickysim/scenarios"
	"stickysim/workloads/accesslog"
)

const logFlagHelp = "read a log that the scenario replays from this `[NAME=]PATH`, which may be anywhere: NAME is what replay says, and may be left out where there is one log; PATH may be a pattern, or - for standard input (repeatable: the files of a rotated log)"

// open opens a scenario, with the logs of --log in place of those that it names.
func (o *selection) open(s *streams, name string) (*scenarios.Spec, fs.FS, error) {
	given, err := s.logsOf(o.logs)
	if err != nil {
		return nil, nil, err
	}
	if name == "-" && slices.ContainsFunc(given, func(g givenLog) bool { return g.path == "-" }) {
		return nil, nil, usagef("--log: standard input is the scenario already")
	}
	spec, files, err := s.open(name)
	if err != nil || len(given) == 0 {
		return spec, files, err
	}
	l := &logElsewhere{FS: files, streams: s, given: given}
	return spec, l, l.check(spec.Logs())
}

// givenLog is a file of --log.
type givenLog struct{ name, path string }

// logsOf reads the values of --log, and finds the files that patterns stand for.
func (s *streams) logsOf(values []string) (all []givenLog, err error) {
	for _, text := range values {
		name, path, ok := strings.Cut(text, "=")
		if !ok {
			name, path = "", text
		}
		paths := []string{path}
		if _, failed := os.Lstat(path); failed != nil && path != "-" {
			if paths, err = filepath.Glob(path); err != nil || len(paths) == 0 {
				return nil, usagef("--log %s: there is no such file", text)
			}
		}
		for _, p := range paths {
			if slices.Contains(all, givenLog{name, p}) {
				return nil, usagef("--log %s: %s is given twice", text, p)
			}
			all = append(all, givenLog{name, p})
		}
	}
	return all, nil
}

// logElsewhere is a file system in which the logs of --log stand in place of those that a scenario names.
type logElsewhere struct {
	fs.FS
	streams *streams
	given   []givenLog
}

// check refuses logs that the scenario, which replays those of these names, has no place for.
func (l *logElsewhere) check(names []string) error {
	for i, g := range l.given {
		switch {
		case len(names) == 0:
			return usagef("--log: the scenario replays no log")
		case g.name == "" && len(names) > 1:
			return usagef("--log %s: the scenario replays several logs; write NAME=%s, with one of %s", g.path, g.path, strings.Join(names, ", "))
		case g.name == "":
			l.given[i].name = names[0]
		case !slices.Contains(names, g.name):
			return usagef("--log %s=%s: the scenario replays no log of this name%s", g.name, g.path, didYouMean(g.name, names))
		}
	}
	return nil
}

// Log is where a log is.
func (l *logElsewhere) Log(name string) []accesslog.Part {
	var parts []accesslog.Part
	for _, g := range l.given {
		if g.name == name {
			parts = append(parts, accesslog.Part{Name: g.path, Open: func() (io.ReadCloser, error) { return l.streams.openLog(g.path) }})
		}
	}
	return parts
}

func (s *streams) openLog(path string) (io.ReadCloser, error) {
	if path != "-" {
		return s.openNamed(path)
	}
	if s.logRead {
		return nil, fmt.Errorf("standard input can be read once; write the log to a file")
	}
	s.logRead = true
	return io.NopCloser(s.standardInput()), nil
}

// Open opens a file; of a log that is elsewhere, the text of all its parts.
func (l *logElsewhere) Open(name string) (fs.File, error) {
	parts := l.Log(name)
	if parts == nil && l.FS == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if parts == nil {
		return l.FS.Open(name)
	}
	text, err := accesslog.Joined(parts)
	return logText{text, name}, err
}

// logText is the text of a log as a file.
type logText struct {
	io.ReadCloser
	name string
}

// Stat says the name alone.
func (t logText) Stat() (fs.FileInfo, error) { return t, nil }

// Name is that of the log.
func (t logText) Name() string { return t.name }

// Size is not known.
func (t logText) Size() int64 { return 0 }

// Mode is that of a file.
func (t logText) Mode() fs.FileMode { return 0o444 }

// ModTime is not known.
func (t logText) ModTime() time.Time { return time.Time{} }

// IsDir is false.
func (t logText) IsDir() bool { return false }

// Sys is nil.
func (t logText) Sys() any { return nil }
