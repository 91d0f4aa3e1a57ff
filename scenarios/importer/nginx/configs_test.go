package nginx

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	nginxpolicy "stickysim/policies/nginx"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const configs = "../../../testdata/configs/nginx"

// expected is what INDEX.json says of an upstream, found by reading the file.
type expected struct {
	Upstream     string
	Method       string
	Servers      int
	Zone         string
	Sticky       string
	ServerParams map[string][]any `json:"server_params"`
}

func TestRealConfigurations(t *testing.T) {
	data, err := os.ReadFile(configs + "/INDEX.json")
	if err != nil {
		t.Fatal(err)
	}
	var index []struct {
		File   string
		Expect []expected
	}
	if err := json.Unmarshal(data, &index); err != nil {
		t.Fatal(err)
	}
	for _, entry := range index {
		t.Run(entry.File, func(t *testing.T) {
			cfg, err := importer.Import(os.DirFS(configs), "nginx", entry.File)
			if err != nil {
				t.Fatal(err)
			}
			if len(cfg.Pools) != len(entry.Expect) {
				t.Fatalf("%d pools, want %d", len(cfg.Pools), len(entry.Expect))
			}
			for i, want := range entry.Expect {
				checkPool(t, &cfg.Pools[i], want)
			}
		})
	}
}

func checkPool(t *testing.T, p *ir.Pool, want expected) {
	t.Helper()
	if p.Name != want.Upstream || len(p.Servers) != want.Servers || p.Balancers.Shared != (want.Zone != "") {
		t.Errorf("got pool %s, %d servers, shared %v; want %+v", p.Name, len(p.Servers), p.Balancers.Shared, want)
	}
	if got := spelling(p); got != want.Method {
		t.Errorf("method %q, want %q", got, want.Method)
	}
	_, cookie := p.Params.(nginxpolicy.StickyCookie)
	if cookie != (want.Sticky != "") {
		t.Errorf("policy %s, want sticky %q", p.Policy, want.Sticky)
	}
	var down, resolve []any
	var weights []any
	for _, s := range p.Servers {
		if s.Status == sim.Down {
			down = append(down, true)
		}
		if _, ok := s.Info.Options["resolve"]; ok {
			resolve = append(resolve, true)
		}
		if s.Info.Weight != 1 {
			weights = append(weights, string(rune('0'+s.Info.Weight)))
		}
	}
	for name, got := range map[string][]any{"down": down, "resolve": resolve, "weight": weights} {
		if !slices.Equal(got, want.ServerParams[name]) {
			t.Errorf("%s: %v, want %v", name, got, want.ServerParams[name])
		}
	}
}

// spelling is the method of a pool in nginx's words.
func spelling(p *ir.Pool) string {
	switch c := p.Params.(type) {
	case nginxpolicy.Hash:
		if c.Consistent {
			return "hash " + p.Key.Text + " consistent"
		}
		return "hash " + p.Key.Text
	case nginxpolicy.StickyCookie:
		return c.Balance
	}
	return strings.TrimPrefix(p.Policy, "nginx/")
}

func TestDetailsOfRealConfigurations(t *testing.T) {
	load := func(file string) *ir.Config {
		cfg, err := importer.Import(os.DirFS(configs), "nginx", file)
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	plus := load("nginxinc__NGINX-Demos__gce-nginx-plus-deployment-guide-files__etc_nginx_conf.d__gce-all-active-lb.conf").Pools[0]
	if c := plus.Params.(nginxpolicy.StickyCookie); c.Expires != 300*sim.Second || plus.CookieName != "GCPPersist" {
		t.Errorf("got %+v, cookie %s", c, plus.CookieName)
	}
	module := load("zzsoszz__MyPaper__nginx-https.txt").Pools[0]
	if c := module.Params.(nginxpolicy.StickyCookie); c.Expires != sim.Hour || module.Balancers.Count != 2 {
		t.Errorf("got %+v, %+v", c, module.Balancers)
	}
	cluster := load("socketio__socket.io__examples__cluster-nginx__nginx.conf")
	if p := cluster.Pools[0]; p.Key.Kind != "address" || p.Balancers.Count != 4 || p.Balancers.Scope != "worker" {
		t.Errorf("got %+v, %+v", p.Key, p.Balancers)
	}
	for _, r := range cluster.Remarks {
		if r.Line == 30 || r.Line == 32 {
			t.Errorf("remark on a comment: %+v", r)
		}
	}
}
