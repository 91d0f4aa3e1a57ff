package kubernetes

import (
	"os"
	"strings"
	"testing"

	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// file reads a file of testdata.
func file(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// rule is a DestinationRule for shop.
func rule(policy string) string {
	return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: shop}\nspec: {host: shop, " + policy + "}\n"
}

// virtual is a VirtualService with these HTTP routes.
func virtual(routes string) string {
	return "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: shop}\nspec: {hosts: [shop], http: [" + routes + "]}\n"
}

// ofIstio are the parameters that every pool has.
const ofIstio = "healthy_panic_threshold: 0, retry_on: connect-failure, num_retries: 2, max_pending_requests: 1073741824}"

func TestIstio(t *testing.T) {
	balance := func(lb string) string { return rule("trafficPolicy: {loadBalancer: {" + lb + "}}") }
	check(t, map[string]statement{
		"no load balancer":   {text: rule("trafficPolicy: {}"), want: "shop: envoy/least-request {" + ofIstio},
		"no rule":            {text: virtual("{route: [{destination: {host: shop}}]}"), want: "shop: envoy/least-request {" + ofIstio},
		"round robin":        {text: balance("simple: ROUND_ROBIN"), want: "shop: envoy/round-robin {" + ofIstio},
		"random":             {text: balance("simple: RANDOM"), want: "shop: envoy/random {" + ofIstio},
		"least connections":  {text: balance("simple: LEAST_CONN"), want: "shop: envoy/least-request {" + ofIstio},
		"pass through":       {text: balance("simple: PASSTHROUGH"), want: "shop: envoy/random {" + ofIstio, left: "PASSTHROUGH"},
		"header":             {text: balance("consistentHash: {httpHeaderName: x-user}"), want: "shop: envoy/ring-hash {header_name: x-user, " + ofIstio + " by header x-user"},
		"argument":           {text: balance("consistentHash: {httpQueryParameterName: u}"), want: "shop: envoy/ring-hash {" + ofIstio + " by argument u"},
		"address":            {text: balance("consistentHash: {useSourceIp: true}"), want: "shop: envoy/ring-hash {hash_policy: source_ip, " + ofIstio + " by address"},
		"session cookie":     {text: balance("consistentHash: {httpCookie: {name: u, ttl: 0s}}"), want: "shop: envoy/ring-hash {hash_policy: cookie, " + ofIstio + " by cookie u"},
		"application cookie": {text: balance("consistentHash: {httpCookie: {name: u}}"), want: "shop: envoy/ring-hash {" + ofIstio + " by cookie u"},
		"maglev":             {text: balance("consistentHash: {httpHeaderName: u, maglev: {tableSize: 1021}}"), want: "shop: envoy/maglev {table_size: 1021, header_name: u, " + ofIstio + " by header u"},
		"no prime":           {text: balance("consistentHash: {httpHeaderName: u, maglev: {tableSize: 1000}}"), want: "shop: envoy/maglev {header_name: u, " + ofIstio + " by header u", left: "tableSize: table_size"},
		"size zero":          {text: balance("consistentHash: {httpHeaderName: u, maglev: {tableSize: 0}}"), want: "shop: envoy/maglev {header_name: u, " + ofIstio + " by header u", left: "at least 2, got 0"},
		"enormous":           {text: balance("consistentHash: {httpHeaderName: u, minimumRingSize: 100000000000}"), want: "shop: envoy/ring-hash {header_name: u, " + ofIstio + " by header u", left: "at most 8388608"},
		"no key":             {text: balance("consistentHash: {ringHash: {minimumRingSize: 1}}"), want: "shop: envoy/random {" + ofIstio, left: "names no key"},
		"zones":              {text: balance("simple: RANDOM, localityLbSetting: {enabled: true}"), want: "shop: envoy/random {" + ofIstio, left: "localityLbSetting"},
		"gateway errors": {text: rule("trafficPolicy: {outlierDetection: {consecutiveGatewayErrors: 2, consecutive5xxErrors: 0, minHealthPercent: 30}}"),
			want: "shop: envoy/least-request {healthy_panic_threshold: 0.3, outlier_detection: true, consecutive_5xx: 2, retry_on: connect-failure, num_retries: 2, max_pending_requests: 1073741824}"},
		"no errors": {text: rule("trafficPolicy: {outlierDetection: {consecutive5xxErrors: 0}}"), want: "shop: envoy/least-request {" + ofIstio},
		"limits": {text: rule("trafficPolicy: {connectionPool: {tcp: {maxConnections: 10}, http: {http1MaxPendingRequests: 5, http2MaxRequests: 4294967295}}}"),
			want: "shop: envoy/least-request {healthy_panic_threshold: 0, retry_on: connect-failure, num_retries: 2, max_connections: 10, max_pending_requests: 5}"},
		"routes": {text: virtual("{timeout: 3s, retries: {attempts: 4, perTryTimeout: 1s, retryOn: 'reset,gateway-error'}, route: [{destination: {host: shop}}]}"),
			want: "shop: envoy/least-request {healthy_panic_threshold: 0, retry_on: \"reset gateway-error\", num_retries: 4, max_pending_requests: 1073741824}"},
		"no retries": {text: virtual("{retries: {attempts: 0}, route: [{destination: {host: shop}}]}"),
			want: "shop: envoy/least-request {healthy_panic_threshold: 0, num_retries: 0, max_pending_requests: 1073741824}"},
		"weighted subsets": {text: rule("trafficPolicy: {loadBalancer: {simple: RANDOM}, outlierDetection: {consecutive5xxErrors: 3}}, subsets: [{name: v1, labels: {v: one}}, {name: v2, labels: {v: two}, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}]") +
			virtual("{route: [{destination: {host: shop, subset: v1}, weight: 90}, {destination: {host: shop, subset: v2}, weight: 10}]}"),
			want: "shop/v1: envoy/random {healthy_panic_threshold: 0, outlier_detection: true, consecutive_5xx: 3, retry_on: connect-failure, num_retries: 2, max_pending_requests: 1073741824}\n" +
				"shop/v2: envoy/round-robin {healthy_panic_threshold: 0, outlier_detection: true, consecutive_5xx: 3, retry_on: connect-failure, num_retries: 2, max_pending_requests: 1073741824}\n" +
				"shop: weighted {groups: [\"shop/v1=90\", \"shop/v2=10\"], sticky: \"none\", failover: false, inside: {envoy/random: {healthy_panic_threshold: 0, outlier_detection: true, consecutive_5xx: 3, retry_on: connect-failure, num_retries: 2, max_pending_requests: 1073741824}}}",
			left: "shop/v2: its servers are chosen as those of shop/v1 are"},
		"weights with a host that is elsewhere": {text: virtual("{route: [{destination: {host: shop}, weight: 90}, {destination: {host: shop, subset: v2}, weight: 10}]}"),
			want: "shop: envoy/least-request {" + ofIstio, left: "weight: the split is not modelled"},
		"subset without route": {text: rule("subsets: [{name: v1}]"), want: "shop: envoy/least-request {" + ofIstio, left: "no route in these files"},
		"two ports": {text: rule("trafficPolicy: {loadBalancer: {simple: RANDOM}, outlierDetection: {}, portLevelSettings: [{port: {number: 90}, loadBalancer: {simple: ROUND_ROBIN}}]}") +
			"---\napiVersion: v1\nkind: Service\nmetadata: {name: shop}\nspec: {ports: [{port: 80}, {port: 90}]}\n",
			want: "shop: envoy/random {healthy_panic_threshold: 0, outlier_detection: true, retry_on: connect-failure, num_retries: 2, max_pending_requests: 1073741824}\nshop:90: envoy/round-robin {" + ofIstio},
		"other kinds": {text: rule("trafficPolicy: {}") + "---\napiVersion: networking.istio.io/v1\nkind: EnvoyFilter\nmetadata: {name: f}\n", want: "shop: envoy/least-request {" + ofIstio, left: "EnvoyFilter f"},
	})
}

func TestIstioFiles(t *testing.T) {
	c := importText(t, file(t, "istio-dr-cookie.yaml"))
	p := only(t, c)
	want := "shop: envoy/ring-hash {minimum_ring_size: 4096, hash_policy: cookie, cookie_ttl: 1h, healthy_panic_threshold: 0, outlier_detection: true, consecutive_5xx: 3, max_ejection_percent: 0.5, retry_on: connect-failure, num_retries: 2, max_pending_requests: 1073741824, max_requests: 100} by cookie user"
	if got := described(t, p); got != want || p.Replicas != 4 || p.IdleTimeout != sim.Hour || p.Limits.Connect != 10*sim.Second {
		t.Errorf("%s, %+v", got, p)
	}
	if !remarked(c, ir.Harmless, "warmup") || p.Machine.SlowStart.For != 0 {
		t.Error("warmup has no effect on a ring")
	}
	slow := strings.Replace(file(t, "istio-dr-cookie.yaml"), "consistentHash:", "simple: LEAST_REQUEST\n      ignored:", 1)
	if p := only(t, importText(t, slow)); p.Policy != "envoy/least-request" || p.Machine.SlowStart.For == 0 {
		t.Errorf("slow start of %s: %v", p.Policy, p.Machine.SlowStart)
	}
	p = only(t, importText(t, file(t, "istio-port-level.yaml")))
	if got := described(t, p); got != "shop: envoy/ring-hash {hash_policy: source_ip, "+ofIstio+" by address" || p.Replicas != 4 {
		t.Errorf("port level: %s, %+v", got, p)
	}
}

// A rule finds the Service of its host in whatever namespace the host says, and a subset the pods with its labels.
func TestIstioHosts(t *testing.T) {
	pods := func(namespace, version string, n string) string {
		return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop-" + version + ", namespace: " + namespace + "}\nspec: {replicas: " + n + ", template: {metadata: {labels: {app: shop, v: " + version + "}}}}\n"
	}
	files := "---\napiVersion: v1\nkind: Service\nmetadata: {name: shop, namespace: prod}\nspec: {selector: {app: shop}}\n" + pods("prod", "one", "5") + pods("prod", "two", "2")
	text := strings.Replace(rule("subsets: [{name: v2, labels: {v: two}}]"), "host: shop", "host: shop.prod.svc.cluster.local", 1) + files
	if p := importText(t, text).Pools[0]; p.Name != "shop" || p.Replicas != 7 {
		t.Errorf("%+v", p)
	}
	text += virtual("{route: [{destination: {host: shop.prod.svc.cluster.local, subset: v2}}]}")
	for _, p := range importText(t, text).Pools {
		if p.Name == "shop/v2" && p.Replicas != 2 || p.Name == "shop" {
			t.Errorf("subset: %+v", p)
		}
	}
	for host, lost := range map[string]string{"'*.prod.svc.cluster.local'": "only rules for one host", "shop.test.svc.cluster.local": ""} {
		c := importText(t, strings.Replace(rule("trafficPolicy: {}"), "host: shop", "host: "+host, 1)+files)
		if lost != "" && !remarked(c, ir.NotCarried, lost) || lost == "" && !remarked(c, ir.Assumed, "service shop: not in this file") {
			t.Errorf("host %s: %v", host, c.Remarks)
		}
	}
}
