// Package experiment runs models and compares them. It runs replications in parallel, gives every variant the same
// clients, arrivals and faults (common random numbers), computes intervals over replications and paired differences, finds
// the warm-up, stops when the wanted precision is reached, and parses objectives.
//
// It sees a model only as a *sim.Model and knows nothing of scenario files. It is the only package below cmd that starts
// goroutines. Results do not depend on their number: replications are numbered and merged in order, and stopping looks
// only at complete prefixes of fixed batches.
//
// Floor 3.
package experiment

import (
	"math"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Study is what to run: a model per variant, and how often.
type Study struct {
	Name         string
	Description  string
	Question     string // what it answers; may be empty
	Seed         uint64
	Variants     []Variant // alternatives on the same clients, arrivals and faults; at least one
	Replications Replications
	Fingerprint  string         // of all that its replications depend on but the seed: equal ones have equal replications; empty = unknown
	Objectives   []Objective    // what must hold
	Gate         []string       // alternatives that objectives may fail; empty = all
	Against      *Result        // a saved result that objectives may compare with; nil = none
	Warnings     []diag.Warning // of the scenario; they become part of the result
	AutoWarmup   bool           // find the warm-up from pilot replications; Model.Warmup is then ignored
	Baseline     int            // index of the variant that the others are compared with
}

// Variant is one alternative.
type Variant struct {
	Name   string // unique: the variant's name, or its policy's
	Policy string // registry name, with parameters as written, for tables
	State  string // placement, for tables
	Model  *sim.Model
}

// Replications says how many independent runs each variant gets.
type Replications struct {
	Min, Max   int       // equal: a fixed number
	Precision  float64   // wanted relative half-width of Metric; 0 = none
	Judged     bool      // add replications until every verdict that counts is decided; then Precision is not looked at
	Sparing    bool      // with Judged: end it also when one is missed, or when Max will hardly decide one
	Decided    bool      // add replications until the comparisons of the first screen are decided, or shown to be negligible; then Precision is not looked at
	Metric     metric.ID // the metric of Precision; default latency.mean
	Confidence float64   // default 0.95
	Controls   bool      // take what the clients' draws explain out of the figures, by control variates
}

// Options of a run that cannot change its result.
type Options struct {
	Jobs     int                                           // goroutines; 0 = GOMAXPROCS
	Progress func(done, total int, variant string)         // called from one goroutine; total may grow with sequential stopping
	Stop     func() bool                                   // called often, from several goroutines; true ends the study after the replications that are complete
	Log      bool                                          // keep the event log of replication 0 of every variant
	Keep     func(variant, replication int, r *sim.Result) // called in index order for every replication; nil = none. Of one that was saved, r has what Saved keeps
	Saved    Saved                                         // replications of the same study that are known already; nil = none
}

// Saved is a place of replications: those that an earlier run of the same study has finished need not be run again. Its
// methods are called from several goroutines at once. The first error ends the study.
type Saved interface {
	// Load returns a replication, or nil where there is none.
	Load(variant, replication int) (*sim.Result, error)
	// Save adds a replication as soon as it is finished, in any order.
	Save(variant, replication int, r *sim.Result) error
	// LoadWarmup returns the warm-up that was found for a study with AutoWarmup, or nil where none was.
	LoadWarmup() (*Warmup, error)
	// SaveWarmup keeps the warm-up that was found.
	SaveWarmup(w *Warmup) error
}

// Warmup is a warm-up that pilot runs have shown.
type Warmup struct {
	Span     sim.Time
	Method   WarmupMethod
	Warnings []diag.Warning // alternatives for which it is too short
}

// Build makes the study of a point: the scenario with these fields set, in this order.
type Build func(point []Setting) (*Study, error)

// Setting is a field of a scenario and the value it gets, both as --set has them: servers.count, 4.
type Setting struct{ Path, Value string }

// String is the setting as it is written: servers.count=4.
func (s Setting) String() string { return s.Path + "=" + s.Value }

// Result is a finished study.
type Result struct {
	Schema       string // "stickysim/result/1"
	Name         string
	Description  string
	Question     string // what the scenario answers; may be empty
	Seed         uint64
	Confidence   float64
	Baseline     string
	Warmup       float64 // seconds that were simulated and not counted
	WarmupMethod string  // a WarmupMethod
	Duration     float64 // seconds counted in each replication
	Interrupted  bool
	Resampled    bool           // replications draw the clients or hours of a log anew: how they vary says how far another log could be off
	Replays      []Replay       // logs that are replayed
	Warnings     []diag.Warning // the most severe first
	Variants     []VariantResult
	Comparisons  []Comparison // every variant but the baseline, metric by metric
	Objectives   []Objective
	Verdicts     []Verdict // by objective, then by alternative
}

// VariantResult is what one variant did, over its replications.
type VariantResult struct {
	Name, Policy, State string
	Timeline            []Event // what the scenario makes happen, in its order
	Replications        int
	Metrics             []Metric         // fixed order
	Kinds               []Kind           // replications that differ from the others in kind, by the metrics in which they do; empty: none do
	Victims             []Victims        // by action and rank, of scripted actions that strike another server in other replications
	Servers             []ServerEstimate // by rank, the hottest first; then those that the timeline names, by name
	First               []FirstServer    // every server of replication 0, by sim.ServerID
	Series              SeriesMean
	Hotspots            []sim.Hotspot // of replication 0
	Log                 []sim.LogEntry
	Events              int64 // handled by the engine, all replications
}

// Metric is an estimate with its interval over replications.
type Metric struct {
	ID       metric.ID
	Unit     string // of its family; kept beside it for results of other versions
	Estimate stats.Estimate
	Values   []float64 // one per replication, in order; NaN = undefined there
}

// Name is the metric's name in results: latency.p95, sessions.lost{cause=crash}.
func (m *Metric) Name() string { return m.ID.String() }

// undefined is the estimate of a figure that does not exist.
func undefined() stats.Estimate {
	nan := math.NaN()
	return stats.Estimate{Mean: nan, Lo: nan, Hi: nan}
}

// Comparison is the paired difference of one metric between a variant and the baseline.
type Comparison struct {
	Variant    string
	Metric     metric.ID
	Unit       string
	Difference stats.Estimate // variant − baseline, in the metric's unit; its Confidence is that of the decision
	Ratio      stats.Estimate // variant / baseline; NaN where one is not positive
	VRF        float64        // variance of an unpaired comparison over that of this one
	Widened    bool           // pairing made it less precise, beyond chance over all comparisons
	Decided    bool           // it is not 0, beyond chance: the interval of the difference excludes 0
	Equal      bool           // the values are the same in every replication
	Needs      int            // replications that would decide it, if it stays as it is: 0 = it is decided or equal; −1 = more than MostNeeded, or it cannot be known
}
