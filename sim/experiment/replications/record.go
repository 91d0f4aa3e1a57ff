package replications

import (
	"slices"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/stats"
)

// result codes what experiment.Run uses of a replication: no populations, whose figures are metrics, and of servers their
// names and figures.
func (c *coder) result(r *sim.Result) {
	c.uint(&r.Seed)
	integer(c, &r.Replication)
	c.time(&r.Start)
	c.time(&r.End)
	c.metrics(&r.Metrics)
	list(c, &r.Servers, func(s *sim.ServerResult) {
		c.text(&s.Name)
		integer(c, &s.Zone)
		c.floats(&s.Figures)
	})
	list(c, &r.Ranks, func(k *sim.RankResult) {
		integer(c, &k.Server)
		c.float(&k.Up)
		c.floats(&k.Figures)
	})
	c.time(&r.Series.Step)
	integer(c, &r.Series.Points)
	list(c, &r.Series.Columns, c.samples)
	c.rows(&r.Series.Rows)
	list(c, &r.Strikes, func(s *sim.Strike) {
		integer(c, &s.Action)
		c.time(&s.At)
		integer(c, &s.Server)
		integer(c, &s.Rank)
		integer(c, &s.Sessions)
	})
	integer(c, &r.Faults)
	c.warnings(&r.Warnings)
	integer(c, &r.Events)
	if r.Replication == 0 { // the others' are in no result
		c.hotspots(&r.Hotspots)
		c.log(&r.Log)
	}
}

// rows codes the series of servers, and the servers where they are others than at the point before.
func (c *coder) rows(v *[]sim.Row) {
	var servers []sim.ServerID
	list(c, v, func(w *sim.Row) {
		same := slices.Equal(w.Servers, servers)
		if c.bool(&same); !same {
			list(c, &w.Servers, func(s *sim.ServerID) { integer(c, s) })
			servers = w.Servers
		}
		w.Servers = servers
		list(c, &w.Columns, c.samples)
		for _, column := range w.Columns {
			c.failed = c.failed || len(column) > 0 && len(column) != len(servers)
		}
	})
}

// metrics codes figures, and each distribution once: several figures share it.
func (c *coder) metrics(v *[]sim.Metric) {
	var pools []*stats.Histogram
	place := map[*stats.Histogram]int{nil: 0}
	for i := range *v {
		if h := (*v)[i].Times; place[h] == 0 && h != nil {
			pools = append(pools, h)
			place[h] = len(pools)
		}
	}
	list(c, &pools, c.histogram)
	list(c, v, func(m *sim.Metric) {
		c.text(&m.ID.Family)
		c.text(&m.ID.Label.Key)
		c.text(&m.ID.Label.Value)
		c.float(&m.Value)
		c.bool(&m.Ratio)
		if m.Ratio {
			c.float(&m.Num)
			c.float(&m.Den)
		}
		k := place[m.Times]
		integer(c, &k)
		if c.reading && k > 0 && k <= len(pools) {
			m.Times = pools[k-1]
		}
	})
}

func (c *coder) histogram(v **stats.Histogram) {
	var b []byte
	if !c.reading {
		b, _ = (*v).AppendBinary(nil) // it never fails
	}
	n := len(b)
	integer(c, &n)
	if !c.reading {
		c.data = append(c.data, b...)
		return
	}
	*v = &stats.Histogram{}
	if b = c.take(n); b == nil || (*v).UnmarshalBinary(b) != nil {
		c.failed = true
	}
}

func (c *coder) warnings(v *[]diag.Warning) {
	list(c, v, func(w *diag.Warning) {
		integer(c, &w.Severity)
		for _, text := range []*string{&w.Code, &w.Place, &w.Alternative, &w.Metric, &w.Message, &w.Hint} {
			c.text(text)
		}
		integer(c, &w.Replications)
	})
}

func (c *coder) hotspots(v *[]sim.Hotspot) {
	list(c, v, func(h *sim.Hotspot) {
		integer(c, &h.Server)
		c.time(&h.From)
		c.time(&h.To)
		c.float(&h.Peak)
		c.float(&h.Hidden)
		c.bool(&h.OpenEnded)
	})
}

// log codes an event log. One without lines is not the same as none.
func (c *coder) log(v *[]sim.LogEntry) {
	kept := *v != nil
	if c.bool(&kept); !kept {
		return
	}
	defer func() { *v = append([]sim.LogEntry{}, *v...) }()
	list(c, v, func(e *sim.LogEntry) {
		c.time(&e.At)
		c.text(&e.Event)
		integer(c, &e.Server)
		c.text(&e.Detail)
		integer(c, &e.Count)
		struck := e.Impact != nil
		if c.bool(&struck); !struck {
			return
		}
		if c.reading {
			e.Impact = &sim.Impact{}
		}
		for _, n := range []*int64{&e.Impact.Pinned, &e.Impact.Stateless, &e.Impact.Lost, &e.Impact.Active} {
			integer(c, n)
		}
	})
}

func (c *coder) warmup(w *experiment.Warmup) {
	c.time(&w.Span)
	method := string(w.Method)
	c.text(&method)
	w.Method = experiment.WarmupMethod(method)
	c.warnings(&w.Warnings)
}
