package sim

import (
	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Result is one replication. Counts cover the measured part of the run (after warm-up): requests by when they were
// sent, sessions by when they began or ended.
type Result struct {
	Seed        uint64
	Replication int
	Start, End  Time // the measured part

	Populations []PopulationResult
	Servers     []ServerResult // every server that ever was, by ServerID
	Ranks       []RankResult   // the same servers by utilization, the hottest first
	Series      Series
	Hotspots    []Hotspot // by server and time
	concealment concealment
	Log         []LogEntry

	Strikes []Strike // of scripted actions, in order of time
	Faults  int      // that struck at random times

	Metrics  []Metric       // everything by name, in a fixed order
	Warnings []diag.Warning // reasons to doubt this replication
	Events   int64          // events the engine handled, warm-up included
}

// Metric is one figure of one replication. NaN means undefined (an empty denominator), never zero. What several
// replications amount to follows from what they counted: numerators and denominators, and distributions of times.
type Metric struct {
	ID       metric.ID
	Value    float64
	Ratio    bool             // the value is Num/Den
	Num, Den float64          // of a ratio; a Den of 0 leaves it undefined
	Times    *stats.Histogram // of a mean or quantile: the times in ns, one histogram for all figures of a distribution; else nil
}

// Name is the figure's name in results: latency.p95, sessions.lost{cause=crash}.
func (m Metric) Name() string { return m.ID.String() }

// PopulationResult is what one population saw in the measured part.
type PopulationResult struct {
	Name     string
	Latency  stats.Histogram     // ns, answered requests, from the first send to the answer
	Wait     stats.Histogram     // ns, time in queues of the server that answered
	Sent     int64               // requests
	Good     int64               // of them, answered
	Failed   [failureKinds]int64 // of them, failed for their user, by Failure
	FailedIn int64               // ns from the first send of failed requests to their failure, summed
	InFlight int64               // of them, neither at the end of the run
	Stuck    int64               // of those, in flight for longer than their client's timeout, or a minute where it has none
	Attempts int64               // of clients: first attempts and retries
	Retried  int64
	Started  int64            // sessions; one that logs in again after a loss counts as another
	Finished int64            // sessions that ended without being lost
	Lived    int64            // sessions that were in progress at some time: at the start, or begun since
	Clean    int64            // of them, those that met neither a failed request nor a loss
	Lost     [causeRoom]int64 // sessions that lost their state, by Cause
	Active   int64            // sessions in progress at the end

	Visits    int64 // from arriving to leaving, logins again included; in progress at some time
	VisitsHit int64 // of them, those that met a loss
	People    int64 // clients with such a visit
	Affected  int64 // of them, those that met a loss or a failed request
}

// ServerResult is what one server did in the measured part.
type ServerResult struct {
	Name        string
	Zone        int
	Present     float64 // seconds it was in service
	Down        float64 // seconds of them it was dead
	Busy        float64 // core-seconds busy
	Capacity    float64 // core-seconds available
	Requests    int64   // attempts it accepted
	Answered    int64
	Errors      int64   // attempts that failed there
	Sessions    float64 // time average of sessions held
	SessionsMax int64
	Memory      float64 // time average of bytes of session state
	MemoryMax   float64

	FleetAttempts int64 // attempts that all servers accepted while this one served
	FleetAnswers  int64 // attempts that all servers answered while this one served

	Latency stats.Histogram // ns at this server, answered attempts; empty after a run with a Workspace, which it is counted in
	Figures []float64       // by metric.ServerFigure.Index; NaN = undefined
}
