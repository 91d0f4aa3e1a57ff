package caddy_test

import (
	"strings"
	"testing"
	"time"

	"stickysim/policies"
	"stickysim/policies/caddy"
	"stickysim/policies/replay"
	"stickysim/policies/replay/goldentest"
	"stickysim/sim"
)

func TestRecordings(t *testing.T) {
	goldentest.Run(t, "caddy", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
		servers := c.ReplayServers()
		if weights, ok := c.Params["weights"].([]any); ok {
			for i := range servers {
				servers[i].Info.Weight = int(weights[i].(float64))
			}
		}
		return configOf(t, c), servers, c.KeyKind(), nil
	})
}

// configOf says what a recorded configuration means; retries stand only in its text.
func configOf(t *testing.T, c goldentest.Case) policies.Config {
	p, version := caddy.Proxy{MaxFails: 1}, "new"
	if strings.HasPrefix(c.Version, "2.6") {
		version = "old"
	}
	text := strings.Join(c.Config, "\n")
	p.TryDuration = within(t, text, `"try_duration": "`)
	p.TryInterval = within(t, text, `"try_interval": "`)
	p.FailDuration = within(t, text, `"fail_duration": "`)
	switch policy := c.Param("policy"); policy {
	case "ip_hash":
		return caddy.IPHash{Proxy: p, Version: version}
	case "client_ip_hash":
		return caddy.ClientIPHash{Proxy: p, Version: version}
	case "uri_hash":
		return caddy.URIHash{Proxy: p, Version: version}
	case "header":
		return caddy.Header{Proxy: p, Version: version, Field: c.Param("field")}
	case "query":
		return caddy.Query{Proxy: p, Version: version, Parameter: c.Param("key")}
	case "cookie":
		return caddy.Cookie{Proxy: p, Version: version, Name: c.Param("name"), Secret: c.Param("secret")}
	case "round_robin":
		return caddy.RoundRobin{Proxy: p}
	case "weighted_round_robin":
		return caddy.WeightedRoundRobin{Proxy: p}
	case "first":
		return caddy.First{Proxy: p}
	default:
		t.Fatalf("policy %q is not known", policy)
		return nil
	}
}

func within(t *testing.T, text, label string) sim.Time {
	_, after, found := strings.Cut(text, label)
	value, _, _ := strings.Cut(after, `"`)
	if !found {
		return 0
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		t.Fatal(err)
	}
	return sim.Time(d)
}
