package haproxy

import (
	"cmp"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// front is what the frontends and listeners in front of a pool say about the source address.
type front struct {
	some    bool   // there are any
	adds    string // what option forwardfor of the first that has it says
	proxied bool   // one has the address that proxies in front tell
	reads   bool   // one reads what clients send before a server is chosen
	direct  *proxy // the first that has that of the connection
}

func (f front) with(g front) front {
	return front{f.some || g.some, cmp.Or(f.adds, g.adds), f.proxied || g.proxied, f.reads || g.reads, cmp.Or(f.direct, g.direct)}
}

func (p *proxy) front() front {
	f := front{some: true, adds: p.forwardsFor, proxied: p.forwarded, reads: p.mode == "http" || p.delays && p.awaits}
	if !p.forwarded {
		f.direct = p
	}
	return f
}

// leads says which frontends lead to which backend.
type leads struct {
	byName map[string]front
	any    front // those that compute the name of the backend
	all    front
}

func (im *translation) leads() leads {
	l := leads{byName: map[string]front{}}
	for _, e := range im.entries {
		f := e.front()
		l.all = l.all.with(f)
		for _, name := range append(e.backends, e.defaultBackend) {
			if strings.ContainsAny(name, "%$") {
				l.any = l.any.with(f)
			} else {
				l.byName[name] = l.byName[name].with(f)
			}
		}
	}
	return l
}

// to is the front of a pool. Where no frontend leads there, the file is a part of a configuration, and any may.
func (l leads) to(p *proxy) front {
	f := l.byName[p.name].with(l.any)
	if p.kind == "listen" {
		f = f.with(p.front())
	}
	if !f.some {
		return l.all
	}
	return f
}

// sees says whose address a pool goes by.
func (im *translation) sees(pool *ir.Pool, p *proxy, from front) {
	if !p.forwarded && !from.proxied {
		return
	}
	pool.Sees = &ir.Sees{}
	if e := from.direct; e != nil && !p.forwarded {
		im.NotCarried(e.at, "%s %s: its source addresses are those of the connections; %s is taken to see the ones that proxies in front tell, as behind other frontends",
			e.kind, source.Short(e.name), source.Short(p.name))
	}
}
