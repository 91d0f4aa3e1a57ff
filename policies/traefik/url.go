package traefik

import (
	"strings"

	"stickysim/sim"
)

// urlOf is the URL Traefik knows a server by.
func urlOf(info sim.ServerInfo) string {
	if strings.Contains(info.Addr, "://") {
		return info.Addr
	}
	return "http://" + info.Addr
}

// open reports whether s takes new clients.
func open(s sim.ServerID, v *sim.View) bool { return v.Status[s] == sim.Up && v.Weight[s] > 0 }
