package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"stickysim/reports/outdir"
	"stickysim/sim/experiment"
)

// target is where the result of one study is written; an empty name stands for nowhere.
type target struct{ dir, events string }

// targets are --out and --events themselves, or a folder and a file per scenario if there are several.
func (o *output) targets(studies []*experiment.Study) ([]target, error) {
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
		if err := vacant(t.dir); err != nil {
			return nil, err
		}
		all[i] = t
	}
	return all, nil
}

// vacant refuses a directory that is not empty and holds neither a result nor replications, before hours are spent on a new one.
func vacant(dir string) error {
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0:
		return nil
	case err != nil:
		return usagef("--out: %w", err)
	}
	for _, e := range entries {
		if e.Name() == "result.json" || e.Name() == storeName && e.IsDir() { // which another shard may just have made
			return nil
		}
	}
	return usagef("--out: %s is not empty and holds no result of stickysim; nothing was written", dir)
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

// writeWhole writes a file completely or not at all. What is there and is no file, such as a pipe or a device, is written to.
func writeWhole(name string, write func(io.Writer) error) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	dir, err := outdir.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	f, err := dir.Create(filepath.Base(name))
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Abort()
		return err
	}
	return f.Commit()
}
