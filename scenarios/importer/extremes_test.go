package importer_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

var digits = regexp.MustCompile(`\b[0-9]+\b`)

// Whatever a number of a real configuration is, the import ends with an error that has a place, or with pools whose policies
// can be instantiated and that make valid scenarios. STICKYSIM_FULL tries more of the numbers.
func TestExtremeNumbers(t *testing.T) {
	t.Parallel()
	r, tried := rand.New(rand.NewPCG(3, 1)), 2 // numbers of a configuration
	if os.Getenv("STICKYSIM_FULL") != "" {
		tried = 8
	}
	samples(t, func(product, file string, data []byte) {
		numbers := digits.FindAllIndex(data, -1)
		for range min(len(numbers), tried) {
			at := numbers[r.IntN(len(numbers))]
			for _, x := range []string{"0", "100000000000", "99999999999999999999"} {
				extreme(t, product, file, bytes.Join([][]byte{data[:at[0]], []byte(x), data[at[1]:]}, nil))
			}
		}
	})
}

// extreme imports one damaged configuration.
func extreme(t *testing.T, product, file string, data []byte) {
	t.Helper()
	c, err := importer.Import(importer.File(file, data), product, file)
	if placed := (*ir.Error)(nil); err != nil {
		if !errors.As(err, &placed) {
			t.Errorf("%s: an error without a place: %v", file, err)
		}
		return
	}
	for i := range c.Pools {
		p := &c.Pools[i]
		if p.Params == nil {
			continue
		}
		if err := policies.Check(p.Params); err != nil {
			t.Errorf("%s: %s: %v", file, p.Name, err)
		}
		if _, err := importer.ToScenario(c, p); err != nil {
			t.Errorf("%s: %s: %v", file, p.Name, err)
		}
	}
}

// Every product has settings that its policy must not get. An error or a remark says on which line they are; a remark says
// what is used instead.
func TestExtremeSettings(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ product, text, says string }{
		{"envoy", "clusters:\n- name: a\n  lb_policy: MAGLEV\n  maglev_lb_config:\n    table_size: 0\n", "f:5: table_size: must be at least 2, got 0; 65537 is used"},
		{"envoy", "clusters:\n- name: a\n  lb_policy: LEAST_REQUEST\n  least_request_lb_config: {choice_count: 4294967295}\n", "f:4: choice_count: must be at most 1000, got 4294967295; 2 is used"},
		{"envoy", "clusters:\n- name: a\n  lb_policy: RING_HASH\n  ring_hash_lb_config:\n    minimum_ring_size: 100000000000\n", "f:5: minimum_ring_size: must be at most 8388608, got 100000000000; 1024 is used"},
		{"envoy", "clusters:\n- name: a\n  lb_policy: RANDOM\n  outlier_detection:\n    interval: 0s\n- name: b\n  lb_policy: RANDOM\n", "f:5: interval: must be longer than 0s; 10s is used"},
		{"haproxy", "backend a\n balance random(100000)\n server s1 10.0.0.1:80\n server s2 10.0.0.2:80\n", "f:2:"},
		{"haproxy", "backend a\n balance source\n hash-balance-factor 100000000000\n server s1 10.0.0.1:80\n", "f:3:"},
		{"nginx", "upstream a { ip_hash;\n server 10.0.0.1 weight=100000000000; }", "f:2:"},
		{"caddy", ":80 {\n\treverse_proxy 10.0.0.1:80 10.0.0.2:80 {\n\t\tlb_policy random_choose 100000000000\n\t}\n}\n", "f:3:"},
		{"kubernetes", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  selector: {app: a}\n  ports: [{port: 80}]\n  sessionAffinity: ClientIP\n  sessionAffinityConfig:\n    clientIP:\n      timeoutSeconds: 100000000000\n", "f:10:"},
		{"terraform", "resource \"aws_lb_target_group\" \"a\" {\n  stickiness {\n    type = \"lb_cookie\"\n    cookie_duration = 100000000000\n  }\n}\n", "f:4:"},
		{"traefik", "http:\n  services:\n    app:\n      loadBalancer:\n        servers: [{url: \"http://10.0.0.1/\", weight: 100000000000}, {url: \"http://10.0.0.2/\"}]\n", "f:5:"},
		{"apache", "<Proxy balancer://app>\n BalancerMember http://10.0.0.1 loadfactor=100000000000\n BalancerMember http://10.0.0.2\n</Proxy>\nProxyPass / balancer://app/\n", "f:2:"},
	} {
		extreme(t, x.product, "f", []byte(x.text))
		c, err := importer.Import(importer.File("f", []byte(x.text)), x.product, "f")
		said := fmt.Sprint(err)
		if err == nil {
			said = ""
			for _, r := range c.In(ir.NotCarried) {
				said += r.String() + "\n"
			}
		}
		if !strings.Contains(said, x.says) {
			t.Errorf("%s: want %q in %q", x.text, x.says, said)
		}
	}
}
