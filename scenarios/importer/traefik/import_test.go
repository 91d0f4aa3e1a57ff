package traefik_test

import (
	"fmt"
	"os"
	"slices"
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
	c, ok := p.Params.(policies.Weighted)
	if !ok || p.Name != "wrr" || strings.Join(c.Groups, " ") != "service1=3 service2=1" || c.Sticky != "cookie" || c.Inside.Name != "traefik/wrr" || p.CookieName != "test" {
		t.Errorf("pool %+v", p)
	}
	if len(p.Servers) != 2 || p.Servers[0].Info.Options["group"] != "service1" || p.Servers[1].Info.Options["group"] != "service2" || p.Servers[0].Info.Addr != "{{ .Server1 }}" {
		t.Errorf("servers %+v; want one in each group", p.Servers)
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
	w, _ := mix.Params.(policies.Weighted)
	if len(mix.Servers) != 3 || mix.Servers[2].Info.Options["group"] != "two" || mix.Policy != "weighted" || strings.Join(w.Groups, " ") != "one=3 two=1" || w.Sticky != "none" || w.Failover {
		t.Errorf("Mix: %+v; want groups of one and two servers", mix)
	}
	for _, text := range []string{"retries", "providers.docker", "mirroring", "gone", "weight 3, a group of 1", "passhostheader", "secure", "log"} {
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
	f.Add("services:\n  p: {image: traefik, command: [--providers.docker=true]}\n  a: {image: x, labels: [traefik.backend=b, traefik.port=1, traefik.backend.healthcheck.path=/]}\n")
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

// read imports a configuration of its own.
func read(t *testing.T, name, text string) *ir.Config {
	t.Helper()
	c, err := importer.Import(importer.File(name, []byte(text)), "traefik", name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// said reports whether a drawer has a remark that holds a text.
func said(c *ir.Config, d ir.Drawer, text string) bool {
	return slices.ContainsFunc(c.In(d), func(r ir.Remark) bool { return strings.Contains(r.Text, text) })
}

// The cookie of a weighted service names one of its services; inside it servers take turns, or have a cookie of their own.
func TestWeightedServicesHaveTwoLevels(t *testing.T) {
	const services = `http:
  services:
    app: {weighted: {sticky: {cookie: {name: version, maxAge: 60}}, services: [{name: stable, weight: 9}, {name: next, weight: 1}, {name: off, weight: 0}]}}
    stable: {loadBalancer: {%s servers: [{url: "http://a:1"}, {url: "http://b:1", weight: 2}, {url: "http://c:1"}]}}
    next: {loadBalancer: {strategy: leasttime, passiveHealthCheck: {failureWindow: 3s}, servers: [{url: "http://d:1"}]}}
    off: {loadBalancer: {servers: [{url: "http://e:1"}]}}
`
	for inner, want := range map[string]string{"": "traefik/wrr", "sticky: {cookie: {name: srv}},": "traefik/sticky_cookie"} {
		c := read(t, "dynamic.yml", fmt.Sprintf(services, inner))
		if len(c.Pools) != 1 {
			t.Fatalf("%d pools", len(c.Pools))
		}
		p := &c.Pools[0]
		w, _ := p.Params.(policies.Weighted)
		if strings.Join(w.Groups, " ") != "stable=9 next=1" || w.Sticky != "cookie" || w.Lifetime != sim.Minute || w.Sliding || w.Inside.Name != want || len(p.Servers) != 4 || p.Servers[1].Info.Weight != 2 {
			t.Errorf("%s: %+v over %d servers", inner, w, len(p.Servers))
		}
		for _, text := range []string{"leasttime", "passiveHealthCheck"} {
			if !said(c, ir.NotCarried, text) {
				t.Errorf("%s: nothing is said of %s", inner, text)
			}
		}
		if !said(c, ir.Translated, "service off: weight 0") {
			t.Errorf("%s: nothing is said of the service without weight", inner)
		}
	}
}

// Labels of Traefik 1 make a pool; what they have beyond it is named.
func TestLabelsOfVersion1(t *testing.T) {
	c := read(t, "docker-compose.yml", `services:
  whoami:
    image: x
    deploy:
      replicas: 3
      labels:
        - "traefik.backend=who"
        - "traefik.frontend.rule=Host:whoami.example.com"
        - "traefik.backend.loadbalancer.stickiness=true"
        - "traefik.backend.loadbalancer.stickiness.cookieName=lb"
        - "traefik.backend.maxconn.amount=10"
        - "traefik.port=8000"
`)
	p := &c.Pools[0]
	s, ok := p.Params.(policy.StickyCookie)
	if !ok || p.Name != "who" || s.Name != "lb" || p.CookieName != "lb" || len(p.Servers) != 3 || p.Servers[2].Info.Addr != "http://whoami-3:8000" || p.Health != nil {
		t.Errorf("%+v", p)
	}
	if !said(c, ir.NotCarried, "traefik.backend.maxconn: requests") || !said(c, ir.Harmless, "traefik.frontend.rule") {
		t.Errorf("remarks %v", c.Remarks)
	}
}

// Each key is in the drawer where it belongs, in files, in labels and in the flags of Traefik itself.
func TestKeysAreAccountedFor(t *testing.T) {
	dynamic := read(t, "dynamic.toml", `
odd = 1
[entryPoints.web.http]
middlewares = ["Retry@file", "none@file"]
[http.middlewares.Retry.RETRY]
attempts = 3
strange = 1
[http.middlewares.limit.rateLimit]
average = 1
[http.routers.Server]
service = "Server"
middlewares = ["Both"]
[http.middlewares.Both.chain]
middlewares = ["Retry", "limit"]
[http.services.Server.LoadBalancer]
passHostHeader = true
foo = 1
[http.services.Server.loadBalancer.healthCheck]
unhealthyInterval = "2s"
followRedirects = true
queer = 1
[[http.services.Server.loadBalancer.servers]]
url = "http://a"
bar = 1
[http.serversTransports.x.forwardingTimeouts]
dialTimeout = "5s"
`)
	compose := read(t, "docker-compose.yml", `services:
  proxy:
    image: traefik:v3
    command: [--providers.docker.exposedByDefault=false, --entryPoints.web.proxyProtocol.insecure=true, --unheard=1]
  hidden: {image: x, labels: ["traefik.http.services.hidden.loadbalancer.server.port=80"]}
  app:
    image: x
    odd: 1
    deploy: {replicas: 2, update_config: {parallelism: 1}}
    labels:
      - traefik.enable=true
      - traefik.http.routers.app.middlewares=again
      - traefik.http.middlewares.again.retry.attempts=2
      - traefik.http.services.app.loadbalancer.server.weight=5
      - traefik.http.services.app.loadbalancer.foo=1
      - traefik.unheardof=1
      - com.example.a=1
`)
	version1 := read(t, "docker-compose.yml", `services: {app: {image: x, labels: [traefik.backend=b, traefik.port=80, traefik.frontend.auth.basic=a, traefik.frontend.auth.odd=a]}}`)
	if p := dynamic.Pools[0]; p.Name != "Server" || p.Redispatch != 2 || p.Health.Down != 2*sim.Second {
		t.Errorf("pool %+v, health %+v; want Server with 3 attempts, and probes each 2 s while a server is down", p, p.Health)
	}
	if p := compose.Pools[0]; len(compose.Pools) != 1 || p.Name != "app" || p.Redispatch != 1 || len(p.Servers) != 2 || p.Servers[0].Info.Weight != 5 || p.Sees == nil {
		t.Errorf("%d pools, %+v; want app with 2 attempts, behind the PROXY protocol", len(compose.Pools), p)
	}
	for _, x := range []struct {
		c    *ir.Config
		d    ir.Drawer
		text string
	}{
		{dynamic, ir.NotCarried, "odd: not understood"},
		{dynamic, ir.NotCarried, "middleware none@file: is not in these files"},
		{dynamic, ir.NotCarried, "http.middlewares.Retry.retry.strange: not understood"},
		{dynamic, ir.NotCarried, "http.middlewares.limit.ratelimit: requests that Traefik refuses"},
		{dynamic, ir.NotCarried, "loadbalancer.foo: not understood"},
		{dynamic, ir.NotCarried, "healthcheck.queer: not understood"},
		{dynamic, ir.NotCarried, "servers.0.bar: not understood"},
		{dynamic, ir.Harmless, "dialtimeout: holds for services that name it"},
		{dynamic, ir.Harmless, "healthcheck.followredirects"},
		{dynamic, ir.Harmless, "passhostheader"},
		{compose, ir.NotCarried, "unheard: not understood"},
		{compose, ir.NotCarried, "services.app.odd: not understood"},
		{compose, ir.NotCarried, "services.app.deploy.update_config: how containers are replaced"},
		{compose, ir.NotCarried, "traefik.http.services.app.loadbalancer.foo: not understood"},
		{compose, ir.NotCarried, "traefik.unheardof: not understood"},
		{compose, ir.Harmless, "hidden: not behind Traefik"},
		{version1, ir.NotCarried, "traefik.frontend.auth.odd: not understood"},
		{version1, ir.Harmless, "traefik.frontend.auth.basic"},
	} {
		if !said(x.c, x.d, x.text) {
			t.Errorf("drawer %v has no %q: %v", x.d, x.text, x.c.Remarks)
		}
	}
}

// Containers whose labels define the same service are servers of one, as Traefik merges them; a service that they define differently it drops.
func TestContainersOfOneService(t *testing.T) {
	const labels = "traefik.http.services.web.loadbalancer.server.port=80, traefik.http.services.web.loadbalancer.sticky.cookie.name="
	for text, want := range map[string]struct {
		servers int
		left    string
	}{
		"a: {image: i, labels: [" + labels + "s]}, b: {image: i, scale: 2, labels: [" + labels + "s]}":                                     {servers: 3},
		"a: {image: i, labels: [" + labels + "s]}, b: {image: i, labels: [" + labels + "t]}":                                               {servers: 1, left: "define it differently"},
		"a: {image: i, labels: [" + labels + "s]}, b: {image: i, deploy: {replicas: 0}, labels: [" + labels + "s]}":                        {servers: 1, left: "b: has no container"},
		"a: {image: i, deploy: {replicas: two}, labels: [" + labels + "s]}":                                                                {servers: 1, left: "must be a whole number of containers, got two"},
		"a: {image: i, deploy: {replicas: \"${N:-4}\"}, labels: [" + labels + "s]}":                                                        {servers: 4},
		"a: {image: i, labels: [" + labels + "$NAME]}":                                                                                     {servers: 1, left: "$NAME: its value is not in this file"},
		"a: {image: i, labels: [" + labels + "s, \"traefik.http.routers.r.rule=HostRegexp(`^a$$`)\", traefik.http.routers.r.service=web]}": {servers: 1},
	} {
		c, err := importer.Import(importer.File("compose.yml", []byte("services: {"+text+"}\n")), "traefik", "compose.yml")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		left := ""
		for _, r := range c.In(ir.NotCarried) {
			left += r.Text + "\n"
		}
		if len(c.Pools) != 1 || len(c.Pools[0].Servers) != want.servers || c.Pools[0].Policy != "traefik/sticky_cookie" || (left != "") != (want.left != "") || !strings.Contains(left, want.left) {
			t.Errorf("%s: %+v, not carried over: %s", text, c.Pools, left)
		}
	}
}
