package experiment

import (
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"stickysim/sim"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Kind is replications of an alternative that differ from its others in kind, not by chance: the few that melt down, or in
// which a crash hits the server with most of the sessions. A mean over both describes no run.
type Kind struct {
	Metric       metric.ID
	Replications []int   // the fewer, numbered from 0
	Mean         float64 // of the metric over these
	Others       float64 // of the metric over the others
}

// kinds are the splits of the replications by latency and by the figures of the first screen, each by stats.Split. A
// family in which the same replications differ as in an earlier one is left out.
func (cs *columns) kinds() []Kind {
	var list []Kind
	for _, f := range append([]*metric.Family{usual.Of()}, Judged()...) {
		c := cs.of(f.ID())
		values, larger := c.values, c.split()
		if larger == nil {
			continue
		}
		k := Kind{Metric: f.ID(), Replications: larger}
		in := func(i int) bool { return slices.Contains(larger, i) }
		k.Mean, k.Others = meanWhere(values, in), meanWhere(values, func(i int) bool { return !in(i) })
		if 2*len(larger) > len(values) {
			k.Replications, k.Mean, k.Others = nil, k.Others, k.Mean
			for i := range values {
				if !in(i) {
					k.Replications = append(k.Replications, i)
				}
			}
		}
		if !slices.ContainsFunc(list, func(o Kind) bool { return slices.Equal(o.Replications, k.Replications) }) {
			list = append(list, k)
		}
	}
	return list
}

// split are the replications in which the metric is larger in kind; of what is better if there is more of it, in which
// there is more of what lacks. Counts of a few are no kind of their own.
func (c *column) split() []int {
	switch f := c.id.Of(); {
	case f == nil:
	case f.Kind == metric.Count:
		return stats.Split(c.values, 2)
	case f.Each != "" && c.num != nil:
		n := slices.Clone(c.num)
		for i := range n {
			if f.Better == metric.More {
				n[i] = c.den[i] - n[i]
			}
		}
		return stats.Split(n, 2)
	}
	return stats.Split(c.values, 0)
}

func meanWhere(values []float64, in func(i int) bool) float64 {
	var w stats.Welford
	for i, v := range values {
		if in(i) && v == v {
			w.Add(v)
		}
	}
	return w.Mean()
}

// Victims are the replications in which a scripted action of the timeline struck servers of the same rank: the hottest, or
// another. Of an action that strikes several servers at once, or more than once, the first strike counts.
type Victims struct {
	Action       int      // place in the timeline
	Rank         int      // of the server among all, by the work it had done before: 1 = the hottest
	Servers      []string // their names, each once
	Replications []int    // numbered from 0
	Metrics      []Mean   // the figures of the first screen
	Matters      bool     // which server is struck changes one of these figures, beyond chance; Mean.Matters says which
}

// Mean is the mean of a metric over some replications.
type Mean struct {
	Metric  metric.ID
	Value   float64
	Matters bool // it depends on which server is struck, beyond chance
}

// struck collects which servers the scripted actions struck, replication by replication.
type struck struct {
	strikes [][]sim.Strike // by replication
	servers map[sim.ServerID]string
}

func (s *struck) add(r *sim.Result) {
	s.strikes = append(s.strikes, r.Strikes)
	if s.servers == nil {
		s.servers = map[sim.ServerID]string{}
	}
	for _, x := range r.Strikes {
		s.servers[x.Server] = r.Servers[x.Server].Name
	}
}

func (s *struck) truncate(n int) { s.strikes = s.strikes[:min(n, len(s.strikes))] }

// victims has a row per action and rank, where an action strikes servers of several ranks.
func (s *summary) victims(confidence float64) []Victims {
	var list []Victims
	for i, one := range s.struck.strikes {
		met := map[int]bool{}
		for _, x := range one {
			if met[x.Action] {
				continue
			}
			met[x.Action] = true
			k := slices.IndexFunc(list, func(v Victims) bool { return v.Action == x.Action && v.Rank == x.Rank })
			if k < 0 {
				k = len(list)
				list = append(list, Victims{Action: x.Action, Rank: x.Rank})
			}
			v := &list[k]
			v.Replications = append(v.Replications, i)
			if name := s.struck.servers[x.Server]; !slices.Contains(v.Servers, name) {
				v.Servers = append(v.Servers, name)
			}
		}
	}
	slices.SortFunc(list, func(a, b Victims) int {
		if a.Action != b.Action {
			return a.Action - b.Action
		}
		return a.Rank - b.Rank
	})
	return s.compareVictims(list, 1-confidence)
}

// compareVictims fills in the figures of each row and tests whether they differ. Actions with a single row are dropped.
func (s *summary) compareVictims(rows []Victims, alpha float64) []Victims {
	var list []Victims
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Action == rows[0].Action {
			n++
		}
		group := rows[:n]
		rows = rows[n:]
		if n == 1 {
			continue
		}
		matters := false
		for _, f := range Judged() {
			values := s.of(f.ID()).values
			depends := min(differ(values, group), differ(values, hottest(group))) <= alpha/float64(2*len(Judged()))
			matters = matters || depends
			for i := range group {
				if len(values) > 0 {
					group[i].Metrics = append(group[i].Metrics, Mean{f.ID(), meanWhere(values, func(k int) bool { return slices.Contains(group[i].Replications, k) }), depends})
				}
			}
		}
		for i := range group {
			group[i].Matters = matters
		}
		list = append(list, group...)
	}
	return list
}

// hottest joins the rows of all servers but the hottest.
func hottest(rows []Victims) []Victims {
	var list [2]Victims
	for _, v := range rows {
		k := min(v.Rank-1, 1)
		list[k].Replications = append(list[k].Replications, v.Replications...)
	}
	return list[:]
}

// differ is the p-value of the rows' means being equal: that of the F test of one-way analysis of variance.
func differ(values []float64, rows []Victims) float64 {
	var all stats.Welford
	within, n := 0.0, 0
	for _, v := range rows {
		var w stats.Welford
		for _, i := range v.Replications {
			if i < len(values) && values[i] == values[i] {
				w.Add(values[i])
				all.Add(values[i])
			}
		}
		if w.Count() > 1 {
			within += w.Variance() * float64(w.Count()-1)
		}
		if w.Count() > 0 {
			n++
		}
	}
	free := float64(all.Count()) - float64(n)
	if n < 2 || free < 1 {
		return 1
	}
	between := all.Variance()*float64(all.Count()-1) - within
	switch {
	case between <= 1e-12*all.Variance():
		return 1
	case within <= 0:
		return stats.SignTest(int(all.Count()))
	}
	return distuv.F{D1: float64(n - 1), D2: free}.Survival(between / float64(n-1) / (within / free))
}
