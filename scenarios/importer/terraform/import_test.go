package terraform

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	"stickysim/policies/aws"
	"stickysim/policies/azure"
	"stickysim/policies/gcp"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const configs = "../../../testdata/configs/terraform"

func check(t *testing.T, c *ir.Config, name string) {
	t.Helper()
	for _, p := range c.Pools {
		if v, ok := p.Params.(policies.Validator); p.Params == nil || ok && v.Validate() != nil {
			t.Errorf("%s: pool %+v", name, p)
		}
	}
	for _, r := range c.Remarks {
		if r.File != name || r.Line == 0 || r.Text == "" {
			t.Errorf("%s: a remark has no place: %+v", name, r)
		}
	}
}

func importReal(t *testing.T, name string) *ir.Config {
	t.Helper()
	c, err := importer.Import(os.DirFS(configs), "terraform", name)
	if err != nil {
		t.Fatal(err)
	}
	check(t, c, name)
	return c
}

func importText(t *testing.T, text string) *ir.Config {
	t.Helper()
	c, err := importer.Import(fstest.MapFS{"f.tf": {Data: []byte(text)}}, "terraform", "f.tf")
	if err != nil {
		t.Fatal(err)
	}
	check(t, c, "f.tf")
	return c
}

func remarked(c *ir.Config, level ir.Drawer, text string) bool {
	for _, r := range c.Remarks {
		if r.Drawer == level && strings.Contains(r.Text, text) {
			return true
		}
	}
	return false
}

func TestRealModules(t *testing.T) {
	c := importReal(t, "terraform-aws-modules__terraform-aws-alb__examples__complete-alb__main.tf")
	if len(c.Pools) != 1 { // two further groups are Lambda functions
		t.Fatalf("alb: %+v", c.Pools)
	}
	p := c.Pools[0]
	if p.Name != "ex-instance" || p.Policy != "aws-alb/weighted-random" || p.Drain != 10*sim.Second ||
		*p.Health != (sim.Health{Interval: 30 * sim.Second, Timeout: 6 * sim.Second, Fall: 3, Rise: 3}) {
		t.Errorf("alb: %+v %+v", p, p.Health)
	}
	if len(p.Servers) != 2 || p.Servers[0].Info.Name != "aws_instance.this.id" || p.Servers[1].Info.Name != "aws_instance.other.id" {
		t.Errorf("alb: servers %+v", p.Servers)
	}
	for _, text := range []string{"load_balancing_anomaly_mitigation", "listeners"} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("alb: no warning of %s", text)
		}
	}

	c = importReal(t, "cloudposse__terraform-aws-alb-ingress__examples__complete__main.tf")
	if len(c.Pools) != 2 || c.Pools[0].Name != "alb" || c.Pools[1].Name != "alb_ingress" {
		t.Fatalf("cloudposse: %+v", c.Pools)
	}
	for _, text := range []string{"stickiness_enabled = var.stickiness_enabled", "slow_start = var.slow_start", "deregistration_delay = var.deregistration_delay"} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("cloudposse: no warning of %s", text)
		}
	}

	c = importReal(t, "terraform-google-modules__terraform-google-lb-http__examples__https-gke__main.tf")
	if p := c.Pools[0]; len(c.Pools) != 1 || p.Name != "default" || p.Policy != "round-robin" || p.Drain != 0 {
		t.Errorf("google: %+v", c.Pools)
	}
}

func TestTargetGroups(t *testing.T) {
	for text, want := range map[string]policies.Config{
		`stickiness {
			type = "lb_cookie"
			cookie_duration = 3600
		}`: aws.LBCookie{Duration: sim.Hour, Algorithm: "round_robin"},
		`stickiness {
			enabled = false
			type = "lb_cookie"
		}`: aws.ALBRoundRobin{},
		`stickiness {
			type = "app_cookie"
			cookie_name = "JSESSIONID"
			cookie_duration = local.day
		}
		load_balancing_algorithm_type = "least_outstanding_requests"`: aws.AppCookie{Duration: 24 * sim.Hour, Algorithm: "least_outstanding_requests"},
		`protocol = "TCP"
		stickiness {
			type = "source_ip"
		}`: aws.SourceIP{},
		`protocol = "TCP"`: aws.FlowHash{},
		`dynamic "stickiness" {
			for_each = var.x
			content {}
		}`: aws.ALBRoundRobin{},
		`load_balancing_algorithm_type = var.algorithm`: aws.ALBWeightedRandom{},
	} {
		c := importText(t, `
locals { day = 86400 }
variable "algorithm" { default = "weighted_random" }
resource "aws_lb_target_group" "web" {
	`+text+`
}`)
		if got := c.Pools[0].Params; got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
	c := importText(t, `
resource "aws_lb_target_group" "web" { slow_start = 60 }
resource "aws_lb_target_group_attachment" "a" {
  target_group_arn = aws_lb_target_group.web.arn
  target_id        = aws_instance.a.id
}
resource "aws_lb_target_group_attachment" "b" {
  target_group_arn = aws_lb_target_group.web2.arn
  target_id        = aws_instance.b.id
}`)
	if p := c.Pools[0]; len(p.Servers) != 1 || p.Servers[0].Info.Name != "aws_instance.a.id" || p.Servers[0].Line != 5 {
		t.Errorf("attachments: %+v", p.Servers)
	}
	if slow := c.Pools[0].Machine.SlowStart.For; slow != sim.Minute {
		t.Errorf("slow_start: %v", slow)
	}
}

func TestOtherClouds(t *testing.T) {
	for text, want := range map[string]policies.Config{
		`resource "google_compute_backend_service" "b" {
			session_affinity = "GENERATED_COOKIE"
			affinity_cookie_ttl_sec = 600
		}`: gcp.GeneratedCookie{TTL: 10 * sim.Minute},
		`resource "google_compute_region_backend_service" "b" { session_affinity = "CLIENT_IP" }`: gcp.ClientIP{Tuple: 2},
		`resource "google_compute_backend_service" "b" {
			session_affinity = "HEADER_FIELD"
			locality_lb_policy = "RING_HASH"
			consistent_hash {
				http_header_name = "x-user"
				minimum_ring_size = 2048
			}
		}`: gcp.HeaderField{Header: "x-user", LocalityLBPolicy: "RING_HASH", MinimumRingSize: 2048},
		`resource "google_compute_backend_service" "b" {
			session_affinity = "STRONG_COOKIE_AFFINITY"
			strong_session_affinity_cookie {
				name = "s"
				ttl { seconds = 60 }
			}
		}`: gcp.StrongCookie{TTL: sim.Minute},
		`resource "google_compute_backend_service" "b" { session_affinity = "MAGIC" }`: gcp.ClientIP{Tuple: 5},
		`resource "azurerm_application_gateway" "g" {
			backend_http_settings {
				name = "web"
				cookie_based_affinity = "Enabled"
			}
		}`: azure.AppGatewayCookie{},
		`resource "azurerm_lb_rule" "r" { load_distribution = "SourceIP" }`:         gcp.ClientIP{Tuple: 2},
		`resource "azurerm_lb_rule" "r" { load_distribution = "SourceIPProtocol" }`: gcp.ClientIP{Tuple: 3},
		`resource "azurerm_lb_rule" "r" { load_distribution = "Default" }`:          gcp.ClientIP{Tuple: 5},
		`resource "azurerm_lb_rule" "r" { load_distribution = "Magic" }`:            gcp.ClientIP{Tuple: 5},
		`resource "azurerm_linux_web_app" "a" { client_affinity_enabled = true }`:   azure.ARRAffinity{Balance: "least_outstanding_requests"},
		`resource "aws_elb" "e" { instances = [aws_instance.a.id, aws_instance.b.id] }
		resource "aws_lb_cookie_stickiness_policy" "p" {
			load_balancer = aws_elb.e.id
			cookie_expiration_period = 600
		}`: aws.ClassicCookie{Expiration: 10 * sim.Minute},
	} {
		c := importText(t, text)
		if got := c.Pools[0].Params; len(c.Pools) != 1 || got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

// A rule of an Azure Load Balancer has the servers and the probe that it refers to.
func TestAzureLoadBalancer(t *testing.T) {
	c := importText(t, `
resource "azurerm_lb" "web" {
	sku = "Standard"
	future_thing = 1
}
resource "azurerm_lb_backend_address_pool" "pool" { loadbalancer_id = azurerm_lb.web.id }
resource "azurerm_lb_backend_address_pool_address" "a" {
	backend_address_pool_id = azurerm_lb_backend_address_pool.pool.id
	ip_address = "10.0.0.1"
}
resource "azurerm_lb_backend_address_pool_address" "b" {
	backend_address_pool_id = azurerm_lb_backend_address_pool.other.id
	ip_address = "10.0.0.2"
}
resource "azurerm_lb_probe" "p" {
	interval_in_seconds = 5
	number_of_probes = 3
}
resource "azurerm_lb_rule" "r" {
	loadbalancer_id = azurerm_lb.web.id
	backend_address_pool_ids = [azurerm_lb_backend_address_pool.pool.id]
	probe_id = azurerm_lb_probe.p.id
	load_distribution = "SourceIP"
}`)
	p := c.Pools[0]
	if len(p.Servers) != 1 || p.Servers[0].Info.Name != "10.0.0.1" || *p.Health != (sim.Health{Interval: 5 * sim.Second, Timeout: 5 * sim.Second, Fall: 3, Rise: 1}) || p.Key.Kind != "address" {
		t.Errorf("%+v", p)
	}
	left := c.In(ir.NotCarried)
	if len(left) != 2 || !strings.Contains(left[0].Text, "future_thing") || !strings.Contains(left[1].Text, "pool_address.b") {
		t.Errorf("not carried over: %v", left)
	}
}

// An Application Load Balancer waits 10 s for a connection and its idle timeout, 60 s by default, for an answer.
func TestIdleTimeout(t *testing.T) {
	group := `resource "aws_lb_target_group" "w" {}` + "\n"
	for text, want := range map[string]sim.Time{
		group: 60 * sim.Second,
		group + `resource "aws_lb" "a" { idle_timeout = 400 }`:                                                    400 * sim.Second,
		group + `resource "aws_lb" "a" { idle_timeout = var.x }`:                                                  60 * sim.Second,
		group + `resource "aws_lb" "a" { idle_timeout = 400 }` + "\n" + `resource "aws_lb" "b" {}`:                60 * sim.Second,
		`resource "aws_lb_target_group" "w" { protocol = "TCP" }` + "\n" + `resource "aws_lb" "a" { name = "x" }`: 0,
	} {
		c := importText(t, text)
		p := c.Pools[0]
		if p.Limits.Attempt != want || (p.Limits.Connect == 10*sim.Second) != (want > 0) {
			t.Errorf("%s: limits %+v, want %v for an answer", text, p.Limits, want)
		}
		said := 0
		for _, r := range c.Remarks {
			if strings.Contains(r.Text, "idle_timeout") {
				said++
			}
		}
		if (said > 0) != (want > 0) {
			t.Errorf("%s: %d remarks on the idle timeout", text, said)
		}
	}
}

func TestHostileText(t *testing.T) {
	group := `resource "aws_lb_target_group" "w" { x = `
	for name, text := range map[string]string{
		"empty": "", "nothing": `resource "aws_instance" "a" {}`, "syntax": "resource {", "brackets": group + strings.Repeat("[", 1<<17),
		"templates": group + `"` + strings.Repeat(`${"`, 1<<16), "bangs": group + strings.Repeat("!", 1<<17), "minus": group + strings.Repeat("-", 1<<17),
		"questions": group + strings.Repeat("a ? b : ", 1<<15), "large": strings.Repeat("# x\n", 1<<20), "binary": "\x00\xff{",
		"blocks": strings.Repeat("a {\n", 1<<17),
	} {
		_, err := importer.Import(fstest.MapFS{"f.tf": {Data: []byte(text)}}, "terraform", "f.tf")
		if err == nil || !strings.HasPrefix(err.Error(), "f.tf:") || len(err.Error()) > 400 {
			t.Errorf("%s: error %v", name, err)
		}
	}
	c := importText(t, `resource "aws_lb_target_group" "w" {
	x = [for i in range(1e9) : pow(i, i)]
	deregistration_delay = -1
	stickiness { cookie_duration = 1e99 }
}`)
	if p := c.Pools[0]; p.Drain != 300*sim.Second || p.IdleTimeout != 24*sim.Hour {
		t.Errorf("%+v", p)
	}
}

func FuzzImport(f *testing.F) {
	f.Add("locals { a = 1 }\nresource \"aws_lb_target_group\" \"w\" {\n stickiness { cookie_duration = local.a }\n}\n")
	f.Add(`module "m" { target_groups = { a = { target_id = x.y, stickiness = { type = "app_cookie" } }, b = null } }`)
	f.Add(`{"terraform_version":"1","planned_values":{"root_module":{"resources":[{"address":"aws_lb_target_group.a[0]","type":"aws_lb_target_group","name":"a","index":0,"values":{"arn":"a:b"}}]}}}`)
	f.Add(`resource "google_compute_backend_service" "b" { session_affinity = "${a}-${1+1}" }`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := importer.Import(fstest.MapFS{"f.tf": {Data: []byte(text)}}, "terraform", "f.tf")
		if err == nil {
			check(t, c, "f.tf")
		}
	})
}
