package kubernetes

import (
	"testing"

	"stickysim/sim"
)

// apisixFile is an ApisixRoute to a Service with an ApisixUpstream.
func apisixFile(spec string) string {
	return "apiVersion: apisix.apache.org/v2\nkind: ApisixRoute\nmetadata: {name: r}\nspec: {http: [{name: all, backends: [{serviceName: web, servicePort: 80}]}]}\n" +
		"---\napiVersion: apisix.apache.org/v2\nkind: ApisixUpstream\nmetadata: {name: web}\nspec: {" + spec + "}\n"
}

func TestAPISIX(t *testing.T) {
	const ring = "web: apisix/chash"
	check(t, map[string]statement{
		"default":  {text: apisixFile("retries: 2"), want: "web: round-robin"},
		"least":    {text: apisixFile("loadbalancer: {type: least_conn}"), want: "web: least-connections"},
		"ewma":     {text: apisixFile("loadbalancer: {type: ewma}"), want: "web: round-robin", left: "ewma"},
		"cookie":   {text: apisixFile("loadbalancer: {type: chash, hashOn: cookie, key: sid}"), want: ring + " {hash_on: cookie, key: sid} by cookie sid"},
		"header":   {text: apisixFile("loadbalancer: {type: chash, hashOn: header, key: X-User}"), want: ring + " {hash_on: header, key: X-User} by header X-User"},
		"variable": {text: apisixFile("loadbalancer: {type: chash, hashOn: vars, key: remote_addr}"), want: ring + " by address"},
		"argument": {text: apisixFile("loadbalancer: {type: chash, key: arg_u}"), want: ring + " {key: arg_u} by argument u"},
		"consumer": {text: apisixFile("loadbalancer: {type: chash, hashOn: consumer}"), want: ring + " {hash_on: consumer, key: \"\"} by header Authorization"},
		"several":  {text: apisixFile("retries: 1, loadbalancer: {type: chash, hashOn: vars_combinations, key: $remote_addr$arg_u}"), want: ring + " {hash_on: vars_combinations, key: \"$remote_addr$arg_u\", retries: 1} by argument u"},
		"odd":      {text: apisixFile("loadbalancer: {type: chash, hashOn: color, key: a}"), want: ring + " by address", left: "hashOn color"},
		"no key":   {text: apisixFile("loadbalancer: {type: chash, hashOn: header}"), want: ring + " by address", left: "key: missing"},
		"passive":  {text: apisixFile("healthCheck: {passive: {type: http}}"), want: "web: round-robin", left: "passive"},
		"no pods":  {text: apisixFile("externalNodes: [{type: Domain, name: a.example}]"), want: "web: round-robin", left: "externalNodes"},
		"of an ingress": {text: "kind: Ingress\nmetadata: {name: i}\nspec: {ingressClassName: apisix, defaultBackend: {service: {name: web}}}\n---\napiVersion: apisix.apache.org/v2\nkind: ApisixUpstream\nmetadata: {name: web}\nspec: {loadbalancer: {type: least_conn}}\n",
			want: "web: least-connections"},
	})
	p := only(t, importText(t, file(t, "apisix-chash.yaml")))
	if got := described(t, p); got != "shop: apisix/chash {hash_on: cookie, key: sid} by cookie sid" || p.Replicas != 4 || p.Redispatch != 3 {
		t.Errorf("%s: %+v", got, p)
	}
	p = only(t, importText(t, apisixFile("retries: 5, timeout: {connect: 1s, read: 3s}, healthCheck: {active: {healthy: {interval: 4s}, unhealthy: {tcpFailures: 6}}}")))
	if p.Redispatch != 5 || p.Limits.Connect != sim.Second || p.Limits.Attempt != 3*sim.Second || *p.Health != (sim.Health{Interval: 4 * sim.Second, Down: sim.Second, Timeout: sim.Second, Fall: 6, Rise: 2}) {
		t.Errorf("%+v, %+v", p, p.Health)
	}
}
