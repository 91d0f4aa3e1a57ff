package alb_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// What an attribute means depends on the others, and on the kind of load balancer. What AWS refuses, and what has no effect, is said.
func TestAttributesTogether(t *testing.T) {
	for attributes, want := range map[string]struct {
		policy string // with its parameters
		drawer ir.Drawer
		said   string
	}{
		"stickiness.enabled=true":                            {"aws-alb/lb-cookie", ir.Translated, "stickiness.enabled: true"},
		"stickiness.enabled=yes":                             {"aws-alb/round-robin", ir.NotCarried, "must be true or false, got yes"},
		"stickiness.enabled=true,stickiness.type=source_ip":  {"aws-alb/lb-cookie", ir.NotCarried, "must be lb_cookie or app_cookie"},
		"stickiness.enabled=true,stickiness.type=lb-cookie":  {"aws-alb/lb-cookie", ir.NotCarried, "AWS refuses another; lb_cookie is used"},
		"stickiness.type=lb_cookie":                          {"aws-alb/round-robin", ir.Harmless, "stickiness is off"},
		"stickiness.enabled=true,stickiness.type=app_cookie": {"aws-alb/app-cookie", ir.NotCarried, "names no cookie"},
		"stickiness.enabled=true,stickiness.type=app_cookie,stickiness.app_cookie.cookie_name=AWSALBX": {"aws-alb/app-cookie", ir.NotCarried, "begin with AWSALB"},
		"stickiness.enabled=true,stickiness.app_cookie.duration_seconds=60":                            {"aws-alb/lb-cookie", ir.Harmless, "only type app_cookie has it"},
		"stickiness.enabled=true,stickiness.lb_cookie.duration_seconds=0":                              {"aws-alb/lb-cookie", ir.NotCarried, "from 1 to 604800, got 0"},
		"stickiness.enabled=true,stickiness.lb_cookie.duration_seconds=60":                             {"aws-alb/lb-cookie {duration: 1m}", ir.Translated, "1m0s"},
		"load_balancing.algorithm.type=roundrobin":                                                     {"aws-alb/round-robin", ir.NotCarried, "must be round_robin"},
		"load_balancing.algorithm.type=weighted_random,slow_start.duration_seconds=60":                 {"aws-alb/weighted-random", ir.NotCarried, "needs algorithm round_robin"},
		"slow_start.duration_seconds=10":                                                               {"aws-alb/round-robin", ir.NotCarried, "from 30 to 900, got 10"},
		"slow_start.duration_seconds=0":                                                                {"aws-alb/round-robin", ir.Translated, "off"},
		"TCP stickiness.enabled=true,stickiness.type=lb_cookie":                                        {"aws-nlb/source-ip", ir.NotCarried, "must be source_ip"},
		"TCP stickiness.enabled=true,stickiness.type=source_ip":                                        {"aws-nlb/source-ip", ir.Translated, "source_ip"},
		"TCP load_balancing.algorithm.type=round_robin":                                                {"aws-nlb/flow-hash", ir.Harmless, "flows are hashed"},
		"TCP slow_start.duration_seconds=60":                                                           {"aws-nlb/flow-hash", ir.NotCarried, "of Application Load Balancers alone"},
		"GENEVE stickiness.enabled=false":                                                              {"aws-nlb/flow-hash", ir.NotCarried, "Gateway Load Balancer is not modelled"},
		"http stickiness.enabled=true":                                                                 {"aws-alb/lb-cookie", ir.NotCarried, "protocol http: must be HTTP"},
	} {
		in, at := source.New(fstest.MapFS{}), ir.Place{File: "f", Line: 1}
		var g alb.Group
		var p ir.Pool
		list := attributes
		if protocol, rest, ok := strings.Cut(attributes, " "); ok {
			g.Protocol(in, at, protocol)
			list = rest
		}
		for pair := range strings.SplitSeq(list, ",") {
			name, value, _ := strings.Cut(pair, "=")
			g.Attribute(in, at, &p, name, value)
		}
		g.Settle(in, &p)
		got := strings.TrimSpace(p.Policy + " " + policies.Policy{Name: p.Policy, Config: p.Params}.Differences())
		if got != want.policy {
			t.Errorf("%s: %s, want %s", attributes, got, want.policy)
		}
		found := false
		for _, r := range in.Remarks() {
			found = found || r.Drawer == want.drawer && strings.Contains(r.Text, want.said)
		}
		if !found {
			t.Errorf("%s: no remark that says %q: %v", attributes, want.said, in.Remarks())
		}
	}
}
