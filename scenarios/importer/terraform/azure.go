package terraform

import (
	"stickysim/policies/aws"
	"stickysim/policies/azure"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

var (
	_ = register((*translation).applicationGateway, "azurerm_application_gateway")
	_ = register((*translation).webApp, "azurerm_linux_web_app", "azurerm_windows_web_app", "azurerm_app_service")
)

// applicationGateway makes a pool of every backend setting of an Azure Application Gateway.
func (im *translation) applicationGateway(_, name string, n *tree.Node) {
	for _, s := range n.Items {
		if s.Key != "backend_http_settings" || s.Kind != tree.Map {
			continue
		}
		label := s.Get("name").Value()
		if label == "" {
			label = name
		}
		p := im.newPool(label, name+"/"+label, s)
		p.Policy, p.Params = "aws-alb/round-robin", aws.ALBRoundRobin{}
		if a := s.Get("cookie_based_affinity"); im.text(a, "Disabled is used") == "Enabled" {
			p.Policy, p.Params, p.CookieName = "azure/app-gateway-cookie", azure.AppGatewayCookie{}, "ApplicationGatewayAffinity"
			if c := im.text(s.Get("affinity_cookie_name"), "the name matters to no one here"); c != "" {
				p.CookieName = c
			}
			p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "cookie_based_affinity"}
		} else {
			im.Assumed(s, "cookie_based_affinity: off; round robin, for which aws-alb/round-robin stands")
		}
		p.Health = &sim.Health{Interval: 30 * sim.Second, Timeout: 30 * sim.Second, Fall: 3, Rise: 1}
		im.Assumed(s, "probe: Azure's default, every 30 s, down after 3 failures")
		if d := s.Get("connection_draining"); d.Get("enabled").True() {
			im.seconds(d.Get("drain_timeout_sec"), &p.Drain, sim.Hour)
		}
		im.unlisted(p, s)
	}
}

// webApp translates an App Service with session affinity.
func (im *translation) webApp(_, name string, n *tree.Node) {
	a := n.Get("client_affinity_enabled")
	if !im.known(a, "off is used") || !a.True() {
		return
	}
	im.Translated(a, "client_affinity_enabled: policy azure/arr-affinity")
	p := im.newPool(name, "web_app/"+name, n)
	p.Policy, p.Params, p.CookieName = "azure/arr-affinity", azure.ARRAffinity{Balance: "least_outstanding_requests"}, "ARRAffinity"
	p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "client_affinity_enabled"}
	im.unlisted(p, n)
}
