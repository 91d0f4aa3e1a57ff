package terraform

import (
	"cmp"
	"strconv"
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
	im.say(&g, alb.Slow, n.Get("slow_start"), "0 is used")
	if protocol := n.Get("protocol"); im.known(protocol, "HTTP is used") {
		g.Protocol(im.Input, protocol, protocol.Value())
	} else {
		g.Hidden = protocol.Is(tree.Unknown)
	}
	im.say(&g, alb.Algorithm, n.Get("load_balancing_algorithm_type"), "round_robin is used")
	im.stickiness(n, &g)
	g.Settle(im.Input, p)
	if !g.Sticky {
		im.Assumed(n, "target group %s: no stickiness; policy %s", source.Short(name), p.Policy)
	} else {
		im.Translated(n.First("stickiness", "stickiness_enabled"), "stickiness: policy %s", p.Policy)
	}
	p.Health = im.targetHealth(n, 5, g.Network)
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
		im.say(g, alb.Kind, n.Get("stickiness_type"), "lb_cookie is used")
		im.say(g, alb.Lifetime, n.Get("stickiness_cookie_duration"), "1 day is used")
		return
	}
	g.Sticky = true
	if e := s.Get("enabled"); im.known(e, "on is used") {
		g.Sticky = e.True()
		im.Translated(e, "stickiness.enabled: %v", g.Sticky)
	}
	im.say(g, alb.Kind, s.Get("type"), "lb_cookie is used")
	im.say(g, alb.Lifetime, s.First("cookie_duration", "duration"), "1 day is used")
	if !im.say(g, alb.Cookie, s.Get("cookie_name"), "the name matters to no one here") && s.Get("cookie_name").Is(tree.Unknown) {
		g.Named = true
	}
}

// say notes an argument of a target group whose meaning depends on others, and reports whether it has a value.
func (im *translation) say(g *alb.Group, attribute string, n *tree.Node, otherwise string) bool {
	if !im.known(n, otherwise) {
		return false
	}
	g.Say(attribute, n.Key, n.Value(), n)
	return true
}

// targetHealth reads the health check of a resource, with the provider's defaults. Without one there are those of AWS, which
// marks up after so many successes.
func (im *translation) targetHealth(of *tree.Node, rise int, network bool) *sim.Health {
	n, timeout := of.Get("health_check"), 5*sim.Second
	if network {
		timeout = 10 * sim.Second
	}
	if !im.known(n, "30 s, 3 and 3 are the provider's defaults") && !n.Is(tree.Unknown) {
		im.Assumed(of, "health_check: the default of AWS, every 30 s, down after 2 failures, up after %d successes", rise)
		return &sim.Health{Interval: 30 * sim.Second, Timeout: timeout, Fall: 2, Rise: rise}
	}
	if e := n.Get("enabled"); im.known(e, "on is used") {
		if e.True() {
			im.Translated(e, "enabled: %s", e)
		} else {
			im.NotCarried(e, "enabled %s: %s", e, alb.AlwaysChecked)
		}
	}
	h := &sim.Health{Interval: 30 * sim.Second, Timeout: timeout, Fall: 3, Rise: 3}
	im.seconds(n.Get("interval"), &h.Interval, sim.Hour)
	im.seconds(n.Get("timeout"), &h.Timeout, sim.Hour)
	im.count(n.Get("healthy_threshold"), &h.Rise)
	im.count(n.Get("unhealthy_threshold"), &h.Fall)
	return h
}

// server adds a target known only by an expression such as aws_instance.this.id. One that has several ports is as many targets.
func (im *translation) server(p *ir.Pool, target, port *tree.Node) {
	if target == nil || target.Text == "" || len(p.Servers) == 10_000 {
		return
	}
	name, addr := source.Short(target.Text), source.Short(target.Text)
	if port.Value() != "" {
		addr += ":" + source.Short(port.Value())
	}
	taken := false
	for _, s := range p.Servers {
		if s.Info.Addr == addr {
			return
		}
		taken = taken || s.Info.Name == name
	}
	if taken {
		name = addr
	}
	p.Servers = append(p.Servers, ir.Server{Place: target.Place, Info: sim.ServerInfo{Name: name, Addr: addr, Weight: 1}})
	im.Translated(target, "%s: server %s", cmp.Or(target.Key, "target"), name)
}

// moduleTargets adds the targets that a module's group names, and those that are attached to it by key.
func (im *translation) moduleTargets(p *ir.Pool, key string, group, module *tree.Node) {
	im.server(p, group.Get("target_id"), nil)
	for _, a := range module.Get("additional_target_group_attachments").Children() {
		if a.Get("target_group_key").Value() == key {
			im.server(p, a.Get("target_id"), a.Get("port"))
		}
	}
	im.unlisted(p, group)
}

// attachments adds the targets attached to a group by resources of their own.
func (im *translation) attachments(p *ir.Pool, group string) {
	for _, b := range im.blocks {
		if b.kind == "resource" && len(b.labels) == 2 && strings.HasSuffix(b.labels[0], "lb_target_group_attachment") {
			if ref := b.n.Get("target_group_arn"); refers(ref, group) {
				for _, target := range im.each(b.n, b.n.Get("target_id")) {
					im.server(p, target, b.n.Get("port"))
				}
				im.Translated(ref, "target_group_arn: a target of %s", source.Short(p.Name))
				im.Translated(b.n, "%s: a target of %s", source.Short(b.n.Key), source.Short(p.Name))
			}
		}
	}
	im.unlisted(p, nil)
}

// each are the values of an argument of a resource that is made count times, where that is known.
func (im *translation) each(n, x *tree.Node) []*tree.Node {
	const index = "count.index"
	count, ok := n.Get("count").Int()
	if !ok || count < 2 || count > 1000 || x == nil {
		return []*tree.Node{x}
	}
	im.Translated(n.Get("count"), "count: %d targets", count)
	list := make([]*tree.Node, count)
	for i := range list {
		own := *x
		own.Text = strings.ReplaceAll(x.Text, index, strconv.Itoa(i))
		list[i] = &own
	}
	x.Cover(false)
	return list
}

func (im *translation) unlisted(p *ir.Pool, at *tree.Node) {
	if len(p.Servers) == 0 && p.Replicas == 0 {
		if at == nil {
			at = &tree.Node{Place: p.Place}
		}
		im.Assumed(at, "targets of %s: not in this file; the scenario says how many there are", source.Short(p.Name))
	}
}

// passesOn is what a listener of a Classic Load Balancer does with a connection that it does not read; otherwise it reads requests.
const passesOn, readsRequests = "passes on", "reads requests"

// classicListeners finds what the listeners of a Classic Load Balancer do, by port. One that passes connections on takes instances in turn.
func (im *translation) classicListeners(p *ir.Pool, n *tree.Node) map[string]string {
	ports, reads := map[string]string{}, false
	listeners := blocksOrList(n, "listener")
	for _, l := range listeners {
		does := readsRequests
		switch strings.ToLower(l.Get("lb_protocol").Value()) {
		case "tcp", "ssl":
			does = passesOn
		}
		reads = reads || does == readsRequests
		ports[l.Get("lb_port").Value()] = does
	}
	if len(listeners) > 0 && !reads {
		p.Policy, p.Params = "aws-alb/round-robin", aws.ALBRoundRobin{}
		im.Assumed(n, "%s: its listeners pass connections on, in turn, for which aws-alb/round-robin stands", source.Short(p.Name))
	}
	return ports
}

// classicDrain reads how long instances drain that leave a Classic Load Balancer, which they do not by default.
func (im *translation) classicDrain(p *ir.Pool, n *tree.Node) {
	on, timeout := n.Get("connection_draining"), n.Get("connection_draining_timeout")
	if !im.known(on, "off is used") || !on.True() {
		if timeout != nil {
			im.Harmless(timeout, "connection_draining_timeout: connection_draining is off")
		}
		if on.Is(tree.Scalar) {
			im.Translated(on, "connection_draining: %s", on)
		}
		return
	}
	p.Drain = 300 * sim.Second
	im.Translated(on, "connection_draining: %s", on)
	im.seconds(timeout, &p.Drain, sim.Hour)
}

// classic translates a Classic Load Balancer and the stickiness policies that refer to it.
func (im *translation) classic(_, name string, n *tree.Node) {
	p := im.newPool(name, "aws_elb/"+name, n)
	p.Policy, p.Params = "aws-alb/least-outstanding", aws.ALBLeastOutstanding{}
	ports := im.classicListeners(p, n)
	if idle := n.Get("idle_timeout"); p.Policy == "aws-alb/least-outstanding" {
		if p.Limits.Attempt = alb.IdleTimeout; !im.seconds(idle, &p.Limits.Attempt, 4000*sim.Second) && idle == nil {
			im.Assumed(n, alb.Waits)
		}
	}
	im.classicDrain(p, n)
	for _, i := range n.Get("instances").Children() {
		im.server(p, i, nil)
	}
	im.unlisted(p, n)
	p.Health = im.targetHealth(n, 10, false)
	for _, b := range im.blocks {
		if len(b.labels) != 2 || !refers(b.n.Get("load_balancer"), "aws_elb."+name) || !strings.HasSuffix(b.labels[0], "_cookie_stickiness_policy") {
			continue
		}
		if port := b.n.Get("lb_port"); port != nil && ports[port.Value()] == passesOn {
			im.NotCarried(b.n, "%s: the listener of port %s passes connections on, and AWS refuses a cookie there", source.Short(b.n.Key), port)
			continue
		} else if port.Is(tree.Scalar) && len(ports) > 0 && ports[port.Value()] == "" {
			im.NotCarried(b.n, "%s: there is no listener of port %s", source.Short(b.n.Key), port)
			continue
		} else if port != nil {
			im.Translated(port, "lb_port: %s", port)
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
	im.Assumed(n, "aws_elb %s: no stickiness; policy %s", source.Short(name), p.Policy)
}
