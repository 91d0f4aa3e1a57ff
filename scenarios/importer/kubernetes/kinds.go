package kubernetes

import "strings"

// kind names a kind of object that is not Kubernetes' own: its API group, and what the object says it is.
type kind struct{ group, name string }

// kinds holds how objects of such kinds become pools. Each file registers its own.
var kinds = map[kind]func(*translation, *object){}

// attachable are kinds that are read where another object names them, or that say what they belong to. Where nothing in the
// files leads to one, that is said of it.
var attachable = map[kind]bool{
	{"cloud.google.com", "BackendConfig"}: true, {"networking.gke.io", "GCPBackendPolicy"}: true, {"networking.gke.io", "HealthCheckPolicy"}: true,
	{"networking.gke.io", "GCPSessionAffinityPolicy"}: true, {"networking.gke.io", "GCPTrafficDistributionPolicy"}: true,
	{"gateway.envoyproxy.io", "BackendTrafficPolicy"}: true, {"apisix.apache.org", "ApisixUpstream"}: true, {"apisix.apache.org", "BackendTrafficPolicy"}: true, {"configuration.konghq.com", "KongUpstreamPolicy"}: true,
	{awsGateway, "TargetGroupConfiguration"}: true,
	{"traefik.io", "Middleware"}:             true, {"traefik.io", "ServersTransport"}: true,
	{"traefik.containo.us", "Middleware"}: true, {"traefik.containo.us", "ServersTransport"}: true,
}

// register adds kinds of an API group. It is called from package variables.
func register(group string, read func(*translation, *object), names ...string) bool {
	for _, name := range names {
		kinds[kind{group, name}] = read
	}
	return true
}

// group is the API group of an object; empty for the core of Kubernetes.
func (o *object) group() string {
	group, _, found := strings.Cut(o.root.Get("apiVersion").Value(), "/")
	if !found {
		return ""
	}
	return group
}
