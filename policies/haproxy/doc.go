// Package haproxy routes as HAProxy 2.6 does, decision for decision: its balance algorithms, its hashes, its cookies
// and stick tables, its retries and redispatches, and its queues before full servers.
//
//	             ┌ persistence (cookie, stick table) ─ direct ┐
//	Pick → backend                                            ├→ server has room? → server
//	             └ algorithm (round robin, hash, …) ──────────┘        └ no → its queue, or the back end's (sim.Wait)
//
// A [backend] is one instance: it keeps what HAProxy derives from the configuration (numbers, effective weights, which
// servers are usable) and asks an algorithm when persistence does not decide. Algorithms are one file each.
//
// Per-server settings are those of [stickysim/sim.ServerInfo]: Number is `id`, Limit is `maxconn`, and Options may
// hold "maxqueue", "slowstart" (both as HAProxy writes them) and "non-stick".
//
// Source: recordings of HAProxy 2.6.12, and haproxy/haproxy src/{backend,lb_*,queue,stick_table,http_ana,hash}.c.
//
// Floor 4.
package haproxy
