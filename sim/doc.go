// Package sim is the engine: a discrete-event simulation of clients, load balancers and servers. A run is a pure
// function of (Model, seed, replication): it reads no clock, file or environment, starts no goroutine and depends on no
// map's order.
//
//	Population ──sessions──▶ client ──request──▶ balancer ──attempt──▶ server ──▶ (store) ──▶ answer
//	     ▲                     │ think, retry        │ Pick               │ queue, cores,          │
//	     └─────────────────────┴────────────── cookie, health ◀───────────┴─ session state ◀───────┘
//
// # Words
//
//   - A Population is a class of clients. A client sends the requests of its sessions, from an address, with a cookie
//     jar. A session is what affinity binds, and what the application keeps state for.
//   - A request may need several attempts: redispatches by the balancer, retries by the client. Demand is its work, in
//     seconds at speed 1; service is how long that takes; wait is before it; latency runs from the client's first send
//     to the answer.
//   - A balancer is one load balancer instance; its policy is a [Balancer]. It acts on a [View]: what it believes, not
//     what is true. A server is home to a client after having answered it; affinity is hit when the next request goes
//     there, and broken otherwise, for a [Reason].
//   - A server restarts in place as a new incarnation; one that is replaced gets a new [ServerID].
//   - Placement is where session state lives. A session whose state is not where its request lands is lost, once, with
//     one [Cause].
//
// # Time and order
//
// Time is integer nanoseconds: no drift, and adding is exact. At one instant events are handled in the order of their
// kinds (see eventKind) and then of the entities' numbers, so the order does not depend on who scheduled first.
//
// # Randomness
//
// Every draw has an address: population, client, request number and purpose, or fault and recurrence. So a client does
// the same under every policy, and one draw more or less shifts nobody else's luck (common random numbers).
//
// # Invariants
//
// Every run checks its books when it ends, and the clock as it goes; see verify. A difference is a bug in the engine
// and panics with an *InvariantError.
//
// # Decisions
//
//   - Clients are 64-byte records without pointers, requests a pool of those in flight: a million clients cost the garbage
//     collector nothing.
//   - Events are 8 bytes (offset and ID) and refer to slots. A slot is not used again before its last event has passed,
//     so events need no generations; an event that has been overtaken is recognised by its time.
//   - Timeouts of one fixed length wait in a list with a single event for its head, because they expire in the order in
//     which they began.
//   - Processor sharing is exact, by virtual time: no time slices.
//   - A session begins for its user with its first answer: what is lost before that is tried again, and not a lost session.
//   - Whether a drain waits for sessions depends on the policy, so a trial asks the policy, on a fleet of its own: see
//     keepsDraining. Every drain waits for connections and for requests in flight.
//   - Memory is counted in whole bytes, so that its books are exact.
//
// Floor 2.
package sim
