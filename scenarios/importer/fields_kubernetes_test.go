package importer_test

import (
	"strings"
	"testing"
)

// pods is a Service and what is behind it.
const pods = `
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {x: "1"}, ports: [{port: 1}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec: {replicas: 2, selector: {matchLabels: {x: "1"}}, template: {metadata: {labels: {x: "1"}}, spec: {containers: [{name: c, image: i}]}}}`

// objects are the kinds of other vendors: what stands beside fields, and further objects that lead to one, or that it leads to.
var objects = map[string]struct{ beside, around string }{
	"DestinationRule": {beside: `spec host = shop
		spec trafficPolicy loadBalancer consistentHash httpCookie name = x
		spec subsets trafficPolicy loadBalancer consistentHash httpCookie name = x
		spec trafficPolicy portLevelSettings loadBalancer consistentHash httpCookie name = x
		spec subsets name = v1
		spec subsets trafficPolicy portLevelSettings port = {number: 1}
		spec trafficPolicy portLevelSettings port = {number: 1}
		spec trafficPolicy loadBalancer consistentHash httpHeaderName = x unless httpCookie useSourceIp httpQueryParameterName
		spec subsets trafficPolicy loadBalancer consistentHash httpHeaderName = x unless httpCookie useSourceIp httpQueryParameterName
		spec trafficPolicy portLevelSettings loadBalancer consistentHash httpHeaderName = x unless httpCookie useSourceIp httpQueryParameterName
		spec subsets trafficPolicy portLevelSettings loadBalancer consistentHash httpHeaderName = x unless httpCookie useSourceIp httpQueryParameterName`,
		around: `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec: {hosts: [shop], http: [{match: [{uri: {prefix: /1}}], route: [{destination: {host: shop, subset: v1}}]}, {route: [{destination: {host: shop}}]}]}` + pods},
	"VirtualService": {beside: `spec http route = [{destination: {host: shop}}]
		spec tcp route = [{destination: {host: shop}}]
		spec tls route = [{destination: {host: shop}}]
		spec http route destination = {host: shop}
		spec http route destination host = shop
		spec tcp route destination = {host: shop}
		spec tcp route destination host = shop
		spec tls route destination = {host: shop}
		spec tls route destination host = shop
		spec http = [{route: [{destination: {host: shop}}]}] unless tcp tls`, around: pods},
	"HTTPProxy": {beside: `spec routes services = [{name: shop, port: 1}]
		spec tcpproxy services = [{name: shop, port: 1}]
		spec routes services name = shop
		spec tcpproxy services name = shop
		spec routes = [{services: [{name: shop, port: 1}]}]
		spec routes loadBalancerPolicy strategy = RequestHash
		spec tcpproxy loadBalancerPolicy strategy = RequestHash
		spec routes retryPolicy count = 2`, around: pods},
	"Route": {beside: `spec to = {kind: Service, name: shop}
		spec to name = shop`, around: pods},
	"VirtualServer": {beside: `spec upstreams = [{name: u, service: shop, port: 1}]
		spec upstreams name = u
		spec upstreams service = shop
		spec upstreams healthCheck enable = true
		spec upstreams sessionCookie enable = true
		spec upstreams sessionCookie name = x`, around: pods},
	"VirtualServerRoute": {beside: `spec upstreams = [{name: u, service: shop, port: 1}]
		spec upstreams name = u
		spec upstreams service = shop
		spec upstreams healthCheck enable = true
		spec upstreams sessionCookie enable = true
		spec upstreams sessionCookie name = x`, around: pods},
	"BackendTrafficPolicy gateway.envoyproxy.io/v1alpha1": {beside: `spec targetRefs = [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: shop}] unless targetRef
		spec targetRefs group = gateway.networking.k8s.io
		spec targetRefs kind = HTTPRoute
		spec targetRefs name = shop
		spec targetRef group = gateway.networking.k8s.io
		spec targetRef kind = HTTPRoute
		spec targetRef name = shop
		spec loadBalancer type = ConsistentHash unless slowStart endpointOverride zoneAware backendUtilization dynamicModule
		spec loadBalancer consistentHash = {type: SourceIP} unless type slowStart endpointOverride zoneAware backendUtilization dynamicModule
		spec loadBalancer consistentHash type = Header unless headers cookie queryParams
		spec loadBalancer consistentHash type = Cookie with cookie
		spec loadBalancer consistentHash type = QueryParams with queryParams
		spec loadBalancer consistentHash type = Headers with headers
		spec loadBalancer consistentHash header = {name: x} unless headers cookie queryParams
		spec loadBalancer consistentHash cookie name = x`,
		around: gatewayRoute + pods},
	"GCPBackendPolicy":         {beside: serviceTarget, around: gatewayRoute + pods},
	"HealthCheckPolicy":        {beside: serviceTarget, around: gatewayRoute + pods},
	"GCPSessionAffinityPolicy": {beside: serviceTarget, around: gatewayRoute + pods},
	"GCPTrafficDistributionPolicy": {beside: `spec targetRefs = [{group: "", kind: Service, name: shop}]
		spec targetRefs kind = Service
		spec targetRefs name = shop`, around: gatewayRoute + pods},
	"BackendConfig": {around: `
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, annotations: {kubernetes.io/ingress.class: gce}}
spec: {defaultBackend: {service: {name: shop, port: {number: 1}}}}
` + strings.Replace(pods, "metadata: {name: shop}", `metadata: {name: shop, annotations: {cloud.google.com/backend-config: '{"default": "it"}'}}`, 1)},
	"KongUpstreamPolicy": {beside: `spec algorithm = consistent-hashing unless stickySessions
		spec algorithm = sticky-sessions with stickySessions
		spec stickySessions cookie = x
		spec hashOn = {header: x} unless stickySessions`, around: `
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec: {ingressClassName: kong, defaultBackend: {service: {name: shop, port: {number: 1}}}}
` + strings.Replace(pods, "metadata: {name: shop}", `metadata: {name: shop, annotations: {konghq.com/upstream-policy: it}}`, 1)},
	"ApisixRoute": {beside: `spec http backends = [{serviceName: shop, servicePort: 1}]
		spec http backends serviceName = shop
		spec stream backend = {serviceName: shop, servicePort: 1}
		spec stream backend serviceName = shop
		spec http = [{backends: [{serviceName: shop, servicePort: 1}]}] unless stream`, around: pods},
	"ApisixUpstream": {beside: `spec loadbalancer type = chash
		spec loadbalancer key = x
		spec loadbalancer hashOn = header`, around: apisixRoute + pods},
	"BackendTrafficPolicy apisix.apache.org/v1alpha1": {beside: `spec targetRefs = [{group: "", kind: Service, name: shop}]
		spec targetRefs kind = Service
		spec targetRefs name = shop
		spec loadbalancer type = chash
		spec loadbalancer key = x
		spec loadbalancer hashOn = header`, around: gatewayRoute + pods},
	"IngressRoute": {beside: `spec routes services = [{name: shop, port: 1}]
		spec routes services name = shop
		spec routes = [{services: [{name: shop, port: 1}]}]`, around: pods},
	"IngressRouteTCP": {beside: `spec routes services = [{name: shop, port: 1}]
		spec routes services name = shop
		spec routes = [{services: [{name: shop, port: 1}]}]`, around: pods},
	"TraefikService": {beside: `spec weighted services = [{name: shop, port: 1}]
		spec weighted services name = shop
		spec highestRandomWeight services = [{name: shop, port: 1}]
		spec highestRandomWeight services name = shop
		spec mirroring name = shop
		spec mirroring mirrors name = shop
		spec failover service = {name: shop, port: 1}
		spec failover service name = shop
		spec failover fallback name = shop`, around: pods},
	"Middleware": {beside: `spec retry attempts = 3`, around: `
---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: shop}
spec: {routes: [{middlewares: [{name: it}], services: [{name: shop, port: 1}]}]}` + pods},
	"ServersTransport": {around: `
---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: shop}
spec: {routes: [{services: [{name: shop, port: 1, serversTransport: it}]}]}` + pods},
	"TargetGroupBinding": {beside: `spec serviceRef name = shop`, around: pods},
	"IngressClassParams": {beside: attributeKeys, around: `
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: alb}
spec: {controller: ingress.k8s.aws/alb, parameters: {apiGroup: elbv2.k8s.aws, kind: IngressClassParams, name: it}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec: {ingressClassName: alb, defaultBackend: {service: {name: shop, port: {number: 1}}}}` + pods},
	"TargetGroupConfiguration": {beside: `spec targetReference = {name: shop}
		spec targetReference name = shop
		` + attributeKeys, around: gatewayRoute + pods},
	"LoadBalancerConfiguration": {beside: attributeKeys, around: gatewayRoute + pods},
}

const (
	gatewayRoute = `
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec: {rules: [{backendRefs: [{name: shop, port: 1}]}]}`
	attributeKeys = `spec loadBalancerAttributes key = access_logs.s3.enabled
		spec listenerConfigurations listenerAttributes key = routing.http.response.server.enabled
		spec listeners listenerAttributes key = routing.http.response.server.enabled
		spec defaultConfiguration targetGroupAttributes key = stickiness.type`
	apisixRoute = `
---
apiVersion: apisix.apache.org/v2
kind: ApisixRoute
metadata: {name: shop}
spec: {http: [{backends: [{serviceName: shop, servicePort: 1}]}]}`
	serviceTarget = `spec targetRef = {group: "", kind: Service, name: shop}
		spec targetRef kind = Service
		spec targetRef name = shop`
)

// Every field of the objects of vendors of controllers is in a drawer: none is not understood.
func TestEveryFieldOfVendors(t *testing.T) {
	for _, file := range []string{"istio", "contour", "openshift", "nginxinc", "envoygateway", "gke", "backendconfig", "kongcrd", "apisixcrd", "traefikcrd", "awscontroller"} {
		for _, kind := range fieldsOf(t, "testdata/schemas/fields-"+file+".txt") {
			t.Run(kind.name, func(t *testing.T) {
				t.Parallel()
				o, ok := objects[kind.name]
				if !ok {
					o = objects[kind.name+" "+kind.api]
				}
				with, around := companions(o.beside), strings.Split(strings.ReplaceAll(o.around, "\t", ""), "\n")
				name := "it"
				if kind.name == "ApisixUpstream" {
					name = "shop" // its Service's
				}
				tally(t, kind, "kubernetes", "file.yaml", func(path []*field, value string) *page {
					p := &page{keys: []int{1}, lines: []string{"apiVersion: " + kind.api, "kind: " + kind.name, "metadata: {name: " + name + "}"}}
					p.object(0, "", path, value, with)
					p.lines = append(p.lines, around...)
					return p
				})
			})
		}
	}
}
