package kubernetes

import (
	"strconv"
	"strings"

	"stickysim/policies/haproxy"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// haproxyPool is a pool behind an HAProxy that a controller configures.
type haproxyPool struct {
	*ir.Pool
	*translation
	options haproxy.Options
	hashing haproxy.Hashing
	text    string // what follows the word balance
	algo    haproxy.Balance
}

// haproxyPods starts a pool with a controller's own settings: its algorithm, and the time limits that all of them have.
func (im *translation) haproxyPods(p *ir.Pool, balance string) *haproxyPool {
	p.Balancers.Scope = "process"
	p.Limits = ir.Limits{Connect: 5 * sim.Second, Attempt: 50 * sim.Second, Queue: 5 * sim.Second}
	h := &haproxyPool{Pool: p, translation: im, options: haproxy.DefaultOptions(), hashing: haproxy.DefaultHashing(), text: balance}
	h.algo, _ = haproxy.ParseBalance(balance)
	return h
}

// balance reads an algorithm in HAProxy's words; without one the controller's own holds.
func (p *haproxyPool) balance(n *tree.Node) {
	if n == nil {
		p.Assumed(p.Place, "balance of %s: not given, the controller's %s", source.Short(p.Name), p.text)
		return
	}
	b, err := haproxy.ParseBalance(n.Value())
	if err != nil || n.Value() == "" {
		p.NotCarried(n, "%s: %v; %s is used", n.Key, err, p.text)
		return
	}
	for _, word := range b.Lost {
		p.NotCarried(n, "%s: %s: the key is hashed as it is", n.Key, word)
	}
	p.algo, p.text = b, n.Value()
	p.Translated(n, "%s: policy haproxy/%s", n.Key, b.Name)
}

// finish sets the policy, with a cookie in front of it where there is one.
func (p *haproxyPool) finish() {
	p.Policy, p.Params = p.algo.Config(p.options, p.hashing)
	p.Key = p.hashed()
	if p.CookieName != "" {
		p.Policy = "haproxy/cookie"
		p.Params = haproxy.Cookie{Options: p.options, Hashing: p.hashing, Balance: p.text, Mode: "insert", Indirect: true, NoCache: true}
		p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "cookie " + p.CookieName}
		p.Assumed(p.Place, "cookie of %s: every client sends it back until its session ends", source.Short(p.Name))
	}
}

// hashed says where the algorithm's key comes from.
func (p *haproxyPool) hashed() ir.KeySource {
	switch b := p.algo; b.Name {
	case "source":
		return ir.KeySource{Kind: "address", Text: "src"}
	case "hdr":
		return ir.HeaderKey(b.Arg, p.text)
	case "url_param":
		return ir.KeySource{Kind: "argument", Name: b.Arg, Text: p.text}
	case "uri":
		return ir.KeySource{Kind: "uri", Text: p.text}
	case "hash":
		if haproxy.IsAddress(b.Arg) {
			return ir.KeySource{Kind: "address", Text: b.Arg}
		}
		return ir.KeySource{Kind: "header", Text: b.Arg}
	}
	return ir.KeySource{Kind: "none"}
}

// time reads a time in HAProxy's words, where a number alone counts milliseconds.
func (p *haproxyPool) time(n *tree.Node, to *sim.Time) {
	if n == nil {
		return
	}
	text := n.Value()
	if _, err := strconv.Atoi(text); err == nil {
		text += "ms"
	} else if days, ok := strings.CutSuffix(text, "d"); ok {
		if x, err := strconv.Atoi(days); err == nil {
			text = strconv.Itoa(min(x, 365)*24) + "h"
		}
	}
	t, ok := (&tree.Node{Kind: tree.Scalar, Text: text}).Duration()
	if !ok || t == 0 {
		p.NotCarried(n, "%s: must be a time such as 5s, got %s", n.Key, n)
		return
	}
	*to = t
	p.Translated(n, "%s: %v", n.Key, t)
}

// checked has HAProxy check the pods.
func (p *haproxyPool) checked(h sim.Health, interval *tree.Node) {
	p.time(interval, &h.Interval)
	if h.Timeout == 0 {
		h.Timeout = h.Interval
	}
	h.FromEnd = true
	p.Health = &h
}

// podLimit bounds the requests at a time of each pod.
func (p *haproxyPool) podLimit(n *tree.Node) {
	limit := 0
	if p.whole(n, 1, 1<<30, &limit) {
		p.listed(p.Pool, n, limit, nil)
	}
}

// listed lists the pods of a pool one by one, so that they can have settings.
func (im *translation) listed(p *ir.Pool, at source.Part, limit int, options map[string]string) {
	if p.Replicas == 0 {
		p.Replicas = 3
		im.Assumed(at, "pods of %s: not in these files; three", source.Short(p.Name))
	}
	if p.Replicas > 1000 {
		im.NotCarried(at, "%s: pods have limits and options only where there are at most 1000", source.Short(p.Name))
		return
	}
	for len(p.Servers) < p.Replicas {
		name := p.Name + "-" + strconv.Itoa(len(p.Servers)+1)
		if len(p.Names) > len(p.Servers) {
			name = p.Names[len(p.Servers)]
		}
		p.Servers = append(p.Servers, ir.Server{Place: at.Where(), Info: sim.ServerInfo{Name: name, Cookie: name, Weight: 1}})
	}
	for i := range p.Servers {
		s := &p.Servers[i].Info
		if limit > 0 {
			s.Limit = limit
		}
		if options != nil {
			s.Options = options
		}
	}
}
