package apache_test

import (
	"testing"

	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

func parse(t *testing.T, text string) *ir.Config {
	t.Helper()
	cfg, err := load(text)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// A member has its own time limits, or those of the virtual host that requests come from; a connection has as long as an answer.
func TestTimeLimits(t *testing.T) {
	cfg := parse(t, `Timeout 90
<Proxy balancer://main>
  BalancerMember http://10.0.0.1
</Proxy>
<VirtualHost a>
  ProxyTimeout 20
  ProxyPass / balancer://a/
  <Proxy balancer://a>
    BalancerMember http://10.0.0.1
  </Proxy>
</VirtualHost>
<VirtualHost b>
  ProxyPass /b balancer://b/
  ProxyPass /main balancer://main/
  <Proxy balancer://b>
    BalancerMember http://10.0.0.1 timeout=7 connectiontimeout=500ms
    BalancerMember http://10.0.0.2 timeout=8
    ProxySet timeout=3
  </Proxy>
</VirtualHost>
<VirtualHost c>
  Timeout 5
</VirtualHost>
`)
	want := map[string]ir.Limits{
		"main": {Connect: 90 * sim.Second, Attempt: 90 * sim.Second},
		"a":    {Connect: 20 * sim.Second, Attempt: 20 * sim.Second},
		"b":    {Connect: 500 * sim.Millisecond, Attempt: 7 * sim.Second},
	}
	for _, p := range cfg.Pools {
		if p.Limits != want[p.Name] {
			t.Errorf("%s: %+v, want %+v", p.Name, p.Limits, want[p.Name])
		}
	}
	for _, x := range []struct {
		line   int
		text   string
		drawer ir.Drawer
	}{{1, "timeout 90", ir.Translated}, {17, "differ from those of http://10.0.0.1", ir.NotCarried}, {18, "while no member can take it", ir.NotCarried}, {22, "no pool depends", ir.Harmless}} {
		if d, ok := level(cfg, x.line, x.text); !ok || d != x.drawer {
			t.Errorf("line %d, %s: %v %v", x.line, x.text, d, ok)
		}
	}
	if p := parse(t, "<Proxy balancer://m>\nBalancerMember http://a\n</Proxy>\n").Pools[0]; p.Limits != (ir.Limits{Connect: sim.Minute, Attempt: sim.Minute}) {
		t.Errorf("httpd's own: %+v", p.Limits)
	}
}

// Health checks are those of hcmethod, of the member or of its template.
func TestHealthChecksNeedAMethod(t *testing.T) {
	for text, want := range map[string]sim.Time{
		"BalancerMember http://a hcmethod=GET hcinterval=5":                                       5 * sim.Second,
		"BalancerMember http://a hcmethod=TCP":                                                    30 * sim.Second,
		"BalancerMember http://a hcinterval=5":                                                    0,
		"BalancerMember http://a hcmethod=None hcinterval=5":                                      0,
		"ProxyHCTemplate five hcmethod=TCP hcinterval=5\nBalancerMember http://a hctemplate=five": 5 * sim.Second,
		"BalancerMember http://a hctemplate=none":                                                 0,
	} {
		cfg := parse(t, "<Proxy balancer://m>\n"+text+"\n</Proxy>\n")
		got := sim.Time(0)
		if h := cfg.Pools[0].Health; h != nil {
			got = h.Interval
		}
		if got != want {
			t.Errorf("%s: every %v, want %v", text, got, want)
		}
	}
}
