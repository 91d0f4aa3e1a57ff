package main

import (
	"bytes"
	"errors"

	"stickysim/reports/outdir"
	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/replications"
)

// gathered are the replications of one study in several folders. Nothing is simulated: what is missing is an error.
type gathered struct {
	key     replications.Key
	from    []*store
	to      *replications.Folder // where all of them are copied; nil: nowhere
	changes []string             // flags that say what the study is
	damaged []string             // what was found damaged
}

// missing are the replications among the first n that some alternative has in no folder.
func (g *gathered) missing(variants, n int) ([]int, error) {
	return replications.Missing(g.folders(), variants, n)
}

func (g *gathered) folders() (list []*replications.Folder) {
	for _, f := range g.from {
		list = append(list, f.Folder)
	}
	return list
}

// Load returns a replication, which must be the same in all folders that have it.
func (g *gathered) Load(variant, replication int) (*sim.Result, error) {
	var found *sim.Result
	var first *store
	name := replications.Name(variant, replication)
	for _, f := range g.from {
		r, err := f.Load(variant, replication)
		switch {
		case err != nil:
			return nil, usagef("%s: %w", f.files, err)
		case r == nil:
		case found == nil:
			found, first = r, f
		case !same(first.files, f.files, name):
			return nil, usagef("%s and %s hold different results of the same replication, %s: one of them is wrong", first.files, f.files, name)
		}
	}
	if found == nil {
		return nil, g.lacks(name)
	}
	if g.to != nil {
		return found, g.to.Save(variant, replication, found)
	}
	return found, nil
}

// lacks says that a file is damaged, or that there is none.
func (g *gathered) lacks(name string) error {
	for _, text := range g.damaged {
		return usagef("%s. The same command as before runs its replication again", text)
	}
	return usagef("%s is missing", name)
}

func same(a, b outdir.Files, name string) bool {
	one, err := a.ReadFile(name)
	other, failed := b.ReadFile(name)
	return err == nil && failed == nil && bytes.Equal(one, other)
}

// LoadWarmup returns the warm-up that was found.
func (g *gathered) LoadWarmup() (*experiment.Warmup, error) {
	for _, f := range g.from {
		w, err := f.LoadWarmup()
		if err != nil {
			return nil, usagef("%s: %w", f.files, err)
		}
		if w == nil {
			continue
		}
		if g.to != nil {
			return w, g.to.SaveWarmup(w)
		}
		return w, nil
	}
	return nil, g.lacks("the warm-up")
}

// Save refuses: nothing is simulated.
func (g *gathered) Save(int, int, *sim.Result) error { return errors.ErrUnsupported }

// SaveWarmup refuses: nothing is simulated.
func (g *gathered) SaveWarmup(*experiment.Warmup) error { return errors.ErrUnsupported }
