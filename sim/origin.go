package sim

import "time"

// Origin is what is known of a recording beside its requests. No run depends on it.
type Origin struct {
	File    string
	Speed   float64 // recorded seconds per simulated second
	Scale   float64 // clients replayed per client of the file
	Early   int     // requests of the file that were sent before the first answer of their session
	Unsure  int     // requests of which it does not say whether they were
	Assumed int     // requests of which it does not say when they were answered
	Log     LogFacts
}

// LogFacts is what was found in a log that became a recording. Its lines are requests, unusable, blank, or of something else:
//
//	Lines = Requests + Unusable + Blank + Other
type LogFacts struct {
	Format   string // as the scenario would write it
	Wrapping string // what a collector put around the lines; "" = nothing

	Lines, Requests, Unusable, Blank, Other int

	Why      string // why the first unusable line is, with its place
	LeftOut  int    // requests that the scenario's limit leaves out
	Clients  int    // that sent the others
	Named    int    // clients that have a host name in place of an address
	Sessions int    // of the clients

	First, Last time.Time     // of the logged times, UTC
	Clock       time.Duration // the smallest step of the logged times: 1 s, 1 ms, 1 µs or 1 ns
	Spread      bool          // requests of one second are spread over it
	Disorder    int           // requests whose logged time is before that of the line above
	StepBack    time.Duration // the largest such step
	StampsEnd   bool          // the logged time is that of the answer, not of the arrival

	Whole, Behind string // what the log calls the time of the whole request, and that of the server behind; "" = it has none
	Timed         int    // requests with one of them
	Served        int    // replayed requests whose service time is taken from it
}
