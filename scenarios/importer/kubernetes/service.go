package kubernetes

import (
	"strings"

	"stickysim/policies"
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
	o.used = true
	p := im.newPool(o, o.name)
	defer im.front(o)
	if im.digitalOcean(o, p) || im.networkLoadBalancer(o, p) || im.traefikService(o, p) {
		return
	}
	im.kubeProxy(o, p)
}

// kubeProxy reads session affinity.
func (im *translation) kubeProxy(o *object, p *ir.Pool) {
	p.Balancers.Scope = "node"
	im.assumedProxy(o)
	p.Policy, p.Params = im.proxy.policy(0, firstPort(o))
	p.Key = ir.KeySource{Kind: "none"}
	affinity := o.spec("sessionAffinity")
	if affinity.Value() != "ClientIP" {
		if n := o.spec("sessionAffinityConfig"); n != nil {
			im.Harmless(n, "sessionAffinityConfig: of sessionAffinity ClientIP, which is not given")
		}
		switch {
		case affinity.Value() == "None":
			im.Translated(affinity, "sessionAffinity None: policy %s", p.Policy)
		case affinity != nil:
			im.NotCarried(affinity, "sessionAffinity: must be ClientIP or None, got %s; None is used", affinity)
		default:
			im.Assumed(o.root, "sessionAffinity: not given, None: %s", p.Policy)
		}
		if i, ok := p.Params.(policies.Identifier); ok && i.Identifies() == policies.KeyAddress {
			p.Key = ir.KeySource{Kind: "address", Text: "the client's address"}
		}
		return
	}
	c := kubernetes.ClientIP{Timeout: 10800 * sim.Second}
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
	p.Policy, p.Params = im.proxy.policy(c.Timeout, firstPort(o))
	p.IdleTimeout = c.Timeout
	im.Translated(affinity, "sessionAffinity ClientIP: policy %s", p.Policy)
	p.Key = ir.KeySource{Kind: "address", Text: "sessionAffinity: ClientIP"}
}

// front remarks on how connections get to a Service and between nodes, as far as nothing has yet.
func (im *translation) front(o *object) {
	say := func(key string, carried string, otherwise string) {
		n := o.spec(key)
		switch {
		case n == nil || n.Remarked():
		case carried == "" || !strings.Contains(" "+carried+" ", " "+n.Value()+" "):
			im.NotCarried(n, "%s %s: %s", key, n, otherwise)
		default:
			im.Translated(n, "%s: %s", key, n)
		}
	}
	if n := o.spec("type"); n.Value() == "LoadBalancer" {
		im.Assumed(n, "type LoadBalancer: what stands in front spreads connections over the nodes; the nodes choose the pod")
	}
	say("type", "ClusterIP NodePort LoadBalancer", "not known")
	for _, key := range [...]string{"externalTrafficPolicy", "internalTrafficPolicy"} {
		if n := o.spec(key); n != nil && n.Value() != "Cluster" && n.Value() != "Local" && !n.Remarked() {
			im.NotCarried(n, "%s: must be Cluster or Local, got %s; Cluster is used", key, n)
		}
	}
	say("externalTrafficPolicy", "Cluster", "a node passes connections only to its own pods, so whatever spreads them over nodes decides as well")
	say("internalTrafficPolicy", "Cluster", "a node passes connections only to its own pods, so where clients run decides")
	say("trafficDistribution", "", "pods near the client go first, which is not modelled")
	say("loadBalancerClass", "service.k8s.aws/nlb", "what stands in front is not known")
	if n := o.spec("externalTrafficPolicy"); n.Value() == "Cluster" && o.spec("sessionAffinity").Value() == "ClientIP" {
		im.Assumed(n, "externalTrafficPolicy Cluster: a node that takes connections from another sees that node's address; nodes in front are taken to see the client's")
	}
}

// behind are the settings of a Service's own balancing, which a balancer in front does not use.
var behind = []string{"type", "sessionAffinity", "sessionAffinityConfig", "externalTrafficPolicy", "internalTrafficPolicy", "trafficDistribution", "loadBalancerClass", "clusterIP"}

// passedBy remarks on a Service whose balancing is not used, because what leads to it goes to its pods.
func (im *translation) passedBy(o *object) {
	for _, key := range behind {
		if n := o.spec(key); n != nil && !n.Remarked() {
			im.Harmless(n, "%s %s: what leads to the Service goes to its pods directly", key, n)
		}
	}
}
