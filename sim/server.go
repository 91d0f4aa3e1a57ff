package sim

import (
	"math"

	"stickysim/sim/stats"
)

// server is the running side of a Server. This file and service.go own it: no other file assigns its fields. What every
// request uses comes first: in two cache lines what its arrival and its departure do, and a session that leaves for another
// server; in the fifth what only its answer does.
type server struct {
	since      Time  // up to when area is accrued
	inSystem   int32 // requests waiting and in service
	busy       int32 // cores in use
	area       integrals
	queue      requestList
	cores      int32
	room       int32 // requests that may wait; the largest number = unlimited
	discipline Discipline
	plain      bool // see isPlain

	accepted  int64
	taken     Time          // work of the requests that have come, at speed 1, without what was left undone of those that have gone
	stays     int64         // ns that departed requests spent here
	fleet     *fleetTraffic // of all servers together
	sinceRare Time          // up to when held and rare are accrued
	sessions  int32         // whose last answer came from here
	most      int32         // sessions at a time
	held      int64         // ns of sessions
	lifecycle               // its first fields are asked by every request

	spec      *Server
	pauses    int     // reasons to be paused
	resumedAt Time    // when the last of them ended
	fastest   float64 // highest speed so far
	respeeds  int64   // changes of speed so far

	latency  stats.SmallTally
	sojourn  int64 // ns, of the answered attempts that are counted
	answered int64
	departed int64
	speed    float64

	rare    slowIntegrals
	memory  int64       // bytes of session state
	service requestList // requests in service (FCFS), where service can be interrupted
	info    ServerInfo
	slowed  slowdowns
	ps      serverPS

	seen, own   traffic // of all servers, and of this one, up to when rare.fleet is accrued
	connections int32   // long-lived ones that are open
	memMost     int64
	lingering   int64 // bytes of it left behind by finished sessions, until their idle timeout
	remains     remains

	errors int64

	base     integrals // where the counts stood when counting began
	rareBase slowIntegrals
	heldBase int64
	baseline [3]int64 // accepted, answered, errors

	_ [40]byte // a server begins with a cache line
}

// integrals are over time, of what every request changes, in ns times units, over the whole run.
type integrals struct {
	busy, inSystem int64
	offSpeed       float64 // of busy × (speed − 1): what the work done differs from the time busy
}

// slowIntegrals are over time, of what changes rarely, beside the sessions.
type slowIntegrals struct {
	capacity, present, down int64
	memory                  float64
	fleet                   traffic // of all servers, while this one served
}

// traffic is attempts that servers have taken.
type traffic struct{ accepted, answered int64 }

// fleetTraffic is what all servers together have taken.
type fleetTraffic struct {
	traffic
	latency stats.Tally         // as that of the servers, since the minute in progress began
	unheard int64               // measured answers that no client got
	levels  [maxLevel + 1]int64 // ns with so many requests in a server
}

// since is what has come since an earlier count.
func (t traffic) since(before traffic) traffic {
	return traffic{t.accepted - before.accepted, t.answered - before.answered}
}

// add counts more.
func (t *traffic) add(more traffic) {
	t.accepted, t.answered = t.accepted+more.accepted, t.answered+more.answered
}

// addServer puts a server into the run; ready servers serve at once.
func (r *run) addServer(spec *Server, info ServerInfo, ready bool) ServerID {
	id := ServerID(len(r.servers))
	r.servers = append(r.servers, r.spareServers.take(len(r.m.Servers)))
	s := r.servers[id]
	*s = server{lifecycle: newLifecycle(ready), ps: newServerPS(), spec: spec, info: info, resumedAt: LongAgo, speed: spec.Speed, fastest: spec.Speed, since: r.now, sinceRare: r.now,
		cores: int32(spec.Cores), room: roomOf(spec.Queue), discipline: spec.Discipline,
		queue: noRequests, service: noRequests, remains: r.spare.spareRemains()}
	s.plain = s.isPlain(r)
	s.fleet, s.seen = &r.traffic, r.traffic.traffic
	s.latency = r.spare.spareTally(id < ListedServers)
	if ready {
		r.fleet.serves(1)
	}
	return id
}

// roomOf is how many requests may wait at a server with the given bound, negative = none.
func roomOf(queue int) int32 {
	if queue < 0 {
		return math.MaxInt32
	}
	return int32(min(queue, math.MaxInt32))
}

// accrue brings the integrals of what every request changes up to now. It is called before any of it changes.
func (s *server) accrue(now Time) {
	if s.serving() {
		s.accrueService(now)
	}
	s.since = now // nothing is in one that does not serve
}

// accrueService is accrue of a server that serves.
func (s *server) accrueService(now Time) {
	dt := int64(now - s.since)
	s.since = now
	s.area.busy += dt * int64(s.busy)
	s.area.inSystem += dt * int64(s.inSystem)
	if !s.plain {
		s.area.offSpeed += float64(dt) * float64(s.busy) * (s.speed - 1)
	}
	s.fleet.levels[min(uint32(s.inSystem), maxLevel)] += dt
}

// accrueSlow does the same for life, sessions and memory. It is called before life or memory change.
func (s *server) accrueSlow(now Time) {
	if s.remains.due(now) {
		s.freeDue(now)
	}
	s.accrueUpTo(now)
}

// accrueUpTo accrues life, sessions and memory; until now, no state has become due that is left behind.
func (s *server) accrueUpTo(now Time) {
	dt := int64(now - s.sinceRare)
	if dt == 0 {
		return
	}
	s.sinceRare = now
	s.held += dt * int64(s.sessions)
	s.rare.memory += float64(dt) * float64(s.memory)
	switch {
	case s.serving():
		s.rare.present += dt
		s.rare.capacity += dt * int64(s.cores)
	case s.life == dead:
		s.rare.present += dt
		s.rare.down += dt
	}
}

// accrueAll brings all integrals up to now: before the server begins or ceases to serve, or before they are read.
// Draining and stopping servers count as running ones.
func (s *server) accrueAll(now Time) {
	s.accrue(now)
	s.accrueSlow(now)
	s.accrueFleet()
}

// accrueFleet does the same for what all servers have taken. What a server takes while it does not serve, such as the answer
// that had left it when it died, counts as its own.
func (s *server) accrueFleet() {
	all, own := s.fleet.traffic, traffic{s.accepted, s.answered}
	if s.serving() {
		s.rare.fleet.add(all.since(s.seen))
	} else {
		s.rare.fleet.add(own.since(s.own))
	}
	s.seen, s.own = all, own
}

// holdSessions adds n to the sessions that the server is home to. Requests do so, so it brings no integral up to now: it takes
// off that of the sessions what the next accrueSlow adds for them too much.
func (s *server) holdSessions(now Time, n int32) {
	s.held -= int64(n) * int64(now-s.sinceRare)
	s.sessions += n
	s.most = max(s.most, s.sessions)
}

// moveSession moves a session to another server: holdSessions of both.
func (s *server) moveSession(now Time, to *server) {
	s.held += int64(now - s.sinceRare)
	s.sessions--
	to.held -= int64(now - to.sinceRare)
	to.sessions++
	to.most = max(to.most, to.sessions)
}

// openConnections adds n to the long-lived connections that are open.
func (s *server) openConnections(n int32) { s.connections += n }

// addMemory adds bytes of session state. The caller makes room where they exceed the bound, then calls noteMemory.
func (s *server) addMemory(now Time, bytes int64) {
	s.accrueSlow(now)
	s.memory += bytes
}

// noteMemory keeps the most bytes there have been.
func (s *server) noteMemory() { s.memMost = max(s.memMost, s.memory) }

// leaveBehind counts bytes of a session that is over as lingering until then; Never: permanently.
func (s *server) leaveBehind(now Time, bytes int64, until Time) {
	s.freeDue(now) // not from these bytes, where what was left behind has been evicted
	s.lingering += bytes
	if until < Never {
		s.remains.add(remain{until, bytes})
	}
}

// freeDue frees what finished sessions have left behind until now, each at its time.
//
//go:noinline
func (s *server) freeDue(now Time) {
	for s.remains.due(now) {
		if x := s.remains.take(); s.lingering > 0 {
			s.accrueUpTo(x.until)
			s.freeLingering(x.bytes)
		}
	}
}

// evictLingering frees up to so many bytes of what finished sessions have left behind.
func (s *server) evictLingering(now Time, bytes int64) {
	s.accrueSlow(now)
	s.freeLingering(bytes)
}

func (s *server) freeLingering(bytes int64) {
	bytes = min(bytes, s.lingering)
	s.lingering -= bytes
	s.memory -= bytes
}

// loseMemory empties the memory.
func (s *server) loseMemory() { s.memory, s.lingering, s.remains = 0, 0, s.remains[:0] }

// countError counts an attempt that failed here.
func (s *server) countError() { s.errors++ }

// countAnswer counts an answered attempt.
func (s *server) countAnswer() {
	s.answered++
	s.fleet.answered++
}

// measureUnheard counts how long an answered attempt was here whose answer no client gets, in the measured part.
func (s *server) measureUnheard(span Time) {
	bucket := stats.BucketOf(int64(span))
	s.fleet.unheard++
	s.fleet.latency.AddTo(bucket)
	s.latency.AddAmong(&s.fleet.latency, bucket)
	s.countTime(span)
}

// leaveTally gives away, empty, what the latencies were counted in.
func (s *server) leaveTally() stats.SmallTally {
	t := s.latency
	t.Reset()
	s.latency = stats.SmallTally{}
	return t
}

// countTime counts how long an answered attempt was here, but for its bucket.
func (s *server) countTime(span Time) { s.sojourn += int64(span) }

// beginCounting makes now the begin of the counted part of the run.
func (s *server) beginCounting(now Time) {
	s.accrueAll(now)
	s.base, s.rareBase, s.heldBase = s.area, s.rare, s.held
	s.most, s.memMost = s.sessions, s.memory
	s.baseline = [3]int64{s.accepted, s.answered, s.errors}
}

// pause begins a pause, which may overlap others.
func (s *server) pause() { s.pauses++ }

// unpause ends one.
func (s *server) unpause(now Time) {
	if s.pauses--; s.pauses == 0 {
		s.resumedAt = now
	}
}

// slow begins a slowdown, which may overlap others.
func (s *server) slow(factor float64) { s.slowed = append(s.slowed, factor) }

// unslow ends one of the given factor.
func (s *server) unslow(factor float64) { s.slowed.end(factor) }

// clearPauses ends all pauses.
func (s *server) clearPauses() { s.pauses = 0 }

// clearFaults ends all pauses and slowdowns.
func (s *server) clearFaults() { s.pauses, s.slowed = 0, nil }

// effectiveSpeed is the speed that follows from the server's pauses and slowdowns.
func (s *server) effectiveSpeed() float64 {
	if s.pauses > 0 {
		return 0
	}
	return s.spec.Speed * s.slowed.factor()
}
