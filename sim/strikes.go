package sim

import (
	"slices"

	"stickysim/sim/diag"
)

// Strike is a server that an action of the timeline struck in the measured part: one that happens once, or by the clock.
type Strike struct {
	Action   int // place in Model.Timeline
	At       Time
	Server   ServerID
	Rank     int // 1 = the server that had been the busiest in the run so far, 2 = the next
	Sessions int // that it held
}

// struck notes what action i does to a server. It is called before anything is done.
func (r *run) struck(i int32, s ServerID) {
	if a := &r.m.Timeline[i]; !r.live || int(s) >= len(r.servers) || a.Every != nil && a.Every.SCV() > 0 {
		return
	}
	rank := 1
	for o := range r.servers {
		if r.servers[o].work(r.now) > r.servers[s].work(r.now) {
			rank++
		}
	}
	r.strikes = append(r.strikes, Strike{Action: int(i), At: r.now, Server: s, Rank: rank, Sessions: int(r.servers[s].sessions)})
}

// work is the core time that the server has been busy so far.
func (s *server) work(now Time) int64 { return s.area.busy + int64(now-s.since)*int64(s.busy) }

// random counts a fault that strikes at a random time, in the measured part.
func (r *run) random(a *Action) {
	if r.live && a.Every != nil && a.Every.SCV() > 0 {
		r.faults++
	}
}

var strikesNone = diag.Register(diag.Code{Name: "strikes-none", Severity: diag.Severe,
	Doc: "An event of the timeline met only servers that had left the fleet before, as in a deployment, or that were not there yet, so it changed nothing: the run shows a world without it."})

// misses notes that an action that happens once strikes none that is in the fleet.
func (r *run) misses(a *Action, hit []ServerID) {
	if a.Every != nil || slices.ContainsFunc(hit, func(s ServerID) bool { return int(s) < len(r.servers) && r.servers[s].life != gone }) {
		return
	}
	w := strikesNone.At("timeline", "the %s at %v strikes no server: those it would strike are not in the fleet then", a.Kind.Name, a.At)
	w.Hint = "let it happen before servers are replaced or leave, or name servers that are there"
	r.missed = append(r.missed, w)
}

var _ = reports(0, func(r *run, b *metricsBuilder) { b.res.Warnings = append(b.res.Warnings, r.missed...) })
