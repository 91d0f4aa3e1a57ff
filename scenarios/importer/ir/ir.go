// Package ir is what every importer of a balancer's configuration produces, whatever the product: pools of servers
// with the policy that routes to them, and remarks that say what became of each piece of the configuration.
//
// Floor 4.
package ir

import (
	"cmp"

	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

// Config is one imported configuration, possibly of several files.
type Config struct {
	Product string // name of the product, as registered
	Pools   []Pool // in order of appearance
	Remarks []Remark
}

// ProductOf is the product whose pool p is.
func (c *Config) ProductOf(p *Pool) string { return cmp.Or(p.Product, c.Product) }

// Pool is a group of servers behind one routing policy: an upstream, backend, balancer, service or target group.
type Pool struct {
	Place
	Product   string // where it is another than the configuration's, such as of a file in a ConfigMap
	Name      string
	Default   bool            // the file sends requests here that no rule sends elsewhere
	Policy    string          // name in the registry
	Params    policies.Config // the policy's parameters as the file sets them
	Servers   []Server
	Key       KeySource
	Sees      *Sees // nil: the address of the connection
	Balancers Balancers

	Health      *sim.Health // nil: no health checks
	Limits      Limits
	Redispatch  int
	CookieName  string   // name of the affinity cookie, where there is one
	CookieScope string   // attributes the file gives it, as in a Set-Cookie header: "; max-age=3600; path=/"
	IdleTimeout sim.Time // session or affinity lifetime the file sets; 0 = not set
	Scaling     *sim.Autoscaler
	Drain       sim.Time // drain, deregistration delay or grace; 0 = not set
	Replicas    int      // fleet size where servers are not listed (Deployment); 0 = len(Servers)
	Names       []string // of the servers that Replicas counts, and behind them of those added later; nil = not said
	Machine     Machine
	Rollout     *Rollout // nil: not said
}

// Server is a server line.
type Server struct {
	Place
	Info   sim.ServerInfo
	Status sim.Status // as the file sets it: Down ("down", "disabled", weight 0 where that means down), Draining, Up
}

// Balancers is what the file says about instances.
type Balancers struct {
	Count  int // 0 = not said
	Shared bool
	Scope  string // "worker", "node", "process": what one table belongs to
}

// Limits are the balancer's own time limits; 0 = none.
type Limits struct {
	Connect sim.Time // for a connection to a server whose host is gone
	Attempt sim.Time // for a server's answer
	Request sim.Time // for the answer to a request, whatever its attempts
	Queue   sim.Time // in the balancer's queue
}

// KeySource is where the policy's key comes from, so that `route` and `run` can feed it.
type KeySource struct {
	Kind string // "address", "header", "argument", "cookie", "uri", "none"
	Name string // header, argument or cookie name
	Text string // the expression as written, for example "$remote_addr$arg_k"

	Address bool // holds the client's address, although that is not all it is: with another part, or as text of a header
}

// HeaderKey is the key that a request header is. text is the expression as written.
func HeaderKey(name, text string) KeySource {
	return KeySource{Kind: "header", Name: name, Text: text, Address: keys.IsAddressHeader(name)}
}
