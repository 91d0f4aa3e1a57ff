package sim

import (
	"math"
	"slices"
)

// sampling is the values taken so far, and what the next ones need. Only this file assigns its fields.
type sampling struct {
	step    Time
	columns [][]float32    // of the fleet, by index of the sampler
	rows    []Row          // of servers
	kinds   int            // columns of a row: up to the last series of servers
	heads   [][]float32    // the columns of rows to come
	scratch []float32      // the column in progress
	servers []ServerID     // those sampled, ascending; rows share it, so it is never changed in place
	seen    int            // servers there were at the last sample
	left    fleetTotals    // of those that are sampled no more
	fleet   fleetTotals    // of all, at the sample in progress
	marks   [][]sampleMark // by index of the sampler, then by server; that of the fleet is the first
}

// fleetTotals are integrals of servers, added up.
type fleetTotals struct{ busy, capacity, inSystem int64 }

func (t *fleetTotals) add(s *server, n int64) {
	t.busy += n * s.area.busy
	t.capacity += n * s.rare.capacity
	t.inSystem += n * s.area.inSystem
}

// sampleMark is where the totals of a series stood at the last sample.
type sampleMark struct{ growth, per int64 }

// begin makes room for so many samples.
func (x *sampling) begin(step Time, points int) {
	*x = sampling{step: step, columns: make([][]float32, len(samplers)), marks: make([][]sampleMark, len(samplers)), rows: make([]Row, 0, points)}
	for i := range samplers {
		if samplers[i].PerServer {
			x.kinds = i + 1
		} else {
			x.columns[i] = make([]float32, 0, points)
		}
	}
	x.heads = make([][]float32, points*x.kinds)
}

// markSamples makes growth count from now on.
func (r *run) markSamples() {
	r.beginSample()
	for i := range samplers {
		p := &samplers[i]
		if !p.PerServer {
			r.grown(p, 0, nil)
			continue
		}
		for _, k := range r.sampling.servers {
			r.grown(p, k, r.servers[k])
		}
	}
}

// takeSamples takes a point of every series.
func (r *run) takeSamples() {
	r.beginSample()
	x := &r.sampling
	row := Row{x.servers, x.heads[:x.kinds:x.kinds]}
	x.heads = x.heads[x.kinds:]
	for i := range samplers {
		p := &samplers[i]
		if !p.PerServer {
			x.columns[i] = append(x.columns[i], r.value(p, 0, nil))
			continue
		}
		x.scratch = x.scratch[:0]
		for _, k := range x.servers {
			x.scratch = append(x.scratch, r.value(p, k, r.servers[k]))
		}
		row.Columns[i] = x.kept(i)
	}
	x.rows = append(x.rows, row)
	r.forgetIdle()
}

// kept is a copy of the column that has just been sampled or, where nothing has changed since the point before, the one there:
// few servers have errors, and most fleets none.
func (x *sampling) kept(column int) []float32 {
	if last := len(x.rows) - 1; last >= 0 && slices.Equal(x.rows[last].Columns[column], x.scratch) {
		return x.rows[last].Columns[column]
	}
	return slices.Clone(x.scratch)
}

// beginSample brings the totals of the servers sampled up to now, with those that are new.
func (r *run) beginSample() {
	x := &r.sampling
	if n := len(r.servers); n > x.seen {
		x.servers = slices.Clip(x.servers)
		for ; x.seen < n; x.seen++ {
			x.servers = append(x.servers, ServerID(x.seen))
		}
	}
	x.fleet = x.left
	for _, k := range x.servers {
		r.servers[k].accrueAll(r.now)
		x.fleet.add(r.servers[k], 1)
	}
}

// forgetIdle ends the sampling of servers that have left the fleet and have nothing left to show.
func (r *run) forgetIdle() {
	x := &r.sampling
	idle := func(k ServerID) bool {
		return r.servers[k].life == gone && r.servers[k].sessions == 0 && r.servers[k].inSystem == 0
	}
	if !slices.ContainsFunc(x.servers, idle) {
		return
	}
	stay := make([]ServerID, 0, len(x.servers))
	for _, k := range x.servers {
		if !idle(k) {
			stay = append(stay, k)
			continue
		}
		x.left.add(r.servers[k], 1)
	}
	x.servers = stay
}

// sampleAgain resumes the sampling of a server that has left the fleet, before it has something to show again.
func (r *run) sampleAgain(k ServerID) {
	x := &r.sampling
	at, sampled := slices.BinarySearch(x.servers, k)
	if sampled || int(k) >= x.seen {
		return
	}
	x.servers = slices.Insert(slices.Clone(x.servers), at, k)
	x.left.add(r.servers[k], -1)
}

// countError counts an attempt that failed at a server.
func (r *run) countError(s ServerID) {
	if r.servers[s].life == gone {
		r.sampleAgain(s)
	}
	r.servers[s].countError()
}

func (r *run) value(p *sampler, k ServerID, s *server) float32 {
	if p.level != nil {
		return float32(p.level(r, s))
	}
	growth, per := r.grown(p, k, s)
	if p.per == nil {
		return float32(growth)
	}
	if per <= 0 {
		return float32(math.NaN())
	}
	return float32(float64(growth) / float64(per))
}

// grown is by how much the totals of a series have grown since they were last asked for.
func (r *run) grown(p *sampler, k ServerID, s *server) (growth, per int64) {
	if p.growth == nil {
		return 0, 0
	}
	marks := &r.sampling.marks[p.Index()]
	if len(*marks) <= int(k) {
		n := 1
		if p.PerServer {
			n = len(r.servers)
		}
		*marks = append(*marks, make([]sampleMark, n-len(*marks))...)
	}
	m, now := &(*marks)[k], sampleMark{growth: p.growth(r, s)}
	if p.per != nil {
		now.per = p.per(r, s)
	}
	growth, per = now.growth-m.growth, now.per-m.per
	*m = now
	return growth, per
}

// series ends the sampling.
func (r *run) series() Series {
	return Series{Step: r.sampling.step, Points: len(r.sampling.rows), Columns: r.sampling.columns, Rows: r.sampling.rows}
}
