package haproxy

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	"stickysim/policies/haproxy"
	"stickysim/policies/replay"
	"stickysim/policies/replay/goldentest"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const realConfigs = "../../../testdata/configs/haproxy"

// Expected is what a reader of a public configuration noted down about it.
type expected struct {
	File, Licence string
	Expect        []struct {
		Section, Name, Balance, Cookie, Mode string
		Stick                                []string
		Servers, Checks                      int
		Weights                              []string `json:"server_weights"`
	}
}

// Public configurations import as their readers expect.
func TestRealConfigs(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(realConfigs, "INDEX.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index []expected
	if err := json.Unmarshal(data, &index); err != nil || len(index) < 14 {
		t.Fatal(len(index), err)
	}
	for _, e := range index {
		t.Run(e.File, func(t *testing.T) {
			cfg, err := importer.Import(os.DirFS(realConfigs), "haproxy", e.File)
			if err != nil {
				t.Fatal(err)
			}
			pools := map[string]ir.Pool{}
			for _, p := range cfg.Pools {
				pools[p.Name] = p
			}
			for _, x := range e.Expect {
				p, found := pools[x.Name]
				if delete(pools, x.Name); found != (x.Servers > 0) || len(p.Servers) != x.Servers {
					t.Errorf("%s: %d servers, want %d", x.Name, len(p.Servers), x.Servers)
				} else if found {
					check(t, p, x.Balance, x.Cookie, x.Stick, x.Checks, x.Weights)
				}
			}
			if len(pools) > 0 {
				t.Errorf("unexpected pools %v", pools)
			}
			for _, r := range cfg.Remarks {
				if strings.Contains(r.Text, "not known") {
					t.Errorf("line %d: %s", r.Line, r.Text)
				}
			}
		})
	}
}

func check(t *testing.T, p ir.Pool, balance, cookie string, stick []string, checks int, weights []string) {
	t.Helper()
	if balance == "" {
		balance = "roundrobin"
	}
	policy := "haproxy/" + strings.Fields(balance)[0]
	params := reflect.ValueOf(p.Params)
	switch {
	case cookie != "":
		policy = "haproxy/cookie"
		if got := p.CookieName + " " + params.FieldByName("Mode").String(); !strings.HasPrefix(cookie, got) {
			t.Errorf("%s: cookie %q, want %q", p.Name, got, cookie)
		}
	case stick != nil:
		policy = "haproxy/stick-table"
		got := p.Params.(haproxy.StickTable)
		if got.Size != 100*1024 || got.Expire != 30*sim.Minute || got.Key != "src" || got.Type != "ip" {
			t.Errorf("%s: %+v, want %q", p.Name, got, stick)
		}
	}
	if p.Policy != policy {
		t.Errorf("%s: policy %s, want %s", p.Name, p.Policy, policy)
	}
	if b := params.FieldByName("Balance"); b.IsValid() && b.String() != balance {
		t.Errorf("%s: balance %q, want %q", p.Name, b, balance)
	}
	checked := 0
	for i, s := range p.Servers {
		if _, ok := s.Info.Options["check"]; ok {
			checked++
		}
		if weights != nil && fmt.Sprint(s.Info.Weight) != weights[i] {
			t.Errorf("%s: weight %d of %s, want %s", p.Name, s.Info.Weight, s.Info.Name, weights[i])
		}
	}
	if checked != checks {
		t.Errorf("%s: %d servers are checked, want %d", p.Name, checked, checks)
	}
}

// The configurations of the recordings, imported, decide as HAProxy did.
func TestRecordings(t *testing.T) {
	goldentest.Run(t, "haproxy", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
		text := strings.Join(c.Config, "\n") + "\n"
		if c.Retries != nil {
			text += fmt.Sprintf("    retries %d\n", *c.Retries)
		}
		cfg, err := importer.Import(importer.File("case.cfg", []byte(text)), "haproxy", "case.cfg")
		if err != nil {
			return nil, nil, "", err
		}
		p := cfg.Pools[0]
		servers := make([]replay.Server, len(p.Servers))
		for i, s := range p.Servers {
			servers[i] = replay.Server{Info: s.Info, Status: s.Status}
		}
		if k, ok := p.Params.(haproxy.Cookie); ok {
			k.Clock = c.Clock()
			p.Params = k
		}
		if p.Key.Kind != c.KeyKind() {
			return nil, nil, "", fmt.Errorf("key %+v, want %s", p.Key, c.KeyKind())
		}
		return p.Params, servers, p.Key.Kind, nil
	})
}

func parse(t *testing.T, text string) *ir.Config {
	t.Helper()
	cfg, err := importer.Import(importer.File("h.cfg", []byte(text)), "haproxy", "h.cfg")
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return cfg
}

// remark finds the remark about a line.
func remark(cfg *ir.Config, line int, part string) (level ir.Drawer, ok bool) {
	for _, r := range cfg.Remarks {
		if r.Line == line && strings.Contains(r.Text, part) {
			return r.Drawer, true
		}
	}
	return 0, false
}

func TestDefaultsAreInherited(t *testing.T) {
	cfg := parse(t, `defaults base
  mode http
  retries 7
  balance leastconn
  option redispatch 2
defaults other from base
  balance source
  default-server weight 9 check inter 3s
backend one from base
  server a 1.1.1.1:80
backend two
  no option redispatch
  default-server weight 3
  server a 1.1.1.1:80 fall 5
  server b 1.1.1.2:80 weight 8 no-check
`)
	one, two := cfg.Pools[0], cfg.Pools[1]
	o := haproxy.DefaultOptions()
	o.Retries, o.Redispatch = 7, 2
	if want := (haproxy.LeastConn{Options: o}); one.Params != want {
		t.Errorf("one: %+v, want %+v", one.Params, want)
	}
	o.Redispatch = 0
	if want := (haproxy.Source{Options: o, Hashing: haproxy.DefaultHashing()}); two.Params != want {
		t.Errorf("two: %+v, want %+v", two.Params, want)
	}
	a, b := two.Servers[0].Info, two.Servers[1].Info
	if a.Weight != 3 || a.Options["check"] != "inter 3s fall 5 rise 2" || b.Weight != 8 || b.Options != nil {
		t.Errorf("servers %+v, %+v", a, b)
	}
	if h := two.Health; h.Interval != 3*sim.Second || h.Fall != 5 || h.Rise != 2 {
		t.Errorf("health %+v", h)
	}
	if one.Health != nil {
		t.Errorf("one is not checked, but has health %+v", one.Health)
	}
}

func TestWords(t *testing.T) {
	cfg := parse(t, "backend b # comment\n"+
		"  server \"a b\" 10.0.0.1:80 cookie c\\ d weight 2#comment\n"+
		"\tserver s'#'1 10.0.0.2:80 cookie \"x\\\"y\"\r\n"+
		"  server t ${HOST}:80\n")
	s := cfg.Pools[0].Servers
	if s[0].Info.Name != "a b" || s[0].Info.Cookie != "c d" || s[0].Info.Weight != 2 || s[1].Info.Name != "s#1" || s[1].Info.Cookie != `x"y` {
		t.Errorf("%+v", s)
	}
	cfg = parse(t, "backend b\n server \\x41\\q 10.0.0.1:80\n \\balance source\n")
	if level, ok := remark(cfg, 3, `\balance: not understood`); !ok || level != ir.NotCarried || cfg.Pools[0].Servers[0].Info.Name != `A\q` {
		t.Errorf("%+v, %v", cfg.Pools[0].Servers, cfg.Remarks)
	}
	cfg = parse(t, "backend b\n server a 1.1.1.1:80\n server b 1.1.1.1:80\n server t ${HOST}:80\n")
	if level, ok := remark(cfg, 4, "${HOST}"); !ok || level != ir.NotCarried {
		t.Error("the environment variable is not remarked")
	}
}

func TestServerParameters(t *testing.T) {
	cfg := parse(t, `backend b
  balance hdr(X)
  hash-type consistent wt6 avalanche
  hash-balance-factor 150
  server a 1.1.1.1:80 id 7 maxconn 5 maxqueue 3 slowstart 10s backup disabled non-stick send-proxy on-marked-down shutdown-sessions
  server-template t 2-3 web:80 check
`)
	p := cfg.Pools[0]
	want := sim.ServerInfo{Name: "a", Addr: "1.1.1.1:80", Number: 7, Weight: 1, Backup: true, Limit: 5,
		Options: map[string]string{"maxqueue": "3", "slowstart": "10s", "non-stick": ""}}
	if got := p.Servers[0]; !reflect.DeepEqual(got.Info, want) || got.Status != sim.Down {
		t.Errorf("%+v, want %+v down", got, want)
	}
	if len(p.Servers) != 3 || p.Servers[1].Info.Name != "t2" || p.Servers[2].Info.Name != "t3" {
		t.Errorf("template: %+v", p.Servers)
	}
	if h := p.Params.(haproxy.Header).Hashing; h != (haproxy.Hashing{HashType: "consistent", Function: "wt6", Avalanche: true, BalanceFactor: 150}) {
		t.Errorf("hashing %+v", h)
	}
	if p.Key != (ir.KeySource{Kind: "header", Name: "X", Text: "hdr(X)"}) {
		t.Errorf("key %+v", p.Key)
	}
	if level, ok := remark(cfg, 5, "on-marked-down"); !ok || level != ir.NotCarried {
		t.Error("on-marked-down is not remarked")
	}
}

func TestStickTables(t *testing.T) {
	cfg := parse(t, `global
  nbproc 2
peers mates
  peer one 1.1.1.1:1024
  peer two 1.1.1.2:1024
  peer three 1.1.1.3:1024
backend tables
  stick-table type string len 20 size 1m expire 1h peers mates
backend b
  balance source
  stick match req.cook(JSESSIONID) table tables
  stick store-response res.cook(JSESSIONID) table tables
  server a 1.1.1.1:80
backend c
  stick-table type ip size 1k store http_req_rate(10s)
  http-request track-sc0 src
  server a 1.1.1.1:80
`)
	b, c := cfg.Pools[0], cfg.Pools[1]
	s := b.Params.(haproxy.StickTable)
	if b.Policy != "haproxy/stick-table" || s.Key != "req.cook(JSESSIONID)" || s.Len != 20 || s.Size != 1<<20 || s.Expire != sim.Hour || s.Balance != "source" {
		t.Errorf("%s %+v", b.Policy, s)
	}
	if b.Key.Kind != "cookie" || b.Key.Name != "JSESSIONID" || b.Balancers != (ir.Balancers{Count: 3, Shared: true, Scope: "process"}) {
		t.Errorf("%+v %+v", b.Key, b.Balancers)
	}
	if c.Policy != "haproxy/roundrobin" || c.Balancers.Count != 2 {
		t.Errorf("a table without a stick rule: %+v", c)
	}
}

func TestCookieWords(t *testing.T) {
	cfg := parse(t, "backend b\n cookie C insert indirect nocache preserve httponly secure domain .x.org maxidle 30m maxlife 8h dynamic postonly\n dynamic-cookie-key k\n server a 1.1.1.1:80\n")
	c := cfg.Pools[0].Params.(haproxy.Cookie)
	if c.Mode != "insert" || !c.Indirect || !c.NoCache || !c.Preserve || c.MaxIdle != 30*sim.Minute || c.MaxLife != 8*sim.Hour {
		t.Errorf("%+v", c)
	}
	if cfg.Pools[0].Servers[0].Info.Cookie != "a" || cfg.Pools[0].IdleTimeout != 30*sim.Minute {
		t.Errorf("%+v", cfg.Pools[0])
	}
	if _, ok := remark(cfg, 2, "postonly"); !ok {
		t.Error("postonly is not remarked")
	}
	if p := parse(t, "backend b\n mode tcp\n cookie C insert\n server a 1.1.1.1:80\n").Pools[0]; p.Policy != "haproxy/roundrobin" {
		t.Errorf("mode tcp with a cookie: %s", p.Policy)
	}
}

// HAProxy 2.6 answers with an empty cookie that has expired where a dynamic cookie has no key: no client is kept.
func TestDynamicCookies(t *testing.T) {
	for _, c := range []struct {
		before, key, server string
		want                string
		drawer              ir.Drawer
		said                string
	}{
		{"", " dynamic-cookie-key k\n", "", "a", ir.Assumed, "have their name"},
		{"defaults\n dynamic-cookie-key k\n", "", "", "a", ir.Assumed, "have their name"},
		{"", "", "", "", ir.NotCarried, "there is no dynamic-cookie-key"},
		{"", "", " cookie x", "x", ir.Harmless, "without effect"},
	} {
		cfg := parse(t, c.before+"backend b\n cookie C insert dynamic\n"+c.key+" server a 1.1.1.1:80"+c.server+"\n")
		said := false
		for _, r := range cfg.In(c.drawer) {
			said = said || strings.Contains(r.Text, "cookie dynamic: ") && strings.Contains(r.Text, c.said)
		}
		if got := cfg.Pools[0].Servers[0].Info.Cookie; got != c.want || !said {
			t.Errorf("%q%q%q: cookie %q, want %q and %q: %+v", c.before, c.key, c.server, got, c.want, c.said, cfg.Remarks)
		}
	}
	if _, err := importer.Import(importer.File("h.cfg", []byte("backend b\n dynamic-cookie-key\n")), "haproxy", "h.cfg"); err == nil || !strings.Contains(err.Error(), "2:2: dynamic-cookie-key needs a key") {
		t.Errorf("without a key: %v", err)
	}
}

func TestConditions(t *testing.T) {
	cfg := parse(t, `backend b
.if version_atleast(2.4)
  balance leastconn
.elif 1
  balance first
.else
  balance source
.endif
.if 0
  nonsense here
.else
  server a 1.1.1.1:80
.endif
`)
	if len(cfg.Pools) != 1 || cfg.Pools[0].Policy != "haproxy/leastconn" {
		t.Errorf("%+v", cfg.Pools)
	}
	if level, ok := remark(cfg, 2, "version_atleast"); !ok || level != ir.NotCarried {
		t.Error("the condition is not remarked")
	}
}

func TestFilesAreOneConfiguration(t *testing.T) {
	fsys := fstest.MapFS{
		"d/20-b.cfg": {Data: []byte("backend b\n server a 1.1.1.1:80\n")},
		"d/10-a.cfg": {Data: []byte("defaults\n balance first\n")},
		"d/notes":    {Data: []byte("\x00")},
		"c.cfg":      {Data: []byte("backend c\n server a 1.1.1.1:80\n")},
	}
	cfg, err := importer.Import(fsys, "haproxy", "d", "c.cfg")
	if err != nil || len(cfg.Pools) != 2 || cfg.Pools[0].Policy != "haproxy/first" || cfg.Pools[1].File != "c.cfg" || cfg.Pools[1].Policy != "haproxy/first" {
		t.Errorf("%+v, %v", cfg, err)
	}
}

// Every line of a configuration is accounted for by a remark.
func TestEveryLineIsRemarked(t *testing.T) {
	for _, name := range []string{"HariSekhon__HAProxy-configs__rancher.cfg", "socketio__socket.io__examples__cluster-haproxy__haproxy.cfg",
		"kubernetes-retired__contrib__service-loadbalancer__test-samples__TestServiceAffinity.cfg"} {
		data, err := os.ReadFile(filepath.Join(realConfigs, name))
		if err != nil {
			t.Fatal(err)
		}
		cfg := parse(t, string(data))
		seen := map[int]bool{}
		for _, r := range cfg.Remarks {
			seen[r.Line] = true
		}
		for i, text := range strings.Split(string(data), "\n") {
			word := strings.Fields(text + " #")[0]
			switch {
			case strings.HasPrefix(word, "#"):
			case !seen[i+1]:
				t.Errorf("%s:%d: no remark about %q", name, i+1, text)
			}
		}
	}
}
