package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"stickysim/scenarios"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/replications"
)

// mergeSweep makes one result of the shards of a sweep, as the sweep without shards would.
func mergeSweep(ctx context.Context, s *streams, m *MergeOptions) error {
	for _, dir := range m.Dirs {
		if !isSweep(dir) {
			return usagef("%s keeps no points of a sweep", dir)
		}
	}
	o, p, err := s.reopenSweep(m.Dirs[0], func(*SweepOptions) {})
	if err != nil {
		return err
	}
	o.format, o.out = m.Format, m.Out
	if m.Out == "" {
		o.parquet = false
	}
	wanted, err := o.check(s)
	if err != nil {
		return err
	}
	if err := p.openAll(m.Dirs); err != nil {
		return err
	}
	if missing, err := p.missing(m.Dirs); err != nil || missing != "" {
		return errors.Join(err, usagef("%s", missing))
	}
	out, err := o.open(s, p, wanted, origin{from: m.Dirs, keep: true})
	if err != nil {
		return err
	}
	defer out.abort()
	if err := p.run(ctx, s, o, out); err != nil {
		return err
	}
	return out.finish(false)
}

// reopenSweep builds the sweep of a directory again. change may alter its flags before they are applied.
func (s *streams) reopenSweep(dir string, change func(*SweepOptions)) (*SweepOptions, *sweepPlan, error) {
	o := &SweepOptions{}
	p, err := load(s, func() (*sweepPlan, error) { return s.reopenSweepNow(dir, o, change) })
	return o, p, err
}

func (s *streams) reopenSweepNow(dir string, o *SweepOptions, change func(*SweepOptions)) (*sweepPlan, error) {
	files := pointsIn(dir)
	spoiled := func(name string, err error) error {
		return usagef("%s: %w. The same command as before writes it again", filepath.Join(string(files), name), err)
	}
	data, err := files.ReadFile(archiveName)
	if err != nil {
		return nil, spoiled(archiveName, err)
	}
	spec, contents, err := scenarios.OpenArchive(data)
	if err != nil {
		return nil, spoiled(archiveName, err)
	}
	text, err := files.ReadFile(changesName)
	if err == nil {
		err = json.Unmarshal(text, &o.changes)
	}
	if err != nil {
		return nil, spoiled(changesName, err)
	}
	c := &cobra.Command{}
	o.defining(c)
	if err := c.ParseFlags(o.changes); err != nil {
		return nil, err
	}
	change(o)
	return o.plan(s, spec, contents)
}

// openAll refuses directories of another sweep, or of another version of the program.
func (p *sweepPlan) openAll(dirs []string) error {
	key, err := keyOf(&experiment.Study{Fingerprint: p.fingerprint})
	if err != nil {
		return err
	}
	for i, dir := range dirs {
		if _, err := replications.Open(pointsIn(dir), key); err != nil {
			than := ""
			if i > 0 {
				than = string(pointsIn(dirs[0]))
			}
			return strange(pointsIn(dir), err, than)
		}
	}
	return nil
}

// gatherPoint are the replications of a point in those directories that have some. to is where they are copied; nil: nowhere.
func gatherPoint(dirs []string, i int, key replications.Key, to *replications.Folder) (*gathered, error) {
	g := &gathered{key: key, to: to}
	for _, dir := range dirs {
		files := pointIn(dir, i)
		if _, err := files.ReadFile("study.json"); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		folder, err := replications.Open(files, key)
		if err != nil {
			return nil, strange(files, err, "")
		}
		folder.Note = func(text string) { g.damaged = append(g.damaged, fmt.Sprintf("%s: %s", files, text)) }
		g.from = append(g.from, &store{folder, files})
	}
	return g, nil
}
