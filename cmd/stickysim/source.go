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
		spec, err := scenarios.Read("standard input", s.standardInput())
		return spec, s.inputs.under(inFolder(".")), err
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.Mode().IsRegular():
		return s.openFile(name)
	case err == nil && !info.IsDir():
		data, err := s.readPiped(name)
		if err != nil {
			return nil, nil, err
		}
		spec, err := scenarios.Parse(name, data)
		return spec, s.inputs.under(inFolder(filepath.Dir(name))), err
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
	f, err := s.openNamed(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	spec, err := scenarios.Read(name, f)
	return spec, s.inputs.under(inFolder(filepath.Dir(name))), err
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
