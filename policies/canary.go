package policies

import (
	"errors"
	"slices"

	"stickysim/sim"
)

var _ = Register("canary", Canary{Zone: -1, Assignment: Assignment{Share: 0.1, By: "session"}, Sticky: "both", Stable: Named("round-robin"), Canary: Named("round-robin")}, Doc{
	Summary: "a share of the traffic goes to a group of servers with the new version",
	Also:    []string{"canary-release", "canary-weight", "flagger", "argo-rollouts"},
	Detail: "sticky says which group's answers mark a session with a cookie. both: a session stays where it was assigned, so after a " +
		"change of share the canary's part of the requests follows share × Fe(t), where Fe is the distribution of the sessions' " +
		"remaining lifetime. canary: only the canary marks; a client of the stable group is drawn again with every request, so " +
		"the canary's part grows towards 100 %. none: every request is drawn. A group without a usable server gives its clients " +
		"to the other one. Costs what the group's policy costs.",
	Source: "textbook; the growing share: fluxcd/flagger PR #1280, #1532, PR #1655; none: kubernetes/ingress-nginx#3717",
	Key:    KeyCookie,
	Claims: Claims{Uniform: true, Weighted: true},
})

// Canary divides the fleet into a stable group and a canary group, and the traffic between them.
//
// The defaults name no canary servers, so every server is stable; the claims hold for that.
type Canary struct {
	Servers    []string `yaml:"servers" doc:"names of the canary group's servers"`
	Zone       int      `yaml:"zone" check:"min=-1" doc:"servers of this zone are canaries too; -1 = none"`
	Assignment `yaml:",inline"`
	Sticky     string `yaml:"sticky" check:"oneof=none|canary|both" doc:"which group's answers mark the session, with by: session"`
	Stable     Policy `yaml:"stable" check:"policy=single" doc:"policy within the stable group"`
	Canary     Policy `yaml:"canary" check:"policy=single" doc:"policy within the canary group"`
}

// Validate checks the names of the servers.
func (c Canary) Validate() error {
	if slices.Contains(c.Servers, "") {
		return errors.New("servers: a name must not be empty")
	}
	return nil
}

// New makes an instance.
func (c Canary) New(env sim.Env) sim.Balancer {
	p := &canary{
		config: c, pair: newPair(c.Stable, c.Canary, env), assigner: newAssigner(c.Assignment, env),
		group: make([]uint8, env.Servers), views: [2]sim.View{sim.NewPart(env.Servers), sim.NewPart(env.Servers)},
	}
	if p.retries() {
		return retryingCanary{p}
	}
	return p
}

// The groups, as sides of the pair.
const (
	stableGroup = iota
	canaryGroup
)

type canary struct {
	config Canary
	pair
	assigner
	group []uint8     // by ServerID
	views [2]sim.View // what each group's policy knows
}

// Reads implements [sim.Reader].
func (p *canary) Reads() sim.Needs { return p.pair.reads() | p.assigner.reads() }

// Rebuild divides the servers into the groups.
func (p *canary) Rebuild(v *sim.View) {
	for _, s := range v.Members {
		p.group[s] = stableGroup
		if i := &v.Servers[s]; i.Zone == p.config.Zone || slices.Contains(p.config.Servers, i.Name) {
			p.group[s] = canaryGroup
		}
	}
	for g := range p.views {
		p.views[g].Restrict(v, func(s sim.ServerID) bool { return int(p.group[s]) == g })
		p.sides[g].Rebuild(&p.views[g])
	}
}

// now is what group g's policy knows now.
func (p *canary) now(g int, v *sim.View) *sim.View {
	p.views[g].Follow(v)
	return &p.views[g]
}

// Pick implements [sim.Balancer]. A retry stays in the group of the server that failed, while that has others.
func (p *canary) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	g := p.side(q)
	if len(q.Tried) > 0 && p.exhausted(g, q) && !p.exhausted(1-g, q) {
		g = other(q)
	}
	s := p.sides[g].Pick(q, p.now(g, v))
	if s == sim.NoServer {
		g = other(q)
		s = p.sides[g].Pick(q, p.now(g, v))
	}
	return s
}

// exhausted reports whether every eligible server of a group has failed q.
func (p *canary) exhausted(g int, q *sim.Request) bool {
	for _, s := range p.views[g].Eligible {
		if !slices.Contains(q.Tried, s) {
			return false
		}
	}
	return true
}

// Answered implements [sim.Binder].
func (p *canary) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	g := int(p.group[s])
	mark := p.By == "session" && (p.config.Sticky == "both" || p.config.Sticky == "canary" && g == canaryGroup)
	p.answered(g, mark, q, s, p.now(g, v))
}

// Began implements [sim.Watcher].
func (p *canary) Began(s sim.ServerID, v *sim.View) {
	g := int(p.group[s])
	p.sides[g].Began(s, p.now(g, v))
}

// Held implements [sim.SessionWatcher].
func (p *canary) Held(s sim.ServerID, v *sim.View) {
	g := int(p.group[s])
	p.sides[g].Held(s, p.now(g, v))
}

// Ended implements [sim.Watcher].
func (p *canary) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	g := int(p.group[s])
	p.sides[g].Ended(s, o, p.now(g, v))
}

// retryingCanary is a canary whose groups' products have connection retries of their own.
type retryingCanary struct{ *canary }

// Retry implements [sim.Retrier].
func (p retryingCanary) Retry(q *sim.Request, s sim.ServerID, o sim.Outcome, v *sim.View) (bool, sim.Time) {
	g := p.side(q)
	return p.sides[g].Retry(q, s, o, p.now(g, v))
}
