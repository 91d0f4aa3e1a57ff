package envoy

import (
	"strings"

	"stickysim/policies"
	"stickysim/policies/envoy"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// pool translates one cluster.
func (im *translation) pool(c *tree.Node) ir.Pool {
	name := c.Get("name")
	if name == nil {
		name = c.Get("load_assignment", "cluster_name")
	}
	p := ir.Pool{Name: name.Value(), Place: c.Place, Balancers: ir.Balancers{Scope: "process"}}
	if p.Name == "" {
		p.Name = c.Key
	}
	for _, x := range []*tree.Node{name, c.Get("@type"), c.Get("load_assignment", "cluster_name")} {
		if x != nil {
			im.Translated(x, "%s: %s", x.Key, x)
		}
	}
	settings := im.clusterSettings(c)
	im.retries(p.Name, &settings)
	im.limits(c, &p)
	p.Servers = im.servers(c)
	p.Health = im.health(c)
	key, from := im.key(p.Name, &p)
	p.Policy, p.Params = im.policy(c, settings, key)
	if p.Key = from; p.Policy != "envoy/ring-hash" && p.Policy != "envoy/maglev" {
		p.Key, p.CookieName, p.IdleTimeout = ir.KeySource{Kind: "none"}, "", 0
	} else if from.Text == unknownKey {
		im.Assumed(c, "hash_policy: no route to cluster %s in this file; a header is assumed", source.Short(p.Name))
	}
	im.session(&p, c, settings)
	return p
}

// policy translates lb_policy and its settings.
func (im *translation) policy(c *tree.Node, settings envoy.Cluster, key envoy.HashKey) (string, policies.Config) {
	kind, config := lbPolicy(c)
	switch kind {
	case "RING_HASH":
		im.Translated(c.First("lb_policy", "load_balancing_policy"), "lb_policy RING_HASH: policy envoy/ring-hash")
		return "envoy/ring-hash", im.ringHash(c, config, settings, key)
	case "MAGLEV":
		im.Translated(c.First("lb_policy", "load_balancing_policy"), "lb_policy MAGLEV: policy envoy/maglev")
		return "envoy/maglev", im.maglev(c, config, settings, key)
	case "LEAST_REQUEST":
		im.Translated(c.First("lb_policy", "load_balancing_policy"), "lb_policy LEAST_REQUEST: policy envoy/least-request")
		return "envoy/least-request", im.leastRequest(config, settings)
	case "RANDOM":
		im.Translated(c.First("lb_policy", "load_balancing_policy"), "lb_policy RANDOM: policy envoy/random")
		return "envoy/random", envoy.Random{Cluster: settings}
	case "", "ROUND_ROBIN":
		if at := c.First("lb_policy", "load_balancing_policy"); at != nil {
			im.Translated(at, "lb_policy ROUND_ROBIN: policy envoy/round-robin")
		} else {
			im.Assumed(c, "lb_policy: not given, Envoy's ROUND_ROBIN")
		}
	default:
		im.NotCarried(c.First("lb_policy", "load_balancing_policy"), "lb_policy %s: not known; envoy/round-robin is used", source.Short(kind))
	}
	return "envoy/round-robin", envoy.RoundRobin{Cluster: settings}
}

// lbPolicy returns the cluster's policy in the words of lb_policy, and the message that configures it. The newer
// load_balancing_policy names an extension instead: envoy.load_balancing_policies.ring_hash.
func lbPolicy(c *tree.Node) (string, *tree.Node) {
	for _, p := range c.Get("load_balancing_policy", "policies").Children() {
		ext := p.Get("typed_extension_config")
		name := ext.Get("name").Value()
		return strings.ToUpper(name[strings.LastIndexByte(name, '.')+1:]), ext.Get("typed_config")
	}
	kind := c.Get("lb_policy").Value()
	return kind, c.Get(strings.ToLower(kind) + "_lb_config")
}

func (im *translation) ringHash(c, config *tree.Node, settings envoy.Cluster, key envoy.HashKey) envoy.RingHash {
	e, _ := policies.Lookup("envoy/ring-hash")
	p := e.Default.(envoy.RingHash)
	p.Cluster, p.HashKey = settings, key
	im.integer(config.Get("minimum_ring_size"), &p.MinimumRingSize)
	im.integer(config.Get("maximum_ring_size"), &p.MaximumRingSize)
	if f := config.Get("hash_function"); f != nil {
		p.HashFunction = "xx_hash"
		if f.Value() == "MURMUR_HASH_2" {
			p.HashFunction = "murmur_hash_2"
		}
		im.Translated(f, "hash_function: %s", p.HashFunction)
	}
	p.UseHostname, p.BalanceFactor = im.consistent(c, config)
	return p
}

func (im *translation) maglev(c, config *tree.Node, settings envoy.Cluster, key envoy.HashKey) envoy.Maglev {
	e, _ := policies.Lookup("envoy/maglev")
	p := e.Default.(envoy.Maglev)
	p.Cluster, p.HashKey = settings, key
	im.integer(config.Get("table_size"), &p.TableSize)
	p.UseHostname, p.BalanceFactor = im.consistent(c, config)
	return p
}

// consistent reads what both hashing policies have in common, from the cluster's common settings or the policy's own.
func (im *translation) consistent(c, config *tree.Node) (useHostname bool, factor int) {
	for _, x := range []*tree.Node{c.Get("common_lb_config", "consistent_hashing_lb_config"), config.Get("consistent_hashing_lb_config"), config} {
		if h := x.Get("use_hostname_for_hashing"); h != nil {
			useHostname = h.True()
			im.Translated(h, "use_hostname_for_hashing: %v", useHostname)
		}
		im.integer(x.Get("hash_balance_factor"), &factor)
	}
	return useHostname, factor
}

func (im *translation) leastRequest(config *tree.Node, settings envoy.Cluster) envoy.LeastRequest {
	p := envoy.LeastRequest{ChoiceCount: 2, ActiveRequestBias: 1, Cluster: settings}
	im.integer(config.Get("choice_count"), &p.ChoiceCount)
	if b := config.Get("active_request_bias"); b != nil {
		if x, ok := b.Get("default_value").Number(); ok {
			p.ActiveRequestBias = x
			im.Translated(b, "active_request_bias: %g", x)
		}
	}
	return p
}

// clusterSettings reads panic threshold, circuit breakers and outlier detection.
func (im *translation) clusterSettings(c *tree.Node) envoy.Cluster {
	s := envoy.DefaultCluster()
	if t := c.Get("common_lb_config", "healthy_panic_threshold"); t != nil {
		if x, ok := t.Get("value").Number(); ok && x >= 0 && x <= 100 {
			s.PanicThreshold = x / 100
			im.Translated(t, "healthy_panic_threshold: %g %%", x)
		}
	}
	im.circuitBreakers(c.Get("circuit_breakers"), &s)
	o := c.Get("outlier_detection")
	if o == nil {
		return s
	}
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
	if e := o.Get("enforcing_consecutive_5xx"); e != nil {
		if percent, ok := e.Int(); ok && percent == 0 {
			s.OutlierDetection = false
		}
		im.Translated(e, "enforcing_consecutive_5xx: %s %%", e)
	}
	for _, x := range o.Children() {
		if x.Key != "" && !covered(x.Key) {
			im.NotCarried(x, "outlier_detection.%s: only consecutive 5xx are modelled", x.Key)
		}
	}
	if len(o.Items) == 0 {
		im.Translated(o, "outlier_detection: on, with Envoy's defaults")
	}
	return s
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

// covered says whether clusterSettings has read a field of outlier_detection.
func covered(key string) bool {
	switch key {
	case "consecutive_5xx", "interval", "base_ejection_time", "max_ejection_time", "max_ejection_percent",
		"always_eject_one_host", "enforcing_consecutive_5xx":
		return true
	}
	return false
}

// integer reads a positive whole number, bare or wrapped in {value: N}.
func (im *translation) integer(n *tree.Node, to *int) {
	if n == nil {
		return
	}
	x, ok := n.Int()
	if n.Kind == tree.Map {
		x, ok = n.Get("value").Int()
	}
	if !ok || x < 0 {
		im.NotCarried(n, "%s: must be a whole number, got %s; %d is used", n.Key, n, *to)
		return
	}
	*to = x
	im.Translated(n, "%s: %d", n.Key, x)
}

// span reads a duration, "5s" or {seconds: 5}.
func (im *translation) span(n *tree.Node, to *sim.Time) bool {
	if n == nil {
		return false
	}
	t, ok := n.Duration()
	if n.Kind == tree.Map {
		t, ok = n.Get("seconds").Seconds()
	}
	if !ok {
		im.NotCarried(n, "%s: must be a duration such as 5s, got %s", n.Key, n)
		return false
	}
	*to = t
	im.Translated(n, "%s: %v", n.Key, t)
	return true
}
