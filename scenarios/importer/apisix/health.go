package apisix

import (
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// checks reads the active health check. A server that is gone refuses connections, which counts as a failure of TCP.
func (im *translation) checks(n *tree.Node, p *ir.Pool) {
	if passive := n.Get("passive"); passive != nil {
		im.NotCarried(passive, "checks.passive: failed requests do not put a node aside")
	}
	active := n.Get("active")
	if active == nil {
		return
	}
	h := sim.Health{Interval: sim.Second, Down: sim.Second, Timeout: sim.Second, Fall: 2, Rise: 2}
	im.Translated(active, "checks.active")
	im.seconds(active.Get("timeout"), &h.Timeout)
	im.seconds(active.Get("healthy", "interval"), &h.Interval)
	im.seconds(active.Get("unhealthy", "interval"), &h.Down)
	im.whole(active.Get("healthy", "successes"), 1, 254, &h.Rise)
	im.whole(active.Get("unhealthy", "tcp_failures"), 1, 254, &h.Fall)
	for _, x := range []*tree.Node{active.Get("unhealthy", "http_failures"), active.Get("unhealthy", "timeouts")} {
		if x != nil {
			im.Harmless(x, "%s: servers that are gone refuse connections, which tcp_failures counts", x.Key)
		}
	}
	if h.Interval < sim.Second {
		h.Interval = sim.Second
		im.NotCarried(active.Get("healthy", "interval"), "interval: must be at least 1, and APISIX refuses less; 1s is used")
	}
	p.Health = &h
}

// seconds reads a span, in seconds.
func (im *translation) seconds(n *tree.Node, to *sim.Time) {
	if n == nil {
		return
	}
	t, ok := n.Seconds()
	if !ok {
		im.NotCarried(n, "%s: must be a number of seconds, got %s; %v is used", n.Key, n, *to)
		return
	}
	*to = t
	im.Translated(n, "%s: %v", n.Key, t)
}

// whole reads a whole number within bounds.
func (im *translation) whole(n *tree.Node, least, most int, to *int) {
	if n == nil {
		return
	}
	x, ok := n.Int()
	if !ok || x < least || x > most {
		im.NotCarried(n, "%s: must be a whole number from %d to %d, got %s; %d is used", n.Key, least, most, n, *to)
		return
	}
	*to = x
	im.Translated(n, "%s: %d", n.Key, x)
}
