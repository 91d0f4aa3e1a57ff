package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/replications"
)

// The work of a sweep is divided into parts: the alternatives of the points. A point is one part where the replications of
// all its alternatives together decide how many there are, or how long the warm-up is.

// pointParts is how many parts a point has.
func pointParts(study *experiment.Study) int {
	if r := study.Replications; r.Min < r.Max || study.AutoWarmup {
		return 1
	}
	return len(study.Variants)
}

// part is the part to which an alternative of a point belongs.
func (p *sweepPlan) part(point, variant int) int {
	return min(p.parts[point]+variant, p.parts[point+1]-1)
}

// whole reports whether a point is one part.
func (p *sweepPlan) whole(point int) bool { return p.parts[point]+1 == p.parts[point+1] }

// share is what a shard does: the points with parts of it, and how many parts.
func (p *sweepPlan) share(sh *shard) (points []int, parts int) {
	for i := range p.points {
		if p.left[i] {
			continue
		}
		n := 0
		for k := p.parts[i]; k < p.parts[i+1]; k++ {
			if sh.has(k) {
				n++
			}
		}
		if parts += n; n > 0 {
			points = append(points, i)
		}
	}
	return points, parts
}

// simulatePoint runs what a shard has of a point. The result is nil where that is not all of it.
func (p *sweepPlan) simulatePoint(sh *shard, point int, study *experiment.Study, o experiment.Options) (r *experiment.Result, stopped bool, err error) {
	if sh.on() && !p.whole(point) {
		stopped, err = experiment.RunSome(study, o, func(variant, _ int) bool { return sh.has(p.part(point, variant)) })
		return nil, stopped, err
	}
	r, err = experiment.Run(study, o)
	return r, err == nil && r.Interrupted, err
}

// missing says what is in none of the directories, by shard where there are shards; "" = nothing.
func (p *sweepPlan) missing(dirs []string) (string, error) {
	shards := shardsOf(dirs)
	lacking := make([]gap, shards)
	for i := range p.points {
		study, g, err := p.gather(dirs, i)
		if err != nil {
			return "", err
		}
		variants, err := replications.Lacking(g.folders(), len(study.Variants), study.Replications.Min)
		if err != nil {
			return "", err
		}
		for _, v := range variants {
			at := &lacking[p.part(i, v)%shards]
			if at.alternatives == 0 {
				at.first = study.Variants[v].Name + " at " + pointText(p.points[i])
			}
			if at.alternatives++; at.points == 0 || at.last != i {
				at.points, at.last = at.points+1, i
			}
		}
	}
	var list []string
	for k, at := range lacking {
		if at.alternatives == 0 {
			continue
		}
		text := fmt.Sprintf("replications of %s at %s are missing, the first of %s", count(at.alternatives, "alternative"), count(at.points, "point"), at.first)
		if shards > 1 {
			text = (&shard{index: k, of: shards}).String() + ": " + text
		}
		list = append(list, text)
	}
	if len(list) == 0 {
		return "", nil
	}
	return strings.Join(list, "; ") + ". The same command as before runs them", nil
}

// gap is what is missing of a shard: alternatives, at so many points.
type gap struct {
	alternatives, points, last int
	first                      string
}

// shardsOf is into how many shards a sweep was divided last; 1 where it was not.
func shardsOf(dirs []string) int {
	shards := 1
	for _, dir := range dirs {
		if text, err := pointsIn(dir).ReadFile(shardsName); err == nil {
			n, _ := strconv.Atoi(string(text))
			shards = max(shards, n)
		}
	}
	return shards
}

// gather builds the study of a point, and finds its replications in some directories.
func (p *sweepPlan) gather(dirs []string, point int) (*experiment.Study, *gathered, error) {
	study, err := p.build(p.points[point])
	if err != nil {
		return nil, nil, err
	}
	key, err := keyOf(study)
	g, failed := gatherPoint(dirs, point, key, nil)
	return study, g, errors.Join(err, failed)
}

// checkShard refuses what a shard, or a job of shards, cannot do.
func (o *SweepOptions) checkShard() error {
	switch {
	case o.shard.text == "" && o.emission.engine == "":
		return nil
	case o.out == "":
		return usagef("--shard: needs --out DIRECTORY, where its replications are kept until merge")
	}
	return nil
}

// job is what --emit makes a job of.
func (p *sweepPlan) job(o *SweepOptions, scenario string) *job {
	return &job{name: p.name, cores: o.jobs, out: o.out, scenarios: []scenarioFile{{name: scenario, needs: p.files}}, merges: []string{o.out}}
}
