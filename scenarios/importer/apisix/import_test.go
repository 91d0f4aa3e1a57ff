package apisix

import (
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	"stickysim/policies/apisix"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

func importText(t *testing.T, text string) *ir.Config {
	t.Helper()
	c, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "", "f")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func remarked(c *ir.Config, level ir.Drawer, text string) bool {
	for _, r := range c.In(level) {
		if strings.Contains(r.Text, text) {
			return true
		}
	}
	return false
}

func TestUpstreams(t *testing.T) {
	c := importText(t, `
upstreams:
- id: 1
  name: shop
  type: chash
  hash_on: cookie
  key: cookie_sid
  nodes: {"10.0.0.1:8080": 10, "10.0.0.2:8080": 20}
  timeout: {connect: 1, send: 2, read: 3}
  retries: 4
  checks:
    active: {type: http, http_path: /status, timeout: 2, healthy: {interval: 5, successes: 1}, unhealthy: {interval: 3, tcp_failures: 4, http_failures: 1}}
    passive: {unhealthy: {tcp_failures: 2}}
  futureThing: 1
routes:
- uri: /api
  upstream:
    type: least_conn
    nodes: [{host: 10.0.1.1, port: 80, weight: 1}, {host: 10.0.1.2, port: 80, weight: 0, priority: -1}]
  plugins: {limit-count: {count: 1}}
#END
`)
	if len(c.Pools) != 2 {
		t.Fatalf("pools: %+v", c.Pools)
	}
	p := c.Pools[0]
	if p.Name != "shop" || p.Policy != "apisix/chash" || p.Params != (apisix.CHash{HashOn: "cookie", Key: "cookie_sid", Retries: 4}) || p.CookieName != "cookie_sid" || p.Servers[1].Info.Weight != 2 || p.Redispatch != 4 ||
		p.Limits != (ir.Limits{Connect: sim.Second, Attempt: 3 * sim.Second}) ||
		*p.Health != (sim.Health{Interval: 5 * sim.Second, Down: 3 * sim.Second, Timeout: 2 * sim.Second, Fall: 4, Rise: 1}) {
		t.Errorf("%+v, %+v", p, p.Health)
	}
	if p := c.Pools[1]; p.Policy != "least-connections" || p.Servers[0].Info.Addr != "10.0.1.1:80" || !p.Servers[1].Info.Backup || p.Redispatch != 1 {
		t.Errorf("%+v", p)
	}
	for _, text := range []string{"checks.passive", "futureThing: not understood", "plugins"} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("no remark on %q in %v", text, c.In(ir.NotCarried))
		}
	}
	if !remarked(c, ir.Assumed, "where sid is meant, it hashes the address") {
		t.Errorf("assumed: %v", c.In(ir.Assumed))
	}
}

func TestKeys(t *testing.T) {
	for text, want := range map[string]struct {
		policy string
		key    policies.Key
	}{
		"type: roundrobin":                          {"round-robin", policies.KeyNone},
		"type: ewma":                                {"round-robin", policies.KeyNone},
		"type: chash":                               {"apisix/chash", policies.KeyAddress},
		"type: chash, key: remote_addr":             {"apisix/chash", policies.KeyAddress},
		"type: chash, key: arg_user":                {"apisix/chash", policies.KeyHash},
		"type: chash, hash_on: header, key: X-User": {"apisix/chash", policies.KeyHash},
		"type: chash, hash_on: consumer":            {"apisix/chash", policies.KeyHash},
		"type: chash, hash_on: vars_combinations, key: $remote_addr$uri": {"apisix/chash", policies.KeyHash},
		"type: chash, hash_on: header":                                   {"apisix/chash", policies.KeyAddress},
		"type: chash, hash_on: odd, key: a":                              {"apisix/chash", policies.KeyAddress},
	} {
		c := importText(t, "upstreams: [{id: 1, "+text+", nodes: {\"10.0.0.1:80\": 1}}]\n#END\n")
		p := c.Pools[0]
		if got := (policies.Policy{Name: p.Policy, Config: p.Params}).Key(); p.Policy != want.policy || got != want.key {
			t.Errorf("%s: %s by %s", text, p.Policy, got)
		}
		if odd := strings.Contains(text, "ewma") || strings.Contains(text, "odd") || strings.HasSuffix(text, "chash") || strings.HasSuffix(text, "header"); odd != (len(c.In(ir.NotCarried)) > 0) {
			t.Errorf("%s: %v", text, c.In(ir.NotCarried))
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add("upstreams: [{id: 1, type: chash, nodes: [{host: a, port: 1, weight: -1}], checks: {active: {healthy: {interval: 1e9}}}}]")
	f.Add(splitBy("{match: [{vars: []}], weighted_upstreams: [{upstream_id: 2, weight: 0}, {weight: 1}, {upstream: {nodes: {a: 1}}}]}"))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "apisix", "f")
		if err != nil {
			return
		}
		for _, p := range c.Pools {
			if p.Params == nil || policies.Check(p.Params) != nil {
				t.Fatalf("pool %+v: %v", p, policies.Check(p.Params))
			}
		}
	})
}

// Routes without an upstream, and upstreams without nodes, answer with errors; the file says so, and the remarks do.
func TestWhatLeadsNowhere(t *testing.T) {
	c := importText(t, `
upstreams:
- {id: 1, type: roundrobin, nodes: [], retries: 100, checks: {active: {healthy: {interval: 0}}}}
- {id: 2, type: chash, hash_on: Cookie, key: sid, nodes: {"10.0.0.1:80": 1}}
routes:
- {uri: /a, upstream_id: 9}
- {uri: /b, service_id: 9}
- {uri: /c, upstream_id: 1, upstream: {type: roundrobin, nodes: {"10.0.0.7:80": 1}}}
- {uri: /d, upstream_id: 2, status: 0}
- {uri: /e, upstream_id: 2, status: 1}
#END
`)
	for text, drawer := range map[string]ir.Drawer{
		"upstream 1: has no nodes": ir.Assumed, "pool 1: 100 further attempts": ir.Assumed, "interval: must be at least 1": ir.NotCarried,
		"hash_on Cookie: not understood": ir.NotCarried, "key sid: what it names is not known": ir.NotCarried,
		"upstream_id 9: none of upstreams in the file": ir.NotCarried, "service_id 9: none of services in the file": ir.NotCarried,
		"upstream_id 1 is beside it": ir.Harmless, "status 0: the route is off": ir.NotCarried, "status: 1": ir.Translated,
	} {
		if !remarked(c, drawer, text) {
			t.Errorf("nothing says %q: %v", text, c.Remarks)
		}
	}
	if len(c.Pools) != 2 || c.Pools[0].Health.Interval != sim.Second {
		t.Errorf("%+v", c.Pools)
	}
}

// splitBy is a route with an upstream of its own and one with the id 2, and a plugin traffic-split with these rules.
func splitBy(rules string) string {
	return `upstreams:
- {id: 2, name: next, type: roundrobin, nodes: {"10.0.2.1:80": 1, "10.0.2.2:80": 1}}
routes:
- {id: 1, name: shop, uri: /*, upstream: {name: web, type: roundrobin, nodes: {"10.0.1.1:80": 1, "10.0.1.2:80": 1}}, plugins: {traffic-split: {rules: [` + rules + `]}}}
#END
`
}

// The plugin traffic-split has upstreams take turns by weight. An entry without an upstream is the route's own.
func TestTrafficSplit(t *testing.T) {
	const web, next = "web: round-robin", "next: round-robin"
	two := func(a, b string) string {
		return "weighted {groups: [\"" + a + "\", \"" + b + "\"], sticky: \"none\", turns: true, failover: false}"
	}
	own := `{upstream: {name: b, type: chash, key: remote_addr, nodes: {"10.0.3.1:80": 1, "10.0.3.2:80": 1}}, weight: 3}`
	for name, x := range map[string]struct {
		rules, last string // the last pool
		left        string
		named       bool // it is the one that is used
	}{
		"weights":      {rules: "{weighted_upstreams: [{upstream_id: 2, weight: 1}, {weight: 9}]}", last: "shop: " + two("next=1", "web=9"), named: true},
		"none":         {rules: "{weighted_upstreams: [{upstream_id: 2}, {weight: 4}]}", last: "shop: " + two("next=1", "web=4"), named: true},
		"0":            {rules: "{weighted_upstreams: [{upstream_id: 2, weight: 0}, {weight: 4}]}", last: "shop: " + two("next=0", "web=4"), named: true},
		"all 0":        {rules: "{weighted_upstreams: [{upstream_id: 2, weight: 0}, {weight: 0}]}", last: "shop: " + two("next=1", "web=1"), named: true},
		"inside":       {rules: "{weighted_upstreams: [" + own + ", {weight: 1}]}", last: "shop: weighted {groups: [\"b=3\", \"web=1\"], sticky: \"none\", turns: true, failover: false, inside: apisix/chash}", left: "web: its servers are chosen as those of b are", named: true},
		"again":        {rules: "{weighted_upstreams: [{upstream_id: 2, weight: 8}, {weight: 4}, {upstream_id: 2, weight: 6}]}", last: "shop: " + two("web=4", "next=6"), left: "next: listed again, and the last weight counts", named: true},
		"alone":        {rules: "{weighted_upstreams: [{upstream_id: 2, weight: 0}]}", last: web},
		"own alone":    {rules: "{}", last: web},
		"elsewhere":    {rules: "{weighted_upstreams: [{upstream_id: 3}, {weight: 1}]}", last: web, left: "upstream_id 3: none of upstreams"},
		"some":         {rules: "{match: [{vars: [[cookie_c, ==, x]]}], weighted_upstreams: [{upstream_id: 2, weight: 1}, {weight: 1}]}", last: "shop: " + two("next=1", "web=1")},
		"never":        {rules: "{weighted_upstreams: [{upstream_id: 2}, {weight: 1}]}, {weighted_upstreams: [{upstream_id: 2}]}", last: "shop: " + two("next=1", "web=1"), left: "so that no request comes to this one", named: true},
		"off":          {rules: "{weighted_upstreams: [{upstream_id: 2}, {weight: 1}]}], _meta: {disable: true", last: web},
		"no such keys": {rules: `{weighted_upstreams: [{upstream: {name: b, type: roundrobin, retries: 3, nodes: {"10.0.3.1:80": 1}}}, {weight: 1}]}`, last: "shop: " + two("b=1", "web=1"), left: "retries: APISIX does not take it from an upstream in the plugin", named: true},
	} {
		t.Run(name, func(t *testing.T) {
			text := splitBy(x.rules)
			if name == "off" {
				text = strings.Replace(text, "true]}", "true}}", 1)
			}
			c := importText(t, text)
			p := c.Pools[len(c.Pools)-1]
			if err := policies.Check(p.Params); err != nil {
				t.Error(err)
			}
			if got := strings.TrimSpace(p.Name + ": " + p.Policy + " " + policies.Policy{Name: p.Policy, Config: p.Params}.Differences()); got != x.last || p.Default != x.named {
				t.Errorf("%s, designated %v; want %s, %v", got, p.Default, x.last, x.named)
			}
			if x.left != "" && !remarked(c, ir.NotCarried, x.left) || x.left == "" && len(c.In(ir.NotCarried)) > 0 {
				t.Errorf("not carried over: %v, want %q", c.In(ir.NotCarried), x.left)
			}
		})
	}
	for weight, got := range map[string]string{"-1": "-1", "half": "half", "0.5": "0.5", "3000000": "3000000"} {
		_, err := importer.Import(fstest.MapFS{"f": {Data: []byte(splitBy("{weighted_upstreams: [{upstream_id: 2, weight: " + weight + "}, {weight: 1}]}"))}}, "", "f")
		if err == nil || !strings.HasPrefix(err.Error(), "f:4:") || !strings.HasSuffix(err.Error(), "weight: must be a whole number from 0 to 1000000, got "+got) {
			t.Errorf("weight %s: %v", weight, err)
		}
	}
	c := importText(t, splitBy("{weighted_upstreams: [{upstream_id: 2, weight: 0}]}"))
	if len(c.Pools) != 2 || !c.Pools[0].Default || c.Pools[1].Default {
		t.Errorf("one upstream takes all: %+v", c.Pools)
	}
	c = importText(t, splitBy("{weighted_upstreams: [{upstream_id: 2}, {}]}")+"services: [{upstream_id: 2}]\n")
	if n := len(c.Pools); n != 3 || c.Pools[n-1].Name != "shop" {
		t.Errorf("beside a service without an id: %+v", c.Pools)
	}
	c = importText(t, "upstreams: [{id: 2, nodes: {\"10.0.2.1:80\": 1}}]\nservices: [{upstream_id: 2}]\nroutes: [{uri: /, plugins: {traffic-split: {rules: [{weighted_upstreams: [{upstream_id: 2}, {}]}]}}}]\n#END\n")
	if len(c.Pools) != 1 || !remarked(c, ir.NotCarried, "no upstream in this entry, nor in the files for the route") {
		t.Errorf("no upstream of its own: %+v, %v", c.Pools, c.In(ir.NotCarried))
	}
	c = importText(t, strings.Replace(strings.Replace(splitBy("{weighted_upstreams: ["+own+", {weight: 1}]}"), "routes:", "services:", 1), "#END", "routes: [{uri: /, service_id: 1, plugins: {traffic-split: {rules: [{weighted_upstreams: [{upstream_id: 2}, {}]}]}, gzip: {}}}]\n#END", 1))
	if n := len(c.Pools); n != 5 || c.Pools[n-1].Name != "traffic-split" || !remarked(c, ir.NotCarried, "plugins: what gzip does") {
		t.Errorf("%d pools: %+v, %v", n, c.Pools, c.In(ir.NotCarried))
	}
	if p := c.Pools[2]; p.Name != "b" || p.Limits != (ir.Limits{Connect: 15 * sim.Second, Attempt: 15 * sim.Second}) {
		t.Errorf("%+v", p)
	}
}
