package kubernetes

import (
	"iter"
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// albIngress reads the annotations of the AWS Load Balancer Controller on an Ingress. Those of the Service go before.
func (im *translation) albIngress(o, s *object, p *ir.Pool) {
	get := setting(o, s, albPrefix)
	var g alb.Group
	if a := get("target-group-attributes"); a != nil {
		g = im.targetGroup(a, p)
	}
	g.Settle(im.Input, p)
	im.albIdle(o.annotation(albPrefix+"load-balancer-attributes"), p)
	if t := get("target-type"); t != nil || !slices.ContainsFunc(im.objects, func(c *object) bool { return c.kind == "IngressClassParams" && c.spec("targetType") != nil }) {
		im.targetType(t, p, g.Sticky)
	}
	for _, key := range []string{"target-group-attributes", "target-type", "healthcheck-interval-seconds", "healthcheck-timeout-seconds", "healthy-threshold-count", "unhealthy-threshold-count"} {
		if n := o.annotation(albPrefix + key); n != nil && n != get(key) {
			im.Harmless(n, "%s: the Service has its own, which goes before for it", key)
		}
	}
	im.albHealth(get, p)
}

// targetType reads what targets are. Nodes, as they are by default, forward connections to any pod.
func (im *translation) targetType(n *tree.Node, p *ir.Pool, sticky bool) {
	const nodes = "targets are nodes, which forward requests to any pod; pods are assumed"
	switch {
	case n.Value() == "ip":
		im.Translated(n, "%s ip: targets are pods", n.Key)
	case n.Value() == "instance":
		im.NotCarried(n, "%s instance: %s", n.Key, nodes)
	case n != nil:
		im.NotCarried(n, "%s: must be ip or instance, got %s; pods are assumed", n.Key, n)
	case sticky:
		im.NotCarried(p.Place, "target type of %s: not given, instance unless the controller says otherwise: a session keeps a node, which forwards requests to any pod; pods are assumed", source.Short(p.Name))
	default:
		im.Assumed(p.Place, "target type of %s: not given, instance unless the controller says otherwise; %s", source.Short(p.Name), nodes)
	}
}

// targetGroup reads "name=value,name=value".
func (im *translation) targetGroup(a *tree.Node, p *ir.Pool) (g alb.Group) {
	p.Drain = 300 * sim.Second
	for name, value := range attributes(a) {
		g.Attribute(im.Input, a, p, name, value)
	}
	return g
}

// attributes are the parts of "name=value,name=value".
func attributes(a *tree.Node) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for pair := range strings.SplitSeq(a.Value(), ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if name != "" && !yield(strings.TrimSpace(name), strings.TrimSpace(value)) {
				return
			}
		}
	}
}

// albIdle reads how long the load balancer waits for an answer, from "name=value,name=value".
func (im *translation) albIdle(a *tree.Node, p *ir.Pool) {
	given := false
	for name, value := range attributes(a) {
		given = im.balancerAttribute(a, p, name, value) || given
	}
	if !given {
		im.Assumed(p.Place, alb.Waits)
	}
}

// balancerAttribute reads an attribute of a load balancer, and reports whether it is the idle timeout.
func (im *translation) balancerAttribute(at *tree.Node, p *ir.Pool, name, value string) bool {
	if name != "idle_timeout.timeout_seconds" {
		alb.BalancerAttribute(im.Input, at, name, value)
		return false
	}
	limit, ok := (&tree.Node{Kind: tree.Scalar, Text: value}).Seconds()
	if !ok || limit <= 0 {
		im.NotCarried(at, "%s: must be a number of seconds, got %s", name, source.Short(value))
		return false
	}
	p.Limits.Attempt = limit
	im.Translated(at, "idle_timeout: %v for an answer", limit)
	return true
}

func (im *translation) albHealth(get func(string) *tree.Node, p *ir.Pool) {
	h := sim.Health{Interval: 15 * sim.Second, Timeout: 5 * sim.Second, Fall: 2, Rise: 2} // the controller's defaults
	im.targetHealth(&h, p, get("healthcheck-interval-seconds"), get("healthcheck-timeout-seconds"), get("healthy-threshold-count"), get("unhealthy-threshold-count"))
}

// targetHealth reads the health check of a target group over the controller's defaults.
func (im *translation) targetHealth(h *sim.Health, p *ir.Pool, interval, timeout, rise, fall *tree.Node) {
	given := im.span(interval, &h.Interval)
	given = im.span(timeout, &h.Timeout) || given
	given = im.whole(rise, 1, 1000, &h.Rise) || given
	given = im.whole(fall, 1, 1000, &h.Fall) || given
	if h.Interval <= 0 || h.Timeout <= 0 {
		im.NotCarried(p.Place, "health check of %s: interval and timeout must be longer than 0s", source.Short(p.Name))
		return
	}
	if !given {
		im.Assumed(p.Place, "health check of the target group: the controller's default, every 15 s, down after 2 failures, up after 2 successes")
	}
	p.Health = h
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
	g.Settle(im.Input, p)
	im.networkChecks(o, p, g.Sticky)
	if kind != nil {
		im.Translated(kind, "aws-load-balancer-type %s: policy %s", kind, p.Policy)
	}
	return true
}

// networkChecks reads the targets and the health check of a Network Load Balancer. Without annotations the pods' own probes count.
func (im *translation) networkChecks(o *object, p *ir.Pool, sticky bool) {
	get := func(key string) *tree.Node { return o.annotation(awsPrefix + key) }
	if t := get("nlb-target-type"); t != nil || get("type").Value() != "nlb-ip" {
		im.targetType(t, p, sticky)
	}
	interval, timeout, rise, fall := get("healthcheck-interval"), get("healthcheck-timeout"), get("healthcheck-healthy-threshold"), get("healthcheck-unhealthy-threshold")
	if interval != nil || timeout != nil || rise != nil || fall != nil {
		im.targetHealth(&sim.Health{Interval: 10 * sim.Second, Timeout: 10 * sim.Second, Fall: 3, Rise: 3}, p, interval, timeout, rise, fall)
	}
	for _, key := range []string{"path", "port", "protocol", "success-codes"} {
		if n := get("healthcheck-" + key); n != nil {
			im.Harmless(n, "healthcheck-%s: %s", key, probeAsks)
		}
	}
}
