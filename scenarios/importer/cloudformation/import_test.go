package cloudformation

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	"stickysim/policies/aws"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

func importText(t *testing.T, text string) *ir.Config {
	t.Helper()
	c, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "", "f")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func remarked(c *ir.Config, level ir.Drawer, text string) bool {
	for _, r := range c.In(level) {
		if strings.Contains(r.Text, text) {
			return true
		}
	}
	return false
}

const full = `
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Delay: {Type: Number, Default: 20}
  Count: {Type: Number}
Resources:
  Web:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      Name: !Sub "${AWS::StackName}-web"
      Protocol: HTTP
      HealthCheckIntervalSeconds: 7
      TargetGroupAttributes:
      - {Key: stickiness.enabled, Value: true}
      - {Key: stickiness.type, Value: app_cookie}
      - {Key: stickiness.app_cookie.cookie_name, Value: JSESSIONID}
      - {Key: stickiness.app_cookie.duration_seconds, Value: 600}
      - {Key: deregistration_delay.timeout_seconds, Value: !Ref Delay}
      - {Key: slow_start.duration_seconds, Value: 30}
      - {Key: load_balancing.algorithm.anomaly_mitigation, Value: "on"}
      - {Key: invented.attribute, Value: 1}
  Api:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Protocol: TCP, Targets: [{Id: i-1, Port: 80}, {Id: !Ref Instance}], TargetGroupAttributes: [{Key: stickiness.enabled, Value: !Ref Count}]}
  Function:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {TargetType: lambda}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref Api}]
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      Actions:
      - Type: forward
        ForwardConfig:
          TargetGroups: [{TargetGroupArn: !Ref Web, Weight: 9}, {TargetGroupArn: !GetAtt Api.TargetGroupArn, Weight: 1}]
          TargetGroupStickinessConfig: {Enabled: true, DurationSeconds: 60}
  Service:
    Type: AWS::ECS::Service
    Properties: {DesiredCount: 6, LoadBalancers: [{TargetGroupArn: {Ref: Web}}]}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: 3, MaxSize: 9, TargetGroupARNs: [!Ref Api]}
  Thing:
    Type: AWS::Invented::Thing
`

func TestTemplate(t *testing.T) {
	c := importText(t, full)
	if len(c.Pools) != 3 || c.Product != "cloudformation" {
		t.Fatalf("%s: %+v", c.Product, c.Pools)
	}
	web, api := c.Pools[0], c.Pools[1]
	if web.Params != (aws.AppCookie{Duration: 10 * sim.Minute, Algorithm: "round_robin"}) || web.Drain != 20*sim.Second || web.Replicas != 6 ||
		web.Rollout == nil || web.Rollout.Surge != "100%" || web.Rollout.Unavailable != "0%" || web.Health.Interval != 7*sim.Second {
		t.Errorf("web: %+v, %+v", web, web.Rollout)
	}
	if api.Params != (aws.FlowHash{}) || len(api.Servers) != 2 || api.Servers[1].Info.Name != "Ref Instance" || api.Replicas != 3 || !api.Default {
		t.Errorf("api: %+v", api)
	}
	rule := c.Pools[2]
	want := policies.Weighted{Groups: []string{"Web=9", "Api=1"}, Sticky: "cookie", Lifetime: sim.Minute, Sliding: true, Inside: policies.Policy{Name: web.Policy, Config: web.Params}}
	if !reflect.DeepEqual(rule.Params, want) || rule.Name != "Rule" || len(rule.Servers) != 8 || rule.Servers[0].Info.Options[policies.GroupOption] != "Web" || rule.Limits != web.Limits {
		t.Errorf("rule: %+v", rule)
	}
	for _, text := range []string{
		"anomaly_mitigation", "invented.attribute: not understood", "Api: its servers are chosen as those of Web are", "MaxSize 9", "stickiness.enabled = Ref Count",
		"Resources.Thing.Type: not understood",
	} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("no remark on %q in %v", text, c.In(ir.NotCarried))
		}
	}
	if slow := web.Machine.SlowStart.For; slow != 30*sim.Second {
		t.Errorf("slow start: %v", slow)
	}
	if !remarked(c, ir.Assumed, "20, the default of parameter Delay") {
		t.Errorf("no remark on the parameter: %v", c.In(ir.Assumed))
	}
}

func TestTargetGroups(t *testing.T) {
	for attributes, want := range map[string]policies.Config{
		"": aws.ALBRoundRobin{},
		"{Key: load_balancing.algorithm.type, Value: least_outstanding_requests}":                                aws.ALBLeastOutstanding{},
		"{Key: load_balancing.algorithm.type, Value: weighted_random}":                                           aws.ALBWeightedRandom{},
		"{Key: stickiness.enabled, Value: 'true'}":                                                               aws.LBCookie{Duration: 24 * sim.Hour, Algorithm: "round_robin"},
		"{Key: stickiness.enabled, Value: 'false'}, {Key: stickiness.lb_cookie.duration_seconds, Value: 60}":     aws.ALBRoundRobin{},
		"{Key: stickiness.enabled, Value: 'true'}, {Key: stickiness.lb_cookie.duration_seconds, Value: 6048000}": aws.LBCookie{Duration: 24 * sim.Hour, Algorithm: "round_robin"},
		"{Key: stickiness.enabled, Value: 'true'}, {Key: stickiness.type, Value: source_ip}":                     aws.SourceIP{},
	} {
		c := importText(t, "Resources: {W: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetGroupAttributes: ["+attributes+"]}}}")
		if got := c.Pools[0].Params; got != want {
			t.Errorf("%s: %+v, want %+v", attributes, got, want)
		}
	}
}

// JSON templates write functions in their long form.
func TestClassicInJSON(t *testing.T) {
	c := importText(t, `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"LB": {"Type": "AWS::ElasticLoadBalancing::LoadBalancer", "Properties": {
  "Instances": [{"Ref": "A"}, {"Ref": "B"}], "HealthCheck": {"Target": "HTTP:80/", "Interval": "10", "Timeout": "2", "HealthyThreshold": "3", "UnhealthyThreshold": "4"},
  "LBCookieStickinessPolicy": [{"PolicyName": "p", "CookieExpirationPeriod": "600"}], "ConnectionDrainingPolicy": {"Enabled": true, "Timeout": 60}}}}}`)
	p := c.Pools[0]
	if p.Params != (aws.ClassicCookie{Expiration: 10 * sim.Minute}) || len(p.Servers) != 2 || p.Servers[0].Info.Name != "Ref A" || p.Drain != sim.Minute ||
		*p.Health != (sim.Health{Interval: 10 * sim.Second, Timeout: 2 * sim.Second, Fall: 4, Rise: 3}) {
		t.Errorf("%+v", p)
	}
	for _, r := range c.In(ir.NotCarried) {
		t.Errorf("%s", r)
	}
}

func TestNoBalancer(t *testing.T) {
	for _, text := range []string{"", "Resources: {A: {Type: AWS::EC2::VPC}}", "Resources: [1]", "Resources: {A: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: lambda}}}"} {
		if _, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "cloudformation", "f"); err == nil || !strings.HasPrefix(err.Error(), "f") {
			t.Errorf("%s: error %v", text, err)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add(full)
	f.Add("Resources: {W: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: !If [a, {Protocol: TCP}, !Ref b]}}")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "cloudformation", "f")
		if err != nil {
			return
		}
		for _, p := range c.Pools {
			if p.Params == nil || policies.Check(p.Params) != nil {
				t.Fatalf("pool %+v: %v", p, policies.Check(p.Params))
			}
		}
	})
}

func TestIdleTimeout(t *testing.T) {
	const text = `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"G": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup"},
"L": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"LoadBalancerAttributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "%s"}]}}}}`
	for value, want := range map[string]sim.Time{"90": 90 * sim.Second, "x": 60 * sim.Second} {
		c := importText(t, strings.Replace(text, "%s", value, 1))
		if p := c.Pools[0]; p.Limits.Attempt != want || p.Limits.Connect != 10*sim.Second {
			t.Errorf("%s: limits %+v", value, p.Limits)
		}
	}
}

// A policy of a Classic Load Balancer has an effect where a listener has it that reads requests.
func TestPoliciesOfListeners(t *testing.T) {
	for listener, want := range map[string][2]string{
		"Protocol: HTTP, PolicyNames: [p]":  {"aws-elb/classic-cookie", "policy aws-elb/classic-cookie"},
		"Protocol: HTTP":                    {"aws-alb/least-outstanding", "no listener that reads requests has it"},
		"Protocol: tcp, PolicyNames: [p]":   {"aws-alb/round-robin", "pass connections on, in turn"},
		"Protocol: HTTPS, PolicyNames: [q]": {"aws-alb/least-outstanding", "no listener that reads requests has it"},
	} {
		c := importText(t, "Resources: {LB: {Type: AWS::ElasticLoadBalancing::LoadBalancer, Properties: {Listeners: [{LoadBalancerPort: 80, "+listener+"}], "+
			"LBCookieStickinessPolicy: [{PolicyName: p}]}}}")
		if p := c.Pools[0]; p.Policy != want[0] || !slices.ContainsFunc(c.Remarks, func(r ir.Remark) bool { return strings.Contains(r.Text, want[1]) }) {
			t.Errorf("%s: %s, want %v: %v", listener, p.Policy, want, c.Remarks)
		}
	}
}

// Checks of targets cannot be switched off, and weights have a bound.
func TestWhatAWSRefuses(t *testing.T) {
	c := importText(t, `
Resources:
  A: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Protocol: HTTP, HealthCheckEnabled: false}}
  B: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Protocol: HTTP}}
  L:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      DefaultActions:
      - Type: forward
        ForwardConfig:
          TargetGroupStickinessConfig: {Enabled: on, DurationSeconds: 0}
          TargetGroups: [{TargetGroupArn: !Ref A, Weight: 1000}, {TargetGroupArn: !Ref B, Weight: 3}]
`)
	for _, text := range []string{"of Lambda functions alone", "Weight 1000: must be a whole number from 0 to 999; 1 is used", "DurationSeconds 0: must be 1 to 604800"} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("nothing says %q: %v", text, c.In(ir.NotCarried))
		}
	}
	if p := c.Pools[2]; c.Pools[0].Health == nil || !strings.Contains(policies.Policy{Name: p.Policy, Config: p.Params}.Differences(), `groups: ["A=1", "B=3"], lifetime: 24h`) {
		t.Errorf("%+v", c.Pools)
	}
}

// Values that the template itself says are computed: texts with parameters in them, entries of mappings, and texts that are references.
func TestExpressions(t *testing.T) {
	for duration, want := range map[string]sim.Time{
		"!Sub '${Minutes}0'": 100 * sim.Second, "!FindInMap [Times, !Ref Stage, Sticky]": 7 * sim.Minute, "{'Fn::FindInMap': [Times, {Ref: Stage}, Sticky]}": 7 * sim.Minute,
		"!Sub '${Minutes}${None}'": 24 * sim.Hour, "!FindInMap [Times, !Ref None, Sticky]": 24 * sim.Hour, "!If [Big, 60, 70]": sim.Minute, "!If [Unknown, 60, 70]": 24 * sim.Hour, "!Sub '${Minutes'": 24 * sim.Hour,
	} {
		c := importText(t, `
Parameters: {Minutes: {Default: 10}, Stage: {Default: prod}, None: {Type: String}}
Mappings: {Times: {prod: {Sticky: 420}, test: {Sticky: 60}}}
Conditions: {Big: !Equals [!Ref Stage, prod], Unknown: !Equals [!Ref None, prod]}
Resources:
  W:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      Protocol: HTTP
      TargetGroupAttributes: [{Key: stickiness.enabled, Value: true}, {Key: stickiness.lb_cookie.duration_seconds, Value: `+duration+`}]
  S:
    Type: AWS::ECS::Service
    Properties: {DesiredCount: 3, LoadBalancers: [{TargetGroupArn: !Sub "${W}"}]}
`)
		p := c.Pools[0]
		if p.Params != (aws.LBCookie{Duration: want, Algorithm: "round_robin"}) || p.Replicas != 3 || (len(c.In(ir.NotCarried)) > 0) != (want == 24*sim.Hour) {
			t.Errorf("%s: %+v, %d servers, %v", duration, p.Params, p.Replicas, c.In(ir.NotCarried))
		}
	}
}

// Conditions are evaluated as far as the template says what they compare; branches that they choose stand for an If.
func TestConditions(t *testing.T) {
	const head = `
Parameters:
  Env: {Type: String, Default: prod}
  Size: {Type: String}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Test: !Not [!Condition Prod]
  Big: !Equals [!Ref Size, big]
  Either: !Or [!Condition Big, {"Fn::And": [{Condition: Prod}, !Equals [a, a]]}]
  Loop: !And [!Condition Loop, !Condition Prod]
Resources:
`
	group := func(condition, value string) string {
		return "  A:\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    Properties: {Protocol: HTTP, TargetGroupAttributes: [{Key: stickiness.enabled, Value: !If [" + condition + ", true, false]}, " + value + "]}\n"
	}
	for condition, want := range map[string]string{"Prod": "aws-alb/lb-cookie", "Test": "aws-alb/round-robin", "Either": "aws-alb/lb-cookie"} {
		c := importText(t, head+group(condition, `!If [Test, {Key: load_balancing.algorithm.type, Value: least_outstanding_requests}, !Ref "AWS::NoValue"]`))
		if c.Pools[0].Policy != want || !remarked(c, ir.Assumed, "If "+condition+": the condition ") || len(c.In(ir.NotCarried)) > 0 {
			t.Errorf("%s: %s, %v", condition, c.Pools[0].Policy, c.Remarks)
		}
	}
	for _, condition := range []string{"Big", "Loop", "Invented"} {
		c := importText(t, head+group(condition, "!If ["+condition+", {Key: a, Value: b}, !Ref AWS::NoValue]"))
		if !remarked(c, ir.NotCarried, "stickiness.enabled = If "+condition+": its value is not in the template; the default of AWS is used") ||
			!remarked(c, ir.NotCarried, "an attribute = If "+condition+": whether it is there is not in the template") {
			t.Errorf("%s: %v", condition, c.Remarks)
		}
	}
	nested := group("Prod", `{"Fn::If": ["Test", 1, {"Fn::If": [Prod, {Key: load_balancing.algorithm.type, Value: least_outstanding_requests}, 2]}]}`)
	if c := importText(t, head+nested); !reflect.DeepEqual(c.Pools[0].Params, aws.LBCookie{Duration: 24 * sim.Hour, Algorithm: "least_outstanding_requests"}) {
		t.Errorf("%+v", c.Pools[0].Params)
	}
	both := "  B:\n    Condition: Test\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    Properties: {Protocol: HTTP, Invented: 1}\n"
	c := importText(t, head+group("Prod", "{Key: stickiness.type, Value: lb_cookie}")+both)
	if len(c.Pools) != 1 || !remarked(c, ir.Assumed, "Condition Test does not hold, with the defaults of parameters: B is left out") || remarked(c, ir.NotCarried, "Invented") {
		t.Errorf("%d pools, %v", len(c.Pools), c.Remarks)
	}
	c = importText(t, head+group("Prod", "{Key: stickiness.type, Value: lb_cookie}")+strings.Replace(both, "Test", "Big", 1))
	if len(c.Pools) != 2 || !remarked(c, ir.Assumed, "Condition Big: it depends on what is not in the template, and is taken to hold") {
		t.Errorf("%d pools, %v", len(c.Pools), c.Remarks)
	}
}
