package kubernetes

import (
	"testing"

	"stickysim/sim"
)

// google is an Ingress of GKE with a BackendConfig.
func google(spec string) string {
	return "kind: Ingress\nmetadata: {name: i, annotations: {kubernetes.io/ingress.class: gce}}\nspec: {defaultBackend: {service: {name: web}}}\n" +
		"---\napiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {cloud.google.com/backend-config: '{\"default\": \"c\"}'}}\nspec: {ports: [{port: 80}]}\n" +
		"---\napiVersion: cloud.google.com/v1\nkind: BackendConfig\nmetadata: {name: c}\nspec: {" + spec + "}\n"
}

func TestGKE(t *testing.T) {
	gateway := func(kind, spec string) string {
		return "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r}\nspec: {rules: [{backendRefs: [{name: web}]}]}\n" +
			"---\napiVersion: networking.gke.io/v1\nkind: " + kind + "\nmetadata: {name: p}\nspec: {targetRef: {group: '', kind: Service, name: web}, default: {" + spec + "}}\n"
	}
	check(t, map[string]statement{
		"none":           {text: google("logging: {enable: true}"), want: "web: gcp/client-ip {tuple: 5}"},
		"address":        {text: google("sessionAffinity: {affinityType: CLIENT_IP}"), want: "web: gcp/client-ip by address"},
		"cookie":         {text: google("sessionAffinity: {affinityType: GENERATED_COOKIE, affinityCookieTtlSec: 50}"), want: "web: gcp/generated-cookie {ttl: 50s} by cookie GCLB"},
		"too long":       {text: google("sessionAffinity: {affinityType: GENERATED_COOKIE, affinityCookieTtlSec: 9999999}"), want: "web: gcp/generated-cookie by cookie GCLB", left: "affinityCookieTtlSec"},
		"other":          {text: google("sessionAffinity: {affinityType: MAGIC}"), want: "web: gcp/client-ip {tuple: 5}", left: "MAGIC"},
		"cache":          {text: google("cdn: {enabled: true}"), want: "web: gcp/client-ip {tuple: 5}", left: "cdn"},
		"gateway cookie": {text: gateway("GCPBackendPolicy", "sessionAffinity: {type: GENERATED_COOKIE, cookieTtlSec: 60}"), want: "web: gcp/generated-cookie {ttl: 1m} by cookie GCLB"},
		"gateway probe":  {text: gateway("HealthCheckPolicy", "checkIntervalSec: 3"), want: "web: gcp/client-ip {tuple: 5}"},
	})
	p := only(t, importText(t, google("timeoutSec: 40, connectionDraining: {drainingTimeoutSec: 60}, healthCheck: {checkIntervalSec: 15, timeoutSec: 10, unhealthyThreshold: 3}")))
	if p.Limits.Request != 40*sim.Second || p.Drain != sim.Minute || p.Health == nil || *p.Health != (sim.Health{Interval: 15 * sim.Second, Timeout: 10 * sim.Second, Fall: 3, Rise: 2}) {
		t.Errorf("%+v, %+v", p, p.Health)
	}
}
