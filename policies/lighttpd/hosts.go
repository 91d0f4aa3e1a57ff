package lighttpd

import (
	"strconv"
	"strings"

	"stickysim/sim"
)

// host is what the balancer knows of one server.
type host struct {
	mark    uint32   // DJBX33X of the host's text
	port    uint32   // 0 = none
	disable sim.Time // how long a refused connection keeps it out
	until   sim.Time // out until then
}

// defaultDisable is mod_proxy's disable-time.
const defaultDisable = 1 * sim.Second

// maxReconnects is how often a request goes back to the choice of a server.
const maxReconnects = 5

// hosts is the part all policies embed: servers with their failures.
type hosts struct {
	list  []host // by ServerID
	known []bool
	until sim.Time // every server is back by then
}

func newHosts(env sim.Env) hosts {
	return hosts{list: make([]host, env.Servers), known: make([]bool, env.Servers)}
}

// Rebuild learns new members.
func (h *hosts) Rebuild(v *sim.View) {
	for _, s := range v.Members {
		if !h.known[s] {
			h.list[s], h.known[s] = newHost(v.Servers[s]), true
		}
	}
}

func newHost(info sim.ServerInfo) host {
	name, port := split(info.Addr)
	x := host{mark: djbx(djbxSeed, name), port: port, disable: defaultDisable}
	if n, err := strconv.Atoi(info.Options["disable-time"]); err == nil && n >= 0 {
		x.disable = sim.Time(n) * sim.Second
	}
	return x
}

// split separates host and port; brackets of IPv6 addresses are not part of the host.
func split(addr string) (host string, port uint32) {
	i := strings.LastIndexByte(addr, ':')
	if i < 0 || strings.HasSuffix(addr, "]") || strings.Count(addr, ":") > 1 && addr[0] != '[' {
		return strings.Trim(addr, "[]"), 0
	}
	n, err := strconv.ParseUint(addr[i+1:], 10, 16)
	if err != nil {
		return addr, 0
	}
	return strings.Trim(addr[:i], "[]"), uint32(n)
}

// active reports whether s takes requests. Disabled servers come back a whole second after their time.
func (h *hosts) active(s sim.ServerID, v *sim.View) bool {
	return v.Now >= h.until || v.Now >= h.list[s].until
}

// Began does nothing: the View counts.
func (h *hosts) Began(sim.ServerID, *sim.View) {}

// Reads implements [sim.Reader].
func (h *hosts) Reads() sim.Needs { return 0 }

// Calm is part of [sim.Watcher]: failures alone matter.
func (h *hosts) Calm() bool { return true }

// Ended keeps a server that refused a connection out for its disable-time. lighttpd's clock ticks in seconds, and
// the time must have passed, not only be reached.
func (h *hosts) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	if o != sim.Unreachable {
		return
	}
	tick := v.Now / sim.Second * sim.Second
	h.list[s].until = tick + h.list[s].disable + sim.Second
	h.until = max(h.until, h.list[s].until)
}

// Retry chooses again where nothing has been sent yet, at most five times.
func (h *hosts) Retry(q *sim.Request, _ sim.ServerID, o sim.Outcome, _ *sim.View) (again bool, after sim.Time) {
	return o == sim.Unreachable && q.Attempt < maxReconnects, 0
}
