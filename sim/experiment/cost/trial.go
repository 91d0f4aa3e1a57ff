package cost

import (
	"fmt"
	"slices"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/experiment"
)

// patientDrain is the drain, or notice, that is tried.
const patientDrain = sim.Hour

// trial is a change of an entry.
type trial struct {
	with   string
	change func(m *sim.Model)
}

// span is a setting of a kind of action: how long servers may take to leave.
type span struct {
	kind *sim.ActionKind
	name string
	of   func(a *sim.Action) *sim.Time
}

// spans are the settings that are tried.
var spans = []span{
	{sim.Deploy, "a drain of ", func(a *sim.Action) *sim.Time { return &a.Strategy.Drain }},
	{sim.Drain, "a deadline of ", func(a *sim.Action) *sim.Time { return &a.Deadline }},
	{sim.ScaleTo, "a drain of ", func(a *sim.Action) *sim.Time { return &a.Deadline }},
	{sim.Preempt, "a notice of ", func(a *sim.Action) *sim.Time { return &a.Deadline }},
}

// knob is what to try of an entry: an hour for servers to leave, or the longest time that fits into the run. nil: nothing,
// because it has that already; then short is what does not fit, where that is why.
func knob(m *sim.Model, e *experiment.Switch, variant int) (t *trial, short string) {
	if !e.IsEntry() {
		return nil, ""
	}
	places := e.Places[variant]
	a := &m.Timeline[places[0]]
	i := slices.IndexFunc(spans, func(s span) bool { return s.kind == a.Kind })
	if i < 0 {
		return nil, ""
	}
	of := spans[i].of
	span := longestFitting(m, a, of)
	if span < patientDrain {
		short = spans[i].name + dist.Seconds.Format(patientDrain.Seconds())
	}
	switch have := *of(a); {
	case have >= patientDrain:
		return nil, ""
	case span < have+have/10:
		return nil, short
	}
	return &trial{with: spans[i].name + dist.Seconds.Format(span.Seconds()), change: func(m *sim.Model) {
		for _, k := range places {
			if m.Timeline[k].Kind == a.Kind {
				*of(&m.Timeline[k]) = span
			}
		}
	}}, short
}

// longestFitting is the longest time up to an hour that lets the action end within the run; in whole minutes if it is one at least, else in
// whole seconds.
func longestFitting(m *sim.Model, a *sim.Action, of func(a *sim.Action) *sim.Time) sim.Time {
	long := *a
	*of(&long) = patientDrain
	_, most := long.Lasts(m)
	rounds := max(most/patientDrain, 1)
	left := m.Duration - max(a.At, 0)
	if a.Every != nil {
		left = min(m.Duration, sim.FromSeconds(a.Every.Mean()))
	}
	between := sim.Time(0) // a round of a deployment waits for new servers, too
	if a.Kind == sim.Deploy {
		between = a.Strategy.Grace
		if start := m.Template.Startup; start != nil {
			between += sim.FromSeconds(start.Mean())
		} else if start := m.Servers[0].Startup; start != nil {
			between += sim.FromSeconds(start.Mean())
		}
	}
	span := min(patientDrain, left/rounds-between)
	if span >= sim.Minute {
		return span / sim.Minute * sim.Minute
	}
	return max(span/sim.Second*sim.Second, 0)
}

// Ranks of a fleet that are tried as victims: all, or of a large fleet the ends and the middle.
const mostRanks = 8

// MostVictims is how many servers a fleet may have for each to be tried by name.
const MostVictims = 24

// victims are the servers that an entry is made to strike in turn, if it strikes some at random, and its place in the
// timeline.
func victims(m *sim.Model, e *experiment.Switch, variant int, how Victims) (list []Victim, place int) {
	if how == AsDrawn || !e.IsEntry() || len(e.Places[variant]) > 1 {
		return nil, 0
	}
	place = e.Places[variant][0]
	a := &m.Timeline[place]
	n := len(m.Servers)
	if !a.Kind.HitsServers() || len(a.Targets) > 0 || a.Zone >= 0 || a.Each || a.Servers >= n {
		return nil, 0
	}
	if how == ByServer {
		for s := range m.Servers[:min(n, MostVictims)] {
			list = append(list, Victim{Name: m.Servers[s].Info.Name})
		}
		return list, place
	}
	last := n - a.Servers + 1
	ranks := []int{1, 2, (1 + last) / 2, last - 1, last}
	if last <= mostRanks {
		ranks = nil
		for rank := range last {
			ranks = append(ranks, rank+1)
		}
	}
	for _, rank := range ranks {
		list = append(list, Victim{Name: rankName(rank, last, len(ranks) < last), Rank: rank})
	}
	return list, place
}

// rankName is what people call a rank among so many.
func rankName(rank, of int, some bool) string {
	switch {
	case rank == 1:
		return "hottest"
	case rank == of:
		return "coolest"
	case some && rank == (1+of)/2:
		return "median"
	}
	ending := "th"
	if tens := rank / 10 % 10; tens != 1 {
		switch rank % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return fmt.Sprintf("%d%s", rank, ending)
}

// force makes an action strike the victim.
func (v *Victim) force(a *sim.Action, m *sim.Model) {
	if v.Rank > 0 {
		a.Rank = v.Rank
		return
	}
	s := slices.IndexFunc(m.Servers, func(s sim.Server) bool { return s.Info.Name == v.Name })
	a.Targets, a.Places, a.Servers = []sim.ServerID{sim.ServerID(s)}, false, 0
}
