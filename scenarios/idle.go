package scenarios

import (
	"fmt"
	"slices"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// idle is an element of the timeline that changes nothing in an alternative. Alternatives share their timelines, so only
// elements that change nothing in any of them are reported.
type idle struct {
	at        *tree.Node
	why, hint string
}

// idleness finds the elements that change nothing in any alternative.
type idleness struct {
	idle []idle
	busy map[*tree.Node]bool // elements that change something in an alternative
}

// note adds an alternative.
func (x *idleness) note(s *scene) {
	if x.busy == nil {
		x.busy = map[*tree.Node]bool{}
	}
	for i := range s.Timeline {
		if why, hint := noEffect(&s.Model, &s.Timeline[i]); why != "" {
			x.idle = append(x.idle, idle{s.plan.written[i], why, hint})
		} else {
			x.busy[s.plan.written[i]] = true
		}
	}
}

// report warns of the elements found.
func (x *idleness) report(d *decoder) {
	for _, found := range x.idle {
		if !x.busy[found.at] {
			d.warn(found.at, "no-effect", found.why, found.hint)
		}
	}
}

// noEffect says why an action changes nothing, or not what it says; "" if it does.
func noEffect(m *sim.Model, a *sim.Action) (why, hint string) {
	switch a.Kind {
	case sim.StoreOutage, sim.StoreSlow:
		if !usesStore(&m.State) {
			return "happens to the store, and no session is kept in one", "write state: store, or remove it"
		}
	case sim.BalancerRestart:
		if a.Servers > m.Balancers.Count {
			return fmt.Sprintf("restarts %d balancers of %d", a.Servers, m.Balancers.Count), fmt.Sprintf("write balancers: {count: %d}, or restart fewer", a.Servers)
		}
	case sim.ArrivalFactor:
		if !slices.ContainsFunc(m.Populations, func(p sim.Population) bool { return p.Sessions != nil }) {
			return "changes the rate of arrivals, and no sessions arrive", "a population with sessions: 2/s has arrivals; users and replays have none"
		}
	default:
		if a.Zone >= 0 && !inhabited(m, a.Zone) {
			return fmt.Sprintf("hits zone %d, and no server is in it", a.Zone), "servers: {zones: 3} has zones 0, 1 and 2"
		}
	}
	return "", ""
}

func usesStore(p *sim.Placement) bool {
	return p.Kind == sim.Store || p.Kind == sim.CachedStore || p.Kind == sim.Token && p.Rest > 0
}

// inhabited reports whether a server of the fleet, or one made during the run, is in the zone.
func inhabited(m *sim.Model, zone int) bool {
	return m.Template.Cores > 0 && m.Template.Info.Zone == zone ||
		slices.ContainsFunc(m.Servers, func(s sim.Server) bool { return s.Info.Zone == zone })
}
