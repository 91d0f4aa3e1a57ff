package apache

import (
	"fmt"
	"math"

	policy "stickysim/policies/apache"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// finish makes pools of the balancers.
func (t *translation) finish() error {
	for _, b := range t.balancers {
		if len(b.members) == 0 {
			t.remark(ir.Unsupported, b.place, "balancer %q has no members in the files read", clip(b.name))
			continue
		}
		p := ir.Pool{
			Name: t.unique(b.name), File: b.file, Line: b.line, Health: b.health, Key: ir.KeySource{Kind: "none"},
			Balancers: ir.Balancers{Scope: "node"}, // the counters are in shared memory of all processes
		}
		t.choose(b, &p)
		b.servers(&p)
		t.config.Pools = append(t.config.Pools, p)
		t.remark(ir.Translated, b.place, "balancer %q: pool with %d servers", clip(p.Name), len(p.Servers))
	}
	return nil
}

func (t *translation) unique(name string) string {
	if t.names[name]++; t.names[name] > 1 {
		return fmt.Sprintf("%s#%d", name, t.names[name])
	}
	return name
}

// choose sets the pool's policy, parameters and key.
func (t *translation) choose(b *balancer, p *ir.Pool) {
	if b.methodAt.line == 0 {
		t.remark(ir.Default, b.place, "balancer %q names no lbmethod: byrequests", clip(b.name))
	}
	p.Policy = "apache/" + b.method
	switch b.method {
	case "bytraffic":
		p.Params = policy.ByTraffic{}
	case "bybusyness":
		p.Params = policy.ByBusyness{}
	default:
		p.Params = policy.ByRequests{}
	}
	if !b.bound {
		return
	}
	s := b.sticky
	s.Method, s.Prefix, s.SetCookie = b.method, ".", false
	for _, c := range t.cookies {
		if c.name == s.Name {
			s.SetCookie, s.Prefix = true, c.prefix
		}
	}
	if !s.SetCookie {
		t.remark(ir.Unsupported, b.stickyAt, "stickysession=%s: no Header directive sets this cookie, so clients have no route "+
			"unless the application writes it into its session ids, which is not simulated", clip(s.Name))
	}
	p.Policy, p.Params, p.CookieName = "apache/stickysession", s, s.Name
	p.Key = ir.KeySource{Kind: "cookie", Name: s.Name, Text: "stickysession=" + s.Name}
	if s.Path != "" {
		p.Key = ir.KeySource{Kind: "uri", Name: s.Path, Text: "stickysession=" + s.Name + "|" + s.Path}
	}
}

// servers adds the members; decimal loadfactors make all weights hundredths.
func (b *balancer) servers(p *ir.Pool) {
	scale, seen := 1.0, map[string]int{}
	for _, m := range b.members {
		if m.factor != math.Trunc(m.factor) {
			scale = 100
		}
	}
	for _, m := range b.members {
		info := sim.ServerInfo{
			Name: m.addr, Addr: m.addr, Cookie: m.options["route"],
			Weight: int(math.Round(m.factor * scale)), Backup: m.standby, Options: m.options,
		}
		if seen[m.addr]++; seen[m.addr] > 1 {
			info.Name = fmt.Sprintf("%s#%d", m.addr, seen[m.addr])
		}
		p.Servers = append(p.Servers, ir.Server{Info: info, Status: m.status, Line: m.line})
	}
}
