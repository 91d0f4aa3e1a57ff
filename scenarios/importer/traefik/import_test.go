package traefik_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/policies/replay/goldentest"
	policy "stickysim/policies/traefik"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	_ "stickysim/scenarios/importer/traefik"
	"stickysim/sim"
)

const configs = "../../../testdata/configs/traefik"

func load(name, text string) (*ir.Config, error) {
	return importer.Import(fstest.MapFS{name: {Data: []byte(text)}}, "traefik", name)
}

// The recorded configurations, as they were written, decide as recorded.
func TestRecordedConfigurations(t *testing.T) {
	goldentest.Run(t, "traefik", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
		config, err := load("service.json", strings.Join(c.Config, "\n"))
		if err != nil {
			return nil, nil, "", err
		}
		p := config.Pools[0]
		var servers []replay.Server
		for i, s := range p.Servers {
			s.Info.Name = c.Servers[i].Name
			if p.Health != nil {
				s.Info.Options = map[string]string{"check": "inter " + p.Health.Interval.String() + " fall 1 rise 1"}
			}
			servers = append(servers, replay.Server{Info: s.Info, Status: s.Status})
		}
		key := p.Key.Kind
		if key == "cookie" {
			key = "none" // cookies have columns of their own
		}
		return p.Params, servers, key, nil
	})
}

func TestWeightedServiceWithCookie(t *testing.T) {
	config, err := importer.Import(os.DirFS(configs), "traefik", "traefik__traefik__integration__fixtures__wrr_sticky.toml")
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Pools) != 1 {
		t.Fatalf("%d pools: %+v", len(config.Pools), config.Pools)
	}
	p := config.Pools[0]
	c, ok := p.Params.(policy.StickyCookie)
	if !ok || p.Name != "wrr" || p.Policy != "traefik/sticky_cookie" || c.Name != "test" || c.Strategy != "wrr" || p.CookieName != "test" {
		t.Errorf("pool %+v", p)
	}
	if len(p.Servers) != 2 || p.Servers[0].Info.Weight != 3 || p.Servers[1].Info.Weight != 1 || p.Servers[0].Info.Addr != "{{ .Server1 }}" {
		t.Errorf("servers %+v; want weights 3 and 1", p.Servers)
	}
	for _, r := range config.Remarks {
		if r.File == "" || r.Line == 0 {
			t.Errorf("remark without place: %+v", r)
		}
	}
}

func TestComposeLabels(t *testing.T) {
	config, err := importer.Import(os.DirFS(configs), "traefik", "socketio__socket.io__examples__cluster-traefik__docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Pools) != 1 {
		t.Fatalf("%d pools: %+v", len(config.Pools), config.Pools)
	}
	p := config.Pools[0]
	if c, ok := p.Params.(policy.StickyCookie); !ok || p.Name != "chat" || c.Name != "server_id" || len(p.Servers) != 1 {
		t.Errorf("pool %+v", p)
	}
	ignored := 0
	for _, r := range config.Remarks {
		if r.Drawer == ir.Harmless && strings.Contains(r.Text, "not behind Traefik") {
			ignored++
		}
	}
	if ignored != 2 {
		t.Errorf("remarks %+v; want traefik and redis not behind Traefik", config.Remarks)
	}
}

const dynamic = `
http:
  routers:
    r: {rule: "Host(` + "`a`" + `)", service: App, middlewares: ["again@file"]}
  middlewares:
    unused: {retry: {attempts: 2}}
    again: {retry: {attempts: 3}}
  services:
    App:
      loadBalancer:
        strategy: p2c
        sticky: {cookie: {maxAge: 60, secure: true}}
        healthCheck: {path: /ok, interval: 5s, timeout: 1s}
        passHostHeader: true
        servers:
          - {url: "http://10.0.0.1:80", weight: 2}
          - url: http://10.0.0.2:80/x
    Mix:
      weighted:
        services: [{name: one, weight: 3}, {name: two}, {name: gone}]
    one: {loadBalancer: {servers: [{url: "http://a"}]}}
    two: {loadBalancer: {servers: [{url: "http://b"}, {url: "http://c"}]}}
    mirror: {mirroring: {service: one}}
`

func TestDynamicFile(t *testing.T) {
	config, err := importer.Import(fstest.MapFS{
		"traefik.yml": {Data: []byte("log: {level: INFO}\nproviders:\n  docker: {}\n  file: {directory: /conf}\n")},
		"conf/a.yml":  {Data: []byte(dynamic)},
	}, "traefik", "traefik.yml")
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Pools) != 2 {
		t.Fatalf("%d pools: %+v", len(config.Pools), config.Pools)
	}
	app, mix := config.Pools[0], config.Pools[1]
	c := app.Params.(policy.StickyCookie)
	if app.Name != "App" || c.Strategy != "p2c" || c.MaxAge != sim.Minute || c.Name != "_"+c.Name[1:] || len(c.Name) != 6 ||
		app.Redispatch != 2 || mix.Redispatch != 0 || app.Health == nil || app.Health.Interval != 5*sim.Second || app.Health.Timeout != sim.Second ||
		app.Servers[0].Info.Weight != 2 || app.Servers[1].Info.Name != "10.0.0.2:80" {
		t.Errorf("App: %+v %+v", app, app.Health)
	}
	weights := []int{}
	for _, s := range mix.Servers {
		weights = append(weights, s.Info.Weight)
	}
	if len(weights) != 3 || weights[0] != 6 || weights[1] != 1 || weights[2] != 1 || mix.Policy != "traefik/wrr" {
		t.Errorf("Mix: %+v; want weights 6, 1, 1: a service's weight is shared by its servers", mix)
	}
	for _, text := range []string{"retries", "providers.docker", "mirroring", "gone", "two levels", "passhostheader", "secure", "log"} {
		found := false
		for _, r := range config.Remarks {
			found = found || strings.Contains(r.Text, text) && r.Line > 0
		}
		if !found {
			t.Errorf("no remark on %s: %+v", text, config.Remarks)
		}
	}
}

func TestErrorsNameTheirPlace(t *testing.T) {
	for _, x := range []struct{ name, text, want string }{
		{"t.toml", "[http]\n[http]\n", "t.toml:2:"},
		{"t.toml", "a = [1,\n", "t.toml:"},
		{"t.toml", "\x00", "t.toml:1:1: "},
		{"t.yml", "a: [1\n", "t.yml:"},
		{"t.yml", "a: 1\na: 2\n", "t.yml:2"},
		{"t.yml", "http:\n services:\n  a:\n   loadBalancer:\n    servers:\n    - {weight: 3}\n", "t.yml:6:7: servers: each needs a url"},
		{"t.yml", "http:\n services:\n  a:\n   loadBalancer:\n    strategy: best\n    servers:\n    - {url: x}\n", "t.yml:5:5: strategy: best is not"},
		{"t.yml", "http:\n services:\n  a:\n   loadBalancer:\n    servers:\n    - {url: x, weight: -1}\n", "t.yml:6:16: weight"},
		{"t.toml", "a = " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "nested more than 64 deep"},
		{"t.yml", strings.Repeat("[", 20000), "t.yml:"},
	} {
		if _, err := load(x.name, x.text); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%.60q: error %v; want %q", x.text, err, x.want)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add(dynamic)
	f.Add("[http.services.a.loadBalancer]\n[[http.services.a.loadBalancer.servers]]\nurl = \"http://a\"\n")
	f.Add("services:\n  a:\n    image: x\n    labels: [traefik.http.services.b.loadbalancer.server.port=80]\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"t.toml", "t.yml"} {
			config, err := load(name, text)
			if err != nil {
				if !strings.Contains(err.Error(), name+":") {
					t.Errorf("error without place: %v", err)
				}
				continue
			}
			for _, p := range config.Pools {
				if len(p.Servers) == 0 || p.Params == nil {
					t.Errorf("pool %+v without servers or policy", p)
				}
			}
		}
	})
}
