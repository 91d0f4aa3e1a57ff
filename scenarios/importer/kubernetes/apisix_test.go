package kubernetes

import (
	"testing"

	"stickysim/sim"
)

// apisix is an ApisixRoute to a Service with an ApisixUpstream.
func apisix(spec string) string {
	return "apiVersion: apisix.apache.org/v2\nkind: ApisixRoute\nmetadata: {name: r}\nspec: {http: [{name: all, backends: [{serviceName: web, servicePort: 80}]}]}\n" +
		"---\napiVersion: apisix.apache.org/v2\nkind: ApisixUpstream\nmetadata: {name: web}\nspec: {" + spec + "}\n"
}

func TestAPISIX(t *testing.T) {
	const ring = "web: consistent-hash {replicas: 160"
	check(t, map[string]statement{
		"default":  {text: apisix("retries: 2"), want: "web: round-robin"},
		"least":    {text: apisix("loadbalancer: {type: least_conn}"), want: "web: least-connections"},
		"ewma":     {text: apisix("loadbalancer: {type: ewma}"), want: "web: round-robin", left: "ewma"},
		"cookie":   {text: apisix("loadbalancer: {type: chash, hashOn: cookie, key: sid}"), want: ring + "} by cookie sid"},
		"header":   {text: apisix("loadbalancer: {type: chash, hashOn: header, key: X-User}"), want: ring + "} by header X-User"},
		"variable": {text: apisix("loadbalancer: {type: chash, hashOn: vars, key: remote_addr}"), want: ring + ", key: address} by address"},
		"argument": {text: apisix("loadbalancer: {type: chash, key: arg_u}"), want: ring + "} by argument u"},
		"consumer": {text: apisix("loadbalancer: {type: chash, hashOn: consumer}"), want: ring + "} by header", left: "hashOn consumer"},
		"passive":  {text: apisix("healthCheck: {passive: {type: http}}"), want: "web: round-robin", left: "passive"},
		"no pods":  {text: apisix("externalNodes: [{type: Domain, name: a.example}]"), want: "web: round-robin", left: "externalNodes"},
		"of an ingress": {text: "kind: Ingress\nmetadata: {name: i}\nspec: {ingressClassName: apisix, defaultBackend: {service: {name: web}}}\n---\napiVersion: apisix.apache.org/v2\nkind: ApisixUpstream\nmetadata: {name: web}\nspec: {loadbalancer: {type: least_conn}}\n",
			want: "web: least-connections"},
	})
	p := only(t, importText(t, file(t, "apisix-chash.yaml")))
	if got := described(t, p); got != "shop: consistent-hash {replicas: 160} by cookie sid" || p.Replicas != 4 || p.Redispatch != 3 {
		t.Errorf("%s: %+v", got, p)
	}
	p = only(t, importText(t, apisix("retries: 5, timeout: {connect: 1s, read: 3s}, healthCheck: {active: {healthy: {interval: 4s}, unhealthy: {tcpFailures: 6}}}")))
	if p.Redispatch != 5 || p.Limits.Connect != sim.Second || p.Limits.Attempt != 3*sim.Second || *p.Health != (sim.Health{Interval: 4 * sim.Second, Down: sim.Second, Timeout: sim.Second, Fall: 6, Rise: 2}) {
		t.Errorf("%+v, %+v", p, p.Health)
	}
}
