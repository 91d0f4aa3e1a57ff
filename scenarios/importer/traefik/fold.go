package traefik

import (
	"strings"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim/lazy"
)

// fields are the known field names in lower case. Traefik ignores the case of field names.
var fields = lazy.Value(func() map[string]bool {
	paths := []string{`http tcp udp services routers middlewares providers file filename directory loadbalancer
		weighted mirroring failover highestrandomweight servers server url port scheme weight sticky cookie name secure
		httponly samesite maxage path domain healthcheck interval unhealthyinterval timeout strategy retry attempts initialinterval
		passivehealthcheck service deploy replicas scale labels enable chain traefik exposedbydefault
		entrypoints proxyprotocol trustedips insecure backend stickiness cookiename protocol`}
	for _, l := range harmless() {
		paths = append(paths, l.Names...)
	}
	for _, l := range matters() {
		paths = append(paths, l.Names...)
	}
	for name := range providers {
		paths = append(paths, name)
	}
	known := map[string]bool{}
	for _, p := range paths {
		for f := range strings.FieldsSeq(p) {
			known[f] = true
		}
	}
	return known
})

// named are the fields below which keys are names that users choose, whose case counts.
var named = map[string]bool{"services": true, "routers": true, "middlewares": true, "serverstransports": true, "entrypoints": true, "labels": true}

// fold brings a key to one spelling. in is the key of the map it is in.
func fold(in, key string) string {
	if low := strings.ToLower(key); fields()[low] && !named[in] {
		return low
	}
	return key
}

// foldAll brings the keys of a file to one spelling.
func foldAll(n *tree.Node) {
	for _, x := range n.Items {
		if n.Kind == tree.Map {
			x.Key = fold(n.Key, x.Key)
		}
		foldAll(x)
	}
}
