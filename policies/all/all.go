// Package all brings every policy of stickysim into the registry: import it for its side effects.
//
// Floor 6.
package all

import (
	_ "stickysim/policies/apache"
	_ "stickysim/policies/apisix"
	_ "stickysim/policies/aws"
	_ "stickysim/policies/azure"
	_ "stickysim/policies/caddy"
	_ "stickysim/policies/calico"
	_ "stickysim/policies/cilium"
	_ "stickysim/policies/cloudflare"
	_ "stickysim/policies/envoy"
	_ "stickysim/policies/gcp"
	_ "stickysim/policies/haproxy"
	_ "stickysim/policies/ingressnginx"
	_ "stickysim/policies/kong"
	_ "stickysim/policies/kubernetes"
	_ "stickysim/policies/lighttpd"
	_ "stickysim/policies/nginx"
	_ "stickysim/policies/traefik"
	_ "stickysim/policies/yarp"
)
