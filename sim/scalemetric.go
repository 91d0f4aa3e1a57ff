package sim

import "slices"

// reading is where a server's integrals stand.
type reading struct {
	server                                       ServerID
	busy, capacity, inSystem, sessions, accepted int64
}

// readings are those at the beginning of a window: of the servers that were not gone, among the first so many of the run.
type readings struct {
	list []reading
	made int
}

// samples is what the autoscaler learns of one window.
type samples struct {
	at      Time       // its end
	servers []ServerID // that were in service in it, ascending
	values  []float64  // of these, per unit of time in service
	next    int        // place of the server that is probably asked for next
}

// spareWindow is the memory of a window that is no longer needed.
type spareWindow struct {
	readings []reading
	samples  samples
}

// readings takes the counters of the servers that are not gone.
func (r *run) readings() readings {
	spare := &r.scaler.spare
	out := readings{spare.readings[:0], len(r.servers)}
	spare.readings = nil
	for _, s := range r.present() {
		out.list = append(out.list, r.read(s))
	}
	return out
}

// read takes the counters of a server.
func (r *run) read(s ServerID) reading {
	sv := r.servers[s]
	sv.accrueAll(r.now)
	return reading{s, sv.area.busy, sv.rare.capacity, sv.area.inSystem, sv.held, sv.accepted}
}

// measureWindow ends a window of the metric.
func (r *run) measureWindow(from readings) samples {
	spare := &r.scaler.spare
	out := samples{at: r.now, servers: spare.samples.servers[:0], values: spare.samples.values[:0]}
	spare.samples = samples{}
	for i := range from.list {
		r.measureServer(&out, &from.list[i])
	}
	for s := from.made; s < len(r.servers); s++ { // made during the window
		r.measureServer(&out, &reading{server: ServerID(s)})
	}
	return out
}

// measureServer adds the metric of a server to those of a window that ends now, if it was in service in it.
func (r *run) measureServer(out *samples, begin *reading) {
	to := r.read(begin.server)
	capacity := float64(to.capacity - begin.capacity)
	if capacity <= 0 {
		return
	}
	inService := capacity / float64(r.servers[begin.server].cores)
	value := 0.0
	switch r.scaler.Metric {
	case MeanUtilization:
		value = float64(to.busy-begin.busy) / capacity
	case RequestRate:
		value = float64(to.accepted-begin.accepted) / inService * float64(Second)
	case InFlight:
		value = float64(to.inSystem-begin.inSystem) / inService
	case HeldSessions:
		value = float64(to.sessions-begin.sessions) / inService
	}
	out.servers, out.values = append(out.servers, begin.server), append(out.values, value)
}

// of returns a server's value, if it was in service in the window.
func (s *samples) of(id ServerID) (value float64, known bool) {
	at := s.next
	if at >= len(s.servers) || s.servers[at] != id {
		if at, known = slices.BinarySearch(s.servers, id); !known {
			return 0, false
		}
	}
	s.next = at + 1
	return s.values[at], true
}

// steady is the mean of the metric over the servers that are ready and warm (-1: none of them has a value), and how many
// they are; warming counts those that are starting or warming up.
func (r *run) steady(seen *samples) (mean float64, steady, warming int) {
	known := 0
	for _, id := range r.present() {
		sv := r.servers[id]
		if !sv.inService() {
			continue
		}
		if sv.life == starting || !sv.original() && r.now-sv.readyAt < r.scaler.WarmUp {
			warming++
			continue
		}
		steady++
		if v, ok := seen.of(id); ok && !r.deploy.holds(id) {
			mean += v
			known++
		}
	}
	if known == 0 {
		return -1, steady, warming
	}
	return mean / float64(known), steady, warming
}
