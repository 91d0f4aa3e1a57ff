package scenarios

import (
	"fmt"
	"math"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/workloads"
)

// multiply makes the clients of populations x times as many. Of a fixed number of users the first stay, or further ones join
// them; at least one stays.
func (d *decoder) multiply(n *tree.Node, all []sim.Population, x float64) {
	users := 0
	for i := range all {
		p := &all[i]
		switch {
		case x == 1:
		case p.Trace != nil:
			p.Trace = workloads.MultipleOf(p.Trace, x)
		case p.Sessions != nil:
			p.Sessions = workloads.Multiple(p.Sessions, x)
		default:
			p.Users = max(1, int(math.Round(min(x*float64(p.Users), 2*maxUsers))))
		}
		users += p.Users
	}
	if users > maxUsers {
		d.fail(n, "out-of-range", fmt.Sprintf("has more than %d users at a load of %g", maxUsers, x), "set a smaller load")
	}
}
