package lighttpd

import (
	"fmt"
	"strconv"
	"strings"

	"stickysim/policies"
	_ "stickysim/policies/lighttpd" // registers the policies that pools name
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// maxServers bounds a pool.
const maxServers = 10_000

// pools translates proxy.server: an array of extensions or paths, each an array of servers.
func (t *translation) pools(x *statement, s *scope) error {
	if !x.value.Is(tree.List) {
		return x.errorf(`proxy.server: must be ( "extension" => ( ( "host" => "10.0.0.1", "port" => 80 ) ) )`)
	}
	for _, ext := range x.value.Items {
		name := strings.TrimSpace(s.condition + " " + ext.Key)
		if name == "" {
			name = "proxy.server"
		}
		if t.names[name]++; t.names[name] > 1 {
			name += "#" + strconv.Itoa(t.names[name])
		}
		p := ir.Pool{Name: name, File: ext.File, Line: ext.Line, Balancers: ir.Balancers{Scope: "worker"}}
		if !ext.Is(tree.List) || len(ext.Items) > maxServers {
			return x.errorf("proxy.server: %q must be an array of at most %d servers", clip(ext.Key), maxServers)
		}
		seen := map[string]int{}
		for _, host := range ext.Items {
			if err := t.server(host, &p, seen); err != nil {
				return err
			}
		}
		if len(p.Servers) == 0 {
			t.remark(ir.Unsupported, x.place, "proxy.server: %q has no servers", clip(ext.Key))
			continue
		}
		t.choose(&p, x, s)
		t.config.Pools = append(t.config.Pools, p)
	}
	return nil
}

// choose sets the pool's policy and key.
func (t *translation) choose(p *ir.Pool, x *statement, s *scope) {
	balance := s.balance
	if balance == "" {
		balance = "least-connection"
		t.remark(ir.Default, x.place, "proxy.balance is not set: least-connection")
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
	t.remark(ir.Translated, x.place, "proxy.server: pool %q with %d servers, policy %s", clip(p.Name), len(p.Servers), p.Policy)
}

// server translates `"label" => ( "host" => "10.0.0.1", "port" => 8080 )`.
func (t *translation) server(n *tree.Node, p *ir.Pool, seen map[string]int) error {
	at := place{n.File, n.Line, 1}
	if !n.Is(tree.List) {
		return at.errorf(`proxy.server: expected ( "host" => "10.0.0.1", "port" => 80 ), got %s`, clip(n.String()))
	}
	host, port := "", "80"
	info := sim.ServerInfo{Weight: 1}
	for _, o := range n.Items {
		at := place{o.File, o.Line, 1}
		value := o.Text
		if o.Kind == tree.Unknown || o.Kind == tree.List {
			t.remark(ir.Unsupported, at, "%s: not a plain value; taken as written", clip(o.Key))
		}
		switch o.Key {
		case "host":
			host = value
		case "socket":
			host, port = "unix:"+value, ""
		case "port":
			number, err := strconv.ParseUint(value, 10, 16)
			if err != nil || number == 0 {
				return at.errorf("port: %q is not a number between 1 and 65535", clip(value))
			}
			port = strconv.FormatUint(number, 10)
		case "disable-time":
			if number, err := strconv.ParseUint(value, 10, 16); err != nil {
				return at.errorf("disable-time: %q is not a number of seconds", clip(value))
			} else {
				info.Options = map[string]string{"disable-time": strconv.FormatUint(number, 10)}
			}
		default:
			t.remark(ir.Ignored, at, "%s: does not choose among servers", clip(o.Key))
		}
	}
	if host == "" {
		return at.errorf("proxy.server: %s needs a host or socket", clip(n.Key))
	}
	info.Addr = host
	if port != "" {
		if strings.Contains(host, ":") && host[0] != '[' {
			host = "[" + host + "]"
		}
		info.Addr = host + ":" + port
	}
	if info.Name = info.Addr; seen[info.Addr] > 0 {
		info.Name = fmt.Sprintf("%s#%d", info.Addr, seen[info.Addr]+1)
	}
	seen[info.Addr]++
	p.Servers = append(p.Servers, ir.Server{Info: info, Status: sim.Up, Line: n.Line})
	return nil
}
