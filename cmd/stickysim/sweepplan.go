package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"stickysim/scenarios"
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/sweep"
)

// sweepPlan is a sweep that has been checked: every point can be built.
type sweepPlan struct {
	name         string // of the scenario
	axes         []sweep.Axis
	design       sweep.Design
	points       [][]experiment.Setting
	fingerprint  string       // of all points
	alternatives int          // of the first point
	replications int          // the most of an alternative, at the first point
	judged       bool         // there are objectives
	total        int          // replications of all points and alternatives, the most there can be
	parts        []int        // number of the first part of each point, and at the end how many parts there are
	left         map[int]bool // points that are not simulated or shown
	archive      []byte       // the scenario and its files
	files        []string     // that the points name
	at           func(point []experiment.Setting) (*scenarios.Built, error)
}

// build is the study of a point.
func (p *sweepPlan) build(point []experiment.Setting) (*experiment.Study, error) {
	b, err := p.at(point)
	if err != nil {
		return nil, err
	}
	return b.Study, nil
}

// plan chooses the points and builds each. Its error lists all mistakes of all points.
func (o *SweepOptions) plan(s *streams, spec *scenarios.Spec, files fs.FS) (*sweepPlan, error) {
	axes, err := axesOf(o.set)
	if err != nil {
		return nil, err
	}
	design, err := sweep.ParseDesign(o.design)
	if err != nil {
		return nil, usagef("--design: %w", err)
	}
	base := o.selection
	base.set = nil
	if spec, err = base.apply(spec); err != nil {
		return nil, err
	}
	p := &sweepPlan{axes: axes, design: design}
	p.at = func(point []experiment.Setting) (*scenarios.Built, error) {
		b, err := base.at(spec, files, point)
		if err == nil && o.confidence > 0 {
			b.Study.Replications.Confidence = o.confidence
		}
		return b, err
	}
	points, repeated, err := design.Choose(axes, seedOf(spec))
	if err != nil {
		return nil, usagef("--set: %w", err)
	}
	p.points = points
	if repeated > 0 {
		s.note("--design %s: %s repeat others and are left out", design, count(repeated, "point"))
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	whole := scenarios.Build(spec, files)
	whole.Files = p.files
	p.archive, err = whole.Archive()
	return p, err
}

// seedOf is the seed of a scenario before its points are set; 1 where it has none that is valid.
func seedOf(spec *scenarios.Spec) uint64 {
	if b := scenarios.Build(spec, nil); b.Study != nil {
		return b.Study.Seed
	}
	return 1
}

// at is the scenario at a point. The scenario's own mistakes are in its error, too.
func (o *selection) at(spec *scenarios.Spec, files fs.FS, point []experiment.Setting) (*scenarios.Built, error) {
	for _, x := range point {
		next, err := spec.Set(x.Path, x.Value)
		if err != nil {
			return nil, err
		}
		spec = next
	}
	b := scenarios.Build(spec, files)
	if err := byFlag(b.Problems).Err(); err != nil {
		return nil, err
	}
	if o.baseline != "" {
		if err := o.compareWith(&b); err != nil {
			return nil, err
		}
	}
	return &b, o.objectives.apply(b.Study)
}

// check builds all points, and refuses two that are the same scenario.
func (p *sweepPlan) check() error {
	var wrong mistakes
	seen, sum := map[string]int{}, sha256.New()
	p.parts = []int{0}
	for i, point := range p.points {
		b, err := p.at(point)
		if err != nil {
			if err := wrong.add(err, i); err != nil {
				return err
			}
			p.parts = append(p.parts, p.parts[i])
			continue
		}
		study := b.Study
		for _, name := range b.Files {
			if !slices.Contains(p.files, name) {
				p.files = append(p.files, name)
			}
		}
		if i == 0 {
			p.name, p.alternatives, p.replications = study.Name, len(study.Variants), study.Replications.Max
		}
		p.judged = p.judged || len(study.Objectives) > 0
		p.parts = append(p.parts, p.parts[i]+pointParts(study))
		p.total += len(study.Variants) * study.Replications.Max
		key := fmt.Sprint(study.Fingerprint, study.Seed, study.Replications, study.Baseline)
		for _, o := range study.Objectives {
			key += "\n" + o.String()
		}
		if k, twice := seen[key]; twice && study.Fingerprint != "" {
			return usagef("the points %s and %s are the same scenario: a field that changes nothing, or one that is set under two names", pointText(p.points[k]), pointText(point))
		}
		seen[key] = i
		fmt.Fprintf(sum, "%s %d\n", study.Fingerprint, study.Seed)
	}
	p.fingerprint = hex.EncodeToString(sum.Sum(nil)[:16])
	return wrong.err(p.points)
}

// size is how many points and alternatives there are.
func (p *sweepPlan) size() string {
	return fmt.Sprintf("%s × %s", count(len(p.points), "point"), count(p.alternatives, "alternative"))
}

// mistakes are those of all points, each once.
type mistakes struct {
	list  []mistake
	place map[string]int
}

type mistake struct {
	diag.Problem
	points, first int
}

// mostMistakes bounds what is printed.
const mostMistakes = 20

// add takes the mistakes of a point. It returns an error that is no mistake of the scenario.
func (m *mistakes) add(err error, point int) error {
	var list diag.List
	if !errors.As(err, &list) {
		return err
	}
	if m.place == nil {
		m.place = map[string]int{}
	}
	for _, p := range list.Errors() {
		key := p.String()
		k, seen := m.place[key]
		if !seen {
			k = len(m.list)
			m.place[key] = k
			m.list = append(m.list, mistake{p, 0, point})
		}
		m.list[k].points++
	}
	return nil
}

// err lists the mistakes, each with the number of points that have it.
func (m *mistakes) err(points [][]experiment.Setting) error {
	var list diag.List
	for i, x := range m.list {
		if i == mostMistakes {
			x.Problem = diag.Problem{Rule: "too-many", File: "--set", Message: fmt.Sprintf("%d more mistakes", len(m.list)-i)}
		} else if x.points < len(points) {
			x.Message += fmt.Sprintf(" (at %d of %s, first %s)", x.points, count(len(points), "point"), pointText(points[x.first]))
		}
		list.Add(x.Problem)
		if i == mostMistakes {
			break
		}
	}
	return list.Err()
}
