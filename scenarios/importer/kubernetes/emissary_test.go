package kubernetes

import (
	"testing"

	"stickysim/sim"
)

// mappingFile is a Mapping with the given fields, and a resolver of endpoints.
func mappingFile(spec string) string {
	return "apiVersion: getambassador.io/v3alpha1\nkind: KubernetesEndpointResolver\nmetadata: {name: endpoint}\n" +
		"---\napiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: web}\nspec: {hostname: '*', prefix: /, service: 'http://web.default:80', " + spec + "}\n"
}

func TestEmissary(t *testing.T) {
	balance := func(text string) string { return mappingFile("resolver: endpoint, load_balancer: {" + text + "}") }
	const of = "healthy_panic_threshold: 0}"
	second := func(name, spec string) string {
		return "---\napiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: " + name + "}\nspec: {hostname: '*', prefix: /, service: " + name + ", resolver: endpoint, " + spec + "}\n"
	}
	check(t, map[string]statement{
		"service":  {text: mappingFile(""), want: "web: kubernetes/random"},
		"no use":   {text: mappingFile("load_balancer: {policy: maglev, source_ip: true}"), want: "web: kubernetes/random", left: "no effect without a resolver"},
		"in turn":  {text: balance("policy: round_robin"), want: "web: envoy/round-robin {" + of},
		"least":    {text: balance("policy: least_request"), want: "web: envoy/least-request {" + of},
		"cookie":   {text: balance("policy: ring_hash, cookie: {name: sid, ttl: 60s, path: /}"), want: "web: envoy/ring-hash {hash_policy: cookie, cookie_ttl: 1m, " + of + " by cookie sid"},
		"header":   {text: balance("policy: maglev, header: x-user"), want: "web: envoy/maglev {header_name: x-user, " + of + " by header x-user"},
		"address":  {text: balance("policy: maglev, source_ip: true"), want: "web: envoy/maglev {hash_policy: source_ip, " + of + " by address"},
		"no key":   {text: balance("policy: maglev"), want: "web: envoy/random {" + of, left: "nothing to hash"},
		"unknown":  {text: balance("policy: magic"), want: "web: envoy/round-robin {" + of, left: "policy magic"},
		"odd":      {text: mappingFile("future_thing: 1"), want: "web: kubernetes/random", left: "future_thing"},
		"defaults": {text: mappingFile("") + "---\napiVersion: getambassador.io/v3alpha1\nkind: Module\nmetadata: {name: ambassador}\nspec: {config: {resolver: endpoint, load_balancer: {policy: least_request}}}\n", want: "web: envoy/least-request {" + of},
		"retries":  {text: mappingFile("resolver: endpoint, retry_policy: {retry_on: 5xx, num_retries: 3}"), want: "web: envoy/round-robin {" + of[:len(of)-1] + ", retry_on: \"5xx\", num_retries: 3}"},
		"canary": {text: mappingFile("resolver: endpoint") + second("next", "weight: 10"),
			want: "web: envoy/round-robin {" + of + "\nnext: envoy/round-robin {" + of + "\nweb-2: weighted {groups: [\"web=90\", \"next=10\"], sticky: \"none\", failover: false, inside: {envoy/round-robin: {" + of + "}}"},
		"all to one": {text: mappingFile("resolver: endpoint") + second("next", "weight: 100"),
			want: "web: envoy/round-robin {" + of + "\nnext: envoy/round-robin {" + of + "\nweb-2: weighted {groups: [\"web=0\", \"next=100\"], sticky: \"none\", failover: false, inside: {envoy/round-robin: {" + of + "}}"},
		"two rest": {text: mappingFile("resolver: endpoint") + second("next", "weight: 10") + second("other", ""),
			want: "web: envoy/round-robin {" + of + "\nnext: envoy/round-robin {" + of + "\nother: envoy/round-robin {" + of + "\nweb-2: weighted {groups: [\"web=90\", \"next=20\", \"other=90\"], sticky: \"none\", failover: false, inside: {envoy/round-robin: {" + of + "}}"},
	})
	p := only(t, importText(t, mappingFile("timeout_ms: 5000, connect_timeout_ms: 1000")))
	if p.Limits.Request != 5*sim.Second || p.Limits.Connect != sim.Second {
		t.Errorf("%+v", p.Limits)
	}
}
