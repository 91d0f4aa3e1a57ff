package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"stickysim/scenarios"
	"stickysim/sim/diag"
)

// open opens SCENARIO: a file, "-" for standard input, or the name of a built-in scenario. The file system holds the
// files that the scenario may use: those in its own folder and below. Symbolic links do not lead out of it.
func (s *streams) open(name string) (*scenarios.Spec, fs.FS, error) {
	if name == "-" {
		spec, err := scenarios.Read("standard input", s.in)
		return spec, s.inputs.under(folder(".")), err
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.Mode().IsRegular() || err == nil && info.Mode()&fs.ModeNamedPipe != 0:
		return s.openFile(name)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, nil, err
	}
	spec, files, failed := scenarios.Open(name)
	switch {
	case failed == nil:
		return spec, files, nil
	case err == nil:
		return nil, nil, usagef("%s: is a directory, not a scenario", name)
	case strings.ContainsAny(name, `./\`):
		return nil, nil, usagef("%s: there is no such file", name)
	}
	return nil, nil, usagef("there is no file %q, and %w", name, failed)
}

func (s *streams) openFile(name string) (*scenarios.Spec, fs.FS, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	s.inputs.note(f)
	spec, err := scenarios.Read(name, f)
	return spec, s.inputs.under(folder(filepath.Dir(name))), err
}

// folder is a directory that no path leads out of; nil if it cannot be opened.
func folder(dir string) fs.FS {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil
	}
	return root.FS()
}

// byFlag names the flag in problems with a value from --seed, --replications or --duration, which are short for --set.
func byFlag(problems diag.List) diag.List {
	for i := range problems {
		for _, flag := range []string{"seed", "replications", "duration"} {
			if problems[i].File == "--set "+flag {
				problems[i].File = "--" + flag
			}
		}
	}
	return problems
}
