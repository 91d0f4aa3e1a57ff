package kubernetes

import (
	"strings"
	"testing"

	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// ingressRoute is an IngressRoute with these services.
func ingressRoute(services string) string {
	return "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: r}\nspec: {routes: [{match: Host(`a`), kind: Rule, services: [" + services + "]}]}\n"
}

// renamed is an IngressRoute r under another name.
func renamed(text, name string) string {
	return strings.Replace(text, "metadata: {name: r}", "metadata: {name: "+name+"}", 1)
}

func TestTraefikKinds(t *testing.T) {
	const service = "---\napiVersion: traefik.io/v1alpha1\nkind: TraefikService\nmetadata: {name: mix}\nspec: "
	check(t, map[string]statement{
		"plain":       {text: ingressRoute("{name: web}"), want: "web: traefik/wrr"},
		"old group":   {text: "apiVersion: traefik.containo.us/v1alpha1\nkind: IngressRoute\nmetadata: {name: r}\nspec: {routes: [{services: [{name: web, strategy: RoundRobin}]}]}\n", want: "web: traefik/wrr"},
		"choices":     {text: ingressRoute("{name: web, strategy: p2c}"), want: "web: traefik/p2c"},
		"rendezvous":  {text: ingressRoute("{name: web, strategy: hrw}"), want: "web: traefik/hrw by address"},
		"least time":  {text: ingressRoute("{name: web, strategy: leasttime}"), want: "web: traefik/wrr", left: "leasttime"},
		"cookie":      {text: ingressRoute("{name: web, strategy: p2c, sticky: {cookie: {name: id, maxAge: 60}}}"), want: "web: traefik/sticky_cookie {strategy: p2c, name: id, maxAge: 1m} by cookie id"},
		"no age":      {text: ingressRoute("{name: web, sticky: {cookie: {name: id, maxAge: -1}}}"), want: "web: traefik/sticky_cookie {name: id} by cookie id", left: "maxAge"},
		"two":         {text: ingressRoute("{name: web, weight: 2}, {name: api, weight: 1}"), want: "web: traefik/wrr\napi: traefik/wrr\nr: weighted {groups: [\"web=2\", \"api=1\"], sticky: \"none\", turns: true, failover: false, inside: traefik/wrr}"},
		"native":      {text: ingressRoute("{name: web, nativeLB: true}"), want: "web: kubernetes/random"},
		"tcp":         {text: "apiVersion: traefik.io/v1alpha1\nkind: IngressRouteTCP\nmetadata: {name: r}\nspec: {routes: [{services: [{name: db, port: 5432}]}]}\n", want: "db: traefik/wrr"},
		"udp":         {text: "apiVersion: traefik.io/v1alpha1\nkind: IngressRouteUDP\nmetadata: {name: r}\n", left: "IngressRouteUDP r"},
		"weighted":    {text: ingressRoute("{name: mix, kind: TraefikService}") + service + "{weighted: {services: [{name: a}, {name: b}], sticky: {cookie: {maxAge: 60}}}}\n", want: "a: traefik/wrr\nb: traefik/wrr\nmix: weighted {groups: [\"a=1\", \"b=1\"], lifetime: 1m, turns: true, failover: false, inside: traefik/wrr}"},
		"mirroring":   {text: ingressRoute("{name: mix, kind: TraefikService}") + service + "{mirroring: {name: a, mirrors: [{name: b}]}}\n", want: "a: traefik/wrr", left: "copies of requests"},
		"not in here": {text: ingressRoute("{name: mix, kind: TraefikService}"), left: "not in these files"},
		"two routes":  {text: ingressRoute("{name: web}") + "---\n" + renamed(ingressRoute("{name: web}"), "s") + "---\n" + renamed(ingressRoute("{name: web, strategy: p2c}"), "t"), want: "web: traefik/wrr\nt/web: traefik/p2c"},
	})
	p := only(t, importText(t, file(t, "traefik-ingressroute.yaml")))
	if got := described(t, p); got != "shop: traefik/sticky_cookie {maxAge: 10m} by cookie lb" || p.CookieName != "lb" || p.IdleTimeout != 10*sim.Minute || p.Replicas != 4 {
		t.Errorf("%s: %+v", got, p)
	}
}

func TestTraefikMiddlewaresAndTransports(t *testing.T) {
	c := importText(t, "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: r}\nspec: {routes: [{middlewares: [{name: again}], services: [{name: web, serversTransport: slow, healthCheck: {path: /, interval: 7s}}]}]}\n"+
		"---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: again}\nspec: {retry: {attempts: 4}, inFlightReq: {amount: 3}}\n"+
		"---\napiVersion: traefik.io/v1alpha1\nkind: ServersTransport\nmetadata: {name: slow}\nspec: {forwardingTimeouts: {dialTimeout: 3s, responseHeaderTimeout: 9s}}\n")
	p := only(t, c)
	if p.Redispatch != 3 || p.Limits != (ir.Limits{Connect: 3 * sim.Second, Attempt: 9 * sim.Second}) || p.Health == nil || p.Health.Interval != 7*sim.Second || p.Health.Timeout != 5*sim.Second {
		t.Errorf("%+v, %+v", p, p.Health)
	}
	if !remarked(c, ir.NotCarried, "inFlightReq") {
		t.Errorf("remarks %v", c.Remarks)
	}
}
