package importer_test

import (
	"fmt"
	"strings"
	"testing"
)

// Every annotation of the controllers of Ingresses is in a drawer: none is not understood.
func TestEveryAnnotation(t *testing.T) {
	beside := map[string]string{ // what an annotation needs, by the end of its name
		"haproxy-ingress.github.io/session-cookie":   "haproxy-ingress.github.io/affinity: cookie",
		"nginx.ingress.kubernetes.io/session-cookie": "nginx.ingress.kubernetes.io/affinity: cookie", "nginx.ingress.kubernetes.io/affinity-": "nginx.ingress.kubernetes.io/affinity: cookie",
		"nginx.ingress.kubernetes.io/upstream-hash-by-": "nginx.ingress.kubernetes.io/upstream-hash-by: $uri", "traefik.ingress.kubernetes.io/service.sticky.cookie.": `traefik.ingress.kubernetes.io/service.sticky.cookie: "true"`,
		"service.beta.kubernetes.io/aws-load-balancer-": "service.beta.kubernetes.io/aws-load-balancer-type: external",
	}
	samples := map[string]string{
		"traefik.ingress.kubernetes.io/service.sticky.cookie": `"true"`, "service.beta.kubernetes.io/aws-load-balancer-type": "external",
		"nginx.org/sticky-cookie-services": "serviceName=shop srv_id expires=1h", "nginx.com/sticky-cookie-services": "serviceName=shop srv_id expires=1h",
	}
	for _, on := range fieldsOf(t, "testdata/schemas/annotations.txt") {
		class, prefix, _ := strings.Cut(on.api, " ")
		t.Run(on.name+" "+class+" "+prefix, func(t *testing.T) {
			t.Parallel()
			tally(t, on, "kubernetes", "file.yaml", func(path []*field, value string) *page {
				name := prefix + path[0].name
				ingress, service := "", ""
				if value == anything && strings.HasSuffix(name, "-attributes") {
					value = "stickiness.type=lb_cookie"
					if strings.HasSuffix(name, "balancer-attributes") || strings.HasSuffix(name, "nlb-attributes") {
						value = "access_logs.s3.enabled=true"
					}
				}
				if sample := samples[name]; sample != "" && value == anything {
					value = sample
				}
				annotations := fmt.Sprintf("    %s: %s\n", name, value)
				for start, with := range beside {
					if key, _, _ := strings.Cut(with, ":"); strings.HasPrefix(name, start) && with != "" && key != name {
						annotations += "    " + with + "\n"
					}
				}
				if on.name == "Service" {
					service = "\n  annotations:\n" + annotations
				} else {
					ingress = "\n  annotations:\n" + annotations
				}
				object := fmt.Sprintf("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: shop%s\nspec: {ingressClassName: %s, defaultBackend: {service: {name: shop, port: {number: 1}}}}", ingress, class)
				switch {
				case on.name == "Route":
					object = fmt.Sprintf("apiVersion: route.openshift.io/v1\nkind: Route\nmetadata:\n  name: shop%s\nspec: {to: {kind: Service, name: shop}}", ingress)
				case class == "contour":
					object = "apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: shop}\nspec: {routes: [{services: [{name: shop, port: 1}]}]}"
				case class == "external":
					object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: none}"
				}
				text := object + strings.Replace(pods, "metadata: {name: shop}", "metadata:\n  name: shop"+service, 1)
				p := &page{lines: strings.Split(text, "\n")}
				for i, line := range p.lines {
					if strings.HasPrefix(line, "    "+name+": ") {
						p.keys = []int{i + 1}
					}
				}
				return p
			})
		})
	}
}
