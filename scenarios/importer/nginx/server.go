package nginx

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	nginxpolicy "stickysim/policies/nginx"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// server translates a server line of an upstream. names makes the names of servers unique.
func (t *translation) server(g *group, d *directive, names source.Names) error {
	if len(d.args) == 0 || d.args[0] == "" {
		return d.Errorf("server: an address is missing")
	}
	if len(g.pool.Servers) == maxServers {
		return d.Errorf("upstream %s has more than %d servers", source.Short(g.name), maxServers)
	}
	text := d.args[0]
	if err := d.checkPort(text); err != nil {
		return err
	}
	s := ir.Server{Place: d.Place, Info: sim.ServerInfo{Name: names.Unique(text), Addr: text, Weight: 1}}
	t.twiceIn(d)
	for _, param := range d.args[1:] {
		if err := t.serverParam(g, &s, d, param); err != nil {
			return err
		}
	}
	if isName(text) {
		t.remark(ir.Assumed, d, "a name; one server is assumed, while nginx makes one of each address of the name")
	}
	t.remark(ir.Translated, d, "server of upstream %s", source.Short(g.name))
	g.weight += s.Info.Weight
	g.pool.Servers = append(g.pool.Servers, s)
	return nil
}

// twiceIn remarks on parameters that a server line has more than once.
func (t *translation) twiceIn(d *directive) {
	seen := map[string]string{}
	for _, param := range d.args[1:] {
		name, _, _ := strings.Cut(param, "=")
		if was := seen[name]; was != "" {
			t.remark(ir.NotCarried, d, "%s: without effect, since %s follows in the line", source.Short(was), source.Short(param))
		}
		seen[name] = param
	}
}

// checkPort refuses an address whose port is none. Templates that fill it in later are left alone.
func (d *directive) checkPort(address string) error {
	if strings.HasPrefix(strings.ToLower(address), "unix:") || strings.ContainsAny(address, "${<") {
		return nil
	}
	_, port, given := strings.Cut(address[strings.LastIndexByte(address, ']')+1:], ":")
	if n, err := strconv.Atoi(port); given && !strings.Contains(port, ":") && (err != nil || n < 1 || n > 65535) {
		return d.Errorf("server %s: the port must be a number from 1 to 65535, got %q", source.Short(address), source.Short(port))
	}
	return nil
}

// serverParam translates one parameter of a server line.
func (t *translation) serverParam(g *group, s *ir.Server, d *directive, param string) (err error) {
	name, value, hasValue := strings.Cut(param, "=")
	option := func(name, value string) {
		if s.Info.Options == nil {
			s.Info.Options = map[string]string{}
		}
		s.Info.Options[name] = value
	}
	flag := map[string]bool{"backup": true, "down": true, "drain": true, "resolve": true}[name]
	if flag == hasValue {
		return d.Errorf("server: %q: %s", source.Short(param), map[bool]string{true: "takes no value", false: "is unknown or lacks its value"}[flag])
	}
	switch name {
	case "weight":
		s.Info.Weight, err = d.number(name, value, 1, maxWeight)
	case "max_conns":
		s.Info.Limit, err = d.number(name, value, 0, math.MaxInt32)
	case "max_fails":
		option(name, value)
		_, err = d.number(name, value, 0, math.MaxInt32)
	case "fail_timeout":
		option(name, value)
		_, err = d.seconds(name, value)
	case "backup":
		if s.Info.Backup = true; g.method != nil && refusesBackups(g.method.name) {
			t.remark(ir.NotCarried, d, "nginx refuses a backup server behind %s; before that line it takes one", g.method)
		}
	case "down":
		s.Status = sim.Down
	case "drain":
		s.Status = sim.Draining
	case "route":
		s.Info.Cookie = value
		option(name, value)
	case "srun_id":
		s.Info.Cookie = value
		option("route", value)
		g.routed = true
	case "slow_start":
		option(name, value)
		t.remark(ir.NotCarried, d, "slow_start (NGINX Plus) is a setting of servers in a scenario: slow_start: {for: %s}", source.Short(value))
		_, err = d.seconds(name, value)
	case "service":
		option(name, value)
		t.remark(ir.NotCarried, d, "service: the servers and weights are in DNS SRV records, which were not asked")
	case "resolve":
		option(name, "")
		t.remark(ir.NotCarried, d, "resolve: servers come and go with the name's addresses")
	default:
		t.remark(ir.NotCarried, d, "parameter %s: not understood", source.Short(name))
	}
	return err
}

// refusesBackups reports whether server lines behind the method cannot have the parameter backup.
func refusesBackups(method string) bool {
	return method == "hash" || method == "ip_hash" || method == "random"
}

// isName reports whether the text of a server line is a host name rather than an address.
func isName(text string) bool {
	if strings.HasPrefix(strings.ToLower(text), "unix:") {
		return false
	}
	host, _ := nginxpolicy.HostPort(text)
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err != nil
}
