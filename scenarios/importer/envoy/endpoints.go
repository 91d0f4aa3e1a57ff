package envoy

import (
	"net"
	"strconv"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// maxServers bounds a pool.
const maxServers = 10_000

// servers translates the endpoints of a cluster that lists them.
func (im *translation) servers(c *tree.Node) []ir.Server {
	var list []ir.Server
	names, zones := map[string]bool{}, map[string]int{}
	for _, group := range c.Get("load_assignment", "endpoints").Children() {
		zone := im.zone(group, zones)
		priority, _ := group.Get("priority").Int()
		if p := group.Get("priority"); p != nil {
			im.Translated(p, "priority: %d%s", priority, backupText(priority))
		}
		if w := group.Get("load_balancing_weight"); w != nil {
			im.NotCarried(w, "load_balancing_weight of a locality: hosts of all localities are one set")
		}
		for _, e := range group.Get("lb_endpoints").Children() {
			if len(list) == maxServers {
				im.NotCarried(e, "lb_endpoints: only the first %d hosts are read", maxServers)
				return list
			}
			s := im.server(e, names)
			s.Info.Zone, s.Info.Backup = zone, priority > 0
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		at := c.First("eds_cluster_config", "type")
		if at == nil {
			at = c
		}
		im.Assumed(at, "hosts: the file does not list them; the scenario says how many there are")
	}
	return list
}

func backupText(priority int) string {
	if priority > 0 {
		return ", used when priority 0 has no host left; Envoy already shifts load below 71 % healthy"
	}
	return ""
}

func (im *translation) zone(group *tree.Node, zones map[string]int) int {
	l := group.Get("locality")
	if l == nil {
		return 0
	}
	name := l.Get("region").Value() + "/" + l.Get("zone").Value() + "/" + l.Get("sub_zone").Value()
	if _, known := zones[name]; !known {
		zones[name] = len(zones)
	}
	im.Translated(l, "locality %s: zone %d", name, zones[name])
	return zones[name]
}

func (im *translation) server(e *tree.Node, names map[string]bool) ir.Server {
	end := e.Get("endpoint")
	socket := end.Get("address", "socket_address")
	addr := socket.Get("address").Value()
	if port := socket.First("port_value", "named_port").Value(); port != "" {
		addr = net.JoinHostPort(addr, port)
	}
	if pipe := end.Get("address", "pipe", "path").Value(); pipe != "" {
		addr = pipe
	}
	s := ir.Server{Place: e.Place, Info: sim.ServerInfo{Name: addr, Addr: addr, Weight: 1}}
	if host := end.Get("hostname").Value(); host != "" {
		s.Info.Name = host
	}
	if names[s.Info.Name] || s.Info.Name == "" {
		s.Info.Name += "#" + strconv.Itoa(len(names)+1)
	}
	names[s.Info.Name] = true
	im.Translated(end, "endpoint: server %s", s.Info.Name)
	im.integer(e.Get("load_balancing_weight"), &s.Info.Weight)
	if h := e.Get("health_status"); h != nil {
		switch h.Value() {
		case "DRAINING":
			s.Status = sim.Draining
		case "UNHEALTHY", "TIMEOUT":
			s.Status = sim.Down
		}
		im.Translated(h, "health_status: %s", h)
	}
	return s
}

// health translates the first active health check.
func (im *translation) health(c *tree.Node) *sim.Health {
	checks := c.Get("health_checks").Children()
	if len(checks) == 0 {
		return nil
	}
	h, x := &sim.Health{FromEnd: true, Fall: 1, Rise: 1}, checks[0]
	im.span(x.Get("interval"), &h.Interval)
	im.span(x.Get("timeout"), &h.Timeout)
	im.integer(x.Get("unhealthy_threshold"), &h.Fall)
	im.integer(x.Get("healthy_threshold"), &h.Rise)
	for _, more := range checks[1:] {
		im.NotCarried(more, "health_checks: only the first is modelled")
	}
	if h.Interval <= 0 {
		im.NotCarried(x, "health_checks: without an interval; none is made")
		return nil
	}
	return h
}
