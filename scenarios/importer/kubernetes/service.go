package kubernetes

import (
	"stickysim/policies/kubernetes"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// service makes the pool of a Service clients reach by its own address, or by a cloud's load balancer.
func (im *translation) service(o *object) {
	switch {
	case o.spec("clusterIP").Value() == "None":
		im.NotCarried(o.spec("clusterIP"), "service %s: headless, its clients choose pods themselves", source.Short(o.name))
		return
	case o.spec("type").Value() == "ExternalName":
		im.Harmless(o.spec("type"), "service %s: a name outside the cluster", source.Short(o.name))
		return
	}
	p := im.newPool(o, o.name)
	if im.digitalOcean(o, p) || im.networkLoadBalancer(o, p) || im.traefikService(o, p) {
		return
	}
	im.kubeProxy(o, p)
}

// kubeProxy reads session affinity.
func (im *translation) kubeProxy(o *object, p *ir.Pool) {
	p.Balancers.Scope = "node"
	p.Policy, p.Params, p.Key = "kubernetes/random", kubernetes.Random{}, ir.KeySource{Kind: "none"}
	affinity := o.spec("sessionAffinity")
	if affinity.Value() != "ClientIP" {
		if affinity != nil {
			im.Translated(affinity, "sessionAffinity %s: policy kubernetes/random", affinity)
		} else {
			im.Assumed(o.root, "sessionAffinity: not given, None: kubernetes/random per connection (iptables, nftables)")
		}
		return
	}
	c := kubernetes.ClientIP{Timeout: 10800 * sim.Second}
	im.Translated(affinity, "sessionAffinity ClientIP: policy kubernetes/client-ip")
	if t := o.spec("sessionAffinityConfig", "clientIP", "timeoutSeconds"); t != nil {
		asked := c
		asked.Timeout, _ = t.Seconds()
		if err := asked.Validate(); err != nil {
			im.NotCarried(t, "timeoutSeconds %s: %v; 3h is used", t, err)
		} else {
			c = asked
			im.Translated(t, "timeoutSeconds: %v", c.Timeout)
		}
	} else {
		im.Assumed(affinity, "timeoutSeconds: not given, 3h")
	}
	if x := o.spec("externalTrafficPolicy"); x != nil {
		im.Translated(x, "externalTrafficPolicy %s: with Cluster, nodes see each other's addresses instead of clients' from outside", x)
	}
	p.Policy, p.Params, p.IdleTimeout = "kubernetes/client-ip", c, c.Timeout
	p.Key = ir.KeySource{Kind: "address", Text: "sessionAffinity: ClientIP"}
}
