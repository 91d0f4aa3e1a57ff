package terraform

import (
	"cmp"
	"strconv"

	"stickysim/policies/azure"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

var (
	_ = register((*translation).applicationGateway, "azurerm_application_gateway")
	_ = register((*translation).webApp, "azurerm_linux_web_app", "azurerm_windows_web_app", "azurerm_app_service")
)

// applicationGateway makes a pool of every backend setting of an Azure Application Gateway, with the servers that its rules pair it with.
func (im *translation) applicationGateway(_, name string, n *tree.Node) {
	for _, s := range blocksOrList(n, "backend_http_settings") {
		if !s.Is(tree.Map) {
			continue
		}
		label := cmp.Or(s.Get("name").Value(), name)
		p := im.newPool(label, name+"/"+label, s)
		p.Policy, p.Params = "round-robin", params.Of("round-robin")
		switch a := s.Get("cookie_based_affinity"); {
		case !im.known(a, "Disabled is used"):
			im.Assumed(s, "cookie_based_affinity of %s: off; round robin", source.Short(label))
		case im.word(a, "Disabled", "Enabled") == "Enabled":
			p.Policy, p.Params, p.CookieName = "azure/app-gateway-cookie", azure.AppGatewayCookie{}, "ApplicationGatewayAffinity"
			p.CookieName = cmp.Or(im.text(s.Get("affinity_cookie_name"), "the name matters to no one here"), p.CookieName)
			p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "cookie_based_affinity"}
		}
		if x := s.Get("affinity_cookie_name"); x != nil && p.CookieName == "" {
			im.Harmless(x, "affinity_cookie_name: cookie_based_affinity is off")
		}
		if p.Limits.Attempt = 30 * sim.Second; !im.seconds(s.Get("request_timeout"), &p.Limits.Attempt, 24*sim.Hour) && s.Get("request_timeout") == nil {
			im.Assumed(s, "request_timeout of %s: not given, 30 s for an answer", source.Short(label))
		}
		im.gatewayProbe(n, s, p)
		im.gatewayDrain(s.Get("connection_draining"), p)
		im.gatewayServers(n, s, p)
		im.unlisted(p, s)
	}
	im.gatewayRest(n)
}

// gatewayProbe reads the probe that a backend setting names, or Azure's default.
func (im *translation) gatewayProbe(n, s *tree.Node, p *ir.Pool) {
	p.Health = &sim.Health{Interval: 30 * sim.Second, Timeout: 30 * sim.Second, Fall: 3, Rise: 1}
	at := s.Get("probe_name")
	if !im.known(at, "Azure's default is used") {
		im.Assumed(s, "probe of %s: Azure's default, every 30 s, down after 3 failures", source.Short(p.Name))
		return
	}
	for _, x := range blocksOrList(n, "probe") {
		if x.Get("name").Value() != at.Value() {
			continue
		}
		im.seconds(x.Get("interval"), &p.Health.Interval, 24*sim.Hour)
		im.seconds(x.Get("timeout"), &p.Health.Timeout, 24*sim.Hour)
		im.count(x.Get("unhealthy_threshold"), &p.Health.Fall)
		im.Translated(at, "probe_name: %s", at)
		im.Translated(x, "probe %s: every %v, down after %d failures", at, p.Health.Interval, p.Health.Fall)
		return
	}
	im.NotCarried(at, "probe_name %s: the gateway has no such probe; Azure's default is used, every 30 s, down after 3 failures", at)
}

// gatewayDrain reads how long servers drain that leave.
func (im *translation) gatewayDrain(n *tree.Node, p *ir.Pool) {
	if n == nil || n.Kind == tree.Null {
		return
	}
	on := n.Get("enabled")
	if !im.known(on, "off is used") || !on.True() {
		im.Harmless(n, "connection_draining: not enabled")
		return
	}
	im.Translated(on, "enabled: %s", on)
	im.seconds(n.Get("drain_timeout_sec"), &p.Drain, sim.Hour)
	im.Translated(n, "connection_draining: %v", p.Drain)
}

// gatewayServers adds the addresses of the pools that rules send requests to with a backend setting.
func (im *translation) gatewayServers(n, s *tree.Node, p *ir.Pool) {
	rules := blocksOrList(n, "request_routing_rule")
	for _, m := range blocksOrList(n, "url_path_map") {
		rules = append(append(rules, m), blocksOrList(m, "path_rule")...)
	}
	paired := map[string]bool{}
	for _, r := range rules {
		to := r.First("backend_http_settings_name", "default_backend_http_settings_name")
		of := r.First("backend_address_pool_name", "default_backend_address_pool_name")
		if to.Value() == "" || to.Value() != s.Get("name").Value() {
			continue
		}
		im.Translated(to, "%s: pool %s", to.Key, source.Short(p.Name))
		if of != nil {
			paired[of.Value()] = true
			im.Translated(of, "%s: its servers", of.Key)
		}
	}
	pools := 0
	for _, b := range blocksOrList(n, "backend_address_pool") {
		if !paired[b.Get("name").Value()] {
			continue
		}
		pools++
		for _, key := range []string{"ip_addresses", "fqdns"} {
			for _, x := range b.Get(key).Children() {
				im.server(p, x, s.Get("port"))
			}
		}
		im.Translated(b, "backend_address_pool %s: the servers of %s", b.Get("name"), source.Short(p.Name))
	}
	if pools > 1 {
		im.NotCarried(s, "backend_http_settings %s: rules use it with %s address pools, whose servers are one set here", source.Short(p.Name), strconv.Itoa(pools))
	}
}

// gatewayRest remarks on parts of a gateway that no backend setting uses.
func (im *translation) gatewayRest(n *tree.Node) {
	for _, x := range n.Children() {
		switch {
		case x.Remarked():
		case x.Key == "probe":
			im.Harmless(x, "probe %s: no backend setting names it", x.Get("name"))
		case x.Key == "backend_address_pool":
			im.NotCarried(x, "backend_address_pool %s: no rule in the file sends requests to it", x.Get("name"))
		}
	}
}

// webApp translates an App Service with session affinity.
func (im *translation) webApp(_, name string, n *tree.Node) {
	a := n.Get("client_affinity_enabled")
	if !im.known(a, "off is used") {
		return
	}
	if !a.True() {
		im.Translated(a, "client_affinity_enabled %s: no affinity, and no pool is made of the app", a)
		return
	}
	im.Translated(a, "client_affinity_enabled: policy azure/arr-affinity")
	p := im.newPool(name, "web_app/"+name, n)
	p.Policy, p.Params, p.CookieName = "azure/arr-affinity", azure.ARRAffinity{Balance: "least_outstanding_requests"}, "ARRAffinity"
	p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "client_affinity_enabled"}
	im.unlisted(p, n)
}
