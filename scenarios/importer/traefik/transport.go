package traefik

import (
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// dialTimeout is Traefik's own.
const dialTimeout = 30 * sim.Second

// limits sets the time limits of a service: those of the transport that it names, or of the one of the static file.
func (t *translation) limits(p *ir.Pool, name *tree.Node) {
	p.Limits.Connect = dialTimeout
	from := t.transport
	if name.Value() != "" {
		if from = t.transports[local(name.Value())]; from == nil {
			t.NotCarried(name, "serversTransport %s: is not in these files", name)
			return
		}
		t.Translated(name, "serversTransport %s", name)
	}
	for _, x := range []struct {
		key, name string
		to        *sim.Time
	}{{"dialtimeout", "dialTimeout", &p.Limits.Connect}, {"responseheadertimeout", "responseHeaderTimeout", &p.Limits.Attempt}} {
		n := from.Get("forwardingtimeouts", x.key)
		if n == nil {
			continue
		}
		d, ok := n.Duration()
		if ok {
			*x.to = d
		}
		switch {
		case n.Remarked():
		case !ok:
			t.NotCarried(n, "%s: %s is not a duration such as 10s", x.name, n)
		case d == 0 && x.to == &p.Limits.Connect:
			t.NotCarried(n, "%s 0: no limit; the scenario has its default, 1s", x.name)
		default:
			t.Translated(n, "%s %s: of services with this transport, among them %s", x.name, n, source.Short(p.Name))
		}
	}
}
