package route

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"

	"stickysim/policies/replay"
)

// Resolve returns the source as a balancer has it that finds these addresses behind host names, each written
// HOST=ADDRESS[,ADDRESS...]. A server line of a name with several addresses becomes a server for each, called
// NAME@ADDRESS, as nginx makes of it. Errors name the host that is wrong or on no line.
func (s Source) Resolve(hosts []string) (Source, error) {
	for _, text := range hosts {
		host, list, _ := strings.Cut(text, "=")
		addresses := strings.Split(list, ",")
		for _, a := range addresses {
			if _, err := netip.ParseAddr(a); err != nil || host == "" {
				return s, fmt.Errorf("resolve: %q is not HOST=ADDRESS[,ADDRESS...]", text)
			}
		}
		var all []replay.Server
		found := false
		for _, one := range s.Servers {
			name, port, err := net.SplitHostPort(one.Info.Addr)
			if err != nil {
				name, port = one.Info.Addr, ""
			}
			if name != host {
				all = append(all, one)
				continue
			}
			found = true
			all = append(all, resolved(one, addresses, port)...)
		}
		if !found {
			return s, fmt.Errorf("resolve: no server is on the host %q", host)
		}
		s.Servers = all
	}
	return s, nil
}

// resolved is a server line as a server for each address.
func resolved(line replay.Server, addresses []string, port string) []replay.Server {
	all := slices.Repeat([]replay.Server{line}, len(addresses))
	for i := range all {
		info := &all[i].Info
		info.Options = maps.Clone(info.Options)
		if info.Options == nil {
			info.Options = map[string]string{}
		}
		info.Options["host"] = line.Info.Addr
		if info.Name == "" {
			info.Name = line.Info.Addr
		}
		if info.Addr = addresses[i]; port != "" {
			info.Addr = net.JoinHostPort(addresses[i], port)
		}
		if len(addresses) > 1 {
			info.Name += "@" + info.Addr
		}
	}
	return all
}
