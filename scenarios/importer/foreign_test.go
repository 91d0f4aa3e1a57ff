package importer_test

import (
	"strings"
	"testing"

	"stickysim/scenarios/importer"
)

// What no product here reads is refused by its name.
func TestForeignConfigurationsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"Kind = \"service-resolver\"\nName = \"web\"\nLoadBalancer = { Policy = \"maglev\" }\n": "Consul",
		"name: shop\nruntime: nodejs\n":                                          "Pulumi",
		"job \"web\" {\n  group \"a\" {}\n}\n":                                   "Nomad",
		"vcl 4.1;\nbackend default { .host = \"10.0.0.1\"; }\n":                  "Varnish",
		"ltm pool /Common/web {\n}\n":                                            "BIG-IP",
		"services:\n  web:\n    image: nginx\n    deploy: {replicas: 3}\n":       "Swarm",
		"version: 1\nname: shop\nservers: {count: 3}\npolicies: [round-robin]\n": "stickysim scenario: run it",
		"virtual_server 10.0.0.1 80 {\n    lb_algo rr\n}\n":                      "keepalived",
	} {
		_, err := importer.Import(importer.File("f", []byte(text)), "", "f")
		if err == nil || !strings.HasPrefix(err.Error(), "f: this is a ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
