package experiment

import (
	"testing"

	"stickysim/sim"
)

// Of a recording, what the run ends before is not said to be replayed.
func TestRequestsAfterTheEndAreNotReplayed(t *testing.T) {
	trace := &sim.Trace{Begin: -10 * sim.Second, Clients: make([]sim.TraceClient, 3), Origin: sim.Origin{File: "access.log"}}
	for i := range 12 {
		trace.Requests = append(trace.Requests, sim.TraceRequest{At: sim.Time(i) * 5 * sim.Second, Client: uint32(i / 5)})
	}
	m := &sim.Model{Duration: 15 * sim.Second, Populations: []sim.Population{{Name: "log", Trace: trace}}}
	r := replays([]*sim.Model{m})[0]
	if r.Requests != 5 || r.AfterEnd != 7 || r.Clients != 1 {
		t.Errorf("%d requests of %d clients, %d after the end; want 5 of 1, 7 after it", r.Requests, r.Clients, r.AfterEnd)
	}
	m.Duration = sim.Minute
	if r := replays([]*sim.Model{m})[0]; r.Requests != 12 || r.AfterEnd != 0 || r.Clients != 3 {
		t.Errorf("the whole recording: %+v", r)
	}
}
