package all

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"stickysim/policies"
	"stickysim/policies/policytest"
)

// Every registered policy keeps the contract and its own claims.
func TestPolicies(t *testing.T) {
	for _, e := range policies.All() {
		t.Run(e.Name, func(t *testing.T) {
			for _, v := range policytest.Check(e) {
				t.Error(v)
			}
		})
	}
}

// The names that users rely on are there.
func TestNames(t *testing.T) {
	for _, name := range []string{
		"round-robin", "random", "two-choices", "least-connections", "least-sessions", "cookie", "ip-hash", "header-hash",
		"consistent-hash", "bounded-load", "maglev", "rendezvous", "jump", "stick-table",
		"nginx/ip_hash", "nginx/hash", "haproxy/source", "haproxy/cookie", "haproxy/stick-table", "kubernetes/client-ip",
		"ingress-nginx/cookie", "envoy/ring-hash", "envoy/maglev", "aws-alb/lb-cookie", "caddy/ip_hash",
	} {
		if _, ok := policies.Lookup(name); !ok {
			t.Errorf("policy %s is not registered", name)
		}
	}
}

// Every folder that registers policies is imported here.
func TestImports(t *testing.T) {
	source, err := os.ReadFile("all.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no product folders: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Base(filepath.Dir(file))
		if folder == "all" {
			continue
		}
		if bytes.Contains(text, []byte("= policies.Register(")) && !bytes.Contains(source, []byte("policies/"+folder+`"`)) {
			t.Errorf("all.go does not import %s, which registers policies in %s", folder, filepath.Base(file))
		}
	}
}
