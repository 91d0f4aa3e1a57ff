package lighttpd

import (
	"cmp"
	"strconv"
	"strings"

	"stickysim/policies"
	_ "stickysim/policies/lighttpd" // registers the policies that pools name
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// maxServers bounds a pool.
const maxServers = 10_000

// pools translates proxy.server: an array of extensions or paths, each an array of servers.
func (t *translation) pools(x *statement, s *scope) error {
	if !x.value.Is(tree.List) {
		return x.Errorf(`proxy.server: must be ( "extension" => ( ( "host" => "10.0.0.1", "port" => 80 ) ) )`)
	}
	for _, ext := range x.value.Items {
		name := strings.TrimSpace(s.condition + " " + ext.Key)
		if name == "" {
			name = "proxy.server"
		}
		p := ir.Pool{Place: ext.Place, Name: t.Names.Unique(name), Balancers: ir.Balancers{Scope: "worker"}}
		if !ext.Is(tree.List) || len(ext.Items) > maxServers {
			return x.Errorf("proxy.server: %q must be an array of at most %d servers", source.Short(ext.Key), maxServers)
		}
		seen := source.Names{}
		for _, host := range ext.Items {
			if err := t.server(host, &p, seen); err != nil {
				return err
			}
		}
		if len(p.Servers) == 0 {
			t.NotCarried(x, "proxy.server: %q has no servers", source.Short(ext.Key))
			continue
		}
		p.Limits.Connect = cmp.Or(p.Limits.Connect, 8*sim.Second) // lighttpd's own
		t.choose(&p, x, s)
		p.Default = s.condition == "" && (ext.Key == "" || ext.Key == "/")
		t.Pools = append(t.Pools, p)
	}
	return nil
}

// choose sets the pool's policy and key.
func (t *translation) choose(p *ir.Pool, x *statement, s *scope) {
	balance := s.balance
	if balance == "" {
		balance = "least-connection"
		t.Assumed(x, "proxy.balance is not set: least-connection")
	}
	p.Policy = policiesOf[balance]
	entry, _ := policies.Lookup(p.Policy)
	p.Params = entry.Default
	switch balance {
	case "hash":
		p.Key = ir.KeySource{Kind: "uri", Text: "Host and path, separated by a space"}
	case "sticky":
		p.Key = ir.KeySource{Kind: "address", Text: "sticky"}
	default:
		p.Key.Kind = "none"
	}
	t.Translated(x, "proxy.server: pool %q with %d servers, policy %s", source.Short(p.Name), len(p.Servers), p.Policy)
}

// server translates `"label" => ( "host" => "10.0.0.1", "port" => 8080 )`.
func (t *translation) server(n *tree.Node, p *ir.Pool, seen source.Names) error {
	if !n.Is(tree.List) {
		return n.Errorf(`proxy.server: expected ( "host" => "10.0.0.1", "port" => 80 ), got %s`, source.Short(n.String()))
	}
	host, port := "", "80"
	info := sim.ServerInfo{Weight: 1}
	for _, o := range n.Items {
		value := o.Text
		if o.Kind == tree.Unknown || o.Kind == tree.List {
			t.NotCarried(o, "%s: not a plain value; the text is used as written", source.Short(o.Key))
		}
		switch o.Key {
		case "host":
			host = value
		case "socket":
			host, port = "unix:"+value, ""
		case "port":
			number, err := strconv.ParseUint(value, 10, 16)
			if err != nil || number == 0 {
				return o.Errorf("port: %q is not a number between 1 and 65535", source.Short(value))
			}
			port = strconv.FormatUint(number, 10)
		case "disable-time":
			if number, err := strconv.ParseUint(value, 10, 16); err != nil {
				return o.Errorf("disable-time: %q is not a number of seconds", source.Short(value))
			} else {
				info.Options = map[string]string{"disable-time": strconv.FormatUint(number, 10)}
			}
		case "connect-timeout", "read-timeout":
			number, err := strconv.ParseUint(value, 10, 16)
			if err != nil {
				return o.Errorf("%s: %q is not a number of seconds", o.Key, source.Short(value))
			}
			limit := &p.Limits.Connect
			if o.Key == "read-timeout" {
				limit = &p.Limits.Attempt
			}
			if *limit == 0 || *limit == sim.Time(number)*sim.Second {
				*limit = sim.Time(number) * sim.Second
				t.Translated(o, "%s: of the pool", o.Key)
			} else {
				t.NotCarried(o, "%s: that of the first server holds for all", o.Key)
			}
		default:
			switch {
			case lostOfServers[o.Key] != "":
				t.NotCarried(o, "%s: %s", o.Key, lostOfServers[o.Key])
			case harmlessOfServers[o.Key]:
				t.Harmless(o, "%s: does not choose among servers", o.Key)
			default:
				t.NotCarried(o, "%s: not understood", source.Short(o.Key))
			}
		}
	}
	if host == "" {
		return n.Errorf("proxy.server: %s needs a host or socket", source.Short(n.Key))
	}
	info.Addr = host
	if port != "" {
		if strings.Contains(host, ":") && host[0] != '[' {
			host = "[" + host + "]"
		}
		info.Addr = host + ":" + port
	}
	info.Name = seen.Unique(info.Addr)
	p.Servers = append(p.Servers, ir.Server{Place: n.Place, Info: info, Status: sim.Up})
	return nil
}
