package replay

import (
	"fmt"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// spare is how many servers can be added to a router after it was made: balancers size their tables once.
const spare = 64

// Server is a server of the balancer's configuration with the status it starts with.
type Server struct {
	Info   sim.ServerInfo
	Status sim.Status
}

// Router is one balancer instance and what it knows. It is not safe for concurrent use.
type Router struct {
	instance sim.Instance
	servers  []sim.ServerInfo // by ServerID

	set     []sim.Status // by ServerID: as configured, or changed by hand
	failed  []bool       // by ServerID: marked down by probes
	dead    []bool       // by ServerID: refuses connections, whatever the balancer believes
	probes  []probe
	clients clients

	draws      rng.Key
	drawn      uint64
	redispatch int
	refusal    refusal

	now      *sim.Request // the request of Request and Route, reused
	tried    []sim.ServerID
	held     map[string]*held
	waiting  []*held // oldest first
	arrived  []Arrival
	due      bool // the queue must be offered again
	offering bool
}

// New makes an instance of the policy over the servers, in configuration order. seed decides whatever the policy
// leaves to chance. The clock starts at 0. Servers whose Options have "check" are probed as HAProxy does.
func New(cfg policies.Config, servers []Server, seed uint64) *Router {
	room := len(servers) + spare
	root := rng.Root(seed)
	r := &Router{
		instance: sim.NewInstance(room),
		servers:  make([]sim.ServerInfo, 0, room),
		set:      make([]sim.Status, room),
		failed:   make([]bool, room),
		dead:     make([]bool, room),
		probes:   make([]probe, room),
		draws:    root.Stream("draws"),
		refusal:  refusals[""],
		now:      new(sim.Request),
		tried:    make([]sim.ServerID, 0, room),
		held:     map[string]*held{},
	}
	r.instance.Use(cfg.New(sim.Env{Rand: root.Stream("policy"), Hash: root.Stream("hash"), Servers: room, Clients: 1 << 14}))
	for _, s := range servers {
		r.admit(s)
	}
	r.changed()
	return r
}

// Redispatch sets how many further servers a request tries when a server cannot be reached, for balancers without
// retry rules of their own (sim.Retrier). Default 0.
func (r *Router) Redispatch(n int) { r.redispatch = n }

// Product sets whose status codes failed requests get: "nginx" answers 502 where "haproxy" answers 503. Default: 503
// when there is no server, 502 when the server could not be reached.
func (r *Router) Product(name string) {
	if f, ok := refusals[name]; ok {
		r.refusal = f
	}
}

// refusal is how a product answers a request it cannot serve.
type refusal struct{ noServer, unreachable int }

var refusals = map[string]refusal{
	"":        {503, 502},
	"nginx":   {502, 502},
	"haproxy": {503, 503},
	"apache":  {503, 503},
	"envoy":   {503, 503},
}

// Name is what a server is called in answers: its name, or its address where the configuration gives no names.
func (r *Router) Name(id sim.ServerID) string {
	if name := r.servers[id].Name; name != "" {
		return name
	}
	return r.servers[id].Addr
}

// View shows what the balancer knows. It is the router's own: read only, and changed by every call.
func (r *Router) View() *sim.View { return r.instance.View() }

// Balancer is the instance that is driven.
func (r *Router) Balancer() sim.Balancer { return r.instance.Balancer() }

// Find returns the member with the given name or, where none has it, address.
func (r *Router) Find(name string) (sim.ServerID, error) {
	for _, s := range r.View().Members {
		if r.servers[s].Name == name {
			return s, nil
		}
	}
	for _, s := range r.View().Members {
		if r.servers[s].Addr == name {
			return s, nil
		}
	}
	return sim.NoServer, fmt.Errorf("there is no server %q; the servers are %s", clip(name), r.names())
}

func (r *Router) names() string {
	const most = 12
	list := ""
	for i, s := range r.View().Members {
		if i == most {
			return fmt.Sprintf("%s and %d more", list, len(r.View().Members)-most)
		}
		if i > 0 {
			list += ", "
		}
		list += r.Name(s)
	}
	return list
}
