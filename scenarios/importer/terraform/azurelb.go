package terraform

import (
	"stickysim/policies/gcp"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

var _ = register((*translation).azureRule, "azurerm_lb_rule")

// azureTuples are the fields that an Azure Load Balancer hashes, by load_distribution.
var azureTuples = map[string]int{"": 5, "Default": 5, "SourceIP": 2, "SourceIPProtocol": 3}

// azureRule makes a pool of a rule of an Azure Load Balancer. Azure does not say which hash it has: gcp/client-ip stands for it.
func (im *translation) azureRule(_, name string, n *tree.Node) {
	p := im.newPool(name, "azurerm_lb_rule/"+name, n)
	at := n.Get("load_distribution")
	kind := im.text(at, "Default is used")
	tuple, ok := azureTuples[kind]
	if !ok {
		im.NotCarried(at, "load_distribution %s: not known; Default is used", source.Short(kind))
		tuple = azureTuples["Default"]
	}
	p.Policy, p.Params = "gcp/client-ip", gcp.ClientIP{Tuple: tuple}
	if tuple < 5 {
		p.Key = ir.KeySource{Kind: "address", Text: "load_distribution " + kind}
		im.Assumed(n, "%s: Azure does not say how it hashes addresses; gcp/client-ip stands for it, so single clients go elsewhere than there", source.Short(p.Name))
	} else {
		im.Assumed(n, "%s: each connection goes to another server (five fields are hashed, the port among them)", source.Short(p.Name))
	}
	if idle := n.Get("idle_timeout_in_minutes"); idle != nil {
		im.NotCarried(idle, "idle_timeout_in_minutes: open connections without requests do not end after a time")
	}
	im.azureProbe(n.Get("probe_id"), n, p)
	im.azureMembers(n, p)
	im.unlisted(p, n)
}

// azureProbe reads the probe that a rule names.
func (im *translation) azureProbe(at, n *tree.Node, p *ir.Pool) {
	for _, b := range im.blocks {
		if b.kind != "resource" || len(b.labels) != 2 || b.labels[0] != "azurerm_lb_probe" || !refers(at, "azurerm_lb_probe."+b.labels[1]) {
			continue
		}
		h := sim.Health{Interval: 15 * sim.Second, Fall: 2, Rise: 1}
		im.seconds(b.n.Get("interval_in_seconds"), &h.Interval, sim.Hour)
		im.count(b.n.Get("number_of_probes"), &h.Fall)
		im.count(b.n.Get("probe_threshold"), &h.Rise)
		h.Timeout, p.Health = h.Interval, &h
		im.Translated(at, "probe_id: azurerm_lb_probe.%s", b.labels[1])
		im.Translated(b.n, "azurerm_lb_probe.%s: every %v, down after %d failures", b.labels[1], h.Interval, h.Fall)
		return
	}
	im.Assumed(n, "%s: without a probe in this file, all servers count as up", source.Short(p.Name))
}

// azureMembers adds the addresses of the pool that a rule names.
func (im *translation) azureMembers(n *tree.Node, p *ir.Pool) {
	list := n.Get("backend_address_pool_ids")
	for _, b := range im.blocks {
		if b.kind != "resource" || len(b.labels) != 2 {
			continue
		}
		switch b.labels[0] {
		case "azurerm_lb":
			if of := n.Get("loadbalancer_id"); refers(of, "azurerm_lb."+b.labels[1]) {
				im.Translated(of, "loadbalancer_id: azurerm_lb.%s", b.labels[1])
				im.Translated(b.n, "azurerm_lb.%s: its rules say what it does", b.labels[1])
			}
		case "azurerm_lb_backend_address_pool":
			if refers(list, b.labels[0]+"."+b.labels[1]) {
				im.Translated(list, "backend_address_pool_ids: %s.%s", b.labels[0], b.labels[1])
				list.Cover(true)
				im.Translated(b.n, "%s.%s: the servers of %s", b.labels[0], b.labels[1], source.Short(p.Name))
			}
		case "azurerm_lb_backend_address_pool_address":
			if of := b.n.Get("backend_address_pool_id"); im.samePool(list, of) {
				im.server(p, b.n.Get("ip_address"), nil)
				im.Translated(of, "backend_address_pool_id: a server of %s", source.Short(p.Name))
				im.Translated(b.n, "%s.%s: a server of %s", b.labels[0], b.labels[1], source.Short(p.Name))
			}
		}
	}
}

// samePool reports whether two arguments refer to the same backend address pool.
func (im *translation) samePool(a, b *tree.Node) bool {
	for _, x := range im.blocks {
		if x.kind == "resource" && len(x.labels) == 2 && x.labels[0] == "azurerm_lb_backend_address_pool" {
			if ref := x.labels[0] + "." + x.labels[1]; refers(a, ref) && refers(b, ref) {
				return true
			}
		}
	}
	return false
}
