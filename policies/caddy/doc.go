// Package caddy decides as Caddy's reverse_proxy does: its selection policies, its passive health checks and its
// retries (caddyserver/caddy, modules/caddyhttp/reverseproxy).
//
// Every policy is a selector over the available upstreams; [Proxy] holds the settings that the reverse_proxy handler
// adds around any of them. An upstream is available while it is up, has fewer than max_requests requests in flight
// (ServerInfo.Limit) and fewer than max_fails failures in the last fail_duration. The address an upstream is hashed
// by is ServerInfo.Addr, its "dial" text exactly as configured. Caddy has no draining: a draining upstream gets
// nothing.
//
// Versions decide differently: "new" is Caddy 2.7 and later, "old" is Caddy 2.6 and earlier.
//
// Floor 4.
package caddy
