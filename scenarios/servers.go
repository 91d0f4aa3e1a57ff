package scenarios

import (
	"fmt"
	"slices"
	"strconv"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
)

// group is a number of equal servers.
type group struct {
	sim.Server
	count int
	names []string
	zones int
}

var defaultGroup = group{
	Server: sim.Server{Info: sim.ServerInfo{Weight: 1}, Cores: 8, Speed: 1, Queue: 256},
	count:  1, zones: 1,
}

var slowStart = object[sim.SlowStart]{
	needed(at("for", "length of the ramp", span(1), func(s *sim.SlowStart) *sim.Time { return &s.For })),
	at("from", "initial share of the weight", share(0.001, 1), func(s *sim.SlowStart) *float64 { return &s.From }),
}

var gc = object[sim.GC]{
	needed(at("every", "running time between two pauses", recurrence(), func(g *sim.GC) *dist.Dist { return &g.Every })),
	needed(at("pause", "length of a pause", seconds(), func(g *sim.GC) *dist.Dist { return &g.Pause })),
	at("per_byte", "additional seconds of pause per byte of live session state", number(0, 1), func(g *sim.GC) *float64 { return &g.PerBytes }),
}

// common are the fields of both a fleet and a single server.
var common = object[group]{
	at("cores", "requests processed at a time", integer(1, 10_000), func(g *group) *int { return &g.Cores }),
	at("speed", "work per second and core; service times are stated for speed 1", number(1e-6, 1e6), func(g *group) *float64 { return &g.Speed }),
	at("discipline", "how the cores are shared: first come, first served, or processor sharing",
		choice([]string{"fcfs", "ps"}, sim.FCFS, sim.PS), func(g *group) *sim.Discipline { return &g.Discipline }),
	at("queue", "requests that may wait; any more are answered with 503", word(integer(0, 1e9), "unlimited", -1), func(g *group) *int { return &g.Queue }),
	at("memory", "memory for session state", word(size(), "unlimited", 0), func(g *group) *float64 { return &g.Memory }),
	at("startup", "time from order to ready, of servers added during the run; default: none", seconds(), func(g *group) *dist.Dist { return &g.Startup }),
	at("slow_start", "linear ramp of a new server's weight; default: none", slowStart.kind(sim.SlowStart{From: 0.1}), func(g *group) *sim.SlowStart { return &g.SlowStart }),
	at("gc", "stop-the-world garbage collection", pointer(gc.kind(sim.GC{})), func(g *group) **sim.GC { return &g.GC }),
	at("weight", "configured weight", integer(0, 1e6), func(g *group) *int { return &g.Info.Weight }),
	at("zone", "failure zone; of servers that are added during the run, by default the one with the fewest servers", integer(0, 10_000), func(g *group) *int { return &g.Info.Zone }),
	at("backup", "used only when no other server is usable", truth(), func(g *group) *bool { return &g.Info.Backup }),
	at("limit", "maximum of requests in flight from one balancer instance, open connections included (maxconn, max_conns)", word(integer(1, 1e9), "unlimited", 0), func(g *group) *int { return &g.Info.Limit }),
	at("options", "further settings as the product spells them, such as max_fails; default: none", words(), func(g *group) *map[string]string { return &g.Info.Options }),
}

var fleet = append(object[group]{
	at("count", "number of servers", integer(1, maxServers), func(g *group) *int { return &g.count }),
	at("names", "names of the servers, in order, and behind them those of servers that are added during the run; further servers, and by default all, are called server-6, server-7, ...", list(label(), 1, maxServers), func(g *group) *[]string { return &g.names }),
	at("zones", "number of failure zones; servers are assigned to them in turn", integer(1, 10_000), func(g *group) *int { return &g.zones }),
}, common...)

var single = append(object[group]{
	at("name", "unique name; with count, the names are name-1, name-2, ...; default: server- and its position", label(), func(g *group) *string { return &g.Info.Name }),
	at("count", "number of such servers", integer(1, maxServers), func(g *group) *int { return &g.count }),
	at("addr", "address as in the balancer's configuration; default: the name", label(), func(g *group) *string { return &g.Info.Addr }),
	at("number", "the product's id of the server; default: its position", integer(1, 1<<30), func(g *group) *int { return &g.Info.Number }),
	at("status", "as the balancers are configured from the start: down gets no requests, drain only those of clients that are bound to it; both keep their place in what is hashed over all servers. Servers that are added during the run are up",
		choice([]string{"up", "drain", "down"}, sim.Up, sim.Draining, sim.Down), func(g *group) *sim.Status { return &g.Status }),
	at("cookie", "value that identifies the server in cookies or routes; default: none", label(), func(g *group) *string { return &g.Info.Cookie }),
}, common...)

// servers is the fleet: one mapping for equal servers, or a list.
func servers() kind[[]sim.Server] {
	one := single.kind(defaultGroup)
	many := list(one, 1, maxServers)
	return kind[[]sim.Server]{schema: either("array", many.schema, fleet.shape(&defaultGroup)), read: func(d *decoder, n *tree.Node) ([]sim.Server, bool) {
		if n.Kind != tree.List {
			g, ok := fleet.kind(defaultGroup).read(d, n)
			return g.expand(d, n), ok
		}
		groups, ok := many.read(d, n)
		if !ok {
			return nil, false
		}
		var all []sim.Server
		for i := range groups {
			if len(all)+groups[i].count > maxServers {
				d.fail(n, "out-of-range", fmt.Sprintf("must have at most %d servers", maxServers), "")
				return nil, false
			}
			all = append(all, groups[i].members(i)...)
		}
		return all, unique(d, n, all)
	}}
}

// newServer is a server that is added during the run: the first of the fleet, with the settings in n.
func (d *decoder) newServer(n *tree.Node) sim.Server {
	g := defaultGroup
	if len(d.fleet) > 0 {
		g.Server = d.fleet[0]
		g.Status = sim.Up
	}
	var a addition
	a.group = g
	additional.read(d, n, &a)
	return a.Server
}

// expand makes the servers of a fleet. Their names are their cookie values; servers of a list, which can come from a
// product's configuration, have only the values written there.
func (g *group) expand(d *decoder, n *tree.Node) []sim.Server {
	names := g.names
	if names != nil && n.Get("count") == nil {
		g.count = len(names)
	}
	all := make([]sim.Server, g.count)
	for i := range all {
		all[i] = g.Server
		all[i].Info.Name = "server-" + strconv.Itoa(i+1)
		if i < len(names) {
			all[i].Info.Name = names[i]
		}
		all[i].Info.Addr, all[i].Info.Cookie = all[i].Info.Name, all[i].Info.Name
		if g.zones > 1 {
			all[i].Info.Zone = i % g.zones
		}
	}
	if names != nil {
		unique(d, n.Get("names"), all)
	}
	return all
}

// members are the servers an element of the list stands for.
func (g *group) members(at int) []sim.Server {
	if g.Info.Name == "" {
		g.Info.Name = "server-" + strconv.Itoa(at+1)
	}
	all := make([]sim.Server, g.count)
	for i := range all {
		all[i] = g.Server
		if g.count > 1 {
			all[i].Info.Name += "-" + strconv.Itoa(i+1)
		}
		if g.Info.Addr == "" {
			all[i].Info.Addr = all[i].Info.Name
		}
	}
	return all
}

func unique(d *decoder, n *tree.Node, all []sim.Server) bool {
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Info.Name
	}
	slices.Sort(names)
	for i := 1; i < len(names); i++ {
		if names[i] == names[i-1] {
			d.fail(n, "duplicate-name", "has two servers called "+quote(names[i]), "names are unique")
			return false
		}
	}
	return true
}

// words is a mapping with any keys.
func words() kind[map[string]string] {
	value := text(200)
	return kind[map[string]string]{schema: func() schema { return schema{"type": "object", "additionalProperties": value.schema()} }, read: func(d *decoder, n *tree.Node) (map[string]string, bool) {
		if n.Kind != tree.Map || len(n.Keys) > 100 {
			d.fail(n, "wrong-type", "must be a mapping of at most 100 settings, got "+describe(n), "")
			return nil, false
		}
		out, ok := map[string]string{}, true
		for i, key := range n.Keys {
			v, fine := value.read(d, n.Items[i])
			out[key.Name], ok = v, ok && fine
		}
		return out, ok
	}}
}
