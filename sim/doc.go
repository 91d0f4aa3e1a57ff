// Package sim is the engine: a discrete-event simulation of clients, load balancers and servers. A run is a pure
// function of (Model, seed, replication): it reads no clock, file or environment, starts no goroutine, and does not
// depend on the order of a map.
//
//	Population ──sessions──▶ client ──request──▶ balancer ──attempt──▶ server ──▶ (store) ──▶ answer
//	     ▲                     │ think, retry        │ Pick               │ queue, cores,          │
//	     └─────────────────────┴────────────── cookie, health ◀───────────┴─ session state ◀───────┘
//
// # Glossary
//
// One word per thing, in code, messages and documents:
//
//   - alternative: one of the things a scenario compares; the key `variant` names it in files.
//   - population: a class of clients. client: one program that sends requests, from an address, with a cookie jar.
//   - visit: all that a person does from arriving to leaving, logins after a loss included.
//   - session: what affinity binds, and what the application keeps state for. It starts, finishes or is lost.
//   - request: one unit of work of a session. attempt: one try to have it served. redispatch: the balancer tries another
//     server; retry: the client sends the request again, after its backoff.
//   - timeout: the longest time a client waits for an answer. orphan: a request whose client has timed out and that a server
//     still works on.
//   - demand: the work of a request, in seconds at speed 1. service: how long the work takes. wait: the time before it.
//     latency: from the client's first send to the answer.
//   - balancer: one load balancer instance. policy: how it picks ([Balancer]). view: what it believes, which may be stale
//     ([View]). eligible: the servers that new clients may go to.
//   - affinity: which server a client belongs to. It is hit when the request goes to the client's home, the server of its
//     last answer; else it is broken, for a [Reason].
//   - placement: where session state lives. A session whose state is not where its request lands is lost, once, with one
//     [Cause].
//   - server: starts, runs, drains (no new clients), stops, is dead after a crash until it is repaired, or is gone. One that
//     restarts in place is a new incarnation; one that is replaced gets a new [ServerID].
//   - pause and resume: a server that does no work for a while, such as during garbage collection. outage: the store, or a
//     balancer, answers no request.
//   - eject and readmit: a balancer stops and resumes using a server because attempts on it failed. evict: memory or a table is
//     full and drops its oldest entry. expire: a cookie, an entry or a state is too old.
//   - distribution: what a time or size is drawn from ([dist.Dist]). rate, share and ratio are per second, of a whole, and of
//     two counts.
//   - replication: one independent run. warm-up: simulated, not counted.
//
// # Time and order
//
// Time is integer nanoseconds: no drift, and adding is exact. Events at one instant are handled in the order of their
// kinds (see eventKind) and then of the entities' numbers, so the order does not depend on which was scheduled first.
//
// # Randomness
//
// Every draw has an address: population, client, request number and purpose, or fault and recurrence. So a client does
// the same under every policy, and one draw more or less changes no other draw (common random numbers).
//
// # Invariants
//
// Every run checks its books when it ends, and the clock as it runs; see verify. A difference is a bug in the engine
// and panics with an *InvariantError.
//
// # Owners
//
// The records that many parts share are changed in one or two files each, through short verbs: a client in client.go and
// session.go, a request in request.go and requestlist.go. A test lists them all.
//
// # Decisions
//
//   - Clients are 64-byte records without pointers, requests a pool of those in flight: a million clients cost the garbage
//     collector nothing.
//   - Events are 8 bytes (offset and ID) and refer to slots. A slot is reused only when its last event has passed, so
//     events need no generations; the time of a stale event differs from that in the record.
//   - Timeouts of one fixed length wait in a list with a single event for its head, because they expire in the order in
//     which they began.
//   - Processor sharing is exact, by virtual time: no time slices.
//   - A session begins for its user with its first answer. What is lost before that is tried again; it is no lost session.
//   - Whether a drain waits for sessions depends on the policy, so the policy is asked, on a test fleet: see
//     keepsDraining. Every drain waits for connections and for requests in flight.
//   - Memory is counted in whole bytes, so that its books are exact.
//
// Floor 2.
package sim
