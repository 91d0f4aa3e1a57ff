package terraform

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies/aws"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// The files of a folder are a module: what one says holds in the others. Of .tfvars files in it those count that Terraform reads.
func TestFilesOfAModule(t *testing.T) {
	files := fstest.MapFS{
		"m/alb.tf": {Data: []byte(`resource "aws_lb_target_group" "web" {
			protocol = "HTTP"
			stickiness {
				type            = local.kind
				enabled         = "${var.sticky}"
				cookie_duration = local.hours * 3600
			}
		}`)},
		"m/ecs.tf": {Data: []byte("resource \"aws_ecs_service\" \"web\" {\ndesired_count = var.size[\"web\"]\nload_balancer {\ntarget_group_arn = aws_lb_target_group.web.arn\n}\n}\n")},
		"m/variables.tf": {Data: []byte("variable \"sticky\" { default = false }\nvariable \"size\" { default = { web = 7 } }\nvariable \"days\" { default = 1 }\n" +
			"locals {\nhours = local.day * var.days\nday = 24\nkind = var.sticky ? \"lb_cookie\" : \"none\"\n}\n")},
		"m/terraform.tfvars": {Data: []byte("sticky = true\ndays = 2\n")},
		"m/other.tfvars":     {Data: []byte("days = 3\n")},
		"only.tf":            {Data: []byte("variable \"x\" {}\n")},
	}
	c, err := importer.Import(files, "", "m")
	if err != nil {
		t.Fatal(err)
	}
	p := c.Pools[0]
	if len(c.Pools) != 1 || p.Params != (aws.LBCookie{Duration: 48 * sim.Hour, Algorithm: "round_robin"}) || p.Replicas != 7 {
		t.Errorf("%+v, %v", c.Pools, c.In(ir.NotCarried))
	}
	if !remarked(c, ir.Assumed, "var.size: the value of its default, here 7") || remarked(c, ir.Assumed, "var.days") {
		t.Errorf("values of defaults: %v", c.In(ir.Assumed))
	}
	if c, err = importer.Import(files, "", "m", "only.tf"); err != nil || len(c.Pools) != 1 || !remarked(c, ir.NotCarried, "no load balancer") {
		t.Errorf("a folder without a load balancer beside one with: %v", err)
	}
	if _, err = importer.Import(files, "", "only.tf"); err == nil || !strings.Contains(err.Error(), "only.tf: no load balancer in it") {
		t.Errorf("no load balancer: %v", err)
	}
}

// Blocks and resources are made as often as the files say.
func TestHowOftenThingsAreMade(t *testing.T) {
	c := importText(t, `
variable "on" { default = true }
resource "aws_lb_target_group" "none" { count = 0 }
resource "aws_lb_target_group" "nothing" { for_each = {} }
resource "aws_lb_target_group" "web" {
	count    = 1
	protocol = "HTTP"
	dynamic "stickiness" {
		for_each = var.on ? [1] : []
		content {
			type = "lb_cookie"
		}
	}
}
resource "aws_lb_target_group_attachment" "web" {
	count            = 3
	target_group_arn = aws_lb_target_group.web[0].arn
	target_id        = aws_instance.web[count.index].id
}
resource "aws_lb_target_group_attachment" "one" {
	target_group_arn = aws_lb_target_group.web[0].arn
	target_id        = aws_instance.one.id
	port             = 8080
}
resource "aws_lb_target_group_attachment" "two" {
	target_group_arn = aws_lb_target_group.web[0].arn
	target_id        = aws_instance.one.id
	port             = 8081
}`)
	p := c.Pools[0]
	var names []string
	for _, s := range p.Servers {
		names = append(names, s.Info.Name)
	}
	want := []string{"aws_instance.web[0].id", "aws_instance.web[1].id", "aws_instance.web[2].id", "aws_instance.one.id", "aws_instance.one.id:8081"}
	if len(c.Pools) != 1 || !slices.Equal(names, want) || p.Policy != "aws-alb/lb-cookie" {
		t.Errorf("%v, %+v", names, c.Pools)
	}
	if !remarked(c, ir.Harmless, "count or for_each makes none") {
		t.Errorf("%v", c.Remarks)
	}
}

// An Auto Scaling group can be put behind target groups by a resource of its own.
func TestAttachedGroups(t *testing.T) {
	const groups = `resource "aws_lb_target_group" "a" {}
resource "aws_lb_target_group" "b" {}
`
	for text, want := range map[string][]int{
		"resource \"aws_autoscaling_group\" \"g\" {\ndesired_capacity = 4\ntarget_group_arns = [aws_lb_target_group.a.arn, aws_lb_target_group.b.arn]\n}":                                                                                 {4, 4},
		"resource \"aws_autoscaling_group\" \"g\" {\ndesired_capacity = 4\n}\nresource \"aws_autoscaling_attachment\" \"x\" {\nautoscaling_group_name = aws_autoscaling_group.g.name\nlb_target_group_arn = aws_lb_target_group.b.arn\n}": {0, 4},
		"resource \"aws_autoscaling_group\" \"g\" {\ndesired_capacity = 0\ntarget_group_arns = [aws_lb_target_group.a.arn]\n}":                                                                                                            {0, 0},
	} {
		c := importText(t, groups+text)
		if got := []int{c.Pools[0].Replicas, c.Pools[1].Replicas}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v; %v", text, got, want, c.In(ir.NotCarried))
		}
	}
}

// What a load balancer does not do because of another setting, or as its provider has it by default.
func TestWithoutEffect(t *testing.T) {
	const split = `resource "aws_lb_target_group" "a" { protocol = "HTTP" }
resource "aws_lb_target_group" "b" { protocol = "HTTP" }
resource "aws_lb_listener" "l" {
	default_action {
		type = "forward"
		forward {
			target_group { arn = aws_lb_target_group.a.arn }
			target_group { arn = aws_lb_target_group.b.arn }
			stickiness {
				duration = 600
				%s
			}
		}
	}
}`
	const elb = "resource \"aws_elb\" \"e\" {\nconnection_draining_timeout = 400\n%s\nlistener {\ninstance_port = 80\ninstance_protocol = \"%[2]s\"\nlb_port = 80\nlb_protocol = \"%[2]s\"\n}\n}\n" +
		"resource \"aws_lb_cookie_stickiness_policy\" \"s\" {\nload_balancer = aws_elb.e.id\nlb_port = 80\n}\n"
	for _, x := range []struct {
		text, pool, policy, said string
		drain                    sim.Time
	}{
		{text: fmt.Sprintf(split, ""), pool: "l", policy: "weighted: {groups: [\"a=1\", \"b=1\"], sticky: \"none\"", said: "enabled is not given, off", drain: 300 * sim.Second},
		{text: fmt.Sprintf(split, "enabled = true"), pool: "l", policy: "weighted: {groups: [\"a=1\", \"b=1\"], lifetime: 10m", said: "stickiness of the groups: true", drain: 300 * sim.Second},
		{text: fmt.Sprintf(elb, "", "tcp"), policy: "aws-alb/round-robin", said: "passes connections on, and AWS refuses a cookie there"},
		{text: fmt.Sprintf(elb, "", "http"), policy: "aws-elb/classic-cookie", said: "connection_draining is off"},
		{text: fmt.Sprintf(elb, "connection_draining = true", "http"), policy: "aws-elb/classic-cookie", said: "connection_draining: true", drain: 400 * sim.Second},
		{text: "resource \"google_compute_target_pool\" \"p\" { instances = [\"z/a\"] }", policy: "gcp/client-ip", said: "none, so that every instance counts as up"},
		{text: "resource \"google_compute_backend_service\" \"b\" { protocol = \"HTTPS\" }", policy: "round-robin", said: "ROUND_ROBIN"},
		{text: "resource \"google_compute_backend_service\" \"b\" { session_affinity = \"HEADER_FIELD\" }", policy: "gcp/header-field", said: "needs locality_lb_policy RING_HASH or MAGLEV"},
		{text: "resource \"google_compute_backend_service\" \"b\" {\nbackend {\ngroup = google_compute_instance_group_manager.g.instance_group\ncapacity_scaler = 0.0\n}\n}\nresource \"google_compute_instance_group_manager\" \"g\" { target_size = 5 }", policy: "round-robin", said: "the backend gets no requests"},
		{text: "resource \"aws_lb_target_group\" \"n\" {\nprotocol = \"TCP\"\nhealth_check { enabled = false }\n}", policy: "aws-nlb/flow-hash", said: "of Lambda functions alone", drain: 300 * sim.Second},
		{text: "resource \"aws_lb_target_group\" \"n\" {\nprotocol = \"HTTP\"\nstickiness {\ntype = \"lb_cookie\"\nenabled = \"yes\"\n}\n}", policy: "aws-alb/round-robin", said: "enabled: must be true or false, got yes", drain: 300 * sim.Second},
	} {
		c := importText(t, x.text)
		p, err := importer.Choose(c, x.pool)
		if err != nil {
			t.Fatal(err)
		}
		yaml, err := importer.ToScenario(c, p)
		if err != nil || !strings.Contains(string(yaml), "  - "+x.policy) || p.Drain != x.drain || p.Replicas != 0 {
			t.Errorf("%s: %v, drain %v, %d replicas\n%s", x.text, err, p.Drain, p.Replicas, yaml)
		}
		if !slices.ContainsFunc(c.Remarks, func(r ir.Remark) bool { return strings.Contains(r.Text, x.said) }) {
			t.Errorf("%s: nothing says %q: %v", x.text, x.said, c.Remarks)
		}
	}
}

// A backend setting of an Application Gateway has the probe that it names, and the servers that a rule pairs it with.
func TestApplicationGateway(t *testing.T) {
	c := importText(t, `
resource "azurerm_application_gateway" "g" {
	backend_address_pool {
		name         = "pool"
		ip_addresses = ["10.0.0.1", "10.0.0.2"]
	}
	backend_address_pool {
		name  = "other"
		fqdns = ["a.example"]
	}
	backend_http_settings {
		name                  = "web"
		cookie_based_affinity = "enabled"
		port                  = 80
		request_timeout       = 5
		probe_name            = "p"
		connection_draining {
			enabled           = false
			drain_timeout_sec = 100
		}
	}
	backend_http_settings {
		name       = "api"
		probe_name = "none"
	}
	probe {
		name                = "p"
		interval            = 7
		timeout             = 3
		unhealthy_threshold = 2
		path                = "/"
	}
	request_routing_rule {
		name                       = "r"
		rule_type                  = "Basic"
		backend_address_pool_name  = "pool"
		backend_http_settings_name = "web"
	}
}`)
	p := c.Pools[0]
	if len(p.Servers) != 2 || p.Servers[1].Info.Addr != "10.0.0.2:80" || *p.Health != (sim.Health{Interval: 7 * sim.Second, Timeout: 3 * sim.Second, Fall: 2, Rise: 1}) ||
		p.Limits.Attempt != 5*sim.Second || p.Drain != 0 || p.Policy != "round-robin" {
		t.Errorf("%+v", p)
	}
	for _, text := range []string{"cookie_based_affinity enabled: not known; Disabled is used", "probe_name none: the gateway has no such probe", "backend_address_pool other: no rule"} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("nothing says %q: %v", text, c.In(ir.NotCarried))
		}
	}
}
