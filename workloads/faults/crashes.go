package faults

import (
	"stickysim/sim"
	"stickysim/sim/dist"
)

// Crashes returns the failures that begin within the window as crashes in a fleet of that many servers, by time. Node k is
// server k modulo the fleet; failures without a node hit the servers in turn. A repair takes as long as recorded, at the
// speed of the window. A server that is down does not crash again.
func (l *Log) Crashes(w Window, fleet int) []sim.Action {
	var all []sim.Action
	for i, f := range l.Failures {
		at, within := w.at(f.At)
		if !within {
			continue
		}
		node := f.Node
		if node < 0 {
			node = i
		}
		repair, err := dist.NewDeterministic(w.scale(f.Down).Seconds())
		if err != nil {
			panic(err) // ReadLog admits no such length
		}
		all = append(all, sim.Action{Kind: sim.Crash, At: at, Targets: []sim.ServerID{sim.ServerID(node % fleet)}, Zone: -1, Repair: repair})
	}
	return all
}
