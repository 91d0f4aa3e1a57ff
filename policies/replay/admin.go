package replay

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"stickysim/sim"
)

// Admin carries out a command of HAProxy's run-time interface:
//
//	set server [BACKEND/]SERVER state maint|ready|drain
//	set server [BACKEND/]SERVER weight N|N%
//	set weight [BACKEND/]SERVER N|N%
//	enable server [BACKEND/]SERVER
//	disable server [BACKEND/]SERVER
//
// Commands that only show something are accepted and do nothing.
func (r *Router) Admin(command string) error {
	w := strings.Fields(command)
	switch {
	case len(w) > 0 && w[0] == "show":
		return nil
	case len(w) == 5 && w[0] == "set" && w[1] == "server" && w[3] == "state":
		return r.adminState(w[2], w[4])
	case len(w) == 5 && w[0] == "set" && w[1] == "server" && w[3] == "weight":
		return r.adminWeight(w[2], w[4])
	case len(w) == 4 && w[0] == "set" && w[1] == "weight":
		return r.adminWeight(w[2], w[3])
	case len(w) == 3 && w[0] == "enable" && w[1] == "server":
		return r.adminState(w[2], "ready")
	case len(w) == 3 && w[0] == "disable" && w[1] == "server":
		return r.adminState(w[2], "maint")
	}
	return fmt.Errorf("%q is not understood; write `set server s1 state maint|ready|drain` or `set weight s1 10`",
		clip(command))
}

var adminStates = map[string]sim.Status{"maint": sim.Down, "ready": sim.Up, "drain": sim.Draining}

func (r *Router) adminState(server, state string) error {
	id, err := r.adminServer(server)
	if err != nil {
		return err
	}
	status, ok := adminStates[state]
	if !ok {
		return fmt.Errorf("state %q is not one of maint, ready, drain", clip(state))
	}
	r.SetStatus(id, status)
	return nil
}

func (r *Router) adminWeight(server, weight string) error {
	id, err := r.adminServer(server)
	if err != nil {
		return err
	}
	number, relative := strings.CutSuffix(weight, "%")
	w, err := strconv.ParseFloat(number, 64)
	if err != nil || w < 0 || w > 1e6 || math.IsNaN(w) {
		return fmt.Errorf("weight %q is not a number from 0, or a share of the configured weight such as 50%%", clip(weight))
	}
	if relative {
		w *= float64(r.View().Servers[id].Weight) / 100
	}
	r.SetWeight(id, w)
	return nil
}

// adminServer finds SERVER or BACKEND/SERVER; a name with a slash in it is tried as it is first.
func (r *Router) adminServer(name string) (sim.ServerID, error) {
	id, err := r.Find(name)
	if err == nil {
		return id, nil
	}
	if _, server, ok := strings.Cut(name, "/"); ok {
		return r.Find(server)
	}
	return id, err
}
