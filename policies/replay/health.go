package replay

import (
	"strconv"
	"strings"
	"time"

	"stickysim/sim"
)

// probe is the active health check of one server: a connection every so often. Only servers whose state differs from
// what the balancer believes have a next probe; the others' would change nothing.
type probe struct {
	every      sim.Time // 0 = the server is not checked
	fall, rise int      // consecutive failures to mark down, successes to mark up
	streak     int      // probes in a row that contradict the belief
	next       sim.Time
}

// probeOf reads a server's health check: Options "check" switches it on and may hold the settings, as in
// "inter 200ms fall 2 rise 2"; they may have options of their own. Defaults are HAProxy's: 2 s, 3, 2. A bare number is
// in milliseconds.
func probeOf(info sim.ServerInfo) probe {
	words, on := info.Options["check"]
	if !on {
		return probe{}
	}
	fields := strings.Fields(words)
	option := func(name string) string {
		for i := 0; i+1 < len(fields); i++ {
			if fields[i] == name {
				return fields[i+1]
			}
		}
		return info.Options[name]
	}
	return probe{
		every: span(option("inter"), 2*sim.Second),
		fall:  count(option("fall"), 3),
		rise:  count(option("rise"), 2),
		next:  sim.Never,
	}
}

// span reads a duration of HAProxy; importers have refused malformed ones, so these get the default.
func span(text string, def sim.Time) sim.Time {
	if ms, err := strconv.ParseInt(text, 10, 32); err == nil && ms > 0 {
		return sim.Time(ms) * sim.Millisecond
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return sim.Time(d)
	}
	return def
}

func count(text string, def int) int {
	if n, err := strconv.Atoi(text); err == nil && n > 0 && n <= 1000 {
		return n
	}
	return def
}

// SetDead makes a server refuse connections, or accept them again. The balancer notices by its own attempts, or
// by probes.
func (r *Router) SetDead(id sim.ServerID, dead bool) {
	r.dead[id] = dead
	p := &r.probes[id]
	p.streak, p.next = 0, sim.Never
	if p.every > 0 && dead != r.failed[id] {
		p.next = (r.View().Now/p.every + 1) * p.every
	}
}

// Advance moves the clock to an instant, with the probes due on the way. It never moves backwards.
func (r *Router) Advance(to sim.Time) {
	for {
		id, at := r.nextProbe()
		if at > to {
			break
		}
		r.instance.At(max(r.View().Now, at))
		r.probed(id)
	}
	r.instance.At(max(r.View().Now, to))
}

func (r *Router) nextProbe() (id sim.ServerID, at sim.Time) {
	at = sim.Never
	for _, s := range r.View().Members {
		if p := &r.probes[s]; p.every > 0 && p.next < at {
			id, at = s, p.next
		}
	}
	return id, at
}

// probed is a probe that contradicts what the balancer believes of the server.
func (r *Router) probed(id sim.ServerID) {
	p := &r.probes[id]
	p.streak++
	p.next += p.every
	limit := p.rise
	if r.dead[id] {
		limit = p.fall
	}
	if p.streak < limit {
		return
	}
	p.streak, p.next = 0, sim.Never
	r.failed[id] = r.dead[id]
	r.changed()
}
