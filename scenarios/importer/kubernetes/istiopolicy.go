package kubernetes

import (
	"strings"

	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/tree"
)

// traffic is what of Istio's traffic policies holds for a pool. Each part is taken as a whole.
type traffic struct{ balancer, connections, outliers *tree.Node }

// over lets the parts of a policy replace those of t.
func (t traffic) over(policy *tree.Node) traffic {
	for _, part := range []struct {
		key string
		to  **tree.Node
	}{{"loadBalancer", &t.balancer}, {"connectionPool", &t.connections}, {"outlierDetection", &t.outliers}} {
		if n := policy.Get(part.key); n != nil {
			*part.to = n
		}
	}
	return t
}

// apply gives a pool its policy.
func (t traffic) apply(p *envoyPool) {
	p.meshBalance(t.balancer)
	p.leaveOut(t.balancer, "pods have no zones here", "localityLbSetting", "zoneAwareLbSetting")
	if warm := t.balancer.Get("warmup"); warm != nil {
		p.slowStart(warm, warm.Get("duration"), warm.Get("minimumPercent"))
	} else if seconds := t.balancer.Get("warmupDurationSecs"); seconds != nil {
		p.slowStart(seconds, seconds, nil)
	}
	// Istio's own: two more attempts, at other hosts.
	p.Params = params.With(p.Params, params.Setting{Name: "retry_on", Value: "connect-failure"}, params.Setting{Name: "num_retries", Value: 2})
	p.meshConnections(t.connections)
	if t.outliers != nil {
		p.meshOutliers(t.outliers)
	}
}

// meshBalance chooses the policy.
func (p *envoyPool) meshBalance(lb *tree.Node) {
	simple := lb.Get("simple")
	if hash := lb.Get("consistentHash"); hash != nil {
		if simple != nil {
			p.NotCarried(simple, "simple %s: consistentHash is beside it, and Istio refuses both together; consistentHash is used", simple)
		}
		p.meshHash(hash)
		return
	}
	switch simple.Value() {
	case "ROUND_ROBIN":
		p.balanceBy("envoy/round-robin")
	case "RANDOM":
		p.balanceBy("envoy/random")
	case "PASSTHROUGH":
		p.balanceBy("envoy/random")
		p.NotCarried(simple, "simple PASSTHROUGH: the caller chooses the pod by its address; chosen at random here")
		return
	case "LEAST_REQUEST", "LEAST_CONN":
		p.balanceBy("envoy/least-request")
	case "", "UNSPECIFIED":
		p.balanceBy("envoy/least-request")
		if simple == nil {
			p.Assumed(p.Place, "loadBalancer of %s: not given, Istio's LEAST_REQUEST", p.Name)
			return
		}
	default:
		p.balanceBy("envoy/least-request")
		p.NotCarried(simple, "simple %s: not known; Istio's LEAST_REQUEST is used", simple)
		return
	}
	p.Translated(simple, "simple %s: policy %s", simple, p.Policy)
}

// meshHash reads consistentHash: the algorithm, its size, and the key.
func (p *envoyPool) meshHash(n *tree.Node) {
	policy := "envoy/ring-hash"
	size, name := n.Get("ringHash", "minimumRingSize"), "minimum_ring_size"
	switch {
	case n.Get("maglev") != nil:
		policy, size, name = "envoy/maglev", n.Get("maglev", "tableSize"), "table_size"
	case size == nil:
		size = n.Get("minimumRingSize") // deprecated
	}
	header, cookie, argument := n.Get("httpHeaderName"), n.Get("httpCookie"), n.Get("httpQueryParameterName")
	address := n.Get("useSourceIp")
	if header == nil && cookie == nil && argument == nil && !address.True() {
		p.balanceBy("envoy/random")
		p.NotCarried(n, "consistentHash: names no key, so that Envoy chooses at random")
		return
	}
	var keys []*tree.Node
	for _, x := range []*tree.Node{header, cookie, argument, address} {
		if x != nil && (x != address || address.True()) {
			keys = append(keys, x)
		}
	}
	for _, x := range keys[1:] {
		p.NotCarried(x, "%s: %s is beside it, and Istio refuses two keys; %[2]s is used", x.Key, keys[0].Key)
	}
	if n.Get("maglev") != nil {
		p.leaveOut(n, "maglev is beside it, and Istio refuses both together", "ringHash", "minimumRingSize")
	}
	p.balanceBy(policy)
	p.number(size, name)
	p.Translated(n, "consistentHash: policy %s", policy)
	switch {
	case header != nil:
		p.hashHeader(header)
	case cookie != nil:
		p.hashCookie(cookie.Get("name"), cookie.Get("ttl"))
	case argument != nil:
		p.hashArgument(argument)
	default:
		p.hashAddress(address)
	}
}

// meshConnections reads limits of connections and requests; Istio's own are without bound.
func (p *envoyPool) meshConnections(n *tree.Node) {
	tcp, http := n.Get("tcp"), n.Get("http")
	p.limit(tcp.Get("maxConnections"), "max_connections")
	if pending := http.Get("http1MaxPendingRequests"); pending != nil {
		p.limit(pending, "max_pending_requests")
	} else {
		p.Params = params.With(p.Params, params.Setting{Name: "max_pending_requests", Value: unlimited})
	}
	p.limit(http.Get("http2MaxRequests"), "max_requests")
	p.span(tcp.Get("connectTimeout"), &p.Limits.Connect)
	p.leaveOut(tcp, "open connections are not closed after a time", "idleTimeout", "maxConnectionDuration")
	p.leaveOut(http, "retries at a time are not limited", "maxRetries")
	p.leaveOut(http, "requests of one HTTP/2 connection are not counted apart", "h2UpgradePolicy", "useClientProtocol", "maxConcurrentStreams")
}

// meshOutliers reads outlierDetection. Istio turns panic off where it does not say minHealthPercent.
func (p *envoyPool) meshOutliers(n *tree.Node) {
	failures, gateway := n.Get("consecutive5xxErrors"), n.First("consecutiveGatewayErrors", "consecutiveErrors")
	if split := n.Get("splitExternalLocalOriginErrors"); split.True() {
		p.Translated(split, "splitExternalLocalOriginErrors: connections that fail count apart from answers, which servers give none that is an error")
		for _, x := range []*tree.Node{failures, gateway} {
			if x != nil {
				p.NotCarried(x, "%s: counts answers alone", x.Key)
			}
		}
		failures, gateway = n.Get("consecutiveLocalOriginFailures"), nil
	} else if local := n.Get("consecutiveLocalOriginFailures"); local != nil {
		p.Harmless(local, "consecutiveLocalOriginFailures: without effect where splitExternalLocalOriginErrors is not set")
	}
	if p.outliers(n, failures, gateway) {
		p.ejections(n.Get("interval"), n.Get("baseEjectionTime"), n.Get("maxEjectionPercent"))
		p.percent(n.Get("minHealthPercent"), "healthy_panic_threshold")
	}
	p.leaveOut(n, "which answers are errors is not modelled", "outlierDetectionHttpErrorCodes")
}

// meshRoutes reads what routes say about time limits and retries; the first one to a destination counts.
func (p *envoyPool) meshRoutes(routes []meshRoute) {
	for i, r := range routes {
		p.leaveOut(r.route, "copies of requests, and faults made on purpose, are not modelled", "mirror", "mirrors", "mirrorPercent", "mirror_percent", "mirrorPercentage", "fault")
		p.leaveOut(r.route, "the routes of another VirtualService are not followed", "delegate")
		if !r.http {
			continue
		}
		if i > 0 {
			p.leaveOut(r.route, "those of the first route to the destination are used", without(r.route, routes[0].route, "timeout", "retries")...)
			continue
		}
		p.span(r.route.Get("timeout"), &p.Limits.Request)
		p.meshRetries(r.route.Get("retries"))
	}
}

// without leaves out keys of a route that is the first one, with another weight.
func without(route, first *tree.Node, keys ...string) []string {
	if route == first {
		return nil
	}
	return keys
}

func (p *envoyPool) meshRetries(n *tree.Node) {
	attempts := n.Get("attempts")
	p.number(attempts, "num_retries")
	p.span(n.Get("perTryTimeout"), &p.Limits.Attempt)
	switch on := n.Get("retryOn"); {
	case attempts.Value() == "0":
		p.Params = params.With(p.Params, params.Setting{Name: "retry_on", Value: ""})
	case on.Value() != "":
		p.retryOn(on, strings.Split(on.Value(), ","))
	case n == nil:
		p.Assumed(p.Place, "retries of %s: not given, Istio's two on connections that fail", p.Name)
	}
	if again := n.Get("retryIgnorePreviousHosts"); again.True() {
		p.Translated(again, "retryIgnorePreviousHosts: a retry goes to another pod")
	} else if again != nil {
		p.set(again, "host_selection_retry_max_attempts", 0)
	}
	p.leaveOut(n, "how long a retry waits, and in which zone, is not modelled", "backoff", "retryRemoteLocalities")
}
