package terraform

import (
	"math"
	"net"
	"strings"

	"stickysim/policies/cloudflare"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

var (
	_ = register((*translation).cloudflareBalancer, cloudflareLB)
	_ = register((*translation).cloudflarePool, cloudflareLB+"_pool")
	_ = register((*translation).cloudflareMonitor, cloudflareLB+"_monitor")
)

const cloudflareLB = "cloudflare_load_balancer"

// cloudflareIndex finds Cloudflare's resources of a file by what others call them: cloudflare_load_balancer_pool.app.
type cloudflareIndex struct {
	resources  map[string]*tree.Node
	users      map[string]*tree.Node // the first balancer of a pool
	designated string                // the first pool of the first balancer
}

// indexed is the index of the file.
func (im *translation) indexed() *cloudflareIndex {
	if im.cloudflare != nil {
		return im.cloudflare
	}
	x := &cloudflareIndex{resources: map[string]*tree.Node{}, users: map[string]*tree.Node{}}
	im.cloudflare = x
	for _, b := range im.blocks {
		if b.kind != "resource" || len(b.labels) != 2 || !strings.HasPrefix(b.labels[0], cloudflareLB) {
			continue
		}
		x.resources[b.labels[0]+"."+b.labels[1]] = b.n
		if b.labels[0] != cloudflareLB {
			continue
		}
		for i, pool := range defaultPools(b.n).Children() {
			name := resource(pool)
			if x.users[name] == nil {
				x.users[name] = b.n
			}
			if i == 0 && x.designated == "" {
				x.designated = name
			}
		}
	}
	return x
}

// resource is the resource that an expression such as cloudflare_load_balancer_pool.app[0].id refers to.
func resource(n *tree.Node) string {
	if !n.Is(tree.Unknown) {
		return ""
	}
	kind, rest, _ := strings.Cut(n.Text, ".")
	name, _, _ := strings.Cut(rest, ".")
	name, _, _ = strings.Cut(name, "[")
	return kind + "." + name
}

// blocksOrList are the maps under key: blocks of version 4 of the provider, or a list of version 5.
func blocksOrList(n *tree.Node, key string) (maps []*tree.Node) {
	n.Get(key) // it is known by name
	if n == nil {
		return nil
	}
	for _, x := range n.Items {
		switch {
		case x.Key == key && x.Is(tree.List):
			maps = append(maps, x.Items...)
		case x.Key == key:
			maps = append(maps, x)
		}
	}
	return maps
}

// defaultPools are the pools of a balancer in order of failover, as versions 4 and 5 name the argument.
func defaultPools(lb *tree.Node) *tree.Node { return lb.First("default_pool_ids", "default_pools") }

// cloudflarePool translates a pool, with the session affinity of the first balancer that uses it.
func (im *translation) cloudflarePool(kind, name string, n *tree.Node) {
	p := im.newPool(name, kind+"/"+name, n)
	im.plain(n, described, "name", "account_id", "description", "notification_email", "notification_filter", "latitude", "longitude")
	for _, o := range blocksOrList(n, "origins") {
		im.origin(p, o)
	}
	im.shares(p)
	im.unlisted(p, n)
	steering := "random"
	if x := n.Get("origin_steering", "policy"); im.known(x, "random is used") {
		steering = im.word(x, "random", "hash", "least_outstanding_requests", "least_connections")
	} else if x == nil {
		im.Assumed(n, "origin_steering of %s: not given, random", source.Short(name))
	}
	p.Policy = "cloudflare/" + steering
	p.Params = params.Of(p.Policy)
	index, self := im.indexed(), kind+"."+name
	if lb := index.users[self]; lb != nil {
		im.cloudflareAffinity(p, lb, steering)
	}
	p.Default = index.designated == self
	im.probes(p, n)
	for _, key := range [...]string{"load_shedding", "minimum_origins", "check_regions", "monitor_group"} {
		if x := n.Get(key); x != nil && x.Kind != tree.Null {
			im.NotCarried(x, "%s: not modelled", key)
		}
	}
	if x := n.Get("enabled"); x != nil && !x.True() && im.known(x, "the pool is taken to be enabled") {
		im.NotCarried(x, "enabled: %s; the pool is imported as if it were enabled", x)
	} else if x.True() {
		im.Translated(x, "enabled: true")
	}
}

// plain remarks on arguments without influence.
func (im *translation) plain(n *tree.Node, why string, keys ...string) {
	for _, key := range keys {
		if x := n.Get(key); x != nil {
			im.Harmless(x, "%s: %s", key, why)
		}
	}
}

// described is why names and notes are without influence.
const described = "names or describes, and chooses nothing"

// word reads one of some words; another one gets a remark, and the first is used.
func (im *translation) word(n *tree.Node, words ...string) string {
	for _, w := range words {
		if n.Value() == w {
			im.Translated(n, "%s: %s", n.Key, w)
			return w
		}
	}
	im.NotCarried(n, "%s %s: not known; %s is used", n.Key, n, words[0])
	return words[0]
}

// origin translates an endpoint.
func (im *translation) origin(p *ir.Pool, o *tree.Node) {
	address := o.Get("address")
	if !address.Is(tree.Scalar) && !address.Is(tree.Unknown) {
		im.NotCarried(o, "origin without an address")
		return
	}
	s := ir.Server{Place: o.Place, Info: sim.ServerInfo{Name: source.Short(address.Text), Addr: address.Value(), Weight: 100}}
	im.Translated(address, "address: server %s", s.Info.Name)
	if name := o.Get("name"); name.Is(tree.Scalar) {
		s.Info.Name = im.Names.Unique(name.Value())
		im.Translated(name, "name: %s", s.Info.Name)
	}
	if port := o.Get("port"); port != nil && im.known(port, "the protocol's port is used") {
		if port.Value() != "0" && s.Info.Addr != "" {
			s.Info.Addr = net.JoinHostPort(s.Info.Addr, port.Value())
		}
		im.Translated(port, "port: %s", port)
	}
	if w := o.Get("weight"); im.known(w, "1 is used") {
		if x, ok := w.Number(); !ok || x < 0 || x > 1 {
			im.NotCarried(w, "weight: must be between 0 and 1, got %s; 1 is used", w)
		} else {
			s.Info.Weight = int(math.Round(100 * x))
			im.Translated(w, "weight: %s", w)
		}
	}
	if e := o.Get("enabled"); im.known(e, "the origin is taken to be enabled") {
		if !e.True() {
			s.Status = sim.Down
		}
		im.Translated(e, "enabled: %s", e)
	}
	im.plain(o, "how the origin is reached", "header", "virtual_network_id", "flatten_cname")
	p.Servers = append(p.Servers, s)
}

// shares writes equal weights as 1.
func (im *translation) shares(p *ir.Pool) {
	for _, s := range p.Servers {
		if s.Info.Weight != 100 {
			return
		}
	}
	for i := range p.Servers {
		p.Servers[i].Info.Weight = 1
	}
}

// cloudflareAffinity gives a pool the session affinity of a balancer, whose own translation remarks on it.
func (im *translation) cloudflareAffinity(p *ir.Pool, lb *tree.Node, steering string) {
	attributes := lb.Get("session_affinity_attributes")
	failover := cloudflare.Failover{Mode: "none"}
	switch mode := attributes.Get("zero_downtime_failover").Value(); mode {
	case "temporary", "sticky":
		failover.Mode = mode
	}
	p.Params = params.With(p.Params, params.Setting{Name: "zero_downtime_failover", Value: failover.Mode})
	kind := lb.Get("session_affinity").Value()
	if !lb.Get("proxied").True() || kind != "cookie" && kind != "ip_cookie" && kind != "header" {
		return
	}
	drain, _ := attributes.Get("drain_duration").Seconds()
	ttl := ttlOf(lb, kind)
	p.Policy, p.Drain, p.IdleTimeout = "cloudflare/"+kind, drain, ttl
	p.CookieName, p.Key = "__cflb", ir.KeySource{Kind: "cookie", Name: "__cflb", Text: "session_affinity " + kind}
	common := cloudflare.Attributes{TTL: ttl, Drain: drain, Failover: failover}
	switch kind {
	case "cookie":
		p.Params = cloudflare.Cookie{Attributes: common, Steering: steering}
	case "ip_cookie":
		p.Params = cloudflare.IPCookie{Attributes: common}
	case "header":
		if failover.Mode == "sticky" {
			failover.Mode = "none"
		}
		names := headerNames(attributes)
		p.Params = cloudflare.Header{Headers: names, RequireAll: attributes.Get("require_all_headers").True(), TTL: ttl, Drain: drain,
			Failover: failover, Steering: steering}
		p.CookieName, p.Key = "", ir.HeaderKey(names[0], "session_affinity header")
	}
}

// headerNames are the headers of session affinity; a made-up one where the file names none.
func headerNames(attributes *tree.Node) (names []string) {
	for _, h := range attributes.Get("headers").Children() {
		if h.Value() != "" {
			names = append(names, h.Value())
		}
	}
	if len(names) == 0 {
		return []string{"x-session-id"}
	}
	return names
}

// ttlOf is session_affinity_ttl, within the bounds of the kind of affinity; otherwise its default.
func ttlOf(lb *tree.Node, kind string) sim.Time {
	least, most, otherwise := 1800*sim.Second, 604_800*sim.Second, 82_800*sim.Second
	if kind == "header" {
		least, most, otherwise = 30*sim.Second, 3600*sim.Second, 1800*sim.Second
	}
	if t, ok := lb.Get("session_affinity_ttl").Seconds(); ok && t >= least && t <= most {
		return t
	}
	return otherwise
}

// cloudflareBalancer remarks on a balancer. One whose pools are not in the file becomes a pool itself.
func (im *translation) cloudflareBalancer(kind, name string, n *tree.Node) {
	im.plain(n, described, "name", "zone_id", "description")
	here := false
	pools, fallback := defaultPools(n), n.First("fallback_pool_id", "fallback_pool")
	for _, pool := range pools.Children() {
		here = here || im.indexed().resources[resource(pool)] != nil
	}
	if only := pools.Children(); len(only) == 1 && fallback != nil && resource(fallback) == resource(only[0]) && here {
		im.Translated(fallback, "%s: the same pool", fallback.Key)
	}
	if fallback != nil && !im.Mentioned(fallback) {
		im.NotCarried(fallback, "%s: failover between pools is not modelled", fallback.Key)
	}
	if !here {
		p := im.newPool(name, kind+"/"+name, n)
		p.Policy, p.Params, p.Default = "cloudflare/random", params.Of("cloudflare/random"), true
		im.cloudflareAffinity(p, n, "random")
		im.unlisted(p, n)
		im.Assumed(n, "pools of %s: not in this file; random steering, no monitor", source.Short(name))
	}
	switch {
	case len(pools.Children()) > 1:
		im.NotCarried(pools, "%s: steering and failover between %d pools are not modelled; each is imported on its own", pools.Key, len(pools.Items))
	case pools != nil:
		im.Translated(pools, "%s: the pool that requests go to", pools.Key)
	}
	im.affinityRemarks(n)
	for _, key := range [...]string{
		"random_steering", "adaptive_routing", "location_strategy", "country_pools", "pop_pools", "region_pools", "rules", "ttl", "networks",
	} {
		for _, x := range blocksOrList(n, key) {
			im.NotCarried(x, "%s: steering between pools is not modelled", key)
		}
	}
	if x := n.Get("steering_policy"); x != nil && x.Value() != "off" && x.Value() != "" {
		im.NotCarried(x, "steering_policy %s: steering between pools is not modelled", x)
	} else if x != nil {
		im.Translated(x, "steering_policy: the first healthy pool")
	}
	if x := n.Get("enabled"); x != nil {
		im.Translated(x, "enabled: %s", x)
	}
}

// affinityRemarks says what became of the arguments of session affinity.
func (im *translation) affinityRemarks(n *tree.Node) {
	proxied, affinity, attributes := n.Get("proxied"), n.Get("session_affinity"), n.Get("session_affinity_attributes")
	if proxied == nil {
		im.Assumed(n, "proxied: not given, false: clients resolve the name themselves")
	} else if im.known(proxied, "false is used") {
		im.Translated(proxied, "proxied: %s", proxied)
	}
	kind := affinity.Value()
	switch {
	case affinity == nil, kind == "", kind == "none":
		if !affinity.Is(tree.Unknown) {
			im.Assumed(n, "session_affinity: none; each request is steered on its own")
		}
		if affinity.Is(tree.Scalar) {
			im.Translated(affinity, "session_affinity: none")
		}
		im.known(affinity, "none is used")
	case !proxied.True():
		im.NotCarried(affinity, "session_affinity %s: needs proxied = true; a DNS-only balancer has none", kind)
	case kind != "cookie" && kind != "ip_cookie" && kind != "header":
		im.NotCarried(affinity, "session_affinity %s: not known; none is used", kind)
	default:
		im.Translated(affinity, "session_affinity: policy cloudflare/%s", kind)
	}
	if t := n.Get("session_affinity_ttl"); im.known(t, "the default is used") {
		if used, given := ttlOf(n, kind), t.Value(); given != "" {
			if asked, ok := t.Seconds(); !ok || asked != used {
				im.NotCarried(t, "session_affinity_ttl %s: must be 1800 to 604800 seconds, with header 30 to 3600; %v is used", t, used)
			} else {
				im.Translated(t, "session_affinity_ttl: %v", used)
			}
		}
	} else if kind != "" && kind != "none" {
		im.Assumed(n, "session_affinity_ttl: not given, %v", ttlOf(n, kind))
	}
	im.attributeRemarks(attributes, kind)
}

func (im *translation) attributeRemarks(a *tree.Node, kind string) {
	im.plain(a, "which of a site's requests carry the cookie; the model's clients send it with each", "samesite", "secure")
	if x := a.Get("drain_duration"); im.known(x, "0 is used") {
		if t, ok := x.Seconds(); ok {
			im.Translated(x, "drain_duration: %v", t)
		} else {
			im.NotCarried(x, "drain_duration: must be a number of seconds, got %s", x)
		}
	}
	if x := a.Get("zero_downtime_failover"); im.known(x, "none is used") {
		if mode := im.word(x, "none", "temporary", "sticky"); mode == "sticky" && kind == "header" {
			im.NotCarried(x, "zero_downtime_failover sticky: not supported with header; none is used")
		}
	}
	if x := a.Get("headers"); im.known(x, "a header that every client has for itself is used") {
		im.Translated(x, "headers: %s", strings.Join(headerNames(a), ", "))
	}
	if x := a.Get("require_all_headers"); im.known(x, "false is used") {
		im.Translated(x, "require_all_headers: %s", x)
	}
}

// probes gives a pool the health checks of its monitor; without one its endpoints always count as healthy.
func (im *translation) probes(p *ir.Pool, n *tree.Node) {
	ref := n.Get("monitor")
	if ref == nil || ref.Kind == tree.Null {
		im.Assumed(n, "monitor of %s: none; an endpoint that is down is not noticed", source.Short(p.Name))
		return
	}
	monitor := im.indexed().resources[resource(ref)]
	im.Translated(ref, "monitor: its probes, from one region")
	if monitor == nil {
		im.Assumed(ref, "monitor: not in this file; Cloudflare's defaults, every 60s, 2 retries, timeout 5s")
	}
	interval, timeout, tries, fall, rise := 60*sim.Second, 5*sim.Second, 3, 1, 1
	read := func(key string, to *sim.Time) {
		if t, ok := monitor.Get(key).Seconds(); ok && t > 0 && t <= sim.Hour {
			*to = t
		}
	}
	read("interval", &interval)
	read("timeout", &timeout)
	if x, ok := monitor.Get("retries").Int(); ok && x >= 0 && x <= 100 {
		tries = 1 + x
	}
	for key, to := range map[string]*int{"consecutive_down": &fall, "consecutive_up": &rise} {
		if x, ok := monitor.Get(key).Int(); ok && x >= 1 && x <= 1000 {
			*to = x
		}
	}
	// Retries follow at once, so that a probe has failed when all of its tries have timed out.
	p.Health = &sim.Health{Interval: interval, Timeout: sim.Time(tries) * timeout, Fall: fall, Rise: rise}
}

// cloudflareMonitor remarks on a monitor; [translation.probes] reads it.
func (im *translation) cloudflareMonitor(_, _ string, n *tree.Node) {
	im.plain(n, described, "account_id", "description")
	im.plain(n, "what probes ask for, and expect", "type", "path", "method", "port", "header", "expected_body", "expected_codes",
		"follow_redirects", "allow_insecure", "probe_zone")
	for _, key := range [...]string{"interval", "timeout", "retries", "consecutive_down", "consecutive_up"} {
		x := n.Get(key)
		if !im.known(x, "Cloudflare's default is used") {
			continue
		}
		if number, ok := x.Number(); !ok || number < 0 {
			im.NotCarried(x, "%s: must be a number, got %s", key, x)
		} else {
			im.Translated(x, "%s: %s", key, x)
		}
	}
}
