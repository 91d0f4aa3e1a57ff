package route

import (
	"fmt"
	"maps"
	"strings"

	"stickysim/policies"
	"stickysim/policies/apache"
	"stickysim/policies/haproxy"
	"stickysim/policies/replay"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// Source is what keys are routed by.
type Source struct {
	Policy     policies.Config
	Servers    []replay.Server // in configuration order
	Key        string          // what a key is: "address", "header", "argument", "cookie", "uri" or "none"
	Product    string          // whose status codes and cookie attributes to use; may be empty
	Cookie     string          // name of the affinity cookie; may be empty
	Scope      string          // the cookie's attributes as configured, "; path=/"; empty = the product's
	Redispatch int             // further servers tried when one cannot be reached; policies with own rules ignore it
	Seed       uint64          // decides what the policy leaves to chance
}

// FromPool makes the source of an imported pool, with the servers that its scenario has. product is ir.Config.Product.
func FromPool(product string, p ir.Pool) Source {
	s := Source{
		Policy: p.Params, Key: p.Key.Kind, Product: product,
		Cookie: p.CookieName, Scope: p.CookieScope, Redispatch: p.Redispatch,
	}
	for _, line := range importer.Fleet(&p) {
		s.Servers = append(s.Servers, replay.Server{Info: line.Info, Status: line.Status})
	}
	s.check(p.Health)
	return s
}

// FromModel makes the source of an alternative of a scenario: its servers, and the policy that it begins with.
func FromModel(m *sim.Model, policy policies.Policy) Source {
	product, _, _ := strings.Cut(policy.Name, "/")
	s := Source{Policy: policy.Config, Key: kindOf(policy), Product: product, Redispatch: m.Balancers.Redispatch}
	for i := range m.Servers {
		s.Servers = append(s.Servers, replay.Server{Info: m.Servers[i].Info, Status: m.Servers[i].Status})
	}
	s.check(&m.Health)
	return s
}

// kindOf says what the keys of a key file are for a policy. Where a product's cookie comes before its balancing, they are
// what the balancing looks at.
func kindOf(p policies.Policy) string {
	switch c := p.Config.(type) {
	case policies.Weighted:
		return kindOf(c.Inside)
	case haproxy.Cookie:
		return kindOfBalance(c.Balance)
	case apache.StickySession:
		if c.Path != "" {
			return "uri"
		}
	}
	return map[policies.Key]string{
		policies.KeyNone: "none", policies.KeyAddress: "address", policies.KeyHash: "header", policies.KeyCookie: "cookie",
	}[p.Key()]
}

// kindOfBalance is kindOf for a balance line of HAProxy.
func kindOfBalance(line string) string {
	b, _ := haproxy.ParseBalance(line)
	switch {
	case b.Name == "source" || b.Name == "hash" && haproxy.IsAddress(b.Arg):
		return "address"
	case b.Name == "hdr" || b.Name == "uri" || b.Name == "url_param" || b.Name == "hash":
		return "header"
	}
	return "none"
}

// check has the servers probed as h says; nil: they are not. HAProxy says it of each server.
func (s *Source) check(h *sim.Health) {
	if h == nil || h.Interval <= 0 || h.Interval == sim.Never || s.Product == "haproxy" {
		return
	}
	for i := range s.Servers {
		info := &s.Servers[i].Info
		options := map[string]string{"check": fmt.Sprintf("inter %v fall %d rise %d", h.Interval, max(h.Fall, 1), max(h.Rise, 1))}
		maps.Copy(options, info.Options)
		info.Options = options
	}
}

// Changes are edits of the configuration before the first key. Servers are named by name or address.
type Changes struct {
	Dead   []string // refuse connections; the balancer has not noticed
	Down   []string // known to be down
	Drain  []string // no new clients
	Add    []string // appended: ADDRESS, or NAME=ADDRESS; otherwise like the last server
	Remove []string // deleted: those behind move up
	Weight []string // SERVER=WEIGHT
}

// Router starts a fresh instance of the source with its changes made. Errors name the change and the server.
func (s Source) Router(c Changes) (*replay.Router, error) {
	e, err := s.edit(c)
	if err != nil {
		return nil, err
	}
	return e.router(), nil
}

// router starts the edited source.
func (e *edited) router() *replay.Router {
	servers := make([]replay.Server, len(e.lines))
	for i, l := range e.lines {
		servers[i] = l.server
	}
	r := replay.New(e.source.Policy, servers, e.source.Seed)
	r.Product(e.source.Product)
	r.Redispatch(e.source.Redispatch)
	for i, l := range e.lines {
		if l.dead {
			r.SetDead(sim.ServerID(i), true)
		}
	}
	return r
}

// find returns the position of the line with the given name or, where none has it, address.
func (e *edited) find(change, name string) (int, error) {
	for i, l := range e.lines {
		if l.server.Info.Name == name {
			return i, nil
		}
	}
	for i, l := range e.lines {
		if l.server.Info.Addr == name {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%s: there is no server %q; the servers are %s", change, name, e.names())
}

func (e *edited) names() string {
	const most = 12
	text := ""
	for i, l := range e.lines {
		if i == most {
			return fmt.Sprintf("%s and %d more", text, len(e.lines)-most)
		}
		if i > 0 {
			text += ", "
		}
		if text += l.server.Info.Name; l.server.Info.Name == "" {
			text += l.server.Info.Addr
		}
	}
	return text
}
