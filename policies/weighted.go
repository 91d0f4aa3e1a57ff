package policies

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stickysim/sim"
	"stickysim/sim/rng"
)

var _ = Register("weighted", Weighted{Sticky: "cookie", Failover: true, Inside: Named("round-robin")}, Doc{
	Summary: "two levels: a group of servers by weight, and a server inside it by another policy",
	Also:    []string{"two-level", "weighted-services", "weighted-clusters", "target-group-stickiness", "backend-weight", "split_clients", "blue-green"},
	Detail: "A server belongs to the group that its options name: {name: a, options: {group: stable}}. sticky: cookie marks a session " +
		"with its group, so it stays there; which server of the group it gets is up to inside, which knows nothing of the mark. The " +
		"cookie lasts as long as the browser is open, or for lifetime. A group of weight 0 gets no new sessions and keeps those it " +
		"has. Servers of a group that is not listed get nothing. Choosing a group costs O(groups).",
	Source: "Traefik's weighted services, AWS ALB's weighted target groups with group stickiness, Envoy's weighted_clusters, nginx's split_clients",
	Key:    KeyCookie,
	Claims: Claims{Uniform: true, Weighted: true},
})

// MaxGroups bounds the groups of [Weighted]: marks are small numbers.
const MaxGroups = 31

// Weighted chooses a group of servers first, and a server inside it by another policy.
type Weighted struct {
	Groups   []string `yaml:"groups" check:"max=31" doc:"groups of servers and their weights, such as stable=9 and next=1; NAME alone has weight 1. Without any, all servers are one group"`
	Sticky   string   `yaml:"sticky" check:"oneof=none|cookie|hash" doc:"what keeps a client with its group: nothing, a cookie that names the group, or a hash of the client's key"`
	Lifetime sim.Time `yaml:"lifetime" check:"min=0" doc:"how long the cookie that names the group lasts; 0 = as long as the browser is open"`
	Sliding  bool     `yaml:"sliding" doc:"every answer sets the cookie again, so that lifetime counts from the last one"`
	Turns    bool     `yaml:"turns" doc:"groups take turns, as often as their weights say, instead of being drawn"`
	Failover bool     `yaml:"failover" doc:"a group without a usable server gives its clients to the other groups; without, they get no server"`
	Inside   Policy   `yaml:"inside" check:"policy=single" doc:"policy inside each group"`
}

// Group is a group of [Weighted].
type Group struct {
	Name   string
	Weight int
}

// GroupOption is the option of a server that names its group.
const GroupOption = "group"

// Parse reads the groups. The error names the one that is wrong.
func (c Weighted) Parse() ([]Group, error) {
	var all []Group
	total := 0
	for _, text := range c.Groups {
		g := Group{text, 1}
		if at := strings.LastIndexByte(text, '='); at >= 0 {
			w, err := strconv.Atoi(text[at+1:])
			if err != nil || w < 0 || w > 1e6 {
				return nil, fmt.Errorf("groups: the weight of %.40q must be a whole number from 0 to 1000000", text)
			}
			g = Group{text[:at], w}
		}
		if g.Name == "" || slices.ContainsFunc(all, func(have Group) bool { return have.Name == g.Name }) {
			return nil, fmt.Errorf("groups: %.40q has no name, or one that was used before", text)
		}
		all, total = append(all, g), total+g.Weight
	}
	if len(all) > 0 && total == 0 {
		return nil, fmt.Errorf("groups: one of them must have a weight above 0")
	}
	return all, nil
}

// Validate checks the groups.
func (c Weighted) Validate() error {
	if c.Turns && c.Sticky == "hash" {
		return errors.New("turns: has no effect where a hash decides (sticky: hash)")
	}
	if c.Sticky != "cookie" && (c.Lifetime > 0 || c.Sliding) {
		return errors.New("lifetime and sliding: are of the cookie that names the group (sticky: cookie)")
	}
	if c.Sliding && c.Lifetime == 0 {
		return errors.New("sliding: has no effect on a cookie without a lifetime")
	}
	_, err := c.Parse()
	return err
}

// Identifies implements [Identifier].
func (c Weighted) Identifies() Key {
	switch c.Sticky {
	case "cookie":
		return KeyCookie
	case "hash":
		return KeyHash
	}
	return c.Inside.Key()
}

// Divider tells the group of a request by a rule of a product's own, in place of a cookie or a hash of the client's key.
type Divider interface {
	sim.Keyed
	sim.Reader
	KeyText() sim.KeyText         // as Keyed may have it
	Group(q *sim.Request) (i int) // index of the group
}

// New makes an instance.
func (c Weighted) New(env sim.Env) sim.Balancer { return c.NewDivided(env, nil) }

// NewDivided makes an instance whose groups by tells, which may be nil.
func (c Weighted) NewDivided(env sim.Env, by Divider) sim.Balancer {
	groups, _ := c.Parse() // Check has refused what is wrong
	if len(groups) == 0 {
		groups = []Group{{"", 1}}
	}
	p := &weighted{by: by, cookieText: cookieText{policy: c.Inside, env: env}, config: c, whole: len(c.Groups) == 0, seed: hashSeed(env, "groups"), of: make([]uint8, env.Servers), groups: make([]weightedGroup, len(groups))}
	for i, g := range groups {
		own := env
		own.Rand = env.Rand.Stream("group").At(uint64(i))
		p.groups[i] = weightedGroup{Group: g, inside: sim.PowersOf(c.Inside.New(own)), view: sim.NewPart(env.Servers)}
		if g.Weight > 0 {
			p.groups[i].due = 1 / float64(g.Weight)
		}
	}
	p.writes, p.binds = p.groups[0].inside.Writes(), p.Binds()
	if p.groups[0].inside.Retries() {
		return retryingWeighted{p}
	}
	return p
}

type weightedGroup struct {
	Group
	inside sim.Powers
	view   sim.View // what inside knows
	due    float64  // its next turn
}

type weighted struct {
	cookieText
	config Weighted
	by     Divider // nil: config says it
	whole  bool    // all servers are one group
	seed   rng.Key
	of     []uint8 // by ServerID: number of its group from 1; 0 = none
	groups []weightedGroup
	binds  bool // see Binds
}

// NeedsKey implements [sim.Keyed].
func (p *weighted) NeedsKey() bool {
	return p.groups[0].inside.NeedsKey() || p.by != nil && p.by.NeedsKey()
}

// KeyText is part of [sim.Keyed]. Where both levels look at a text, it is that of the servers.
func (p *weighted) KeyText() sim.KeyText {
	if inside := &p.groups[0].inside; p.by == nil || inside.NeedsKey() {
		return inside.KeyText()
	}
	return p.by.KeyText()
}

// Reads implements [sim.Reader].
func (p *weighted) Reads() sim.Needs {
	needs := p.groups[0].inside.Reads()
	if p.by != nil {
		needs |= p.by.Reads()
	}
	switch {
	case p.config.Sticky == "hash":
		needs |= sim.NeedsHash
	case !p.config.Turns && (p.by == nil || p.config.Failover):
		needs |= sim.NeedsDraw
	}
	return needs
}

// Binds is part of [sim.Binder]: where each attempt tells its group, and the policies inside learn nothing, answers do not matter.
func (p *weighted) Binds() bool {
	fixed := p.by != nil && p.by.Reads()&sim.NeedsDraw == 0 && !p.config.Failover // the group of a request
	return !fixed || p.config.Sticky == "cookie" || p.groups[0].inside.Binds()
}

// FailsOpen implements [sim.FailOpener].
func (p *weighted) FailsOpen() bool { return p.groups[0].inside.FailsOpen() }

// Rebuild divides the servers into the groups.
func (p *weighted) Rebuild(v *sim.View) {
	for _, s := range v.Members {
		p.of[s] = 0
		for i := range p.groups {
			if p.whole || p.groups[i].Name == v.Servers[s].Options[GroupOption] {
				p.of[s] = uint8(i + 1)
			}
		}
	}
	for i := range p.groups {
		g := &p.groups[i]
		g.view.Restrict(v, func(s sim.ServerID) bool { return int(p.of[s]) == i+1 })
		g.inside.Rebuild(&g.view)
	}
}

// now is the group of a number, with what its policy knows now.
func (p *weighted) now(number uint8, v *sim.View) *weightedGroup {
	g := &p.groups[number-1]
	g.view.Follow(v)
	return g
}

// Pick implements [sim.Balancer]. Request.SetMark holds the number of the group until the answer, if that matters. A retry stays in its
// group, while that has servers that have not failed, or no other group has.
func (p *weighted) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if q.SetMark == 0 {
		q.SetMark = p.home(q)
	} else if p.config.Failover && p.exhausted(q.SetMark, q) {
		p.move(q)
	}
	if q.SetMark == 0 {
		q.SetMark = p.choose(q)
	}
	g := p.now(q.SetMark, v)
	s := g.inside.Pick(q, &g.view)
	if !p.binds {
		q.SetMark = 0
	}
	if s == sim.NoServer && p.config.Failover && p.move(q) {
		g = p.now(q.SetMark, v)
		s = g.inside.Pick(q, &g.view)
	}
	return s
}

// move hands q to another group that has a server for it, if there is one.
func (p *weighted) move(q *sim.Request) bool {
	next := p.choose(q)
	if next == q.SetMark || p.exhausted(next, q) {
		return false
	}
	q.SetMark, q.Memo = next, 0
	return true
}

// home is the group that q's client is bound to; 0 = none.
func (p *weighted) home(q *sim.Request) uint8 {
	switch {
	case p.by != nil:
		return uint8(p.by.Group(q) + 1)
	case p.config.Sticky == "cookie" && int(q.Mark) <= len(p.groups):
		return q.Mark
	case p.config.Sticky == "hash":
		return p.drawn(p.seed.At(q.Hash).Float64(), func(uint8) bool { return true })
	}
	return 0
}

// exhausted reports whether a group has no server that takes new clients and has not failed q.
func (p *weighted) exhausted(number uint8, q *sim.Request) bool {
	for _, s := range p.groups[number-1].view.Eligible {
		if !slices.Contains(q.Tried, s) {
			return false
		}
	}
	return true
}

// choose returns the group of a client that is bound to none. With failover, groups without a server for q are passed over,
// unless all are.
func (p *weighted) choose(q *sim.Request) uint8 {
	fits := func(number uint8) bool { return !p.config.Failover || !p.exhausted(number, q) }
	switch {
	case p.config.Turns:
		return p.turn(fits)
	case p.config.Sticky == "hash":
		return p.drawn(p.seed.Stream("again").At(q.Hash).Float64(), fits)
	}
	return p.drawn(q.Draw.Stream("group").Float64(), fits)
}

// drawn is the group that a number below 1 falls to, by weight among those that fit, or among all where none does.
func (p *weighted) drawn(u float64, fits func(uint8) bool) uint8 {
	total, all := 0, 0
	for i := range p.groups {
		all += p.groups[i].Weight
		if fits(uint8(i + 1)) {
			total += p.groups[i].Weight
		}
	}
	any := total == 0
	if any {
		total = all
	}
	left := u * float64(total)
	last := uint8(1)
	for i := range p.groups {
		if w := p.groups[i].Weight; w > 0 && (any || fits(uint8(i+1))) {
			last = uint8(i + 1)
			if left -= float64(w); left < 0 {
				break
			}
		}
	}
	return last
}

// turn is the group whose turn is next, by earliest deadline among those that fit, or among all where none does. Turns that
// come before it are missed.
func (p *weighted) turn(fits func(uint8) bool) uint8 {
	best, first := -1, -1
	for i := range p.groups {
		if p.groups[i].Weight == 0 {
			continue
		}
		if first < 0 || p.groups[i].due < p.groups[first].due {
			first = i
		}
		if fits(uint8(i+1)) && (best < 0 || p.groups[i].due < p.groups[best].due) {
			best = i
		}
	}
	if best < 0 {
		best = first
	}
	now := p.groups[best].due
	for i := range p.groups {
		if g := &p.groups[i]; g.Weight > 0 && (g.due < now || i == best) {
			g.due = now + 1/float64(g.Weight)
		}
	}
	return uint8(best + 1)
}

// Answered implements [sim.Binder].
func (p *weighted) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	own := p.of[s]
	q.SetMark = 0
	if own == 0 {
		return
	}
	g := p.now(own, v)
	g.inside.Answered(q, s, &g.view)
	if p.config.Sticky == "cookie" && (q.Mark != own || p.config.Sliding) {
		q.SetMark, q.MarkTTL = own, p.config.Lifetime
	}
}

// Watches says whether a group's policy follows its attempts.
func (p *weighted) Watches() bool {
	return slices.ContainsFunc(p.groups, func(g weightedGroup) bool { return g.inside.Watches() })
}

// FollowsSessions says whether one of them follows the sessions.
func (p *weighted) FollowsSessions() bool {
	return slices.ContainsFunc(p.groups, func(g weightedGroup) bool { return g.inside.FollowsSessions() })
}

// Began implements [sim.Watcher].
func (p *weighted) Began(s sim.ServerID, v *sim.View) {
	if own := p.of[s]; own > 0 {
		g := p.now(own, v)
		g.inside.Began(s, &g.view)
	}
}

// Held implements [sim.SessionWatcher].
func (p *weighted) Held(s sim.ServerID, v *sim.View) {
	if own := p.of[s]; own > 0 {
		g := p.now(own, v)
		g.inside.Held(s, &g.view)
	}
}

// Ended implements [sim.Watcher].
func (p *weighted) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	if own := p.of[s]; own > 0 {
		g := p.now(own, v)
		g.inside.Ended(s, o, &g.view)
	}
}

// retryingWeighted is one whose inside has connection retries of its own.
type retryingWeighted struct{ *weighted }

// Retry implements [sim.Retrier].
func (p retryingWeighted) Retry(q *sim.Request, s sim.ServerID, o sim.Outcome, v *sim.View) (bool, sim.Time) {
	number := q.SetMark
	if !p.binds {
		number = p.home(q)
	}
	g := p.now(max(number, 1), v)
	return g.inside.Retry(q, s, o, &g.view)
}
