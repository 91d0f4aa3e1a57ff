package caddy_test

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	policy "stickysim/policies/caddy"
	"stickysim/policies/replay"
	"stickysim/policies/replay/goldentest"
	"stickysim/scenarios/importer"
	_ "stickysim/scenarios/importer/caddy"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const configs = "../../../testdata/configs/caddy"

func load(text string) (*ir.Config, error) {
	return importer.Import(fstest.MapFS{"Caddyfile": {Data: []byte(text)}}, "caddy", "Caddyfile")
}

func one(t *testing.T, text string) ir.Pool {
	t.Helper()
	config, err := load(text)
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Pools) != 1 {
		t.Fatalf("%d pools of %s", len(config.Pools), text)
	}
	return config.Pools[0]
}

// The recorded configurations, as they were written, decide as recorded.
func TestRecordedConfigurations(t *testing.T) {
	goldentest.Run(t, "caddy", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
		p := one(t, strings.Join(c.Config, "\n"))
		var servers []replay.Server
		for i, s := range p.Servers {
			s.Info.Name = c.Servers[i].Name
			servers = append(servers, replay.Server{Info: s.Info, Status: s.Status})
		}
		key := p.Key.Kind
		if key == "cookie" {
			key = "none" // cookies have columns of their own
		}
		return versioned(p.Params, c.Version), servers, key, nil
	})
}

// versioned sets what no configuration says.
func versioned(config policies.Config, version string) policies.Config {
	if !strings.HasPrefix(version, "2.6") {
		return config
	}
	switch c := config.(type) {
	case policy.IPHash:
		c.Version = "old"
		return c
	case policy.URIHash:
		c.Version = "old"
		return c
	case policy.Header:
		c.Version = "old"
		return c
	}
	return config
}

func TestCaddysOwnTest(t *testing.T) {
	config, err := importer.Import(os.DirFS(configs), "caddy",
		"caddyserver__caddy__caddytest__integration__caddyfile_adapt__reverse_proxy_load_balance.caddyfiletest")
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Pools) != 1 {
		t.Fatalf("%d pools; the JSON below the dashes is not configuration", len(config.Pools))
	}
	p := config.Pools[0]
	f, ok := p.Params.(policy.First)
	if !ok || p.Policy != "caddy/first" || p.Key.Kind != "none" || f.Retries != 5 || f.TryDuration != 10*sim.Second ||
		f.TryInterval != 500*sim.Millisecond || len(p.Servers) != 1 || p.Servers[0].Info.Addr != "127.0.0.1:65535" || p.Name != ":8884" {
		t.Errorf("pool %+v", p)
	}
	unsupported := 0
	for _, r := range config.Remarks {
		if r.Drawer == ir.NotCarried {
			unsupported++
			if r.Line != 8 && r.Line != 12 {
				t.Errorf("unexpected remark %+v", r)
			}
		}
	}
	if unsupported != 2 {
		t.Errorf("%d unsupported; want the two lb_retry_match", unsupported)
	}
}

// The Caddyfile and the JSON that Caddy adapts it to mean the same.
func TestBothFormsAgree(t *testing.T) {
	text, err := os.ReadFile(configs + "/caddyserver__caddy__caddytest__integration__caddyfile_adapt__reverse_proxy_load_balance.caddyfiletest")
	if err != nil {
		t.Fatal(err)
	}
	file, adapted, _ := strings.Cut(string(text), "----------")
	a, b := one(t, file), one(t, adapted)
	if a.Params.(policy.First).Proxy.TryDuration != b.Params.(policy.First).Proxy.TryDuration ||
		a.Params.(policy.First).Retries != b.Params.(policy.First).Retries || a.Servers[0].Info.Addr != b.Servers[0].Info.Addr || b.Name != "srv0" {
		t.Errorf("Caddyfile: %+v\nJSON: %+v", a, b)
	}
}

const site = `{
	email a@example.com
}
(checks) {
	health_uri /ok
	health_interval {args[0]}
	fail_duration 30s
}
import extra/*.caddy
example.com, www.example.com {
	encode gzip
	handle /api/* {
		reverse_proxy 10.0.0.1:8001-8003 https://h {
			lb_policy cookie stick s3cret {
				fallback least_conn
				max_age 1d
			}
			import checks 5s # a comment
			unhealthy_request_count 7
			header_up Host "{upstream_hostport}"
			unhealthy_latency 2s
		}
	}
	reverse_proxy {
		to 10.0.1.1 10.0.1.2:80 ` + "`unix//run/a`" + `
		lb_policy weighted_round_robin 3 2 0
	}
}
`

func TestCaddyfile(t *testing.T) {
	config, err := importer.Import(fstest.MapFS{
		"Caddyfile":     {Data: []byte(site)},
		"extra/a.caddy": {Data: []byte("a.test {\n\treverse_proxy {$BACKEND:b:1} b:2 \\\n\tb:2 {\n lb_policy header X-User\n}\n}\n")},
	}, "caddy", "Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, p := range config.Pools {
		got.WriteString(p.Name + " | " + p.Policy + " | " + p.Key.Kind + " " + p.Key.Name + " |")
		for _, s := range p.Servers {
			got.WriteString(" " + s.Info.Name)
		}
		got.WriteString("\n")
	}
	want := `a.test | caddy/header | header X-User | b:1 b:2 b:2#2
example.com, www.example.com /api/* | caddy/cookie | cookie stick | 10.0.0.1:8001 10.0.0.1:8002 10.0.0.1:8003 h:443
example.com, www.example.com | caddy/weighted_round_robin | none  | 10.0.1.1:80 10.0.1.2:80 unix//run/a
`
	if got.String() != want {
		t.Errorf("pools:\n%swant:\n%s", got.String(), want)
	}
	p := config.Pools[1]
	c := p.Params.(policy.Cookie)
	if c.Secret != "s3cret" || c.MaxAge != 24*sim.Hour || c.Fallback != "least_conn" || c.FailDuration != 30*sim.Second ||
		p.Servers[0].Info.Limit != 7 || p.Health == nil || p.Health.Interval != 5*sim.Second || p.Health.Timeout != 5*sim.Second {
		t.Errorf("cookie pool: %+v %+v", p, p.Health)
	}
	if w := config.Pools[2].Servers; w[0].Info.Weight != 3 || w[2].Info.Weight != 0 {
		t.Errorf("weights: %+v", w)
	}
	for _, text := range []string{"{$BACKEND:b:1}", "unhealthy_latency", "header_up", "email", "encode"} {
		found := false
		for _, r := range config.Remarks {
			found = found || strings.Contains(r.Text, text) && r.Line > 0
		}
		if !found {
			t.Errorf("no remark on %s", text)
		}
	}
}

func TestFragmentsAndDefaults(t *testing.T) {
	if p := one(t, "reverse_proxy a:1 b:1"); p.Policy != "caddy/random" || len(p.Servers) != 2 {
		t.Errorf("bare directive: %+v", p)
	}
	if p := one(t, "reverse_proxy /x* a:1 {\n lb_policy ip_hash\n}"); p.Policy != "caddy/ip_hash" || p.Key.Kind != "address" || p.Name != "/x*" {
		t.Errorf("with a matcher: %+v", p)
	}
	if p := one(t, "route {\n reverse_proxy <<END\n  a:1\n  END\n}"); p.Servers[0].Info.Addr != "a:1" {
		t.Errorf("heredoc: %+v", p)
	}
}

// A setting of 0 is the same to Caddy as one that is not given.
func TestZerosAreDefaults(t *testing.T) {
	bare := one(t, "reverse_proxy a:1 b:1 {\n lb_policy random_choose 2\n health_uri /\n}")
	zeros := one(t, `reverse_proxy a:1 b:1 {
	lb_policy random_choose 0
	lb_retries 0
	lb_try_duration 0
	lb_try_interval 0
	fail_duration 0
	max_fails 3
	max_fails 0
	unhealthy_request_count 0
	health_uri /
	health_interval 0
	health_timeout 0
	health_fails 0
	health_passes 0
	transport http {
		dial_timeout 0
		response_header_timeout 0
	}
}`)
	config, err := load(`{"handler": "reverse_proxy", "upstreams": [{"dial": "a:1", "max_requests": 0}, {"dial": "b:1"}],
		"load_balancing": {"retries": 0, "try_duration": 0, "try_interval": 0, "selection_policy": {"policy": "random_choose", "choose": 0}},
		"health_checks": {"passive": {"fail_duration": 0, "max_fails": 0, "unhealthy_request_count": 0},
			"active": {"uri": "/", "interval": 0, "timeout": 0, "fails": 0, "passes": 0}},
		"transport": {"protocol": "http", "dial_timeout": 0, "response_header_timeout": 0}}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []ir.Pool{zeros, config.Pools[0]} {
		if !reflect.DeepEqual(p.Params, bare.Params) || !reflect.DeepEqual(p.Health, bare.Health) || p.Limits != bare.Limits || p.Servers[0].Info.Limit != 0 {
			t.Errorf("got %+v %+v %+v\nwant %+v %+v %+v", p.Params, *p.Health, p.Limits, bare.Params, *bare.Health, bare.Limits)
		}
	}
}

func TestErrorsNameTheirPlace(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{"a {\n reverse_proxy b:1 {\n", "Caddyfile:2:2: reverse_proxy: the block is never closed"},
		{"a {\n}\n}", "Caddyfile:3:1: unexpected }"},
		{"a {\n reverse_proxy b:1 {\n lb_policy best\n}\n}", `Caddyfile:3:12: unknown selection policy "best"`},
		{"a {\n reverse_proxy b:1 {\n fail_duration soon\n}\n}", `Caddyfile:3:16: fail_duration: "soon" is not a duration`},
		{"a {\n reverse_proxy b:1 {\n max_fails -1\n}\n}", "Caddyfile:3:12: max_fails:"},
		{"a {\n reverse_proxy b:1 {\n lb_policy random_choose 1\n}\n}", "Caddyfile:3:26: lb_policy random_choose: choose must be between 2 and 1000"},
		{"a {\n reverse_proxy b:1 {\n lb_policy cookie {\n max_age 0\n}\n}\n}", "Caddyfile:4:10: max_age: Caddy takes no 0"},
		{"a {\n reverse_proxy b:9-1\n}", `Caddyfile:2:16: upstream b:9-1: "9-1" is not a range`},
		{"a {\n reverse_proxy b:1 {\n lb_policy weighted_round_robin 1 2\n}\n}", "Caddyfile:3:12: weighted_round_robin has 2 weights for 1 upstreams"},
		{"a \"b", "Caddyfile:1:3: quote"},
		{"a <<X\nb\n", "Caddyfile:1:3: heredoc <<X is never closed"},
		{"(a) {\n import a\n}\nimport a", "include loop"},
		{"\x00\x01", "Caddyfile:1:1: not a text file"},
		{strings.Repeat("a {\n", 100), "nested more than 64 deep"},
		{`{"apps": {"http": [}`, "Caddyfile:1:20: "},
		{"{\"a\":\n{\"handler\": \"reverse_proxy\"", "Caddyfile:2:28: JSON ends in the middle"},
		{`{"handler": "reverse_proxy", "upstreams": [{}]}`, "Caddyfile:1: upstreams: each needs a dial"},
		{strings.Repeat("[", 100), "nested more than 64 deep"},
	} {
		if _, err := load(x.text); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%.60q: error %v; want %q", x.text, err, x.want)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add(site)
	f.Add("a {\n reverse_proxy {$X:b} <<E\n c\n E\n}")
	f.Add(`{"handler": "reverse_proxy", "load_balancing": {"selection_policy": {"policy": "header", "field": "X"}}, "upstreams": [{"dial": "a:1"}]}`)
	f.Add("import .")
	f.Fuzz(func(t *testing.T, text string) {
		config, err := load(text)
		if err != nil {
			if !strings.Contains(err.Error(), "Caddyfile:") {
				t.Errorf("error without place: %v", err)
			}
			return
		}
		for _, p := range config.Pools {
			if len(p.Servers) == 0 || p.Params == nil {
				t.Errorf("pool %+v without servers or policy", p)
			}
		}
	})
}

// The reader keeps the place as it reads. Searching for the start of the line for each value would take minutes here.
func TestManyValuesOnOneLine(t *testing.T) {
	text := `{"handler": "reverse_proxy", "upstreams": [{"dial": "a:1"}], "unknown": [` + strings.Repeat(`"0123456789",`, 200_000) + `0]}`
	cfg, err := load(text)
	if err != nil || len(cfg.Pools) != 1 {
		t.Fatalf("%v, want a pool", err)
	}
	if _, err := load(text[:len(text)-1] + "\n, x}"); err == nil || !strings.HasPrefix(err.Error(), "Caddyfile:2:3: ") && !strings.Contains(err.Error(), ":2:") {
		t.Errorf("error %v, want one on line 2", err)
	}
}
