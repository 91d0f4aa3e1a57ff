package sim

import "stickysim/sim/stats"

// fleetBooks count crashes and planned changes of the fleet. Only this file assigns its fields.
type fleetBooks struct {
	serving     int64 // servers that serve now
	most        int64 // at once
	drains      int64
	drainTime   Time  // sum
	drainMost   Time  // longest
	cut         int64 // sessions still held when a drain ended
	collections int64 // pauses of garbage collection
	collecting  Time  // their sum, all servers together
	crashes     int64
	crashed     int64 // sessions held by servers when they crashed
	deploys     int64
	deployTime  Time // sum
	ordered     int64
	refused     int64           // orders beyond Model.MaxServers
	detect      stats.Histogram // ns from a crash until a balancer marks the server down
}

// beginCounting forgets what the warm-up has seen.
func (b *fleetBooks) beginCounting() { *b = fleetBooks{serving: b.serving, most: b.serving} }

// serves counts a server that begins to serve (1), or ceases to (−1).
func (b *fleetBooks) serves(n int64) {
	b.serving += n
	b.most = max(b.most, b.serving)
}

func (b *fleetBooks) orderPlaced()  { b.ordered++ }
func (b *fleetBooks) orderRefused() { b.refused++ }

// crash counts a crash of a server that holds so many sessions.
func (b *fleetBooks) crash(sessions int32) {
	b.crashes++
	b.crashed += int64(sessions)
}

// detected counts a balancer's noticing of a crash, after so long.
func (b *fleetBooks) detected(after Time) { b.detect.Add(int64(after)) }

// drained counts the end of a drain.
func (b *fleetBooks) drained(took Time, sessions int32) {
	b.drains++
	b.drainTime += took
	b.drainMost = max(b.drainMost, took)
	b.cut += int64(sessions)
}

// collected counts a pause of garbage collection.
func (b *fleetBooks) collected(pause Time) {
	b.collections++
	b.collecting += pause
}

// deployed counts a deployment that is done.
func (b *fleetBooks) deployed(took Time) {
	b.deploys++
	b.deployTime += took
}
