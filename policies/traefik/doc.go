// Package traefik decides as Traefik v3's service load balancers do: the strategies wrr, p2c and hrw, and the sticky
// cookie in front of them (traefik/traefik, pkg/server/service/loadbalancer).
//
// A server is known by its URL, ServerInfo.Addr; "http://" is put in front where it has no scheme. Traefik notices
// dead servers only by its health check, which is the engine's business: without one, requests for them fail (502).
// A draining server is "fenced", as the Kubernetes providers do with terminating pods: it keeps its sticky clients.
//
// Floor 4.
package traefik
