package experiment

import (
	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Cell is an alternative of a study with something switched off, or changed: a model that runs beside others on the same
// clients, arrivals and faults.
type Cell struct {
	Name    string // for progress
	Variant int    // the alternative that it is made of
	Plain   bool   // it is that alternative as the scenario has it
	Model   *sim.Model
	seen    *summary // its replications; nil before they have run
}

// RunCells runs each cell as often as the study says, and with the warm-up of the study. It returns how many replications
// all cells have, and the warnings of the study and of its plain cells. With enough, replications are added from
// Replications.Min on until it reports so, or there are Replications.Max: it is asked at every look, with the error rate
// that this look may spend.
func (s *Study) RunCells(cells []*Cell, o Options, enough func(alpha float64) bool) (*Cells, error) {
	of, err := begin(s, o)
	if err != nil {
		return nil, err
	}
	study := *s
	study.Variants, study.Baseline, study.AutoWarmup = nil, 0, false
	study.Objectives, study.Against, study.Replications.Judged = nil, nil, false
	study.Replications.Decided, study.Replications.Precision = false, 0
	if enough == nil {
		study.Replications.Min = study.Replications.Max
	}
	span := of.models[0].Warmup
	for _, c := range cells {
		m := *c.Model
		m.SetWarmup(span)
		c.Model = &m
		study.Variants = append(study.Variants, Variant{Name: c.Name, Model: c.Model})
	}
	x, err := begin(&study, o)
	if err != nil {
		return nil, err
	}
	for i, c := range cells {
		c.seen = x.sums[i]
	}
	x.decided = enough
	if x.method, x.warnings, x.stopped = of.method, of.warnings, of.stopped; !x.stopped {
		err = x.replicate()
	}
	if err != nil {
		return nil, err
	}
	done := &Cells{Replications: x.done, Warmup: span.Seconds(), Confidence: x.confidence, Alpha: x.alpha, Interrupted: x.stopped}
	for _, c := range cells {
		done.Events += c.seen.events
	}
	done.Warnings = x.cellWarnings(cells, s)
	return done, nil
}

// Cells is what is known of cells that have run, beside their figures.
type Cells struct {
	Replications int // of each
	Warmup       float64
	Confidence   float64
	Alpha        float64 // error rate of what is read of them: 1 − Confidence, or the part of it that the last look may spend
	Interrupted  bool
	Events       int64
	Warnings     []diag.Warning
}

// cellWarnings are those of the study, and of cells that are alternatives as the scenario has them.
func (x *execution) cellWarnings(cells []*Cell, s *Study) []diag.Warning {
	list := append(append([]diag.Warning{}, s.Warnings...), x.warnings...)
	for i, c := range cells {
		if c.Plain {
			list = append(list, x.sums[i].mergedWarnings(s.Variants[c.Variant].Name)...)
			list = append(list, x.sums[i].ownWarnings(s.Variants[c.Variant].Name)...)
		}
	}
	diag.SortWarnings(list)
	return list
}

// SameAs reports whether two cells did the same, event by event.
func (c *Cell) SameAs(o *Cell) bool {
	if len(c.seen.list) != len(o.seen.list) || c.seen.events != o.seen.events {
		return false
	}
	for i, m := range c.seen.list {
		if n := o.seen.list[i]; m.id != n.id || !alike(m.defined(), n.defined()) && len(m.defined()) > 0 {
			return false
		}
	}
	return true
}

// Struck are the servers that an entry of a timeline has struck in each replication, the first of each, by name.
func (c *Cell) Struck(place int) []string {
	names := make([]string, len(c.seen.struck.strikes))
	for i, strikes := range c.seen.struck.strikes {
		for _, s := range strikes {
			if s.Action == place {
				names[i] = c.seen.struck.servers[s.Server]
				break
			}
		}
	}
	return names
}

// Counted is the number of all that a share is a share of, in mean over the replications.
func (c *Cell) Counted(id metric.ID) float64 {
	den := c.seen.of(id).den
	return stats.Total(den) / float64(len(den))
}
