package haproxy

import (
	"stickysim/policies/haproxy"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// settings are what a proxy inherits from its defaults.
type settings struct {
	mode        string // http, tcp, …; empty = not given
	balance     *line  // nil: not given
	algorithm   haproxy.Balance
	hashing     haproxy.Hashing
	options     haproxy.Options
	connect     sim.Time // timeout connect; 0 = not given
	checkRead   sim.Time // timeout check; 0 = not given
	limits      ir.Limits
	cookie      *line
	cookieName  string
	cookiePars  haproxy.Cookie
	dynamicKey  bool   // dynamic-cookie-key is given
	setSrc      string // http-request set-src: where the source address is taken from
	forwardsFor string // option forwardfor: "add" or "if-none"; "" = off
	forwarded   bool   // the source address is the one that proxies in front tell
	delays      bool   // tcp-request inspect-delay
	awaits      bool   // tcp-request content
	defaultSrv  serverParams

	defaultBackend string // where requests go that no rule sends elsewhere
}

func newSettings() settings {
	return settings{
		hashing:    haproxy.DefaultHashing(),
		options:    haproxy.DefaultOptions(),
		defaultSrv: newServerParams(),
	}
}
