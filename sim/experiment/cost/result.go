package cost

import (
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// Result is what the entries of a study cost.
type Result struct {
	Name         string
	Question     string // of the scenario; may be empty
	Seed         uint64
	Confidence   float64 // over all costs of one kind together: of entries, of victims, of what was tried
	Replications int
	Duration     float64  // seconds measured in each
	Objectives   []string // on latency, which latency.exceeded counts; empty: it is not among the figures
	Interrupted  bool
	Until        bool    // replications were added until no cost is in doubt
	Doubts       []Doubt // with Until: that are left
	Runs         int     // of models, each of which ran every replication
	Events       int64   // handled by the engine, all runs
	Warnings     []diag.Warning
	Figures      []experiment.Figure // in which costs are given
	Alternatives []Alternative
}

// Alternative is what the entries of one alternative cost.
type Alternative struct {
	Name     string
	Counts   bool    // the gate judges it
	Visits   float64 // in mean over the replications of the whole
	People   float64
	Rows     []Row   // in the order of the timeline, then the autoscaler
	Together Effects // with all entries, less without any; nil where there are fewer than two
	Beyond   Effects // Together less the sum of the rows: what entries do only beside others; nil where there are fewer than two
}

// Row is what an entry costs.
type Row struct {
	Entry   string
	Kind    string   // of action, or autoscaler
	Cost    Effects  // with it, less without it, everything else as it is
	Alone   Effects  // with it and no other, less without any; nil unless asked for
	Trial   *Trial   // nil: there is nothing to try
	Short   string   // what should have been tried and does not fit into the run, such as a drain of 1h; empty otherwise
	Victims []Victim // nil unless asked for, or where it strikes no server at random
}

// Trial is the entry with one of its settings changed.
type Trial struct {
	With string  // a drain of 1h
	Cost Effects // with the changed entry, less without it
}

// Victim is the entry made to strike a chosen server.
type Victim struct {
	Name    string   // hottest, 2nd, median, coolest, or the server's own
	Rank    int      // by the work done before, 1 = the hottest; 0 = the server is named
	Servers []string // that it struck, the most frequent first
	Cost    Effects
}

// Effects are effects on the figures of Result.Figures.
type Effects []experiment.Effect

// The figures. Visits and people are the same two figures twice: what share, and how many.
var (
	Visits   = experiment.Figure{ID: metric.Must("visits.hit.ratio").ID()}
	Hit      = experiment.Figure{ID: metric.Must("visits.hit.ratio").ID(), Count: true}
	Affected = experiment.Figure{ID: metric.Must("users.affected").ID()}
	People   = experiment.Figure{ID: metric.Must("users.affected").ID(), Count: true}
	Failed   = experiment.Figure{ID: metric.Must("requests.failed").ID()}
	Exceeded = experiment.Figure{ID: metric.Must("latency.exceeded").ID()}
	P95      = experiment.Figure{ID: metric.Must("latency.p95").ID()}
	Hours    = experiment.Figure{ID: metric.Must("cost.server_hours").ID()}
)

// Of is the effect on a figure; nil where it is not among them.
func (e Effects) Of(f experiment.Figure) *experiment.Effect {
	for i := range e {
		if e[i].Figure == f {
			return &e[i]
		}
	}
	return nil
}
