package experiment

import (
	"slices"

	"stickysim/sim"
)

// Replay is how a recorded log is replayed.
type Replay struct {
	Population        string
	File              string
	Loop              string  // causal, closed or open
	Speed             float64 // recorded seconds per simulated second
	Scale             float64 // clients replayed per client of the log
	Requests          int     // that are due before the end of the run
	AfterEnd          int     // requests that are not: the run ends before them
	Clients           int     // that send them
	BeforeFirstAnswer int     // requests that the log has before the first answer of their session
	UnknownOrder      int     // requests of which it does not say whether they were
	AssumedAnswers    int     // requests of which it does not say when they were answered: their mean service time after they were sent
	KeepsTimes        bool    // it does not say how long requests waited: clients send at its times as far as their answers permit
	Log               Log
}

// Log is what was found in a log.
type Log = sim.LogFacts

// loops are the names of the loops of a replay.
var loops = map[sim.Loop]string{sim.Causal: "causal", sim.ClosedLoop: "closed", sim.OpenLoop: "open"}

// Replayed lists the logs that the alternatives of a study replay, each way once.
func (s *Study) Replayed() []Replay {
	var models []*sim.Model
	for _, v := range s.Variants {
		models = append(models, v.Model)
	}
	return replays(models)
}

// replays lists the logs that some models replay, each way once.
func replays(models []*sim.Model) []Replay {
	var list []Replay
	for _, m := range models {
		for i := range m.Populations {
			p := &m.Populations[i]
			if p.Trace == nil || p.Trace.Origin.File == "" {
				continue
			}
			o, sent := &p.Trace.Origin, p.Trace.Until(m.Duration)
			one := Replay{p.Name, o.File, loops[p.Loop], o.Speed, o.Scale, len(sent.Requests), len(p.Trace.Requests) - len(sent.Requests), sent.Active(), o.Early, o.Unsure, o.Assumed, p.KeepsTimes(), o.Log}
			if !slices.Contains(list, one) {
				list = append(list, one)
			}
		}
	}
	return list
}
