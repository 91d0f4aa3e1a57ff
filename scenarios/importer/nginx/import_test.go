package nginx

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	nginxpolicy "stickysim/policies/nginx"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

func parse(t *testing.T, text string) *ir.Config {
	t.Helper()
	cfg, err := importer.Import(importer.File("nginx.conf", []byte(text)), "nginx", "nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// remarked returns the level of the first remark on a line that contains text.
func remarked(cfg *ir.Config, line int, text string) (ir.Drawer, bool) {
	for _, r := range cfg.Remarks {
		if r.Line == line && strings.Contains(r.Text, text) {
			return r.Drawer, true
		}
	}
	return 0, false
}

func TestPolicies(t *testing.T) {
	const rr, lc = "round_robin", "least_conn"
	cases := []struct {
		lines string
		want  policies.Config
		key   ir.KeySource
	}{
		{"", nginxpolicy.RoundRobin{Retrying: nginxpolicy.DefaultRetrying()}, ir.KeySource{Kind: "none"}},
		{"least_conn;", nginxpolicy.LeastConn{Retrying: nginxpolicy.DefaultRetrying()}, ir.KeySource{Kind: "none"}},
		{"random two least_conn;", nginxpolicy.Random{Two: true, Retrying: nginxpolicy.DefaultRetrying()}, ir.KeySource{Kind: "none"}},
		{"ip_hash;", nginxpolicy.IPHash{Retrying: nginxpolicy.DefaultRetrying()}, ir.KeySource{Kind: "address", Text: "$remote_addr"}},
		{"hash $arg_k;", nginxpolicy.Hash{Retrying: nginxpolicy.DefaultRetrying()}, ir.KeySource{Kind: "argument", Name: "k", Text: "$arg_k"}},
		{"hash ${cookie_sid} consistent;", nginxpolicy.Hash{Consistent: true, Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "cookie", Name: "sid", Text: "${cookie_sid}"}},
		{"hash $binary_remote_addr;", nginxpolicy.Hash{BinaryAddress: true, Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "address", Text: "$binary_remote_addr"}},
		{"hash $http_x_session_id;", nginxpolicy.Hash{Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "header", Name: "X-Session-Id", Text: "$http_x_session_id"}},
		{"hash $remote_addr$arg_k;", nginxpolicy.Hash{Key: "$remote_addr$arg_k", Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "argument", Name: "k", Text: "$remote_addr$arg_k", Address: true}},
		{"hash $remote_addr consistent;", nginxpolicy.Hash{Consistent: true, Key: "$remote_addr", Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "address", Text: "$remote_addr"}},
		{"hash $http_x_forwarded_for;", nginxpolicy.Hash{Key: "$http_x_forwarded_for", Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "header", Name: "X-Forwarded-For", Text: "$http_x_forwarded_for", Address: true}},
		{"hash $remote_addr consistent; sticky cookie s;", nginxpolicy.StickyCookie{Balance: "hash consistent", HashKey: "$remote_addr", Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "cookie", Name: "s", Text: "$cookie_s"}},
		{"sticky learn create=$remote_addr lookup=$remote_addr zone=c:64k;",
			nginxpolicy.StickyLearn{Zone: 64 << 10, Timeout: 10 * sim.Minute, Key: "$remote_addr", Balance: rr, Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "address", Text: "$remote_addr"}},
		{"sticky cookie srv_id expires=1h domain=.example.com path=/;",
			nginxpolicy.StickyCookie{Expires: sim.Hour, Balance: rr, Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "cookie", Name: "srv_id", Text: "$cookie_srv_id"}},
		{"least_conn; sticky cookie s expires=max;", nginxpolicy.StickyCookie{Expires: 3650 * 24 * sim.Hour, Balance: lc, Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "cookie", Name: "s", Text: "$cookie_s"}},
		{"sticky name=srv expires=6h;", nginxpolicy.StickyCookie{Expires: 6 * sim.Hour, Balance: rr, Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "cookie", Name: "srv", Text: "$cookie_srv"}},
		{"sticky route $cookie_r $arg_r;", nginxpolicy.StickyRoute{Issued: true, Balance: rr, Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "cookie", Name: "r", Text: "$cookie_r"}},
		{"sticky learn create=$upstream_cookie_e lookup=$cookie_e zone=c:64k timeout=1h;",
			nginxpolicy.StickyLearn{Zone: 64 << 10, Timeout: sim.Hour, Balance: rr, Retrying: nginxpolicy.DefaultRetrying()},
			ir.KeySource{Kind: "cookie", Name: "e", Text: "$cookie_e"}},
	}
	for _, c := range cases {
		p := parse(t, "upstream u { "+c.lines+" server 10.0.0.1:80; server 10.0.0.2:80; }").Pools[0]
		if !reflect.DeepEqual(p.Params, c.want) || p.Key != c.key {
			t.Errorf("%s\n got %+v %+v\nwant %+v %+v", c.lines, p.Params, p.Key, c.want, c.key)
		}
		if e, ok := policies.Lookup(p.Policy); !ok || reflect.TypeOf(e.Default) != reflect.TypeOf(p.Params) {
			t.Errorf("%s: policy %s does not take %T", c.lines, p.Policy, p.Params)
		}
	}
}

func TestServerLines(t *testing.T) {
	cfg := parse(t, `upstream u {
  server 10.0.0.1:80 weight=5 max_fails=3 fail_timeout=30s;
  server 10.0.0.2 down;
  server unix:/tmp/a.sock backup max_conns=7;
  server [::1]:81 drain route=r4;
  server app.test:80 resolve slow_start=30s;
  server 10.0.0.1:80;
}`)
	want := []ir.Server{
		{Place: ir.Place{File: "nginx.conf", Line: 2, Col: 3}, Info: sim.ServerInfo{Name: "10.0.0.1:80", Addr: "10.0.0.1:80", Weight: 5,
			Options: map[string]string{"max_fails": "3", "fail_timeout": "30s"}}},
		{Place: ir.Place{File: "nginx.conf", Line: 3, Col: 3}, Status: sim.Down, Info: sim.ServerInfo{Name: "10.0.0.2", Addr: "10.0.0.2", Weight: 1}},
		{Place: ir.Place{File: "nginx.conf", Line: 4, Col: 3}, Info: sim.ServerInfo{Name: "unix:/tmp/a.sock", Addr: "unix:/tmp/a.sock", Weight: 1, Backup: true, Limit: 7}},
		{Place: ir.Place{File: "nginx.conf", Line: 5, Col: 3}, Status: sim.Draining, Info: sim.ServerInfo{Name: "[::1]:81", Addr: "[::1]:81", Weight: 1, Cookie: "r4",
			Options: map[string]string{"route": "r4"}}},
		{Place: ir.Place{File: "nginx.conf", Line: 6, Col: 3}, Info: sim.ServerInfo{Name: "app.test:80", Addr: "app.test:80", Weight: 1,
			Options: map[string]string{"resolve": "", "slow_start": "30s"}}},
		{Place: ir.Place{File: "nginx.conf", Line: 7, Col: 3}, Info: sim.ServerInfo{Name: "10.0.0.1:80#2", Addr: "10.0.0.1:80", Weight: 1}},
	}
	if got := cfg.Pools[0].Servers; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if l, ok := remarked(cfg, 6, "resolve"); !ok || l != ir.NotCarried {
		t.Error("resolve without a remark")
	}
}

func TestSettingsOfPasses(t *testing.T) {
	cfg := parse(t, `worker_processes auto;
http {
  set_real_ip_from 10.0.0.0/8;
  real_ip_header X-Forwarded-For;
  upstream a { ip_hash; server 10.0.0.1; server 10.0.0.2; server 10.0.0.3; }
  upstream b { zone b 64k; server 10.0.0.1; server 10.0.0.2; }
  upstream c { server 10.0.0.1; server 10.0.0.2; }
  proxy_next_upstream_tries 2;
  split_clients $remote_addr $shard { 10% a; * b; }
  server {
    set $target c;
    location /a { proxy_pass http://a/; }
    location /b { proxy_next_upstream off; proxy_pass http://b; limit_req zone=x; }
    location /c { proxy_pass http://$target; }
    location /s { proxy_pass http://$shard; sendfile on; }
  }
}`)
	a, b, c := cfg.Pools[0], cfg.Pools[1], cfg.Pools[2]
	if got := a.Params.(nginxpolicy.IPHash); !got.NextUpstream || got.Tries != 2 || a.Redispatch != 1 {
		t.Errorf("a: %+v, redispatch %d", got, a.Redispatch)
	}
	if got := b.Params.(nginxpolicy.RoundRobin); got.NextUpstream || !b.Balancers.Shared || b.Redispatch != 0 {
		t.Errorf("b: %+v %+v", got, b.Balancers)
	}
	if _, unused := remarked(cfg, c.Line, "no pass"); unused {
		t.Error("c: the pass through $target was not found")
	}
	for _, want := range []struct {
		line  int
		text  string
		level ir.Drawer
	}{{1, "worker_processes auto", ir.Assumed}, {3, "X-Forwarded-For", ir.Translated}, {13, "limit_req", ir.NotCarried},
		{15, "split_clients at line 9 chooses", ir.Translated}, {15, "sendfile", ir.Harmless}} {
		if l, ok := remarked(cfg, want.line, want.text); !ok || l != want.level {
			t.Errorf("line %d, %q: got %v %v, want %v", want.line, want.text, l, ok, want.level)
		}
	}
}

func TestSplitClients(t *testing.T) {
	const upstreams = "upstream a { ip_hash; server 10.0.0.1; server 10.0.0.2; } upstream b { server 10.0.1.1; } "
	of := func(table, pass string) string {
		return "http { " + upstreams + "split_clients " + table + " server { set $app $v; location / { proxy_pass " + pass + "; } } }"
	}
	nginx := nginxpolicy.DefaultRetrying()
	inside := policies.Policy{Name: "nginx/ip_hash", Config: nginxpolicy.IPHash{Retrying: nginx}}
	for _, x := range []struct {
		text, name, key string
		parts           []string
		servers         int
	}{
		{of(`"${remote_addr}AAA" $v { 20% a; * b; }`, "http://$v"), "v", "${remote_addr}AAA", []string{"20% a", "* b"}, 3},
		{of(`$remote_addr $v { 0.5% a; 50% b; }`, "http://${app}/path"), "v", "$remote_addr", []string{"0.5% a", "50% b"}, 3},
		{of(`$remote_addr $v { 20% "http://a"; * 10.0.9.9:8080; }`, "$v"), "v", "$remote_addr", []string{"20% a", "* 10.0.9.9:8080"}, 3},
		{of(`$remote_addr $v { 20% a; * ""; }`, "http://$v$v"), "vv", "$remote_addr", []string{"20% aa", "*"}, 1},
	} {
		c := parse(t, x.text)
		p := c.Pools[len(c.Pools)-1]
		s, ok := p.Params.(nginxpolicy.SplitClients)
		if !ok || p.Name != x.name || p.Default != (x.servers == 3) || p.Limits.Attempt != sim.Minute || p.Key.Kind != "address" || s.Key != x.key || !slices.Equal(s.Parts, x.parts) || len(p.Servers) != x.servers {
			t.Errorf("%s: %+v", x.text, p)
		}
		if x.servers == 3 && s.Inside != inside {
			t.Errorf("%s: inside %v", x.text, s.Inside)
		}
		for _, o := range c.Pools[:len(c.Pools)-1] {
			if o.Default {
				t.Errorf("%s: %s is the default, too", x.text, o.Name)
			}
		}
	}
	for text, remark := range map[string]string{
		of(`$remote_addr $v { 60% a; 50% b; }`, "http://$v"):        "more than 100%",
		of(`$remote_addr $v { 60% a; 0.5% b; }`, "http://$v"):       "39.5% of the requests get no name",
		of(`$cookie_ab $v { 60% a; * b; }`, "http://$v"):            "where a file of keys has the one",
		of(`$remote_addr $v { 60% a; }`, "http://$v.$host.example"): "computed",
	} {
		found := false
		for _, r := range parse(t, text).In(ir.NotCarried) {
			found = found || strings.Contains(r.Text, remark)
		}
		if !found {
			t.Errorf("%s: no remark with %q", text, remark)
		}
	}
}

func TestVariables(t *testing.T) {
	cases := []struct {
		defs, key string
		kind      string
		level     ir.Drawer
	}{
		{"map $http_x_user $k { default $http_x_user; '' $remote_addr; }", "$k", "header", ir.Assumed},
		{"server { set $k $cookie_sid; }", "$k", "cookie", ir.Translated},
		{"server { set $j $cookie_sid; }", "$cookie_k", "cookie", ir.Harmless},
		{"map $arg_a $k { default 1; b 2; }", "$k", "none", ir.NotCarried},
		{"server { set $k $arg_a; } server { set $k $arg_b; }", "$k", "none", ir.NotCarried},
		{"server { set $k $j; set $j $k; }", "$k", "none", ir.NotCarried},
		{"", "$request_id", "none", ir.NotCarried},
		{"", "constant", "none", ir.NotCarried},
	}
	for _, c := range cases {
		cfg := parse(t, c.defs+"upstream u { hash "+c.key+"; server a; }")
		if got := cfg.Pools[0].Key.Kind; got != c.kind {
			t.Errorf("%s: kind %q, want %q", c.defs, got, c.kind)
		}
		worst := ir.Translated
		for _, r := range cfg.Remarks {
			if !strings.Contains(r.Text, "server a") && !strings.Contains(r.Text, "no pass") && !strings.Contains(r.Text, "balancers.latency") {
				worst = max(worst, r.Drawer)
			}
		}
		if worst != c.level {
			t.Errorf("%s %s: level %v, want %v: %+v", c.defs, c.key, worst, c.level, cfg.Remarks)
		}
	}
}

func TestIncludes(t *testing.T) {
	fsys := fstest.MapFS{
		"nginx.conf":     {Data: []byte("http {\n include conf.d/*.conf;\n include mime.types;\n include /etc/nginx/conf.d/b.conf2;\n}")},
		"conf.d/a.conf":  {Data: []byte("upstream a { include servers; }")},
		"conf.d/b.conf2": {Data: []byte("upstream b { server 10.0.0.9; }")},
		"servers":        {Data: []byte("\n\nserver 10.0.0.1;")},
		"loop.conf":      {Data: []byte("events {}\ninclude loop2.conf;")},
		"loop2.conf":     {Data: []byte(" include loop.conf;")},
		"out.conf":       {Data: []byte("include ../secret;")},
	}
	cfg, err := importer.Import(fsys, "nginx", "nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Pools) != 2 || cfg.Pools[0].File != "conf.d/a.conf" || cfg.Pools[0].Servers[0].Line != 3 {
		t.Errorf("got %+v", cfg.Pools)
	}
	if l, ok := remarked(cfg, 3, "mime.types"); !ok || l != ir.Harmless {
		t.Error("missing include without a remark")
	}
	if _, err := importer.Import(fsys, "nginx", "loop.conf"); err == nil || !strings.HasPrefix(err.Error(), "loop2.conf:1:2: include loop") {
		t.Errorf("loop: %v", err)
	}
	if _, err := importer.Import(fsys, "nginx", "out.conf"); err == nil {
		t.Error("include out of the folder accepted")
	}
	if _, err := importer.Import(fsys, "nginx", "none.conf"); err == nil {
		t.Error("missing file accepted")
	}
}

// What nginx refuses, or does not use, and an import could do without a word.
func TestServersThatAreNotUsed(t *testing.T) {
	for text, want := range map[string]string{
		"upstream u { server a backup; server b backup; }": "all servers are backups",
		"upstream u { server a weight=2 weight=3; }":       "weight=2: without effect, since weight=3 follows",
	} {
		if d, said := remarked(parse(t, text), 1, want); !said || d != ir.NotCarried {
			t.Errorf("%s: nothing says %q", text, want)
		}
	}
}

// A place in another file is named by that file.
func TestPlacesInOtherFiles(t *testing.T) {
	fsys := fstest.MapFS{"nginx.conf": {Data: []byte("include conf.d/*.conf;\nupstream a { server c; }")}, "conf.d/a.conf": {Data: []byte("\nupstream a { server b; }")}}
	if _, err := importer.Import(fsys, "nginx", "nginx.conf"); err == nil || !strings.HasSuffix(err.Error(), "upstream a is defined twice, first at line 2 of a.conf") {
		t.Errorf("got %v", err)
	}
}

func TestErrorsNameTheirPlace(t *testing.T) {
	cases := []struct{ text, want string }{
		{"upstream u {\n  server a;\n", "x:1:1: the block of upstream"},
		{"events {}\n}\n", "x:2:1: unexpected }"},
		{"upstream u { server a weight=abc; }", "x:1:14: server: weight=abc: want a whole number from 1"},
		{"upstream u { server a fail_timeout=x; }", "x:1:14: server: fail_timeout: \"x\" is not a time"},
		{"upstream u { server a wieght=1 }", "x:1:14: server does not end with a ;"},
		{"a \"b", "x:1:3: the \" quote"},
		{"a \"b\"c;", "x:1:6: unexpected 'c'"},
		{"a;\x00", "x:1:3: byte 0x00"},
		{"ä ö {}", "x:1:1: \"ä\" is not the name"},
		{"upstream u { hash; }", "x:1:14: hash takes 1 to 2 words, got 0"},
		{"upstream u { hash $a consitent; }", "x:1:14: hash: \"consitent\" is unknown"},
		{"upstream u { sticky learn create=$a; }", "x:1:14: sticky learn: want create="},
		{"proxy_next_upstream_tries c;", "x:1:1: proxy_next_upstream_tries: must be a whole number, got \"c\""},
		{"proxy_read_timeout 1x;", "x:1:1: proxy_read_timeout: \"1x\" is not a time"},
		{"fastcgi_connect_timeout 1s 2s;", "x:1:1: fastcgi_connect_timeout takes 1 words, got 2"},
		{"proxy_next_upstream error http_5x2;", "x:1:1: proxy_next_upstream: \"http_5x2\" is not one of error, timeout"},
		{"proxy_next_upstream;", "x:1:1: proxy_next_upstream: a word is missing"},
		{"stream { proxy_next_upstream error; }", "x:1:10: proxy_next_upstream: \"error\" is not one of on, off"},
		{"upstream u { server 10.0.0.1:80s5; }", "x:1:14: server 10.0.0.1:80s5: the port must be a number from 1 to 65535, got \"80s5\""},
		{"upstream u { server [::1]:99999; }", "x:1:14: server [::1]:99999: the port"},
		{"upstream u {} upstream u {}", "x:1:15: upstream u is defined twice, first at line 1"},
		{"upstream u { zone u 1k; server a; }", "x:1:14: zone: 1k is too small; nginx wants 32k or more"},
		{"upstream u { server a; } server { location / { proxy_pass http://u:8080/; } }", "x:1:48: proxy_pass: upstream u may not have a port here, got 8080"},
		{"upstream u { sticky learn create=a lookup=$b zone=z:1m; }", "x:1:14: sticky learn: want create=$variable"},
		{"upstream u { hash $a consistent; server a weight=50000; server b; }", "x:1:14: hash: the weights add up"},
	}
	for _, c := range cases {
		if _, err := importer.Import(importer.File("x", []byte(c.text)), "nginx", "x"); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q\n got %v\nwant %s...", c.text, err, c.want)
		}
	}
}

// http and stream have upstreams of their own, which may have the same name.
func TestStream(t *testing.T) {
	cfg := parse(t, `http { upstream u { server 10.0.0.1; } server { location / { proxy_pass http://u; } } }
stream { upstream u { hash $remote_addr; server 10.0.0.2; } server { proxy_next_upstream off; proxy_pass u; } }`)
	if len(cfg.Pools) != 2 || cfg.Pools[0].Policy != "nginx/round_robin" || cfg.Pools[1].Params != (nginxpolicy.Hash{Key: "$remote_addr", Retrying: nginxpolicy.Retrying{On: "connect"}}) {
		t.Errorf("got %+v", cfg.Pools)
	}
}

func TestWords(t *testing.T) {
	cfg := parse(t, "upstream 'a b' { # comment ; }\n server \"10.0.0.1:80\" \"weight=2\"; server unix:/tmp/a#b; }\n"+
		"server { location ~ ^/x\\;y$ { content_by_lua_block { local s = '}' -- }\n return { 1 } } proxy_pass http://'x; } }")
	p := cfg.Pools[0]
	if p.Name != "a b" || p.Servers[0].Info.Weight != 2 || p.Servers[1].Info.Addr != "unix:/tmp/a#b" {
		t.Errorf("got %+v", p)
	}
}

func TestHostileInputIsBounded(t *testing.T) {
	inputs := map[string]string{
		"deep":       strings.Repeat("a {", 1_000_000),
		"long line":  "upstream u { server " + strings.Repeat("x", 15<<20) + "; }",
		"huge":       strings.Repeat("#", source.MaxBytes+1),
		"many words": strings.Repeat("a ", 1<<20),
		"binary":     string([]byte{0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0}),
		"truncated":  "http { upstream u { hash $remote_addr cons",
		"statements": strings.Repeat("a;", maxDirectives+1),
	}
	for name, text := range inputs {
		_, err := importer.Import(importer.File("x", []byte(text)), "nginx", "x")
		if err == nil || len(err.Error()) > 300 {
			t.Errorf("%s: error %v", name, err)
		}
	}
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, "upstream u%d { server 10.0.0.1; }\nserver { sendfile on; }\n", i)
	}
	cfg := parse(t, many.String())
	if len(cfg.Pools) != 10_000 {
		t.Errorf("%d pools", len(cfg.Pools))
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("http { upstream u { hash $k consistent; server a weight=2; } map $a $k { default $b; } }"))
	f.Add([]byte("upstream u { sticky learn create=$a lookup=$b zone=z:1m timeout=1h; server 'a' route=r; }"))
	f.Add([]byte("upstream u { real_ip_header; } set_real_ip_from 1.1.1.1; worker_processes; server { sticky; set $a; }"))
	f.Add([]byte("stream { server { proxy_pass $x; } } \"${a}{\" ;"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := importer.Import(importer.File("f", data), "nginx", "f")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("error without a place: %v", err)
			}
			return
		}
		for _, p := range cfg.Pools {
			if _, ok := policies.Lookup(p.Policy); !ok || p.Line < 1 || p.Params == nil {
				t.Errorf("pool %+v", p)
			}
		}
		for _, r := range cfg.Remarks {
			if r.Line < 1 && r.File != "" {
				t.Errorf("remark without a line: %+v", r)
			}
		}
	})
}
