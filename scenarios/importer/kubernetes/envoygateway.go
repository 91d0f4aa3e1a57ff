package kubernetes

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim"
)

const envoyGateway = "gateway.envoyproxy.io"

var (
	_ = register(envoyGateway, (*translation).unattached, "BackendTrafficPolicy")
	_ = register(envoyGateway, leftOut("how the gateway's proxies are set up, and whose address they see, is not read"), "EnvoyProxy", "ClientTrafficPolicy", "EnvoyPatchPolicy")
	_ = register(envoyGateway, leftOut("requests that are refused, or that wait for another server, are not modelled"), "SecurityPolicy", "EnvoyExtensionPolicy")
	_ = register(envoyGateway, leftOut("only Services are read"), "Backend", "HTTPRouteFilter")
)

// unattached says so where a policy chooses routes in a way that is not followed.
func (im *translation) unattached(o *object) {
	if n := o.spec("targetSelectors"); n != nil {
		im.NotCarried(n, "targetSelectors: routes chosen by their labels are not followed; name them in targetRefs")
	}
}

// trafficPolicy translates Envoy Gateway's BackendTrafficPolicy.
func (p *envoyPool) trafficPolicy(o *object) {
	p.attach(o)
	p.gatewayBalance(o.spec("loadBalancer"))
	p.gatewayChecks(o.spec("healthCheck"))
	p.gatewayRetries(o.spec("retry"))
	breaker := o.spec("circuitBreaker")
	p.limit(breaker.Get("maxConnections"), "max_connections")
	p.limit(breaker.Get("maxPendingRequests"), "max_pending_requests")
	p.limit(breaker.Get("maxParallelRequests"), "max_requests")
	p.leaveOut(breaker, "retries at a time, and limits of single pods, are not modelled", "maxParallelRetries", "perEndpoint", "retryBudget")
	p.span(o.spec("timeout", "tcp", "connectTimeout"), &p.Limits.Connect)
	p.span(o.spec("timeout", "http", "requestTimeout"), &p.Limits.Request)
	p.leaveOut(o.spec("timeout", "http"), "open connections are not closed after a time", "connectionIdleTimeout", "maxConnectionDuration", "maxStreamDuration", "streamIdleTimeout")
	p.leaveOut(o.root.Get("spec"), "requests that are refused, delayed or changed on purpose are not modelled", "rateLimit", "faultInjection", "responseOverride", "requestBuffer", "bandwidthLimit", "admissionControl", "adaptiveConcurrency")
	p.leaveOut(o.root.Get("spec"), "policies are not merged; the one closest to the rule holds", "mergeType")
}

// gatewayBalance chooses the policy.
func (p *envoyPool) gatewayBalance(lb *tree.Node) {
	kind := lb.Get("type")
	switch kind.Value() {
	case "RoundRobin":
		p.balanceBy("envoy/round-robin")
	case "Random":
		p.balanceBy("envoy/random")
	case "ConsistentHash":
		p.balanceBy("envoy/maglev")
		p.gatewayHash(lb.Get("consistentHash"))
	case "LeastRequest":
	case "":
		p.Assumed(p.Place, "loadBalancer of %s: not given, Envoy Gateway's least request", source.Short(p.Name))
	default:
		p.NotCarried(kind, "type %s: not modelled; least request is used", kind)
		kind = nil
	}
	if kind != nil {
		p.Translated(kind, "type %s: policy %s", kind, p.Policy)
	}
	slow := lb.Get("slowStart")
	p.slowStart(slow, slow.Get("window"), nil)
	p.leaveOut(lb, "pods have no zones here", "zoneAware")
	p.leaveOut(lb, "a client that names its pod is not modelled", "endpointOverride")
}

// gatewayHash reads what is hashed, by Maglev.
func (p *envoyPool) gatewayHash(n *tree.Node) {
	p.number(n.Get("tableSize"), "table_size")
	kind := n.Get("type")
	switch kind.Value() {
	case "SourceIP":
		p.hashAddress(kind)
	case "Cookie":
		p.hashCookie(n.Get("cookie", "name"), n.Get("cookie", "ttl"))
	case "QueryParams":
		p.hashFirst(n.Get("queryParams").Children(), p.hashArgument)
	case "Headers":
		p.hashFirst(n.Get("headers").Children(), p.hashHeader)
	case "Header":
		p.hashHeader(n.Get("header", "name"))
	default:
		p.NotCarried(n, "consistentHash: type %s is none of Envoy Gateway's; nothing is hashed, so that Envoy chooses at random", kind)
		p.balanceBy("envoy/random")
		return
	}
	p.Translated(kind, "consistentHash: %s", kind)
	for _, x := range n.Children() {
		if !x.Remarked() && slices.Contains([]string{"header", "headers", "cookie", "queryParams"}, x.Key) && !strings.EqualFold(x.Key, kind.Value()) {
			p.Harmless(x, "%s: only the key of type %s is hashed", x.Key, kind)
		}
	}
}

// hashFirst hashes the first of several names. Envoy combines them all.
func (p *envoyPool) hashFirst(list []*tree.Node, hash func(*tree.Node)) {
	for i, x := range list {
		if i == 0 {
			hash(x.Get("name"))
		} else {
			p.NotCarried(x, "%s: only the first is hashed here; Envoy combines them", x.Get("name"))
		}
	}
}

// gatewayChecks reads health checks, active and passive.
func (p *envoyPool) gatewayChecks(n *tree.Node) {
	if active := n.Get("active"); active != nil {
		p.probed(active, sim.Health{Interval: 3 * sim.Second, Timeout: sim.Second, Fall: 3, Rise: 1, FromEnd: true},
			active.Get("interval"), active.Get("timeout"), active.Get("unhealthyThreshold"), active.Get("healthyThreshold"))
	}
	if passive := n.Get("passive"); passive != nil {
		p.gatewayOutliers(passive)
	}
	p.percent(n.Get("panicThreshold"), "healthy_panic_threshold")
}

// gatewayOutliers reads passive health checks.
func (p *envoyPool) gatewayOutliers(passive *tree.Node) {
	failures, gateway := passive.Get("consecutive5XxErrors"), passive.Get("consecutiveGatewayErrors")
	if split := passive.Get("splitExternalLocalOriginErrors"); split.True() {
		p.Translated(split, "splitExternalLocalOriginErrors: connections that fail count apart from answers")
		failures, gateway = passive.Get("consecutiveLocalOriginFailures"), nil
	} else if local := passive.Get("consecutiveLocalOriginFailures"); local != nil {
		p.Harmless(local, "consecutiveLocalOriginFailures: without effect where splitExternalLocalOriginErrors is not set")
	}
	// Pods that are ejected stay hosts of the cluster, and panic begins at half of them.
	p.Params = params.With(p.Params, params.Setting{Name: "interval", Value: 3 * sim.Second}, params.Setting{Name: "healthy_panic_threshold", Value: 0.5})
	if p.outliers(passive, failures, gateway) {
		p.ejections(passive.Get("interval"), passive.Get("baseEjectionTime"), passive.Get("maxEjectionPercent"))
	}
	if one := passive.Get("alwaysEjectOneEndpoint"); one != nil {
		p.set(one, "always_eject_one_host", one.True())
	}
	p.leaveOut(passive, "only failures in a row eject", "failurePercentageThreshold")
}

// gatewayRetries reads retries. Envoy Gateway's own are two, on connections that fail and on 503.
func (p *envoyPool) gatewayRetries(n *tree.Node) {
	if n == nil {
		return
	}
	p.Params = params.With(p.Params, params.Setting{Name: "retry_on", Value: "connect-failure"}, params.Setting{Name: "num_retries", Value: 2})
	p.number(n.Get("numRetries"), "num_retries")
	p.span(n.Get("perRetry", "timeout"), &p.Limits.Attempt)
	p.leaveOut(n.Get("perRetry"), "how long a retry waits is not modelled", "backOff")
	p.leaveOut(n, "pods have no priorities here", "numAttemptsPerPriority")
	on := n.Get("retryOn", "triggers")
	if on == nil {
		p.Assumed(p.Place, "retryOn of %s: not given; connections that fail", source.Short(p.Name))
	} else {
		var list []string
		for _, x := range on.Children() {
			list = append(list, x.Value())
		}
		p.retryOn(on, list)
	}
	p.leaveOut(n.Get("retryOn"), "retries after an answer of the server are not modelled one by one", "httpStatusCodes")
}
