package kubernetes

import (
	"strings"

	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// albIngress reads the annotations of the AWS Load Balancer Controller on an Ingress.
func (im *translation) albIngress(o *object, p *ir.Pool) {
	get := func(key string) *tree.Node { return o.annotation("alb.ingress.kubernetes.io/" + key) }
	var g alb.Group
	if a := get("target-group-attributes"); a != nil {
		g = im.targetGroup(a, p)
	}
	g.Apply(p)
	im.albIdle(get("load-balancer-attributes"), p)
	if t := get("target-type"); t != nil {
		if t.Value() == "ip" {
			im.Translated(t, "target-type ip: targets are pods")
		} else {
			im.NotCarried(t, "target-type %s: targets are nodes, which forward requests to any pod; pods are assumed", t)
		}
	}
	im.albHealth(get, p)
}

// targetGroup parses "name=value,name=value".
func (im *translation) targetGroup(a *tree.Node, p *ir.Pool) alb.Group {
	var g alb.Group
	var done []string
	p.Drain = 300 * sim.Second
	for _, pair := range strings.Split(a.Value(), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		v := &tree.Node{Kind: tree.Scalar, Text: strings.TrimSpace(value)}
		seconds, isTime := v.Seconds()
		switch name {
		case "stickiness.enabled":
			g.Sticky = v.True()
		case "stickiness.type":
			g.Type = v.Text
		case "stickiness.lb_cookie.duration_seconds", "stickiness.app_cookie.duration_seconds":
			if isTime && seconds >= sim.Second && seconds <= 7*24*sim.Hour {
				g.Duration = seconds
			}
		case "stickiness.app_cookie.cookie_name":
			g.Cookie = v.Text
		case "load_balancing.algorithm.type":
			g.Algorithm = v.Text
		case "deregistration_delay.timeout_seconds":
			if isTime {
				p.Drain = seconds
			}
		default:
			im.NotCarried(a, "%s: %s: not carried over", a.Key, source.Short(pair))
			continue
		}
		done = append(done, name)
	}
	im.Translated(a, "target-group-attributes: %s", source.Short(strings.Join(done, ", ")))
	return g
}

// albIdle reads how long the load balancer waits for an answer, from "name=value,name=value".
func (im *translation) albIdle(a *tree.Node, p *ir.Pool) {
	given := false
	for pair := range strings.SplitSeq(a.Value(), ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(pair), "="); name {
		case "":
		case "idle_timeout.timeout_seconds":
			limit, ok := (&tree.Node{Kind: tree.Scalar, Text: strings.TrimSpace(value)}).Seconds()
			if given = ok && limit > 0; given {
				p.Limits.Attempt = limit
				im.Translated(a, "idle_timeout: %v for an answer", limit)
			}
		default:
			im.NotCarried(a, "%s: %s: not carried over", a.Key, source.Short(pair))
		}
	}
	if !given {
		im.Assumed(p.Place, alb.Waits)
	}
}

func (im *translation) albHealth(get func(string) *tree.Node, p *ir.Pool) {
	h := sim.Health{Interval: 15 * sim.Second, Timeout: 5 * sim.Second, Fall: 2, Rise: 2} // the controller's defaults
	found := false
	for _, f := range []struct {
		key string
		to  *sim.Time
	}{{"healthcheck-interval-seconds", &h.Interval}, {"healthcheck-timeout-seconds", &h.Timeout}} {
		if n := get(f.key); n != nil {
			if t, ok := n.Seconds(); ok && t > 0 {
				*f.to, found = t, true
			}
			im.Translated(n, "%s: %v", f.key, *f.to)
		}
	}
	for _, f := range []struct {
		key string
		to  *int
	}{{"healthy-threshold-count", &h.Rise}, {"unhealthy-threshold-count", &h.Fall}} {
		if n := get(f.key); n != nil {
			if x, ok := n.Int(); ok && x > 0 && x < 1000 {
				*f.to, found = x, true
			}
			im.Translated(n, "%s: %d", f.key, *f.to)
		}
	}
	if !found {
		im.Assumed(p.Place, "health check of the target group: the controller's default, every 15 s, down after 2 failures, up after 2 successes")
	}
	p.Health = &h
}

// networkLoadBalancer reads a Service the AWS controller gives a Network Load Balancer.
func (im *translation) networkLoadBalancer(o *object, p *ir.Pool) bool {
	const prefix = "service.beta.kubernetes.io/aws-load-balancer-"
	kind := o.annotation(prefix + "type")
	a := o.annotation(prefix + "target-group-attributes")
	if a == nil && !strings.HasPrefix(kind.Value(), "nlb") && kind.Value() != "external" {
		return false
	}
	var g alb.Group
	if a != nil {
		g = im.targetGroup(a, p)
	}
	g.Network = true
	g.Apply(p)
	if kind != nil {
		im.Translated(kind, "aws-load-balancer-type %s: policy %s", kind, p.Policy)
	}
	return true
}
