package kubernetes

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
)

// controllerKeys are keys of the ConfigMap of ingress-nginx that matter to all of its pools.
var controllerKeys = []string{"load-balance", "upstream-keepalive-connections", "proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout", "proxy-next-upstream", "proxy-next-upstream-tries",
	"proxy-next-upstream-timeout", "compute-full-forwarded-for", "forwarded-for-header", "enable-real-ip", "proxy-real-ip-cidr", "main-snippet", "http-snippet", "server-snippet", "location-snippet", "worker-processes"}

// configMaps reads configurations of balancers that ConfigMaps hold as files.
func (im *translation) configMaps() {
	for _, o := range im.objects {
		if o.kind != "ConfigMap" {
			continue
		}
		for _, n := range o.root.Get("data").Children() {
			if n.Remarked() {
				continue
			}
			switch product := heldIn(n); {
			case product != "":
				im.held(n, product)
			case slices.Contains(controllerKeys, n.Key):
				im.NotCarried(n, "%s: if this is the ConfigMap of ingress-nginx, it changes all of its pools; it is not read", source.Short(n.Key))
			default:
				im.Harmless(n, "%s: a file or a variable of a program, in which no balancer's configuration is recognized", source.Short(n.Key))
			}
		}
	}
}

// heldIn is the product whose configuration a value is; "" if it is none. One line is no configuration.
func heldIn(n *tree.Node) string {
	if !strings.Contains(strings.TrimSpace(n.Value()), "\n") {
		return ""
	}
	return importer.Detect(n.Key, []byte(n.Value()))
}

// held imports a configuration from a ConfigMap.
func (im *translation) held(n *tree.Node, product string) {
	if product == "kubernetes" {
		im.NotCarried(n, "%s: objects of Kubernetes inside a ConfigMap; import them as a file", source.Short(n.Key))
		return
	}
	pools, err := importer.Nested(im.Input, product, n.Place, n.Body, n.Text)
	switch {
	case err != nil:
		im.NotCarried(n, "%s: looks like a configuration of %s, and cannot be read: %v", source.Short(n.Key), product, err)
	case pools == 0:
		im.NotCarried(n, "%s: looks like a configuration of %s, and holds no pool", source.Short(n.Key), product)
	default:
		im.Translated(n, "%s: a configuration of %s", source.Short(n.Key), product)
	}
}
