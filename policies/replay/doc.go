// Package replay drives one balancer without simulating: request by request, as `stickysim route` does, and event by
// event, as a recorded trace of a real product asks for. Servers answer at once unless they are held open; there is no
// queueing at servers and no network, so every answer is the balancer's decision and nothing else.
//
// A [Router] keeps the [sim.View] of one balancer instance exactly as the contract in package sim says, and makes the
// optional calls (Rebuild, Began, Ended, Answered, Retry) in the engine's order: Pick, Began, Answered, Ended.
//
// Floor 4.
package replay
