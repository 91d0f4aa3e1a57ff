package nginx

import (
	"strings"
	"testing"

	nginxpolicy "stickysim/policies/nginx"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// Each protocol has time limits and retries of its own: those of FastCGI do not hold for proxy_pass, wherever they stand.
func TestSettingsOfOtherProtocols(t *testing.T) {
	cfg := parse(t, `http {
  proxy_read_timeout 10s; proxy_connect_timeout 3s; proxy_next_upstream_tries 2;
  fastcgi_read_timeout 300s; fastcgi_connect_timeout 50s; fastcgi_next_upstream off; grpc_next_upstream_tries 5;
  upstream web { server 10.0.0.1; server 10.0.0.2; server 10.0.0.3; }
  upstream php { server 10.0.1.1; server 10.0.1.2; server 10.0.1.3; }
  server { location / { proxy_pass http://web; } location /php { fastcgi_pass php; } }
}`)
	web, php := cfg.Pools[0], cfg.Pools[1]
	if r := web.Params.(nginxpolicy.RoundRobin); !r.NextUpstream || r.Tries != 2 || web.Limits.Attempt != 10*sim.Second || web.Limits.Connect != 3*sim.Second {
		t.Errorf("web: %+v %+v", r, web.Limits)
	}
	if r := php.Params.(nginxpolicy.RoundRobin); r.NextUpstream || r.Tries != 0 || php.Limits.Attempt != 300*sim.Second || php.Limits.Connect != 50*sim.Second {
		t.Errorf("php: %+v %+v", r, php.Limits)
	}
	if d, ok := remarked(cfg, 3, "grpc_next_upstream_tries"); !ok || d != ir.Harmless {
		t.Errorf("grpc: %v", d)
	}
}

// set_real_ip_from holds for the block that it stands in, and replaces what is around it.
func TestTrustIsOfABlock(t *testing.T) {
	cfg := parse(t, `http {
  upstream a { ip_hash; server 10.0.0.1; server 10.0.0.2; }
  upstream b { ip_hash; server 10.0.1.1; server 10.0.1.2; }
  upstream c { ip_hash; server 10.0.2.1; server 10.0.2.2; }
  server { set_real_ip_from 10.0.0.0/8; set_real_ip_from 192.0.2.1; real_ip_header X-Forwarded-For; location / { proxy_pass http://a; }
    location /c { set_real_ip_from 172.16.0.0/12; proxy_pass http://c; } }
  server { location / { proxy_pass http://b; }
    location /a { proxy_pass http://a; } }
  server { set_real_ip_from 10.9.0.0/16; return 404; }
}`)
	for i, want := range []string{"10.0.0.0/8 192.0.2.1", "", "172.16.0.0/12"} {
		got := ""
		if s := cfg.Pools[i].Sees; s != nil {
			got = strings.Join(s.Trusted, " ")
		}
		if got != want {
			t.Errorf("%s: trusts %q, want %q", cfg.Pools[i].Name, got, want)
		}
	}
	for _, want := range []struct {
		line   int
		text   string
		drawer ir.Drawer
	}{{5, "taken from X-Forwarded-For", ir.Translated}, {8, "other proxies are trusted than at line 5", ir.NotCarried}, {9, "10.9.0.0/16: no pool depends", ir.Harmless}} {
		if d, ok := remarked(cfg, want.line, want.text); !ok || d != want.drawer {
			t.Errorf("line %d: %v, want %v", want.line, d, want.drawer)
		}
	}
}

// nginx compares the names of upstreams and variables without case, and takes variables in braces.
func TestNamesInCapitals(t *testing.T) {
	cfg := parse(t, `upstream Backend { hash ${K}-x; server 10.0.0.1; server 10.0.0.2; }
server { set $k $remote_addr; set $Up backend; proxy_read_timeout 7s; location / { proxy_pass http://BACKEND; } location /b { proxy_pass http://${uP}; } }`)
	p := cfg.Pools[0]
	if h := p.Params.(nginxpolicy.Hash); h.Key != "$remote_addr-x" || p.Key.Kind != "address" || p.Limits.Attempt != 7*sim.Second {
		t.Errorf("%+v %+v %+v", h, p.Key, p.Limits)
	}
	if d, ok := remarked(cfg, 2, "proxy_pass http://${uP}: leads to upstream Backend"); !ok || d != ir.Translated {
		t.Errorf("the variable: %v", cfg.Remarks)
	}
}

// The stream module tries another server where a connection cannot be made, and then no more.
func TestRetriesOfStreams(t *testing.T) {
	for line, want := range map[string]nginxpolicy.Retrying{
		"":                         {NextUpstream: true, On: "connect"},
		"proxy_next_upstream on;":  {NextUpstream: true, On: "connect"},
		"proxy_next_upstream off;": {On: "connect"},
	} {
		p := parse(t, "stream { upstream u { server 10.0.0.1:1; server 10.0.0.2:1; } server { "+line+" proxy_pass u; } }").Pools[0]
		if got := p.Params.(nginxpolicy.RoundRobin).Retrying; got != want {
			t.Errorf("%q: %+v", line, got)
		}
	}
}

// Methods refuse backup servers on the lines behind them only.
func TestBackupsAroundAMethod(t *testing.T) {
	for text, refused := range map[string]bool{
		"hash $uri; server 10.0.0.1; server 10.0.0.2 backup;":  true,
		"server 10.0.0.1; server 10.0.0.2 backup; hash $uri;":  false,
		"random; server 10.0.0.1; server 10.0.0.2 backup;":     true,
		"least_conn; server 10.0.0.1; server 10.0.0.2 backup;": false,
	} {
		cfg := parse(t, "upstream u { "+text+" }")
		if _, got := remarked(cfg, 1, "refuses a backup"); got != refused || !cfg.Pools[0].Servers[1].Info.Backup {
			t.Errorf("%s: refused %v", text, got)
		}
	}
}

// Variables that stand for many of themselves are no more text than one word may have.
func TestVariablesThatGrow(t *testing.T) {
	many := strings.Repeat("$a", 2000)
	cfg := parse(t, `upstream u { hash $a; server 10.0.0.1; } server { set $a "`+many+`"; location / { proxy_pass http://$a; } }
split_clients $remote_addr $v { 1% `+strings.Repeat("x", 4000)+`; } server { location / { proxy_pass http://`+strings.Repeat("$v", 2000)+`; } }`)
	if d, ok := remarked(cfg, 1, "is defined by itself"); !ok || d != ir.NotCarried {
		t.Errorf("%v", cfg.Remarks)
	}
}

// An upstream that no pass leads to has nginx's own time limits, as its remark says.
func TestLimitsWithoutAPass(t *testing.T) {
	for text, want := range map[string]ir.Limits{
		"upstream u { server 10.0.0.1; server 10.0.0.2; }":                {Connect: sim.Minute, Attempt: sim.Minute},
		"stream { upstream u { server 10.0.0.1:1; server 10.0.0.2:1; } }": {Connect: sim.Minute, Attempt: 10 * sim.Minute},
	} {
		if p := parse(t, text).Pools[0]; p.Limits != want || p.Redispatch != 1 {
			t.Errorf("%s: %+v, redispatch %d", text, p.Limits, p.Redispatch)
		}
	}
}

// Which requests carry the cookie is taken for granted, and said to be.
func TestAttributesOfCookies(t *testing.T) {
	cfg := parse(t, "upstream u { server 10.0.0.1; sticky cookie s path=/a secure httponly; }")
	if d, ok := remarked(cfg, 1, "path=/a: every request of a client is taken to carry the cookie"); !ok || d != ir.Assumed {
		t.Errorf("path: %v", cfg.Remarks)
	}
	if d, ok := remarked(cfg, 1, "httponly hides"); !ok || d != ir.Harmless {
		t.Errorf("httponly: %v", cfg.Remarks)
	}
}

// A block that has a setting twice is refused by nginx; the last one is used, and the others are said to have been given again. Where a block
// inside another one has a setting of its own, both have their place.
func TestSettingsGivenTwice(t *testing.T) {
	cfg := parse(t, `http {
  proxy_connect_timeout 5s;
  proxy_read_timeout 7s;
  proxy_connect_timeout 9s;
  upstream u { server 10.0.0.1; server 2001:db8::1; server [::1]:80; server unix:/a:b; server ${HOST}:x; }
  server { proxy_read_timeout 8s; location / { proxy_pass http://u; } }
  server { location / { proxy_read_timeout 0; proxy_pass http://u; } }
}`)
	if l := cfg.Pools[0].Limits; l.Connect != 9*sim.Second || l.Attempt != 8*sim.Second {
		t.Errorf("%+v", l)
	}
	for line, want := range map[int]bool{2: true, 3: false, 4: false, 6: false} {
		if d, said := remarked(cfg, line, "given again in this block, at line 4"); said != want || said && d != ir.NotCarried {
			t.Errorf("line %d: %v, said %v", line, d, said)
		}
	}
	cfg = parse(t, "upstream u { server 10.0.0.1; }\nserver {\n location / {\n proxy_read_timeout 0;\n proxy_pass http://u; } }")
	if d, said := remarked(cfg, 4, "nginx gives up at once; the scenario has its default"); !said || d != ir.NotCarried {
		t.Errorf("%v", cfg.Remarks)
	}
}
