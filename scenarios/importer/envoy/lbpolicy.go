package envoy

import (
	"strings"

	"stickysim/policies"
	"stickysim/policies/envoy"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
)

// policy translates lb_policy and its settings, or the newer load_balancing_policy.
func (im *translation) policy(c *tree.Node, settings envoy.Cluster, key envoy.HashKey) (string, policies.Config) {
	kind, at, config := im.lbPolicy(c)
	switch kind {
	case "RING_HASH":
		im.Translated(at, "%s RING_HASH: policy envoy/ring-hash", at.Key)
		return "envoy/ring-hash", im.ringHash(c, config, settings, key)
	case "MAGLEV":
		im.Translated(at, "%s MAGLEV: policy envoy/maglev", at.Key)
		return "envoy/maglev", im.maglev(c, config, settings, key)
	case "LEAST_REQUEST":
		im.Translated(at, "%s LEAST_REQUEST: policy envoy/least-request", at.Key)
		return "envoy/least-request", im.leastRequest(config, settings)
	case "RANDOM":
		im.Translated(at, "%s RANDOM: policy envoy/random", at.Key)
		return "envoy/random", envoy.Random{Cluster: settings}
	case "":
		im.Assumed(c, "lb_policy: not given, Envoy's ROUND_ROBIN")
	case "ROUND_ROBIN":
		im.Translated(at, "%s ROUND_ROBIN: policy envoy/round-robin", at.Key)
	default:
		im.NotCarried(at, "%s %s: there is no such policy here; envoy/round-robin is used", at.Key, source.Short(kind))
	}
	return "envoy/round-robin", envoy.RoundRobin{Cluster: settings}
}

// lbPolicy returns the cluster's policy in the words of lb_policy, where the file says so, and the message that configures it.
// The newer load_balancing_policy lists extensions instead, such as envoy.load_balancing_policies.ring_hash; Envoy takes the
// first that it has.
func (im *translation) lbPolicy(c *tree.Node) (kind string, at, config *tree.Node) {
	if list := c.Get("load_balancing_policy"); list != nil {
		if old := c.Get("lb_policy"); old != nil {
			im.Harmless(old, "lb_policy %s: load_balancing_policy decides", old)
		}
		return im.listed(list)
	}
	at = c.Get("lb_policy")
	kind = at.Value()
	own := strings.ToLower(kind) + "_lb_config"
	for _, x := range c.Children() {
		if x.Key != own && oldConfigs[x.Key] {
			im.Harmless(x, "%s: settings of a policy that is not chosen", x.Key)
		}
	}
	return kind, at, c.Get(own)
}

var oldConfigs = map[string]bool{
	"ring_hash_lb_config": true, "maglev_lb_config": true, "least_request_lb_config": true, "round_robin_lb_config": true, "original_dst_lb_config": true,
}

// wrappers are policies that choose among localities, or override the choice, and leave the host to a policy of their own.
var wrappers = map[string]struct{ inner, why string }{
	"WRR_LOCALITY":      {"endpoint_picking_policy", "localities are not weighted; their hosts are one set"},
	"OVERRIDE_HOST":     {"fallback_policy", "hosts that headers name are not taken from them"},
	"SUBSET":            {"subset_lb_policy", "subsets are not modelled: all hosts are one set"},
	"RANDOM_SUBSETTING": {"child_policy", "subsets are not modelled: all hosts are one set"},
}

// listed reads the first policy of a list.
func (im *translation) listed(list *tree.Node) (kind string, at, config *tree.Node) {
	for i, p := range list.Get("policies").Children() {
		if i > 0 {
			im.Harmless(p, "load_balancing_policy: Envoy takes the first that it has")
			continue
		}
		ext := p.Get("typed_extension_config")
		config = ext.Get("typed_config")
		if value := config.Get("value"); value != nil { // a TypedStruct
			config = value
		}
		kind, at = words(extension(ext)), list
	}
	if w, ok := wrappers[kind]; ok {
		if inner := config.Get(w.inner); inner != nil {
			im.NotCarried(&tree.Node{Place: list.Place}, "load_balancing_policy %s: %s", kind, w.why)
			return im.listed(inner)
		}
	}
	return kind, at, config
}

// extension is the name of an extension: the type of its configuration, which decides, or else its own name.
func extension(n *tree.Node) string {
	config := n.Get("typed_config")
	name := n.Get("name").Value()
	for _, t := range []*tree.Node{config.Get("@type"), config.Get("type_url")} {
		if text := t.Value(); text != "" && !strings.HasSuffix(text, ".TypedStruct") {
			name = text
		}
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}

// words brings RingHash and ring_hash to RING_HASH.
func words(name string) string {
	if name == "" {
		return ""
	}
	return strings.ToUpper(snakeCase(strings.ToLower(name[:1]) + name[1:]))
}

func (im *translation) ringHash(c, config *tree.Node, settings envoy.Cluster, key envoy.HashKey) envoy.RingHash {
	e, _ := policies.Lookup("envoy/ring-hash")
	p := e.Default.(envoy.RingHash)
	p.Cluster, p.HashKey = settings, key
	im.integer(config.Get("minimum_ring_size"), &p.MinimumRingSize)
	im.integer(config.Get("maximum_ring_size"), &p.MaximumRingSize)
	if f := config.Get("hash_function"); f != nil {
		switch f.Value() {
		case "XX_HASH", "DEFAULT_HASH":
			im.Translated(f, "hash_function: %s", f)
		case "MURMUR_HASH_2":
			p.HashFunction = "murmur_hash_2"
			im.Translated(f, "hash_function: %s", f)
		default:
			im.NotCarried(f, "hash_function %s: not known; XX_HASH is used", f)
		}
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
			im.runtime(b)
		} else {
			im.NotCarried(b, "active_request_bias: must be {default_value: number}; 1 is used")
		}
	}
	return p
}

// runtime says that a value can be set otherwise while Envoy runs.
func (im *translation) runtime(n *tree.Node) {
	if key := n.Get("runtime_key"); key != nil {
		im.Harmless(key, "runtime_key %s: the default is used", key)
	}
}
