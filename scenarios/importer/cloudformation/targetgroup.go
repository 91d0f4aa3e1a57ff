package cloudformation

import (
	"strings"

	"stickysim/policies/aws"
	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const (
	targetGroupType = "AWS::ElasticLoadBalancingV2::TargetGroup"
	classicType     = "AWS::ElasticLoadBalancing::LoadBalancer"
	week            = 7 * 24 * sim.Hour
)

// balancer makes a pool of a target group or a Classic Load Balancer.
func (im *translation) balancer(r resource) {
	switch r.kind {
	case targetGroupType:
		im.targetGroup(r)
	case classicType:
		im.classic(r)
	}
}

func (im *translation) targetGroup(r resource) {
	if t := r.property("TargetType"); t.Value() == "lambda" {
		im.Harmless(r.n, "target group %s: a Lambda function, no servers to choose from", source.Short(r.name))
		return
	}
	p := im.newPool(r)
	p.Drain = 300 * sim.Second
	g := alb.Group{}
	if protocol := r.property("Protocol"); im.said(protocol, "HTTP is used") {
		g.Protocol(im.Input, protocol, protocol.Value())
	} else {
		g.Hidden = true
	}
	given := im.attributes(r, p, &g)
	if g.Sticky {
		im.Translated(given, "stickiness: policy %s", p.Policy)
	} else {
		im.Assumed(r.n, "target group %s: no stickiness; policy %s", source.Short(r.name), p.Policy)
	}
	im.targets(r, p)
	p.Health = im.health(r, g.Network)
}

// attributes reads the list of attributes into the policy, and returns the one that switches stickiness on.
func (im *translation) attributes(r resource, p *ir.Pool, g *alb.Group) (sticky *tree.Node) {
	for _, a := range r.property("TargetGroupAttributes").Children() {
		key, value := a.Get("Key"), a.Get("Value")
		switch {
		case a.Is(tree.Unknown):
			im.NotCarried(a, "an attribute = %s: whether it is there is not in the template; it is left out", a)
		case key == nil:
			im.NotCarried(a, "an attribute without Key")
		case value.Is(tree.Unknown):
			im.NotCarried(a, "%s = %s: its value is not in the template; the default of AWS is used", key, value)
			g.Named = g.Named || key.Value() == alb.Cookie
		case key.Value() == "stickiness.enabled" && value.True():
			g.Sticky, sticky = true, a
		default:
			g.Attribute(im.Input, a, p, key.Value(), value.Value())
		}
	}
	g.Settle(im.Input, p)
	for _, a := range r.property("TargetGroupAttributes").Children() {
		if value := a.Get("Value"); value != nil && !a.Settled() {
			im.Translated(value, "Value: %s", value)
		}
	}
	return sticky
}

// targets adds the targets that the group lists.
func (im *translation) targets(r resource, p *ir.Pool) {
	for _, t := range r.property("Targets").Children() {
		if t.Is(tree.Unknown) {
			im.NotCarried(t, "a target = %s: whether it is there is not in the template; it is left out", t)
		}
		id := t.Get("Id")
		if id == nil || len(p.Servers) == 10_000 {
			continue
		}
		p.Servers = append(p.Servers, ir.Server{Place: t.Place, Info: sim.ServerInfo{Name: source.Short(id.Text), Addr: source.Short(id.Text), Weight: 1}})
		im.Translated(t, "target %s", source.Short(id.Text))
	}
}

// health reads the health check, with the defaults of AWS.
func (im *translation) health(r resource, network bool) *sim.Health {
	if e := r.property("HealthCheckEnabled"); e.True() {
		im.Translated(e, "HealthCheckEnabled: %s", e)
	} else if im.said(e, "targets are checked") {
		im.NotCarried(e, "HealthCheckEnabled %s: %s", e, alb.AlwaysChecked)
	}
	h := &sim.Health{Interval: 30 * sim.Second, Timeout: 5 * sim.Second, Fall: 2, Rise: 5}
	if network {
		h.Timeout = 10 * sim.Second
	}
	given := im.seconds(r.property("HealthCheckIntervalSeconds"), &h.Interval, sim.Hour)
	given = im.seconds(r.property("HealthCheckTimeoutSeconds"), &h.Timeout, sim.Hour) || given
	given = im.count(r.property("HealthyThresholdCount"), 1, 1000, &h.Rise) || given
	given = im.count(r.property("UnhealthyThresholdCount"), 1, 1000, &h.Fall) || given
	if !given {
		im.Assumed(r.n, "health check: the default of AWS, every 30 s, down after 2 failures, up after 5 successes")
	}
	return h
}

// classic translates a Classic Load Balancer, whose stickiness policies are part of it.
func (im *translation) classic(r resource) {
	p := im.newPool(r)
	p.Policy, p.Params = "aws-alb/least-outstanding", aws.ALBLeastOutstanding{}
	drain := r.property("ConnectionDrainingPolicy")
	if p.Drain = 300 * sim.Second; drain == nil || drain.Get("Enabled").Is(tree.Scalar) && !drain.Get("Enabled").True() {
		p.Drain = 0
	}
	im.seconds(drain.Get("Timeout"), &p.Drain, sim.Hour)
	if drain != nil {
		im.Translated(drain, "ConnectionDrainingPolicy: drain %v", p.Drain)
	}
	p.Health = &sim.Health{Interval: 30 * sim.Second, Timeout: 5 * sim.Second, Fall: 2, Rise: 10}
	if check := r.property("HealthCheck"); check != nil {
		im.seconds(check.Get("Interval"), &p.Health.Interval, sim.Hour)
		im.seconds(check.Get("Timeout"), &p.Health.Timeout, sim.Hour)
		im.count(check.Get("HealthyThreshold"), 1, 1000, &p.Health.Rise)
		im.count(check.Get("UnhealthyThreshold"), 1, 1000, &p.Health.Fall)
	}
	for _, i := range r.property("Instances").Children() {
		p.Servers = append(p.Servers, ir.Server{Place: i.Place, Info: sim.ServerInfo{Name: source.Short(i.Text), Weight: 1}})
		im.Translated(i, "instance %s", source.Short(i.Text))
	}
	reads, used := im.classicListeners(r, p)
	if idle := r.property("ConnectionSettings", "IdleTimeout"); reads {
		if p.Limits.Attempt = alb.IdleTimeout; !im.seconds(idle, &p.Limits.Attempt, 4000*sim.Second) && idle == nil {
			im.Assumed(r.n, alb.Waits)
		}
	}
	for _, kind := range []string{"LBCookieStickinessPolicy", "AppCookieStickinessPolicy"} {
		for _, policy := range r.property(kind).Children() {
			if name := policy.Get("PolicyName"); r.property("Listeners") != nil && name.Is(tree.Scalar) && !used[name.Text] {
				im.NotCarried(policy, "%s %s: no listener that reads requests has it among its PolicyNames, so that it has no effect", kind, name)
				continue
			}
			c := aws.ClassicCookie{}
			im.seconds(policy.Get("CookieExpirationPeriod"), &c.Expiration, 366*24*sim.Hour)
			p.Policy, p.Params, p.IdleTimeout, p.CookieName = "aws-elb/classic-cookie", c, c.Expiration, "AWSELB"
			p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: kind}
			im.Translated(policy, "%s %s: policy aws-elb/classic-cookie", kind, policy.Get("PolicyName"))
			policy.Get("CookieName")
		}
	}
	if p.CookieName == "" {
		im.Assumed(r.n, "%s: no stickiness; policy %s", source.Short(r.name), p.Policy)
	}
}

// classicListeners reports whether a listener of a Classic Load Balancer reads requests, and which policies those have that do. Where all
// pass connections on, instances are taken in turn.
func (im *translation) classicListeners(r resource, p *ir.Pool) (reads bool, used map[string]bool) {
	used = map[string]bool{}
	listeners := r.property("Listeners").Children()
	for _, l := range listeners {
		switch strings.ToUpper(l.Get("Protocol").Value()) {
		case "TCP", "SSL":
			continue
		}
		reads = true
		for _, name := range l.Get("PolicyNames").Children() {
			used[name.Value()] = true
		}
	}
	if reads = reads || len(listeners) == 0; !reads {
		p.Policy, p.Params = "aws-alb/round-robin", aws.ALBRoundRobin{}
		im.Assumed(r.n, "%s: its listeners pass connections on, in turn, for which aws-alb/round-robin stands", source.Short(p.Name))
	}
	return reads, used
}
