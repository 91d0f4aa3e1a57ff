// Package yarp holds load balancing and session affinity of YARP, Microsoft's reverse proxy for .NET (microsoft/reverse-proxy).
// A request that fails is not tried elsewhere: YARP has no retries. A destination that leaves the configuration takes no
// requests any more, its sessions' included. Weights do not exist. Each proxy counts its own requests.
//
// YARP keeps destinations in a dictionary, whose order is not documented; the order of the configuration is assumed.
//
// Floor 4.
package yarp

import "stickysim/sim"

const source = "microsoft/reverse-proxy src/ReverseProxy/"

// noRetries is a proxy that answers a failed attempt with an error.
type noRetries struct{}

// Retry implements [sim.Retrier].
func (noRetries) Retry(*sim.Request, sim.ServerID, sim.Outcome, *sim.View) (bool, sim.Time) {
	return false, 0
}
