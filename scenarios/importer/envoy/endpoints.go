package envoy

import (
	"cmp"
	"net"
	"strconv"

	"stickysim/scenarios/importer/internal/source"
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
	byName := c.Get("type").Value() == "STRICT_DNS"
	assignment := im.assignment(c)
	for _, group := range assignment.Get("endpoints").Children() {
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
			if byName && net.ParseIP(e.Get("endpoint", "address", "socket_address", "address").Value()) == nil {
				im.Assumed(e, "endpoint %s: one server; Envoy makes a host of every address that the name resolves to", s.Info.Name)
			}
			s.Info.Zone, s.Info.Backup = zone, priority > 0
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		im.Assumed(c, "hosts: the file does not list them; the scenario says how many there are")
	}
	return list
}

// assignment is where the hosts of a cluster are: in it, or with EDS in a resource of their own.
func (im *translation) assignment(c *tree.Node) *tree.Node {
	own := c.Get("load_assignment")
	if own.Get("endpoints") != nil {
		return own
	}
	service := cmp.Or(c.Get("eds_cluster_config", "service_name").Value(), clusterName(c))
	for _, hosts := range im.hosts {
		if name := hosts.Get("cluster_name"); name.Value() == service {
			im.Translated(name, "cluster_name: hosts of %s", source.Short(service))
			im.Translated(hosts, "endpoints of cluster %s", source.Short(clusterName(c)))
			return hosts
		}
	}
	return own
}

// discovery says how the hosts of a cluster are found.
func (im *translation) discovery(c *tree.Node) {
	switch t := c.Get("type"); t.Value() {
	case "":
	case "ORIGINAL_DST":
		im.NotCarried(t, "type ORIGINAL_DST: the client chooses the host, nothing is balanced")
	default:
		im.Harmless(t, "type %s: how the hosts are found", t)
	}
	if t := c.Get("cluster_type"); t != nil {
		im.NotCarried(t, "cluster_type: hosts that an extension finds are not known here")
	}
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
	if w := e.Get("load_balancing_weight"); w.Value() == "0" {
		im.NotCarried(w, "load_balancing_weight 0: Envoy refuses a weight below 1; 1 is used")
	} else {
		im.integer(w, &s.Info.Weight)
	}
	if h := e.Get("health_status"); h != nil {
		switch h.Value() {
		case "DRAINING":
			s.Status = sim.Draining
		case "UNHEALTHY", "TIMEOUT":
			s.Status = sim.Down
		case "DEGRADED":
			im.NotCarried(h, "health_status DEGRADED: the host is up like the others")
			return s
		case "UNKNOWN", "HEALTHY":
		default:
			im.NotCarried(h, "health_status %s: not known; the host is up", h)
			return s
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
	im.span(x.Get("unhealthy_interval"), &h.Down)
	for _, more := range checks[1:] {
		im.NotCarried(more, "health_checks: only the first is modelled")
	}
	if h.Interval <= 0 {
		im.NotCarried(x, "health_checks: without an interval; none is made")
		return nil
	}
	return h
}
