package envoy

import (
	"stickysim/policies/envoy"
	"stickysim/scenarios/importer/internal/tree"
)

// clusterSettings reads panic threshold, circuit breakers and outlier detection.
func (im *translation) clusterSettings(c *tree.Node) envoy.Cluster {
	s := envoy.DefaultCluster()
	if t := c.Get("common_lb_config", "healthy_panic_threshold"); t != nil {
		if x, ok := t.Get("value").Number(); ok && x >= 0 && x <= 100 {
			s.PanicThreshold = x / 100
			im.Translated(t, "healthy_panic_threshold: %g %%", x)
		} else {
			im.NotCarried(t, "healthy_panic_threshold: must be {value: 0 to 100}; 50 is used")
		}
	}
	im.circuitBreakers(c.Get("circuit_breakers"), &s)
	if o := c.Get("outlier_detection"); o != nil {
		im.outliers(c, o, &s)
	}
	return s
}

// outliers reads outlier detection. All failures of servers here are gateway failures to Envoy (a refused or broken connection, no
// answer in time, 503), so that the lower of the two thresholds that are enforced decides.
func (im *translation) outliers(c, o *tree.Node, s *envoy.Cluster) {
	im.Translated(o, "outlier_detection: hosts that fail in a row are ejected")
	s.OutlierDetection = true
	im.integer(o.Get("consecutive_5xx"), &s.Consecutive5xx)
	im.span(o.Get("interval"), &s.Interval)
	im.span(o.Get("base_ejection_time"), &s.BaseEjectionTime)
	s.MaxEjectionTime = max(s.MaxEjectionTime, s.BaseEjectionTime) // as Envoy does where only the base is given
	im.span(o.Get("max_ejection_time"), &s.MaxEjectionTime)
	percent := 10
	im.integer(o.Get("max_ejection_percent"), &percent)
	s.MaxEjectionPercent = float64(min(max(percent, 0), 100)) / 100
	if one := o.Get("always_eject_one_host"); one != nil {
		s.AlwaysEjectOne = one.True()
		im.Translated(one, "always_eject_one_host: %v", s.AlwaysEjectOne)
	}
	any, gateway := im.enforced(o.Get("enforcing_consecutive_5xx"), true), im.enforced(o.Get("enforcing_consecutive_gateway_failure"), false)
	failures := s.Consecutive5xx
	if g := o.Get("consecutive_gateway_failure"); g != nil && !gateway {
		im.Harmless(g, "consecutive_gateway_failure %s: without enforcing_consecutive_gateway_failure it ejects no host", g)
	} else if failures = 5; gateway { // Envoy's default
		im.integer(g, &failures)
	}
	switch {
	case !any && !gateway:
		s.OutlierDetection = false
	case gateway && (!any || failures < s.Consecutive5xx):
		s.Consecutive5xx = failures
	}
	if im.enforced(o.Get("enforcing_success_rate"), true) && (len(c.Get("load_assignment", "endpoints").Children()) == 0 || hostCount(c) >= 5) {
		im.NotCarried(o, "outlier_detection: ejection by success rate, which Envoy does by itself from 5 hosts with 100 requests in an interval on, is not modelled; enforcing_success_rate: 0 switches it off")
	}
}

// enforced reads how many percent of the hosts that outlier detection finds are ejected; by default all or none.
func (im *translation) enforced(n *tree.Node, otherwise bool) bool {
	if n == nil {
		return otherwise
	}
	percent := 0
	im.integer(n, &percent)
	if percent > 0 && percent < 100 {
		im.NotCarried(n, "%s: %d %%; here all hosts that fail are ejected", n.Key, percent)
	}
	return percent > 0
}

func hostCount(c *tree.Node) int {
	hosts := 0
	for _, group := range c.Get("load_assignment", "endpoints").Children() {
		hosts += len(group.Get("lb_endpoints").Children())
	}
	return hosts
}

// circuitBreakers reads the limits of the default priority. Those that are not given are Envoy's.
func (im *translation) circuitBreakers(n *tree.Node, s *envoy.Cluster) {
	const unlimited = 1 << 30 // such as Istio's 2^32 - 1
	for _, t := range n.Get("thresholds").Children() {
		if p := t.Get("priority").Value(); p != "" && p != "DEFAULT" {
			im.NotCarried(t, "circuit_breakers: requests have priority DEFAULT, limits of %s hold for none", p)
			continue
		}
		s.MaxConnections, s.MaxPending, s.MaxRequests = 1024, 1024, 1024
		for _, x := range t.Children() {
			switch x.Key {
			case "priority":
				im.Translated(x, "circuit_breakers: limits of priority %s", x)
			case "track_remaining":
				im.Harmless(x, "circuit_breakers.track_remaining: only adds statistics")
			case "max_connections":
				im.integer(x, &s.MaxConnections)
			case "max_pending_requests":
				im.integer(x, &s.MaxPending)
			case "max_requests":
				im.integer(x, &s.MaxRequests)
			default:
				im.NotCarried(x, "circuit_breakers.%s: only max_connections, max_pending_requests and max_requests are modelled", x.Key)
			}
		}
		for _, limit := range []*int{&s.MaxConnections, &s.MaxRequests} {
			if *limit >= unlimited {
				*limit = 0
			}
		}
		s.MaxPending = min(s.MaxPending, unlimited)
	}
	for _, x := range n.Children() {
		if x.Key != "thresholds" {
			im.NotCarried(x, "circuit_breakers.%s: limits of single hosts are not modelled", x.Key)
		}
	}
}
