package kubernetes

import (
	"stickysim/policies"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const nginxGroup = "k8s.nginx.org"

var (
	_ = register(nginxGroup, (*translation).virtualServer, "VirtualServer", "VirtualServerRoute")
	_ = register(nginxGroup, leftOut("only HTTP is read of this controller"), "TransportServer")
	_ = register(nginxGroup, leftOut("requests that are refused are not modelled"), "Policy")
)

// virtualServer makes a pool of each upstream of NGINX Inc.'s controller, and one of two levels of each split between them.
func (im *translation) virtualServer(o *object) {
	upstreams := map[string]int{} // pools by name
	for _, u := range o.spec("upstreams").Children() {
		name := u.Get("service")
		if name.Value() == "" {
			im.NotCarried(u, "upstream %s: names no service", u.Get("name"))
			continue
		}
		im.Translated(name, "service %s", name)
		im.nginxPool(o, u, im.podsOf(o, name.Value(), u.Get("subselector")))
		upstreams[u.Get("name").Value()] = len(im.Pools) - 1
	}
	for _, routes := range []string{"routes", "subroutes"} {
		for _, r := range o.spec(routes).Children() {
			im.nginxRoute(o, r, upstreams)
			for _, m := range r.Get("matches").Children() {
				im.nginxRoute(o, m, upstreams)
			}
		}
	}
}

// nginxRoute reads how a route leads to upstreams, whose pools are given by name.
func (im *translation) nginxRoute(o *object, r *tree.Node, upstreams map[string]int) {
	im.nginxSplits(o, r, upstreams)
	im.leaveOut(r, "text for nginx is not read", "location-snippets")
	im.leaveOut(r, "requests that are refused, or that wait for another server, are not modelled", "policies", "dos")
	im.nginxAction(r)
}

// nginxAction is the name of the upstream that an action leads to; empty where nginx answers by itself.
func (im *translation) nginxAction(r *tree.Node) (upstream string) {
	if pass := r.Get("action", "pass"); pass != nil {
		im.Translated(pass, "pass: upstream %s", pass)
		upstream = pass.Value()
	}
	if pass := r.Get("action", "proxy", "upstream"); pass != nil {
		im.Translated(pass, "proxy: upstream %s", pass)
		upstream = pass.Value()
	}
	return upstream
}

// nginxSplits divides the requests of a route, each by itself: the controller hashes $request_id. Weights are percentages; a part
// without one has 0. Cookies are of the upstreams, and keep no client with one of them.
func (im *translation) nginxSplits(o *object, r *tree.Node, upstreams map[string]int) {
	list := r.Get("splits")
	s, total := split{of: o, how: policies.Weighted{Sticky: "none"}}, 0
	for _, x := range list.Children() {
		pool, ok := upstreams[im.nginxAction(x)]
		if !ok {
			pool = -1
		}
		weight := im.weight(o, x.Get("weight"), 100, 0)
		total += weight
		s.parts = append(s.parts, part{pool: pool, at: x, weight: weight, given: true})
	}
	switch {
	case list == nil:
	case len(s.parts) < 2 || total != 100:
		im.NotCarried(list, "splits: must be two or more whose weights are 100 in all, got %d with %d, so that the controller refuses the %s; each upstream is a pool of its own", len(s.parts), total, o.kind)
	default:
		for _, x := range s.parts {
			if x.at.Get("weight") == nil {
				im.Assumed(x.at, "splits: no weight, which the controller reads as 0: no requests")
			}
		}
		im.splits = append(im.splits, s)
	}
}

// podsOf makes the pool of a Service, or of those of its pods that have further labels.
func (im *translation) podsOf(o *object, service string, labels *tree.Node) *ir.Pool {
	p := im.newPool(o, service)
	if s := im.named[o.ref("Service", service)]; labels != nil && s != nil {
		im.Translated(labels, "subselector: of the Service's pods, those with %s", labels)
		labels.Cover(true)
		p.Replicas = 0
		im.workload(p, s.labelled(labels))
	}
	return p
}

func (im *translation) nginxPool(o *object, u *tree.Node, p *ir.Pool) {
	im.nginxMethod(u.Get("lb-method"), p)
	if cookie := u.Get("sessionCookie"); cookie.Get("enable").True() {
		im.nginxCookie(p, cookie.Get("name").Value(), cookie.Get("expires").Value())
		for _, n := range []*tree.Node{cookie, cookie.Get("enable"), cookie.Get("name"), cookie.Get("expires")} {
			if n != nil {
				im.Translated(n, "%s: policy nginx/sticky_cookie", n.Key)
			}
		}
		im.Assumed(cookie, "sessionCookie: every client sends it back")
	} else if cookie != nil {
		im.Harmless(cookie, "sessionCookie: off")
	}
	im.nginxUpstream(func(key string) *tree.Node { return u.Get(key) }, p)
	im.nginxCheck(u.Get("healthCheck"), p)
	switch slow := u.Get("slow-start"); {
	case p.Policy == "nginx/round_robin" || p.Policy == "nginx/least_conn":
		im.span(slow, &p.Machine.SlowStart.For)
	case slow != nil:
		im.NotCarried(slow, "slow-start: new pods get their full share at once; nginx has it with round_robin and least_conn alone, here without a cookie")
	}
	im.leaveOut(u, "requests do not wait for a pod", "queue")
	im.leaveOut(u, "a connection that belongs to a client is not modelled", "ntlm")
	im.leaveOut(u, "another Service that takes over is not modelled", "backup", "backupPort")
	if n := u.Get("use-cluster-ip"); n.True() {
		im.NotCarried(n, "use-cluster-ip: nginx goes to the Service, whose own balancing then decides")
	}
	im.leaveOut(o.root.Get("spec"), "text for nginx is not read", "http-snippets", "server-snippets")
	im.leaveOut(o.root.Get("spec"), "requests that are refused are not modelled", "policies", "dos")
}

// nginxCheck reads an active health check.
func (im *translation) nginxCheck(n *tree.Node, p *ir.Pool) {
	on := n.Get("enable")
	if !on.True() {
		return
	}
	im.Translated(on, "enable: nginx checks the pods")
	h := sim.Health{Interval: 5 * sim.Second, Timeout: 60 * sim.Second, Fall: 1, Rise: 1}
	im.span(n.Get("interval"), &h.Interval)
	im.span(n.Get("read-timeout"), &h.Timeout)
	im.span(n.Get("connect-timeout"), &h.Connect)
	im.whole(n.Get("fails"), 1, 1000, &h.Fall)
	im.whole(n.Get("passes"), 1, 1000, &h.Rise)
	if h.Interval <= 0 || h.Timeout <= 0 {
		im.NotCarried(n, "healthCheck: interval and read-timeout must be longer than 0s")
		return
	}
	p.Health = &h
	im.leaveOut(n, "checks do not wait for a random time, and new pods are up at once", "jitter", "mandatory", "persistent")
	im.Translated(n, "healthCheck of %s: every %v, down after %d failures, up after %d successes", source.Short(p.Name), h.Interval, h.Fall, h.Rise)
}
