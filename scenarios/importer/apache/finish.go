package apache

import (
	"math"
	"slices"

	policy "stickysim/policies/apache"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// finish makes pools of the balancers.
func (t *translation) finish() {
	defer t.unusedLimits()
	designated := false
	for _, b := range t.balancers {
		if len(b.members) == 0 {
			t.NotCarried(b, "balancer %q has no members in the files read", source.Short(b.name))
			continue
		}
		p := ir.Pool{
			Place: b.Place, Name: t.Names.Unique(b.name), Key: ir.KeySource{Kind: "none"},
			Balancers: ir.Balancers{Scope: "node"}, // the counters are in shared memory of all processes
		}
		t.applyLimits(b, &p)
		if b.checks {
			p.Health = b.health
		} else if b.health != nil {
			t.NotCarried(b, "balancer %q: without hcmethod httpd makes no health checks", source.Short(b.name))
		}
		t.choose(b, &p)
		b.servers(&p)
		p.Default = b.rest && !designated
		designated = designated || b.rest
		t.Pools = append(t.Pools, p)
		t.Translated(b, "balancer %q: pool with %d servers", source.Short(p.Name), len(p.Servers))
	}
}

// choose sets the pool's policy, parameters and key.
func (t *translation) choose(b *balancer, p *ir.Pool) {
	if b.methodAt.Line == 0 {
		t.Assumed(b, "balancer %q names no lbmethod: byrequests", source.Short(b.name))
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
	if prefix, ok := t.cookies[s.Name]; ok {
		s.SetCookie, s.Prefix = true, prefix
	}
	s.Issued = !s.SetCookie
	switch {
	case !slices.ContainsFunc(b.members, func(m member) bool { return m.options["route"] != "" }):
		t.NotCarried(b.stickyAt, "stickysession=%s: no member has a route, so that no client is bound", source.Short(s.Name))
	case s.Issued:
		t.Assumed(b.stickyAt, "stickysession=%s: no Header directive sets this cookie; the application is assumed to write the "+
			"member's route behind its session ids, as Tomcat's jvmRoute does", source.Short(s.Name))
	}
	p.Policy, p.Params, p.CookieName = "apache/stickysession", s, s.Name
	p.Key = ir.KeySource{Kind: "cookie", Name: s.Name, Text: "stickysession=" + s.Name}
	if s.Path != "" {
		p.Key = ir.KeySource{Kind: "uri", Name: s.Path, Text: "stickysession=" + s.Name + "|" + s.Path}
	}
}

// servers adds the members. If a loadfactor is a decimal, all weights are in hundredths.
func (b *balancer) servers(p *ir.Pool) {
	scale, seen := 1.0, source.Names{}
	for _, m := range b.members {
		if m.factor != math.Trunc(m.factor) {
			scale = 100
		}
	}
	for _, m := range b.members {
		info := sim.ServerInfo{
			Name: seen.Unique(m.addr), Addr: m.addr, Cookie: m.options["route"],
			Weight: int(math.Round(m.factor * scale)), Backup: m.standby, Options: m.options,
		}
		p.Servers = append(p.Servers, ir.Server{Place: m.Place, Info: info, Status: m.status})
	}
}
