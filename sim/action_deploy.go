package sim

import "stickysim/sim/rng"

// StrategyKind is how a deployment replaces the fleet.
type StrategyKind uint8

// The strategies.
const (
	Rolling   StrategyKind = iota // old servers leave as new ones become ready, within MaxSurge and MaxUnavailable
	BlueGreen                     // a whole new fleet, then a switch: old servers drain for Drain, or are removed at once
	InPlace                       // servers leave MaxUnavailable at a time, restart, and come back as themselves, empty
)

// Strategy is a deployment.
type Strategy struct {
	Kind           StrategyKind
	MaxSurge       int  // servers beyond the fleet's size
	MaxUnavailable int  // servers that may be missing
	Drain          Time // how long a server drains before it is stopped; 0 = not at all
	UntilEmpty     bool // a server that is empty stops before Drain is over
	Grace          Time // how long requests in flight may continue after the stop
	MinReady       Time // how long a new server must have been ready before the next step counts on it
}

// Deploy replaces the fleet as Action.Strategy says. The default is Kubernetes' rolling update with a drain of 30 s.
var Deploy = registerAction(&ActionKind{
	Name: "deploy", Also: []string{"RollingUpdate", "rolling", "rollout", "release", "deployment", "blue-green", "upgrade", "redeploy"}, Doc: "the fleet is replaced",
	Params: []ActionParam{
		{Key: "strategy", Doc: "how the fleet is replaced; default: rolling", Words: []string{"rolling", "blue_green", "in_place"}, Choice: func(a *Action, i int) { a.Strategy.Kind = StrategyKind(i) }},
		{Key: "max_surge", Doc: "servers beyond the fleet's size, a number or a share rounded up", RoundUp: true, Part: func(a *Action) *int { return &a.Strategy.MaxSurge }},
		{Key: "max_unavailable", Doc: "servers that may be missing, a number or a share rounded down", Part: func(a *Action) *int { return &a.Strategy.MaxUnavailable }},
		{Key: "drain", Doc: "how long a server drains before it is stopped", Span: func(a *Action) *Time { return &a.Strategy.Drain }},
		{Key: "until_empty", Doc: "a server that is empty stops before drain is over", Flag: func(a *Action) *bool { return &a.Strategy.UntilEmpty }},
		{Key: "grace", Doc: "how long requests in flight may continue after the stop", Span: func(a *Action) *Time { return &a.Strategy.Grace }},
		{Key: "min_ready", Doc: "how long a new server must have been ready before the next step counts on it", Span: func(a *Action) *Time { return &a.Strategy.MinReady }},
	},
	Default:  Action{Strategy: Strategy{Kind: Rolling, MaxSurge: 1, Drain: 30 * Second, UntilEmpty: true, Grace: 30 * Second}},
	complete: func(a *Action) { a.Strategy = a.Strategy.atLeastOneStep() },
	newServers: func(_ *Model, a *Action, peak, _ float64) float64 {
		return peak + float64(a.Strategy.MaxSurge)
	},
	lasts: func(m *Model, a *Action) (least, most Time) { return a.Strategy.lasts(m) },
	once:  func(r *run, a *Action, _ rng.Key) { r.startDeploy(a) },
})

// lasts is how long the deployment of a fleet takes, from servers that are empty at once to servers that never are.
func (s *Strategy) lasts(m *Model) (least, most Time) {
	step := s.MaxUnavailable
	switch s.Kind {
	case Rolling:
		step += s.MaxSurge
	case BlueGreen:
		step = len(m.Servers)
	}
	step = max(step, 1)
	rounds := Time((len(m.Servers) + step - 1) / step)
	least = rounds * s.MinReady
	most = least + rounds*s.Drain
	if !s.UntilEmpty {
		least = most
	}
	return least, most
}

// atLeastOneStep makes a deployment possible whose shares of the fleet have come to no server at all: one server may then
// be missing, as in Kubernetes' ResolveFenceposts.
func (s Strategy) atLeastOneStep() Strategy {
	if s.MaxUnavailable == 0 && (s.Kind == Rolling && s.MaxSurge == 0 || s.Kind == InPlace) {
		s.MaxUnavailable = 1
	}
	return s
}
