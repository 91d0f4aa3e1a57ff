package all

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"stickysim/policies"
	"stickysim/policies/haproxy"
	"stickysim/policies/nginx"
	"stickysim/policies/policytest"
	"stickysim/sim"
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

// So do policies with parameters on which depends what they declare.
func TestVariants(t *testing.T) {
	consistent := haproxy.Hashing{HashType: "consistent"}
	bounded := haproxy.Hashing{HashType: "consistent", BalanceFactor: 125}
	retrying := nginx.DefaultRetrying()
	for of, variants := range map[string][]policies.Config{
		"haproxy/hdr":    {haproxy.Header{Options: haproxy.DefaultOptions(), Hashing: consistent}, haproxy.Header{Options: haproxy.DefaultOptions(), Hashing: bounded}},
		"haproxy/hash":   {haproxy.Hash{Options: haproxy.DefaultOptions(), Hashing: haproxy.DefaultHashing(), Key: "hdr(X-Key,2)"}}, // a list without a second value: turns
		"haproxy/cookie": {haproxy.Cookie{Options: haproxy.DefaultOptions(), Hashing: haproxy.DefaultHashing(), Balance: "source", Mode: "insert", MaxLife: sim.Minute}},
		"nginx/hash":     {nginx.Hash{Key: "$remote_addr", Retrying: retrying}, nginx.Hash{Key: "$request_id", Retrying: retrying}, nginx.Hash{Consistent: true, Retrying: retrying}},
		"nginx/split_clients": {nginx.SplitClients{Key: "$request_id", Inside: policies.Named("round-robin")},
			nginx.SplitClients{Key: "$remote_addr", Inside: policies.Named("cookie")}},
		"weighted": {policies.Weighted{Sticky: "hash", Inside: policies.Named("random")}, policies.Weighted{Sticky: "none", Turns: true, Inside: policies.Named("ip-hash")}},
		"split":    {policies.Split{A: policies.Named("ip-hash"), B: policies.Named("header-hash"), Assignment: policies.Assignment{Share: 0.3, By: "client"}}},
	} {
		for _, c := range variants {
			p := policies.Policy{Name: of, Config: c}
			t.Run(p.String(), func(t *testing.T) {
				e, _ := policies.Lookup(of)
				e.Default, e.Doc.Key, e.Doc.Claims = c, p.Key(), policies.Claims{Limit: e.Doc.Claims.Limit}
				for _, v := range policytest.Check(e) {
					t.Error(v)
				}
			})
		}
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
