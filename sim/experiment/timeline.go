package experiment

import "stickysim/sim"

// Event is an entry of the timeline: what happens to the fleet, the arrivals, the store or the policy.
type Event struct {
	At     float64 // seconds since the start of the measured part, negative in the warm-up; of a recurring one, the first possible
	Kind   string  // name of a kind of action: crash, deploy, ...
	Name   string  // what the scenario calls it; may be empty
	Recurs bool    // it happens again and again
}

// mostEvents bounds the timeline of a result: a recording may have thousands.
const mostEvents = 200

func timeline(m *sim.Model) []Event {
	var list []Event
	for _, a := range m.Timeline[:min(len(m.Timeline), mostEvents)] {
		list = append(list, Event{At: max(a.At, -m.Warmup).Seconds(), Kind: a.Kind.Name, Name: a.Name, Recurs: a.Every != nil})
	}
	return list
}
