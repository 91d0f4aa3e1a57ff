package terraform

import (
	"fmt"
	"strings"
	"testing"

	"stickysim/policies/cloudflare"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const cloudflarePools = `
resource "cloudflare_load_balancer_monitor" "http" {
  account_id = "a"
  type       = "http"
  path       = "/health"
  interval   = 30
  timeout    = 4
  retries    = 1
  consecutive_down = 2
}

resource "cloudflare_load_balancer_pool" "app" {
  name    = "app"
  monitor = cloudflare_load_balancer_monitor.http.id
  origins {
    name    = "one"
    address = "192.0.2.1"
    weight  = 0.25
  }
  origins {
    name    = "two"
    address = "192.0.2.2"
    enabled = false
  }
  origin_steering {
    policy = "least_outstanding_requests"
  }
}
`

// balancer is a load balancer of pool app with further arguments.
func balancer(arguments string) string {
	return cloudflarePools + `
resource "cloudflare_load_balancer" "www" {
  zone_id          = "z"
  name             = "www.example.com"
  fallback_pool_id = cloudflare_load_balancer_pool.app.id
  default_pool_ids = [cloudflare_load_balancer_pool.app.id]
  proxied          = true
  ` + strings.ReplaceAll(arguments, "; ", "\n  ") + `
}
`
}

func TestCloudflareAffinity(t *testing.T) {
	none, hour := cloudflare.Failover{Mode: "none"}, sim.Hour
	for arguments, want := range map[string]any{
		``: cloudflare.LeastOutstanding{Failover: none},
		`session_affinity = "cookie"`: cloudflare.Cookie{
			Attributes: cloudflare.Attributes{TTL: 82_800 * sim.Second, Failover: none}, Steering: "least_outstanding_requests"},
		"session_affinity = \"ip_cookie\"; session_affinity_ttl = 3600; session_affinity_attributes {; drain_duration = 120; zero_downtime_failover = \"sticky\"; samesite = \"Lax\"; }": cloudflare.IPCookie{
			Attributes: cloudflare.Attributes{TTL: hour, Drain: 120 * sim.Second, Failover: cloudflare.Failover{Mode: "sticky"}}},
		"session_affinity = \"header\"; session_affinity_attributes {; headers = [\"x-user\", \"cookie:sid\"]; require_all_headers = true; zero_downtime_failover = \"temporary\"; }": cloudflare.Header{
			Headers: []string{"x-user", "cookie:sid"}, RequireAll: true, TTL: 1800 * sim.Second, Failover: cloudflare.Failover{Mode: "temporary"},
			Steering: "least_outstanding_requests"},
	} {
		c := importText(t, balancer(arguments))
		if len(c.Pools) != 1 || fmt.Sprintf("%+v", c.Pools[0].Params) != fmt.Sprintf("%+v", want) {
			t.Errorf("%s: %+v, want %+v", arguments, c.Pools[0].Params, want)
		}
		if !c.Pools[0].Default {
			t.Error("the pool of the balancer is not the default")
		}
	}
}

func TestCloudflarePool(t *testing.T) {
	p := importText(t, balancer(`session_affinity = "cookie"`)).Pools[0]
	one, two := p.Servers[0], p.Servers[1]
	if one.Info.Name != "one" || one.Info.Addr != "192.0.2.1" || one.Info.Weight != 25 || two.Info.Weight != 100 || two.Status != sim.Down || one.Status != sim.Up {
		t.Errorf("servers %+v, %+v", one, two)
	}
	// Two tries of 4 s each; two such probes in a row mark an endpoint down.
	if want := (sim.Health{Interval: 30 * sim.Second, Timeout: 8 * sim.Second, Fall: 2, Rise: 1}); *p.Health != want {
		t.Errorf("health %+v, want %+v", *p.Health, want)
	}
}

// Version 5 of the provider writes blocks as attributes.
func TestCloudflareVersion5(t *testing.T) {
	c := importText(t, `
resource "cloudflare_load_balancer_pool" "app" {
  name    = "app"
  origins = [{ name = "one", address = "192.0.2.1", port = 8080 }, { name = "two", address = "192.0.2.2", port = 0 }]
  origin_steering = { policy = "hash" }
}
resource "cloudflare_load_balancer" "www" {
  default_pools    = [cloudflare_load_balancer_pool.app.id]
  proxied          = true
  session_affinity = "cookie"
  session_affinity_attributes = { drain_duration = 60 }
}`)
	p := c.Pools[0]
	if x, ok := p.Params.(cloudflare.Cookie); !ok || x.Steering != "hash" || x.Drain != sim.Minute || len(p.Servers) != 2 {
		t.Errorf("%+v", p)
	}
	if p.Servers[0].Info.Addr != "192.0.2.1:8080" || p.Servers[1].Info.Addr != "192.0.2.2" || p.Servers[0].Info.Weight != 1 {
		t.Errorf("servers %+v", p.Servers)
	}
	if p.Health != nil || !remarked(c, ir.Assumed, "an endpoint that is down is not noticed") {
		t.Error("without a monitor nothing is probed")
	}
}

func TestCloudflareRemarks(t *testing.T) {
	for arguments, text := range map[string]string{
		`session_affinity = "cookie"; session_affinity_ttl = 60`:                "must be 1800 to 604800",
		`session_affinity = "header"; session_affinity_ttl = 7200`:              "header 30 to 3600; 30m0s is used",
		`session_affinity = "sticky"`:                                           "session_affinity sticky: not known",
		`steering_policy = "geo"`:                                               "steering between pools is not modelled",
		"rules {; name = \"a\"; }":                                              "rules: steering between pools",
		"session_affinity = var.affinity":                                       "its value is not in this file",
		"session_affinity_attributes {; zero_downtime_failover = \"always\"; }": "always: not known; none is used",
		"session_affinity = \"header\"; session_affinity_attributes {; zero_downtime_failover = \"sticky\"; }": "sticky: not supported with header",
	} {
		if c := importText(t, balancer(arguments)); !remarked(c, ir.NotCarried, text) {
			t.Errorf("%s: no %q under Not carried over", arguments, text)
		}
	}
	dns := strings.Replace(balancer(`session_affinity = "cookie"`), "proxied          = true", "", 1)
	c := importText(t, dns)
	if c.Pools[0].Policy != "cloudflare/least_outstanding_requests" || !remarked(c, ir.NotCarried, "needs proxied = true") {
		t.Errorf("a DNS-only balancer: policy %s", c.Pools[0].Policy)
	}
}

// A balancer whose pools are elsewhere is a pool of its own.
func TestCloudflareBalancerAlone(t *testing.T) {
	c := importText(t, `
resource "cloudflare_load_balancer" "www" {
  default_pool_ids = ["17b5962d775c646f3f9725cbc7a53df4"]
  proxied          = true
  session_affinity = "cookie"
}`)
	if len(c.Pools) != 1 || c.Pools[0].Policy != "cloudflare/cookie" || c.Pools[0].Name != "www" {
		t.Errorf("%+v", c.Pools)
	}
}
