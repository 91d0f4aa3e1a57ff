// Package policytest holds routing policies to their contract and to the claims of their documentation.
//
// [Check] runs every property on one registered policy and returns the violations; nothing else is needed for a new
// policy, since the test of package policies/all calls it on all of them. [Bench] drives a single policy the way the
// engine does, for tests of particular behaviour.
//
// All checks are deterministic: draws have fixed seeds, and statistical properties are held to a chi-square statistic
// that a correct policy exceeds once in a million (see [ChiSquareLimit]).
//
// Floor 4.
package policytest

import (
	"fmt"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// spare is how many servers can be added to a bench.
const spare = 8

// Bench is one balancer instance, driven as the engine drives it, and its clients.
type Bench struct {
	Balancer sim.Balancer
	View     *sim.View // what the instance knows; a test may edit it, then calls Changed

	config   policies.Config
	instance sim.Instance
	root     rng.Key
	servers  []sim.ServerInfo
	ids      []sim.ServerID // the next server to be added takes the next one
	used     int
	most     int                           // limit of requests in flight of every server; 0 = none
	home     map[sim.ClientID]sim.ServerID // the server of a client's last answered request
}

// New makes an instance of the policy over n equal servers s1, s2, … of weight 1, with ServerIDs 0, 1, ….
func New(c policies.Config, n int, seed uint64) *Bench {
	ids := make([]sim.ServerID, n+spare)
	for i := range ids {
		ids[i] = sim.ServerID(i)
	}
	weights := make([]int, n)
	for i := range weights {
		weights[i] = 1
	}
	return Build(c, seed, ids, weights)
}

// Build makes an instance over one server per weight. Server i gets ServerID ids[i]; the ids left over, which all
// must be different and below len(ids), are for servers added later.
func Build(c policies.Config, seed uint64, ids []sim.ServerID, weights []int) *Bench {
	return build(c, seed, ids, weights, 0)
}

// build is Build with a limit of requests in flight for every server.
func build(c policies.Config, seed uint64, ids []sim.ServerID, weights []int, limit int) *Bench {
	room := len(ids)
	root := rng.Root(seed)
	b := &Bench{
		Balancer: c.New(sim.Env{Rand: root.Stream("policy"), Hash: root.Stream("hash"), Servers: room, Clients: 256}),
		config:   c,
		instance: sim.NewInstance(room),
		root:     root,
		servers:  make([]sim.ServerInfo, room),
		ids:      ids,
		most:     limit,
		home:     map[sim.ClientID]sim.ServerID{},
	}
	b.instance.Know(b.servers)
	b.instance.Use(b.Balancer)
	b.View = b.instance.View()
	for _, w := range weights {
		b.admit(w)
	}
	b.Changed()
	return b
}

// Fits reports whether the policy works with as many servers as there are.
func (b *Bench) Fits() bool {
	f, ok := b.config.(policies.Fitter)
	return !ok || f.Fits(b.View.Servers) == nil
}

// admit makes the next server a member.
func (b *Bench) admit(weight int) sim.ServerID {
	id := b.ids[b.used]
	b.used++
	b.servers[id] = sim.ServerInfo{
		Name: fmt.Sprintf("s%d", b.used), Addr: fmt.Sprintf("10.0.%d.%d:8080", b.used/250, 1+b.used%250),
		Number: b.used, Cookie: fmt.Sprintf("c%d", b.used), Weight: weight, Limit: b.most,
	}
	b.instance.Join(id, float64(weight))
	return id
}

// Add appends a server of the given weight to the configuration. There is room for eight.
func (b *Bench) Add(weight int) sim.ServerID {
	id := b.admit(weight)
	b.Changed()
	return id
}

// Remove takes a server out of the configuration.
func (b *Bench) Remove(s sim.ServerID) {
	b.instance.Leave(s)
	b.Changed()
}

// SetStatus changes what the balancer believes of a server.
func (b *Bench) SetStatus(s sim.ServerID, status sim.Status) {
	b.instance.SetStatus(s, status)
	b.Changed()
}

// SetWeight changes a server's effective weight.
func (b *Bench) SetWeight(s sim.ServerID, w float64) {
	b.instance.SetWeight(s, w)
	b.Changed()
}

// Changed derives Eligible and reports the change to the policy, as the engine does. Call it after editing View.
func (b *Bench) Changed() { b.instance.Changed() }

// Pass lets time pass.
func (b *Bench) Pass(span sim.Time) { b.instance.At(b.View.Now + span) }

// Request is request number n of client c: its key, address and draw are functions of both, and of the bench's seed.
func (b *Bench) Request(c sim.ClientID, n int) *sim.Request {
	client := b.root.Stream("client").At(uint64(c))
	q := &sim.Request{Client: c, Hash: client.Uint64(), Draw: client.At(uint64(n))}
	q.Addr = sim.Addr4(uint32(client.Stream("address").Uint64()))
	if b.instance.NeedsKey() {
		q.Key = fmt.Appendf(nil, "%016x", q.Hash)
	}
	return q
}

// Jar is what a client keeps of the answers: its affinity cookie, and its mark.
type Jar struct {
	Cookie sim.Cookie
	Mark   uint8
}

// Present puts the jar's content into a request.
func (j Jar) Present(q *sim.Request) { q.Cookie, q.Mark = j.Cookie, j.Mark }

// Keep takes in what the answer to q has set.
func (j *Jar) Keep(q *sim.Request) {
	if q.SetCookie != 0 {
		j.Cookie = q.SetCookie
	}
	if q.SetMark != 0 {
		j.Mark = q.SetMark
	}
}

// Pick asks the policy.
func (b *Bench) Pick(q *sim.Request) sim.ServerID { return b.instance.Pick(q) }

// Begin sends an attempt to s.
func (b *Bench) Begin(s sim.ServerID) { b.instance.Began(s) }

// End ends an attempt on s that Begin has sent.
func (b *Bench) End(s sim.ServerID, o sim.Outcome) { b.instance.Ended(s, o) }

// Answer lets s answer q: the policy may set a cookie, and the client counts as s's from now on.
func (b *Bench) Answer(q *sim.Request, s sim.ServerID) {
	b.instance.Answered(q, s)
	if old, ok := b.home[q.Client]; ok {
		b.instance.Hold(old, -1)
	}
	b.home[q.Client] = s
	b.instance.Hold(s, 1)
}

// Serve takes q from Pick to its answer at once and returns the server; NoServer and Wait are returned as they are.
func (b *Bench) Serve(q *sim.Request) sim.ServerID {
	s := b.Pick(q)
	if s >= 0 {
		b.Begin(s)
		b.Answer(q, s)
		b.End(s, sim.Answered)
	}
	return s
}

// SetLoad brings s to exactly n requests in flight.
func (b *Bench) SetLoad(s sim.ServerID, n int32) {
	for b.View.InFlight[s] < n {
		b.Begin(s)
	}
	for b.View.InFlight[s] > n {
		b.End(s, sim.Answered)
	}
}

// name is the server's name, for comparisons across numberings.
func (b *Bench) name(s sim.ServerID) string {
	if s < 0 {
		return "no server"
	}
	return b.View.Servers[s].Name
}
