package terraform

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	"stickysim/policies/aws"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const planFile = "stickysim__plan__tfplan.json"

// A plan says what a .tf file with modules, for_each and count does not; references are followed through variables and outputs.
func TestPlan(t *testing.T) {
	c := importReal(t, planFile)
	if got := names(c); got != "web/blue web/green api/this https" {
		t.Fatalf("pools %s", got)
	}
	blue, api := c.Pools[0], c.Pools[2]
	if blue.Params != (aws.LBCookie{Duration: sim.Hour, Algorithm: "round_robin"}) || len(blue.Servers) != 2 || blue.Health.Interval != 10*sim.Second || blue.Limits.Attempt != 90*sim.Second {
		t.Errorf("blue: %+v", blue)
	}
	if api.Params != (aws.ALBLeastOutstanding{}) || api.Replicas != 4 {
		t.Errorf("api: %+v", api)
	}
	https := c.Pools[3]
	want := policies.Weighted{Groups: []string{"web/blue=90", "web/green=10"}, Sticky: "cookie", Lifetime: 30 * sim.Minute, Sliding: true,
		Inside: policies.Policy{Name: blue.Policy, Config: blue.Params}}
	if !reflect.DeepEqual(https.Params, want) || !https.Default || len(https.Servers) != 5 || https.Limits != blue.Limits || *https.Health != *blue.Health {
		t.Errorf("https: %+v", https)
	}
	if !remarked(c, ir.NotCarried, "slow_start = var.slow_start") {
		t.Error("what is known only after apply is not named")
	}
	for _, r := range c.Remarks {
		if strings.Contains(r.Text, "not understood") {
			t.Error(r)
		}
	}
}

// A configuration in JSON is refused by name, and named where it stands beside .tf files.
func TestJSONSyntax(t *testing.T) {
	const written = `{"resource": {"aws_lb_target_group": {"a": {"protocol": "HTTP"}}}}`
	const plain = `resource "aws_lb_target_group" "b" { protocol = "HTTP" }`
	for name, product := range map[string]string{"a.tf.json": "", "terraform.tfvars.json": "", "a.json": "terraform"} {
		_, err := importer.Import(importer.File(name, []byte(written)), product, name)
		if err == nil || err.Error() != name+":1:1: "+inJSON {
			t.Errorf("%s: %v", name, err)
		}
	}
	files := fstest.MapFS{"d/a.tf.json": {Data: []byte(written)}, "d/b.tf": {Data: []byte(plain)}, "d/other.json": {Data: []byte("{}")}, "d/terraform.tfvars.json": {Data: []byte("{}")}}
	c, err := importer.Import(files, "", "d")
	if err != nil || len(c.Pools) != 1 {
		t.Fatal(c, err)
	}
	n := 0
	for _, r := range c.In(ir.NotCarried) {
		if r.Text == inJSON {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%v", c.In(ir.NotCarried))
	}
}

func names(c *ir.Config) string {
	var all []string
	for _, p := range c.Pools {
		all = append(all, p.Name)
	}
	return strings.Join(all, " ")
}

// Terraform prints a plan on one line. A state has the identifiers that a plan refers to.
func TestPlanForms(t *testing.T) {
	data, err := os.ReadFile(configs + "/" + planFile)
	if err != nil {
		t.Fatal(err)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, data); err != nil {
		t.Fatal(err)
	}
	state := `{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{"resources":[
		{"address":"aws_lb_target_group.web","mode":"managed","type":"aws_lb_target_group","name":"web","values":{"arn":"arn:aws:tg/web","stickiness":[{"enabled":true,"type":"lb_cookie","cookie_duration":60}]}},
		{"address":"aws_lb_target_group_attachment.a","mode":"managed","type":"aws_lb_target_group_attachment","name":"a","values":{"target_group_arn":"arn:aws:tg/web","target_id":"i-0123"}},
		{"address":"data.aws_vpc.x","mode":"data","type":"aws_vpc","name":"x","values":{"id":"vpc-1"}}]}}}`
	for text, want := range map[string]string{line.String(): "web/blue web/green api/this https", state: "web"} {
		if got := importer.Detect("x.json", []byte(text)); got != "terraform" {
			t.Errorf("detected as %q: %.80s", got, text)
		}
		c, err := importer.Import(fstest.MapFS{"x.json": {Data: []byte(text)}}, "", "x.json")
		if err != nil || names(c) != want || len(c.Pools[0].Servers) == 0 {
			t.Errorf("%.80s: %+v, %v", text, c, err)
		}
	}
	raw := `{"version": 4, "terraform_version": "1.5.0", "lineage": "x", "resources": []}`
	if _, err := importer.Import(fstest.MapFS{"x": {Data: []byte(raw)}}, "", "x"); err == nil || !strings.Contains(err.Error(), "terraform show -json") {
		t.Errorf("a state file: %v", err)
	}
	for _, hostile := range []string{"{", "{}", `{"terraform_version":"1"}`, `{"terraform_version":"1","planned_values":[{"root_module":1}]}`, strings.Repeat("{\"terraform_version\":", 1000)} {
		if _, err := importer.Import(fstest.MapFS{"x": {Data: []byte(hostile)}}, "terraform", "x"); err == nil {
			t.Errorf("%.50s: no error", hostile)
		}
	}
}

// A split whose weights no load balancer takes, or that lists a group twice, is still a scenario.
func TestOddSplits(t *testing.T) {
	for targets, left := range map[string]string{
		"target_group {\narn = aws_lb_target_group.a.arn\nweight = -5\n}\ntarget_group {\narn = aws_lb_target_group.b.arn\n}":               "weight: must be a whole number from 0 to 999, got -5",
		"target_group {\narn = aws_lb_target_group.a.arn\nweight = \"x\"\n}\ntarget_group {\narn = aws_lb_target_group.b.arn\n}":            "must be a whole number",
		"target_group {\narn = aws_lb_target_group.a.arn\n}\ntarget_group {\narn = aws_lb_target_group.a.arn\nweight = 3\n}":                "listed again",
		"target_group {\narn = aws_lb_target_group.a.arn\nweight = 1\n}\ntarget_group {\narn = aws_lb_target_group.none.arn\nweight = 3\n}": "aws_lb_target_group.none.arn is not in the file",
	} {
		c := importText(t, "resource \"aws_lb_target_group\" \"a\" {}\nresource \"aws_lb_target_group\" \"b\" {}\nresource \"aws_lb_listener\" \"l\" {\ndefault_action {\ntype = \"forward\"\nforward {\n"+targets+"\n}\n}\n}\n")
		p, err := importer.Choose(c, "l")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := importer.ToScenario(c, p); err != nil || !remarked(c, ir.NotCarried, left) {
			t.Errorf("%s: %v, %v", targets, err, c.In(ir.NotCarried))
		}
	}
}

// Variables that refer to each other's modules end.
func TestPlanThatRefersToItself(t *testing.T) {
	text := `{"terraform_version":"1","planned_values":{"root_module":{"resources":[{"address":"aws_lb_target_group.a","type":"aws_lb_target_group","name":"a","values":{}}]}},
	"resource_changes":[{"address":"aws_lb_target_group.a","change":{"after_unknown":{"slow_start":true}}}],
	"configuration":{"root_module":{"resources":[{"type":"aws_lb_target_group","name":"a","expressions":{"slow_start":{"references":["module.m.x","module.m.x"]}}}],
	"module_calls":{"m":{"expressions":{"y":{"references":["module.m.x","module.m.x"]}},"module":{"outputs":{"x":{"expression":{"references":["var.y"]}}}}}}}}}`
	c, err := importer.Import(fstest.MapFS{"x": {Data: []byte(text)}}, "terraform", "x")
	if err != nil || !remarked(c, ir.NotCarried, "slow_start = module.m.x") {
		t.Errorf("%+v, %v", c, err)
	}
}
