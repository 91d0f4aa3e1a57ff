// Package all registers every product that can be imported: import it for its side effects.
//
// Floor 9.
package all

import (
	_ "stickysim/scenarios/importer/apache"
	_ "stickysim/scenarios/importer/apisix"
	_ "stickysim/scenarios/importer/caddy"
	_ "stickysim/scenarios/importer/cloudformation"
	_ "stickysim/scenarios/importer/envoy"
	_ "stickysim/scenarios/importer/haproxy"
	_ "stickysim/scenarios/importer/kong"
	_ "stickysim/scenarios/importer/kubernetes"
	_ "stickysim/scenarios/importer/lighttpd"
	_ "stickysim/scenarios/importer/nginx"
	_ "stickysim/scenarios/importer/terraform"
	_ "stickysim/scenarios/importer/traefik"
	_ "stickysim/scenarios/importer/yarp"
)
