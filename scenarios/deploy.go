package scenarios

import (
	"math"
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
)

// The default is Kubernetes' rolling update with a drain of 30 s.
var defaultStrategy = sim.Strategy{Kind: sim.Rolling, MaxSurge: 1, Drain: 30 * sim.Second, UntilEmpty: true, Grace: 30 * sim.Second}

var deployment = object[sim.Strategy]{
	at("strategy", "how the fleet is replaced", choice([]string{"rolling", "blue_green", "in_place"}, sim.Rolling, sim.BlueGreen, sim.InPlace), func(s *sim.Strategy) *sim.StrategyKind { return &s.Kind }),
	at("max_surge", "servers beyond the fleet's size, a number or a share rounded up", headcount(math.Ceil), func(s *sim.Strategy) *int { return &s.MaxSurge }),
	at("max_unavailable", "servers that may be missing, a number or a share rounded down", headcount(math.Floor), func(s *sim.Strategy) *int { return &s.MaxUnavailable }),
	at("drain", "how long a server drains before it is stopped", span(0), func(s *sim.Strategy) *sim.Time { return &s.Drain }),
	at("until_empty", "a server that is empty stops before drain is over", truth(), func(s *sim.Strategy) *bool { return &s.UntilEmpty }),
	at("grace", "how long requests in flight may go on after the stop", span(0), func(s *sim.Strategy) *sim.Time { return &s.Grace }),
}

// headcount is a number of servers, or a share of the fleet.
func headcount(round func(float64) float64) kind[int] {
	number, part := integer(0, maxServers), share(0, 10)
	return kind[int]{schema{"anyOf": []schema{number.schema, {"type": "string", "pattern": `^[0-9]*\.?[0-9]+%$`}}}, func(d *decoder, n *tree.Node) (int, bool) {
		if n.Kind != tree.Scalar || !strings.HasSuffix(n.Text, "%") {
			return number.read(d, n)
		}
		v, ok := part.read(d, n)
		return int(round(v * float64(len(d.fleet)))), ok
	}}
}

// atLeastOneStep gives a deployment its first step: where shares come to no server at all, one may be missing, as Kubernetes'
// ResolveFenceposts has it.
func atLeastOneStep(s sim.Strategy) sim.Strategy {
	if s.MaxUnavailable == 0 && (s.Kind == sim.Rolling && s.MaxSurge == 0 || s.Kind == sim.InPlace) {
		s.MaxUnavailable = 1
	}
	return s
}

// deployable refuses a deployment that is written so that it can never take its first step.
func (d *decoder) deployable(n *tree.Node) bool {
	if n == nil || n.Kind != tree.Map {
		return true
	}
	zero := func(key string, otherwise bool) bool {
		at := n.Get(key)
		if at == nil {
			return otherwise
		}
		v, err := dist.ParsePercent(at.Text)
		return err == nil && v == 0
	}
	kind := n.Get("strategy")
	switch {
	case kind != nil && kind.Text == "blue_green":
	case kind != nil && kind.Text == "in_place" && zero("max_unavailable", true):
		d.fail(n, "conflict", "servers restart in place, so max_unavailable must be at least 1", "write max_unavailable: 1")
		return false
	case (kind == nil || kind.Text == "rolling") && zero("max_surge", false) && zero("max_unavailable", true):
		d.fail(n, "conflict", "can never begin: max_surge and max_unavailable are both 0", "write max_surge: 1")
		return false
	}
	return true
}
