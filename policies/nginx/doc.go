// Package nginx reproduces how nginx chooses a server of an upstream, decision by decision: the load balancing
// methods round robin, least_conn, random, ip_hash and hash, and the sticky directive of nginx 1.29.6 and later.
//
// State belongs to one Balancer instance. An upstream without `zone` keeps one state per worker process, so each
// worker is an instance; with `zone` all workers share one.
//
// # Servers
//
// sim.ServerInfo carries a server line: Weight, Backup, Limit (max_conns), and in Options max_fails (default 1),
// fail_timeout (default 10s), route, and host. Status Down is the parameter `down`, Draining is `drain`.
// A name that resolves to several addresses is one ServerInfo per address, with the address in Addr and the text of
// the server line in Options["host"]; without Options["host"], Addr is the text. Servers of the same text share one
// set of points in a consistent ring and are taken in turn behind it, as in nginx.
//
// # Failures
//
// Open source nginx has no active checks: a server is out while its failed attempts have reached max_fails and
// fail_timeout has not passed since the last of them, counted in whole seconds of v.Now. Then one attempt is let
// through; the failure count starts again when it succeeds. Attempts that were Unreachable, Broken or TimedOut are failures
// (error and timeout in the terms of proxy_next_upstream), a 503 of the server is one where http_503 is listed.
// Servers that stay keep their state when others join or leave, as with `resolve` and the API of NGINX Plus; a
// configuration reload, which forgets everything, is a new instance.
//
// Behaviour read in the sources of nginx 1.22.1 and 1.30.4 and compared with recordings of both.
//
// Floor 4.
package nginx
