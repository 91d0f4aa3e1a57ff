package terraform

import (
	"strings"

	"stickysim/policies/aws"
	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

var _ = register(func(im *translation, kind, name string, n *tree.Node) {
	if p := im.targetGroup(name, name, n); p != nil {
		im.attachments(p, kind+"."+name)
	}
}, "aws_lb_target_group", "aws_alb_target_group")

var _ = register((*translation).classic, "aws_elb")

const week = 7 * 24 * sim.Hour

// targetGroup translates a target group of an Application or Network Load Balancer; nil for one of Lambda functions.
func (im *translation) targetGroup(name, other string, n *tree.Node) *ir.Pool {
	if t := n.Get("target_type"); t.Value() == "lambda" {
		im.Harmless(n, "target group %s: a Lambda function, no servers to choose from", source.Short(name))
		return nil
	}
	p := im.newPool(name, other, n)
	p.Drain = 300 * sim.Second
	im.seconds(n.Get("deregistration_delay"), &p.Drain, sim.Hour)
	var g alb.Group
	im.seconds(n.Get("slow_start"), &g.Slow, 900*sim.Second)
	if protocol := n.Get("protocol"); protocol.Is(tree.Scalar) {
		switch protocol.Value() {
		case "TCP", "UDP", "TLS", "TCP_UDP", "QUIC":
			g.Network = true
		}
		im.Translated(protocol, "protocol: %s", protocol)
	}
	g.Algorithm = im.text(n.First("load_balancing_algorithm_type"), "round_robin is used")
	im.stickiness(n, &g)
	g.Apply(p)
	if !g.Sticky {
		im.Assumed(n, "target group %s: no stickiness; policy %s", source.Short(name), p.Policy)
	} else {
		im.Translated(n.First("stickiness", "stickiness_enabled"), "stickiness: policy %s", p.Policy)
	}
	p.Health = im.targetHealth(n, 5)
	if a := n.Get("load_balancing_anomaly_mitigation"); a.Value() == "on" {
		im.NotCarried(a, "load_balancing_anomaly_mitigation: weights of anomalous targets are not lowered")
	} else if a.Is(tree.Scalar) {
		im.Harmless(a, "load_balancing_anomaly_mitigation: %s", a)
	}
	return p
}

// stickiness reads the block or map, or the arguments of modules that have one group.
func (im *translation) stickiness(n *tree.Node, g *alb.Group) {
	s := n.Get("stickiness")
	if !im.known(s, "no stickiness is used") {
		if e := n.Get("stickiness_enabled"); im.known(e, "no stickiness is used") {
			g.Sticky = e.True()
			im.Translated(e, "stickiness_enabled: %v", g.Sticky)
		}
		g.Type = im.text(n.Get("stickiness_type"), "lb_cookie is used")
		im.duration(n.Get("stickiness_cookie_duration"), g)
		return
	}
	g.Sticky = true
	if e := s.Get("enabled"); im.known(e, "on is used") {
		g.Sticky = e.True()
		im.Translated(e, "stickiness.enabled: %v", g.Sticky)
	}
	g.Type = im.text(s.Get("type"), "lb_cookie is used")
	im.duration(s.First("cookie_duration", "duration"), g)
	g.Cookie = im.text(s.Get("cookie_name"), "the name matters to no one here")
}

func (im *translation) duration(n *tree.Node, g *alb.Group) {
	d := 24 * sim.Hour
	if im.seconds(n, &d, week) && d >= sim.Second {
		g.Duration = d
	}
}

// targetHealth reads the health check of a resource, with the provider's defaults. Without one there are those of AWS, which
// marks up after so many successes.
func (im *translation) targetHealth(of *tree.Node, rise int) *sim.Health {
	n := of.Get("health_check")
	if !im.known(n, "30 s, 3 and 3 are the provider's defaults") && !n.Is(tree.Unknown) {
		im.Assumed(of, "health_check: the default of AWS, every 30 s, down after 2 failures, up after %d successes", rise)
		return &sim.Health{Interval: 30 * sim.Second, Timeout: 5 * sim.Second, Fall: 2, Rise: rise}
	}
	if e := n.Get("enabled"); im.known(e, "on is used") {
		if im.Translated(e, "enabled: %s", e); e.Is(tree.Scalar) && !e.True() {
			return nil
		}
	}
	h := &sim.Health{Interval: 30 * sim.Second, Timeout: 5 * sim.Second, Fall: 3, Rise: 3}
	im.seconds(n.Get("interval"), &h.Interval, sim.Hour)
	im.seconds(n.Get("timeout"), &h.Timeout, sim.Hour)
	im.count(n.Get("healthy_threshold"), &h.Rise)
	im.count(n.Get("unhealthy_threshold"), &h.Fall)
	return h
}

// server adds a target known only by an expression such as aws_instance.this.id.
func (im *translation) server(p *ir.Pool, target *tree.Node) {
	if target == nil || target.Text == "" || len(p.Servers) == 10_000 {
		return
	}
	name := source.Short(target.Text)
	for _, s := range p.Servers {
		if s.Info.Name == name {
			return
		}
	}
	p.Servers = append(p.Servers, ir.Server{Place: target.Place, Info: sim.ServerInfo{Name: name, Weight: 1}})
	im.Translated(target, "%s: server %s", target.Key, name)
}

// moduleTargets adds the targets that a module's group names, and those that are attached to it by key.
func (im *translation) moduleTargets(p *ir.Pool, key string, group, module *tree.Node) {
	im.server(p, group.Get("target_id"))
	for _, a := range module.Get("additional_target_group_attachments").Children() {
		if a.Get("target_group_key").Value() == key {
			im.server(p, a.Get("target_id"))
		}
	}
	im.unlisted(p, group)
}

// attachments adds the targets attached to a group by resources of their own.
func (im *translation) attachments(p *ir.Pool, group string) {
	for _, b := range im.blocks {
		if b.kind == "resource" && len(b.labels) == 2 && strings.HasSuffix(b.labels[0], "lb_target_group_attachment") {
			if ref := b.n.Get("target_group_arn"); ref.Is(tree.Unknown) && strings.HasPrefix(ref.Text+".", group+".") {
				im.server(p, b.n.Get("target_id"))
				im.Translated(ref, "target_group_arn: a target of %s", source.Short(p.Name))
			}
		}
	}
	im.unlisted(p, nil)
}

func (im *translation) unlisted(p *ir.Pool, at *tree.Node) {
	if len(p.Servers) == 0 && p.Replicas == 0 {
		if at == nil {
			at = &tree.Node{Place: p.Place}
		}
		im.Assumed(at, "targets of %s: not in this file; the scenario says how many there are", source.Short(p.Name))
	}
}

// classic translates a Classic Load Balancer and the stickiness policies that refer to it.
func (im *translation) classic(_, name string, n *tree.Node) {
	p := im.newPool(name, "aws_elb/"+name, n)
	p.Policy, p.Params = "aws-alb/least-outstanding", aws.ALBLeastOutstanding{}
	im.seconds(n.Get("connection_draining_timeout"), &p.Drain, sim.Hour)
	for _, i := range n.Get("instances").Children() {
		im.server(p, i)
	}
	im.unlisted(p, n)
	p.Health = im.targetHealth(n, 10)
	for _, b := range im.blocks {
		if len(b.labels) != 2 || !strings.HasPrefix(b.n.Get("load_balancer").String()+".", "aws_elb."+name+".") {
			continue
		}
		switch b.labels[0] {
		case "aws_lb_cookie_stickiness_policy":
			c := aws.ClassicCookie{}
			im.seconds(b.n.Get("cookie_expiration_period"), &c.Expiration, 366*24*sim.Hour)
			p.Policy, p.Params, p.IdleTimeout = "aws-elb/classic-cookie", c, c.Expiration
		case "aws_app_cookie_stickiness_policy":
			im.text(b.n.Get("cookie_name"), "the name matters to no one here")
			p.Policy, p.Params = "aws-elb/classic-cookie", aws.ClassicCookie{}
		default:
			continue
		}
		p.CookieName = "AWSELB"
		p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: b.labels[0]}
		im.Translated(b.n.Get("load_balancer"), "%s: policy aws-elb/classic-cookie", b.labels[0])
		return
	}
	im.Assumed(n, "aws_elb %s: no stickiness; least outstanding requests", source.Short(name))
}
