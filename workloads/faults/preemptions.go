package faults

import (
	"cmp"
	"fmt"
	"slices"

	"stickysim/sim"
)

// Preemptions returns the preemptions and additions within the window as actions on a fleet of that many servers, by time.
// notice is the time between the notice and the loss of a server, in simulated time.
//
// The instances that run when the window begins are the fleet. Where there are more of them than servers, every k-th
// instance is followed, those that come later too, so that the rate of losses per server is the recorded one. With
// replace, a lost server is replaced at once and the fleet keeps its size; otherwise the recorded additions bring new
// servers, and the fleet has the recorded size, scaled.
//
// It is an error when no instance runs at the beginning of the window.
func (s *Spot) Preemptions(w Window, fleet int, notice sim.Time, replace bool) ([]sim.Action, error) {
	var running []int
	next := 0
	for ; next < len(s.Events) && s.Events[next].At <= w.From; next++ {
		e := s.Events[next]
		if !e.Gone {
			running = append(running, e.Node)
		} else if i := slices.Index(running, e.Node); i >= 0 {
			running = slices.Delete(running, i, i+1)
		}
	}
	if len(running) == 0 {
		return nil, fmt.Errorf("no instance runs %v after the start of the trace", w.From)
	}
	f := follower{servers: min(fleet, len(running)), of: len(running)}
	for _, node := range running {
		f.come(node)
	}
	return f.actions(s.Events[next:], w, notice, replace), nil
}

// follower chooses the instances that represent servers, and keeps them in the order of the servers.
type follower struct {
	servers, of int // servers of every of instances are followed
	seen        int
	followed    []int
}

// come follows an added instance if it represents a server.
func (f *follower) come(node int) bool {
	f.seen++
	if f.seen*f.servers/f.of == (f.seen-1)*f.servers/f.of {
		return false
	}
	f.followed = append(f.followed, node)
	return true
}

func (f *follower) actions(events []SpotEvent, w Window, notice sim.Time, replace bool) []sim.Action {
	var moves []move
	for _, e := range events {
		at, within := w.at(e.At)
		switch {
		case !within:
		case e.Gone:
			moves = append(moves, move{max(at-notice, 0), e.Node, true})
		default:
			moves = append(moves, move{at, e.Node, false})
		}
	}
	slices.SortStableFunc(moves, func(a, b move) int { return cmp.Compare(a.at, b.at) })
	var all []sim.Action
	for _, m := range moves {
		i := slices.Index(f.followed, m.node)
		switch {
		case m.gone && i >= 0:
			all = append(all, sim.Action{Kind: sim.Preempt, At: m.at, Targets: []sim.ServerID{sim.ServerID(i)}, Places: true,
				Zone: -1, Deadline: notice, Replace: replace})
			f.followed = slices.Delete(f.followed, i, i+1)
		case !m.gone && f.come(m.node) && !replace:
			all = append(all, sim.Action{Kind: sim.ScaleTo, At: m.at, Servers: len(f.followed), Zone: -1})
		}
	}
	return all
}

// move is an event at the time of its notice.
type move struct {
	at   sim.Time
	node int
	gone bool
}
