package kubernetes

import (
	"strings"

	"stickysim/policies"
	"stickysim/scenarios/importer/internal/levels"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

var (
	_ = register("projectcontour.io", (*translation).httpProxy, "HTTPProxy")
	_ = register("projectcontour.io", leftOut("how Contour and its proxies are set up is not read"), "ContourConfiguration", "ContourDeployment", "ExtensionService")
)

// httpProxy makes a pool of each Service that a route of Contour's leads to. Routes that treat a Service alike share its
// pool.
func (im *translation) httpProxy(o *object) {
	for _, route := range o.spec("routes").Children() {
		im.contourRoute(o, route, true)
	}
	if tcp := o.spec("tcpproxy"); tcp != nil {
		im.contourRoute(o, tcp, false)
	}
}

func (im *translation) contourRoute(o *object, route *tree.Node, http bool) {
	services := route.Get("services").Children()
	settings := []*tree.Node{route.Get("loadBalancerPolicy"), route.Get("healthCheckPolicy"), route.Get("timeoutPolicy"), route.Get("retryPolicy")}
	im.leaveOut(route, "requests that are refused are not modelled", "rateLimitPolicy")
	s := split{of: o, how: policies.Weighted{Sticky: "none"}}
	for _, n := range services {
		name := n.Get("name")
		if n.Get("mirror").True() {
			im.NotCarried(n, "service %s: copies of requests are not modelled", name)
			continue
		}
		im.Translated(n, "service %s", name)
		key := signed("contour", o.ref("Service", name.Value()), append(settings, n.Get("port"), n.Get("protocol"), n.Get("slowStartPolicy"))...)
		made := im.placed(key)
		s.parts = append(s.parts, part{pool: made, at: n, given: true})
		if made >= 0 {
			continue
		}
		p := im.envoy(im.newPool(o, name.Value()))
		im.place(key)
		s.parts[len(s.parts)-1].pool = im.placed(key)
		p.Limits.Connect = 2 * sim.Second // Contour's own
		p.contourBalance(route.Get("loadBalancerPolicy"), http)
		p.contourBreakers(im.named[o.ref("Service", name.Value())])
		slow := n.Get("slowStartPolicy")
		p.slowStart(slow, slow.Get("window"), slow.Get("minWeightPercent"))
		if check := route.Get("healthCheckPolicy"); check != nil {
			p.probed(check, sim.Health{Interval: 10 * sim.Second, Timeout: 2 * sim.Second, Fall: 3, Rise: 2, FromEnd: true},
				check.Get("intervalSeconds"), check.Get("timeoutSeconds"), check.Get("unhealthyThresholdCount"), check.Get("healthyThresholdCount"))
		}
		if http {
			p.contourLimits(route)
		}
	}
	im.contourWeights(o, route, s)
}

// contourWeights divides the requests of a route between its services, each of which hashes cookies and all else by itself. A
// service without a weight has 0, as Contour reads it; where none has more, all get the same.
func (im *translation) contourWeights(o *object, route *tree.Node, s split) {
	total := 0
	for i := range s.parts {
		x := &s.parts[i]
		x.weight = im.weight(o, x.at.Get("weight"), levels.MaxWeight, 0)
		total += x.weight
	}
	if len(s.parts) < 2 {
		return
	}
	for i := range s.parts {
		if x := &s.parts[i]; total == 0 {
			x.weight = 1
		} else if x.at.Get("weight") == nil {
			im.Assumed(x.at, "service %s: no weight beside services that have one, which Contour reads as 0: no requests", x.at.Get("name"))
		}
	}
	if total == 0 {
		im.Assumed(route.Get("services"), "services: none has a weight above 0, so that Contour gives all of them the same share")
	}
	im.splits = append(im.splits, s)
}

// contourBalance chooses the policy.
func (p *envoyPool) contourBalance(n *tree.Node, http bool) {
	strategy := n.Get("strategy")
	p.balanceBy("envoy/round-robin")
	if s := strategy.Value(); !http && (s == "Cookie" || s == "RequestHash") {
		p.NotCarried(strategy, "strategy %s: needs requests, so that Contour ignores it for tcpproxy; RoundRobin is used", s)
		p.leaveOut(n, "Contour ignores it for tcpproxy", "requestHashPolicies")
		return
	}
	switch strategy.Value() {
	case "Cookie":
		p.balanceBy("envoy/ring-hash")
		p.CookieName = "X-Contour-Session-Affinity"
		p.Params = params.With(p.Params, params.Setting{Name: "hash_policy", Value: "cookie"})
		p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "strategy Cookie"}
		p.Assumed(strategy, "strategy Cookie: every client sends the cookie back until its session ends")
	case "RequestHash":
		p.contourHash(n.Get("requestHashPolicies"))
	case "WeightedLeastRequest":
		p.balanceBy("envoy/least-request")
	case "Random":
		p.balanceBy("envoy/random")
	case "RoundRobin":
	case "":
		p.Assumed(p.Place, "loadBalancerPolicy of %s: not given, Contour's RoundRobin", source.Short(p.Name))
		return
	default:
		p.NotCarried(strategy, "strategy %s: not known; Contour uses RoundRobin", strategy)
		return
	}
	p.Translated(strategy, "strategy %s: policy %s", strategy, p.Policy)
}

// contourHash hashes the first of the policies that says one thing to hash.
func (p *envoyPool) contourHash(list *tree.Node) {
	hashed := false
	for _, x := range list.Children() {
		header, argument, address := x.Get("headerHashOptions", "headerName"), x.Get("queryParameterHashOptions", "parameterName"), x.Get("hashSourceIP")
		if hashed {
			p.NotCarried(x, "requestHashPolicies: only the first is hashed here; Envoy combines them")
			continue
		}
		p.balanceBy("envoy/ring-hash")
		hashed = true
		switch {
		case header.Value() != "" && argument == nil && !address.True():
			p.hashHeader(header)
		case argument.Value() != "" && header == nil && !address.True():
			p.hashArgument(argument)
		case address.True() && header == nil && argument == nil:
			p.hashAddress(address)
		default:
			hashed = false
			p.balanceBy("envoy/round-robin")
			p.NotCarried(x, "requestHashPolicies: an entry that does not say one thing to hash, which Contour ignores")
		}
		if end := x.Get("terminal"); end != nil && hashed {
			p.Translated(end, "terminal: %s; the first policy decides here", end)
		}
	}
	if !hashed {
		p.NotCarried(list, "requestHashPolicies: nothing to hash; Contour uses RoundRobin")
	}
}

// contourBreakers reads the limits that annotations of the Service set.
func (p *envoyPool) contourBreakers(s *object) {
	if s == nil {
		return
	}
	for _, limit := range [][2]string{{"max-connections", "max_connections"}, {"max-pending-requests", "max_pending_requests"}, {"max-requests", "max_requests"}} {
		p.limit(s.annotation("projectcontour.io/"+limit[0]), limit[1])
	}
	if n := s.annotation("projectcontour.io/max-retries"); n != nil {
		p.NotCarried(n, "max-retries: retries at a time are not limited")
	}
}

// contourLimits reads time limits and retries.
func (p *envoyPool) contourLimits(route *tree.Node) {
	limits := route.Get("timeoutPolicy")
	p.Limits.Request = 15 * sim.Second
	switch response := limits.Get("response"); {
	case response == nil:
		p.Assumed(p.Place, "timeout of answers of %s: not given, Envoy's 15s", source.Short(p.Name))
	case response.Value() == "infinity" || response.Value() == "infinite":
		p.Limits.Request = 0
		p.Translated(response, "response: no time limit")
	default:
		p.span(response, &p.Limits.Request)
	}
	p.leaveOut(limits, "requests without activity are not ended", "idle")
	retry := route.Get("retryPolicy")
	count := retry.Get("count")
	if retry == nil || strings.HasPrefix(count.Value(), "-") {
		if count != nil {
			p.Translated(count, "count: no retries")
		}
		return
	}
	p.Params = params.With(p.Params, params.Setting{Name: "retry_on", Value: "5xx"})
	if on := retry.Get("retryOn"); on != nil {
		var list []string
		for _, x := range on.Children() {
			list = append(list, x.Value())
		}
		p.retryOn(on, list)
	}
	if count.Value() != "0" {
		p.number(count, "num_retries")
	} else {
		p.Translated(count, "count 0: Envoy's one retry")
	}
	p.span(retry.Get("perTryTimeout"), &p.Limits.Attempt)
	p.leaveOut(retry, "retries after an answer of the server are not modelled one by one", "retriableStatusCodes")
}
