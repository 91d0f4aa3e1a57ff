package caddy

import "stickysim/sim"

// failures remembers, for each upstream, the times of its last max_fails failures. It is unavailable while the
// oldest of them is younger than fail_duration: then max_fails failures count at once.
type failures struct {
	window sim.Time
	most   int
	times  []sim.Time // by ServerID, most of each: a ring
	next   []int32    // by ServerID: place of the oldest in its ring
	until  sim.Time   // no failure counts from here on
}

func newFailures(p Proxy, servers int) failures {
	f := failures{window: p.FailDuration, most: p.MaxFails}
	if f.window == 0 {
		return f
	}
	f.times = make([]sim.Time, servers*f.most)
	f.next = make([]int32, servers)
	for i := range f.times {
		f.times[i] = -sim.Never
	}
	return f
}

func (f *failures) add(s sim.ServerID, now sim.Time) {
	if f.window == 0 {
		return
	}
	n := f.next[s]
	f.times[int(s)*f.most+int(n)] = now
	f.next[s] = (n + 1) % int32(f.most)
	f.until = now + f.window
}

// any reports whether failures of any upstream still count: the quick answer for most requests.
func (f *failures) any(now sim.Time) bool { return now < f.until }

func (f *failures) tooMany(s sim.ServerID, now sim.Time) bool {
	return f.window > 0 && now-f.times[int(s)*f.most+int(f.next[s])] < f.window
}
