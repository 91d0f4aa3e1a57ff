package kubernetes

import (
	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const awsGateway = "gateway.k8s.aws"

var (
	_ = register("elbv2.k8s.aws", leftOut("its target group is made elsewhere, so that its attributes are not in these files"), "TargetGroupBinding")
	_ = register("elbv2.k8s.aws", (*translation).classParams, "IngressClassParams")
	_ = register(awsGateway, (*translation).balancerConfiguration, "LoadBalancerConfiguration")
	_ = register(awsGateway, leftOut("actions and conditions of single rules are not read"), "ListenerRuleConfiguration")
)

// awsGroup reads the TargetGroupConfiguration of a Service behind a Gateway of the AWS Load Balancer Controller, and reports whether
// there is one.
func (im *translation) awsGroup(o *object, service string, p *ir.Pool, network bool) bool {
	for _, c := range im.objects {
		to := c.spec("targetReference")
		if c.kind != "TargetGroupConfiguration" || c.group() != awsGateway || c.namespace != o.namespace || to.Get("name").Value() != service {
			continue
		}
		if kind := to.Get("kind"); kind.Value() != "" && kind.Value() != "Service" {
			continue
		}
		c.used = true
		for _, key := range []string{"group", "kind", "name"} {
			if n := to.Get(key); n != nil {
				im.Translated(n, "targetReference %s: %s", key, n)
			}
		}
		im.awsSettings(c.spec("defaultConfiguration"), p, network)
		im.leaveOut(c.root.Get("spec"), "settings of a target group for single routes are not read; those of defaultConfiguration are used", "routeConfigurations")
		return true
	}
	return false
}

// awsSettings gives a pool the policy, drain time and health check of a target group.
func (im *translation) awsSettings(n *tree.Node, p *ir.Pool, network bool) {
	g := alb.Group{Network: network}
	p.Drain, p.Balancers.Scope = 300*sim.Second, "process"
	for _, a := range n.Get("targetGroupAttributes").Children() {
		im.attributeOf(a, func(name, value string) { g.Attribute(im.Input, a, p, name, value) })
	}
	g.Settle(im.Input, p)
	im.targetType(n.Get("targetType"), p, g.Sticky)
	check := n.Get("healthCheckConfig")
	im.targetHealth(&sim.Health{Interval: 15 * sim.Second, Timeout: 5 * sim.Second, Fall: 3, Rise: 3}, p,
		check.Get("healthCheckInterval"), check.Get("healthCheckTimeout"), check.Get("healthyThresholdCount"), check.Get("unhealthyThresholdCount"))
	if !network {
		im.gatewayIdle(p)
	}
}

// gatewayIdle reads how long the load balancer of a Gateway waits for an answer.
func (im *translation) gatewayIdle(p *ir.Pool) {
	given := false
	for _, c := range im.objects {
		if c.kind != "LoadBalancerConfiguration" || c.group() != awsGateway {
			continue
		}
		for _, a := range c.spec("loadBalancerAttributes").Children() {
			im.attributeOf(a, func(name, value string) {
				if name == "idle_timeout.timeout_seconds" {
					given = im.balancerAttribute(a, p, name, value) || given
				}
			})
		}
	}
	if !given {
		im.Assumed(p.Place, alb.Waits)
	}
}

// attributeOf reads an attribute with the fields key and value.
func (im *translation) attributeOf(a *tree.Node, read func(name, value string)) {
	key, value := a.Get("key"), a.Get("value")
	read(key.Value(), value.Value())
	for _, n := range []*tree.Node{key, value} {
		if n != nil && !a.Settled() {
			im.Translated(n, "%s: %s", n.Key, n)
		}
	}
}

// balancerConfiguration remarks on the attributes of the load balancer of a Gateway.
func (im *translation) balancerConfiguration(o *object) {
	im.balancerAttributes(o, func(a *tree.Node, value string) {
		im.NotCarried(a, "idle_timeout %s: no pool of these files is behind this load balancer", source.Short(value))
	})
	for _, l := range o.spec("listenerConfigurations").Children() {
		for _, a := range l.Get("listenerAttributes").Children() {
			im.attributeOf(a, func(name, value string) { alb.ListenerAttribute(im.Input, a, name, value) })
		}
		im.leaveOut(l, "target groups are not split, so that a client has one", "targetGroupStickiness")
	}
}

// classParams remarks on what all Ingresses of a class have.
func (im *translation) classParams(o *object) {
	im.balancerAttributes(o, func(a *tree.Node, value string) {
		im.NotCarried(a, "idle_timeout %s: read from the Ingress alone; write it as alb.ingress.kubernetes.io/load-balancer-attributes", source.Short(value))
	})
	for _, l := range o.spec("listeners").Children() {
		for _, a := range l.Get("listenerAttributes").Children() {
			im.attributeOf(a, func(name, value string) { alb.ListenerAttribute(im.Input, a, name, value) })
		}
	}
	if t := o.spec("targetType"); t.Value() == "ip" {
		im.Translated(t, "targetType ip: targets are pods")
	} else if t != nil {
		im.NotCarried(t, "targetType %s: targets are nodes, which forward requests to any pod; pods are assumed", t)
	}
}

// balancerAttributes remarks on the attributes of a load balancer, and hands its idle timeout to idle where no pool has it.
func (im *translation) balancerAttributes(o *object, idle func(a *tree.Node, value string)) {
	for _, a := range o.spec("loadBalancerAttributes").Children() {
		im.attributeOf(a, func(name, value string) {
			switch {
			case im.Mentioned(a):
			case name == "idle_timeout.timeout_seconds":
				idle(a, value)
			default:
				alb.BalancerAttribute(im.Input, a, name, value)
			}
		})
	}
}
