package sim

// reading is where a server's integrals stand.
type reading struct{ busy, capacity, inSystem, sessions, accepted int64 }

// samples is what the autoscaler learns of one window.
type samples struct {
	at     Time      // its end
	values []float64 // by server, per unit of time in service; negative: it was not in service
}

// readings takes the counters of all servers.
func (r *run) readings() []reading {
	list := make([]reading, len(r.servers))
	for i := range r.servers {
		sv := &r.servers[i]
		sv.accrueAll(r.now)
		list[i] = reading{sv.area.busy, sv.rare.capacity, sv.area.inSystem, sv.rare.sessions, sv.accepted}
	}
	return list
}

// measureWindow ends a window of the metric.
func (r *run) measureWindow(from []reading) samples {
	list := r.scaler.readings(r)
	out := samples{r.now, make([]float64, len(list))}
	for i, to := range list {
		var begin reading // zeros for a server made during the window
		if i < len(from) {
			begin = from[i]
		}
		out.values[i] = -1
		capacity := float64(to.capacity - begin.capacity)
		if capacity <= 0 {
			continue
		}
		inService := capacity / float64(r.servers[i].cores)
		switch r.scaler.Metric {
		case MeanUtilization:
			out.values[i] = float64(to.busy-begin.busy) / capacity
		case RequestRate:
			out.values[i] = float64(to.accepted-begin.accepted) / inService * float64(Second)
		case InFlight:
			out.values[i] = float64(to.inSystem-begin.inSystem) / inService
		case HeldSessions:
			out.values[i] = float64(to.sessions-begin.sessions) / inService
		}
	}
	return out
}

// of returns a server's value, if it was in service in the window.
func (s *samples) of(id ServerID) (value float64, known bool) {
	if int(id) >= len(s.values) || s.values[id] < 0 {
		return 0, false
	}
	return s.values[id], true
}

// steady is the mean of the metric over the servers that are ready and warm (-1: none of them has a value), and how many
// they are; warming counts those that are starting or warming up.
func (r *run) steady(seen *samples) (mean float64, steady, warming int) {
	known := 0
	for i := range r.servers {
		sv := &r.servers[i]
		if !sv.inService() {
			continue
		}
		if sv.life == starting || !sv.original() && r.now-sv.readyAt < r.scaler.WarmUp {
			warming++
			continue
		}
		steady++
		if v, ok := seen.of(ServerID(i)); ok && !r.deploy.holds(ServerID(i)) {
			mean += v
			known++
		}
	}
	if known == 0 {
		return -1, steady, warming
	}
	return mean / float64(known), steady, warming
}
