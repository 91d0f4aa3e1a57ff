package sim

import (
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// exits are the places at which a request leaves its short path, to have a feature act on it, and comes back. Each place asks
// once, for all features of the run, the population, the balancer and the server together. A place that is asked in vain
// changes nothing: the features ask again for themselves.
//
// The steps of the short path are never inlined (go:noinline). The compiler inlines what a hot function calls, but of a function
// that it inlines itself it leaves the calls: whole steps, with all that is small inside them, take the fewest instructions.
type exits uint16

const (
	atTurn    exits = 1 << iota // the client's turn: sessions with a life or an idle timeout, connections, loops that are not closed
	atSend                      // the client's attempt: time limits of balancers, connections
	ofTimeout                   // the client's attempt: timeouts, retry budgets
	atRoute                     // what chooses the balancer, and what that sees of the client
	atService                   // begin and end of service: what can interrupt it, the balancers' latency
	ofState                     // begin and end of service: what the session's state costs there
	atAnswer                    // the answer: what the policy learns from it, recorded clients, loops that are not closed
	ofSession                   // the client's attempt and what follows the answer: records of sessions
	ofJar                       // the client's attempt: cookies and marks, once a client has been given any
	atEnd                       // the end of an attempt for its balancer: policies that follow theirs, passive health
	allExits  = 1<<iota - 1
)

// when is these exits where a feature is on, and none where it is off.
func (e exits) when(on bool) exits {
	if on {
		return e
	}
	return 0
}

// exitsOf are the exits of the requests of a population, as far as the whole run and the population need them.
func (r *run) exitsOf(p *population) exits {
	if r.o.leaves {
		return allExits &^ ofSession.when(!r.hasSessions())
	}
	b := &r.m.Balancers
	return ofSession.when(r.hasSessions()) |
		atTurn.when(p.Life != nil || p.Loop != ClosedLoop || p.IdleTimeout > 0 && r.m.State.inMemory() || p.Trace != nil) |
		atSend.when(p.Loop == Connection || b.RequestTimeout > 0) |
		ofTimeout.when(p.Timeout != nil || p.RetryBudget > 0) |
		atRoute.when(p.AddressChange != nil || p.BrowserRestart != nil || p.Loop == Connection || b.Count > 1 || p.Forgers > 0 || p.Keys != 0 || p.Trace != nil || p.Through != nil) |
		atService.when(r.m.interrupts() || b.Latency != nil || b.AttemptTimeout > 0) |
		ofState.when(p.Stateful && r.m.State.Kind != NoState) |
		atAnswer.when(p.Trace != nil || p.Loop != ClosedLoop)
}

// exitsOf are the exits that an instance with its present policy needs.
func (b *balancer) exitsOf(r *run) exits {
	if r.o.leaves {
		return allExits
	}
	return atRoute.when(b.NeedsKey()) | atAnswer.when(b.Binds()) | atEnd.when(b.watchesAnswers() || r.m.Health.Passive.Failures > 0)
}

// heedsHomes reports whether more than counts depends on the servers that the balancer's clients have their sessions on.
func (b *balancer) heedsHomes(r *run) bool {
	return r.lines != nil || len(r.balancers) > 1 || b.FollowsSessions() || r.o.leaves
}

// isPlain reports whether a server's requests need not ask how it serves: in order of arrival, at speed 1.
func (s *server) isPlain(r *run) bool {
	return s.discipline == FCFS && s.speed == 1 && r.timeLimits[attemptLimit].span == 0 && !r.o.leaves
}

// undisturbed reports whether from its client's turn to its answer, nothing but a loss of the session's state can change what is
// known of a population's clients.
func (p *population) undisturbed() bool { return p.exits&(atTurn|atService|atAnswer) == 0 }

// servesPlainly reports whether the server serves a population's requests, in order of arrival, from begin to end at speed 1.
func (s *server) servesPlainly(p *population) bool { return s.plain && p.exits&atService == 0 }

// needsOf are the fields of a Request that are filled in for the present policy: those that it reads, and what its key is
// written from.
func (b *balancer) needsOf(r *run) Needs {
	switch {
	case r.o.leaves:
		return needsAll
	case b.NeedsKey():
		return b.Reads() | NeedsHash
	}
	return b.Reads()
}

// law is a distribution of spans of time. Exponential ones, which most are, are drawn in place.
type law struct {
	mean      float64 // s, of an exponential distribution; 0 where other counts
	other     dist.Dist
	table     dist.Table
	tabulated bool
	fixed     bool    // every span is the same; 0 where there is no distribution
	each      float64 // s, where that is so
}

func lawOf(d dist.Dist) law {
	switch d := d.(type) {
	case nil:
		return law{fixed: true}
	case dist.Exp:
		return law{mean: d.Mean()}
	case dist.Deterministic:
		return law{fixed: true, each: d.Mean()}
	}
	l := law{other: d}
	l.table, l.tabulated = dist.TableOf(d)
	return l
}

// drawFor returns the span of a client's request for a purpose.
func (l *law) drawFor(client rng.Key, seq uint32, purpose uint64) Time {
	k := drawOf(client, seq, purpose)
	if l.mean > 0 {
		x, ok := k.TryExp()
		if !ok {
			x = k.Exp()
		}
		if ns := l.mean * x * float64(Second); ns < float64(Never) { // as FromSeconds, of what is not negative
			return Time(ns + 0.5)
		}
		return Never
	}
	return FromSeconds(l.drawOther(k))
}

// part returns the span of a part of a request's work, a member of the request's draws for a purpose.
func (l *law) part(q *request, purpose, member uint64) Time {
	if l.fixed {
		return FromSeconds(l.each)
	}
	return FromSeconds(l.seconds(q.draw(purpose).At(member)))
}

// seconds returns the same span in seconds.
func (l *law) seconds(k rng.Key) float64 {
	if l.mean > 0 {
		return l.mean * k.Exp()
	}
	return l.drawOther(k)
}

func (l *law) drawOther(k rng.Key) float64 {
	if l.tabulated {
		if x := l.table.Draw(k); x == x {
			return x
		}
	}
	if l.fixed {
		return l.each
	}
	return l.other.Sample(k)
}
