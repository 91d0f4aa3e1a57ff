package apache_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	policy "stickysim/policies/apache"
	"stickysim/policies/replay"
	"stickysim/policies/replay/goldentest"
	"stickysim/scenarios/importer"
	_ "stickysim/scenarios/importer/apache"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const configs = "../../../testdata/configs/apache"

func load(text string) (*ir.Config, error) {
	return importer.Import(fstest.MapFS{"httpd.conf": {Data: []byte(text)}}, "apache", "httpd.conf")
}

// The recorded configurations, as they were written, decide as recorded.
func TestRecordedConfigurations(t *testing.T) {
	goldentest.Run(t, "apache", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
		config, err := load(strings.Join(c.Config, "\n"))
		if err != nil {
			return nil, nil, "", err
		}
		p := config.Pools[0]
		var servers []replay.Server
		for i, s := range p.Servers {
			s.Info.Name = c.Servers[i].Name
			servers = append(servers, replay.Server{Info: s.Info, Status: s.Status})
		}
		return p.Params, servers, p.Key.Kind, nil
	})
}

func level(config *ir.Config, line int, text string) (ir.Drawer, bool) {
	for _, r := range config.Remarks {
		if r.Line == line && strings.Contains(r.Text, text) {
			return r.Drawer, true
		}
	}
	return 0, false
}

func TestRealConfigurations(t *testing.T) {
	for _, x := range []struct {
		file            string
		pools, servers  int
		policy          string
		cookie, prefix  string
		method          string
		set             bool
		line            int
		text            string
		level           ir.Drawer
		firstRoute, url string
	}{
		{"socketio__socket.io__examples__cluster-httpd__httpd.conf", 2, 4, "apache/stickysession", "SERVERID", "sticky.",
			"byrequests", true, 30, "route cookie", ir.Translated, "john", "server-john:3000"},
		{"techyugadi__kubestash__docker__apache2-lb-ssl__testcases__apacheconf__proxylbsticky__sites-available__proxylbsticy.conf",
			1, 2, "apache/stickysession", "ROUTEID", ".", "bytraffic", true, 18, "bytes are not simulated", ir.Assumed, "node1", "myappsrv1:8080"},
		{"techyugadi__kubestash__docker__apache2-lb-ssl__testcases__apacheconf__jettysesspers__volumes__apache2__sites-available__jettysesspers.conf",
			1, 2, "apache/stickysession", "JSESSIONID", ".", "bytraffic", false, 53, "no Header directive", ir.Assumed, "myappsrv1", "myappsrv1:8080"},
	} {
		config, err := importer.Import(os.DirFS(configs), "apache", x.file)
		if err != nil {
			t.Errorf("%s: %v", x.file, err)
			continue
		}
		if len(config.Pools) != x.pools {
			t.Errorf("%s: %d pools, want %d", x.file, len(config.Pools), x.pools)
		}
		for _, p := range config.Pools {
			s := p.Params.(policy.StickySession)
			if len(p.Servers) != x.servers || p.Policy != x.policy || p.CookieName != x.cookie || s.Prefix != x.prefix ||
				s.Method != x.method || s.SetCookie != x.set {
				t.Errorf("%s: pool %s: %d servers, %s, %+v; want %+v", x.file, p.Name, len(p.Servers), p.Policy, s, x)
			}
			if i := p.Servers[0].Info; i.Options["route"] != x.firstRoute || i.Addr != x.url {
				t.Errorf("%s: first server %+v; want route %s at %s", x.file, i, x.firstRoute, x.url)
			}
		}
		if l, ok := level(config, x.line, x.text); !ok || l != x.level {
			t.Errorf("%s:%d: no remark %q of level %v in %+v", x.file, x.line, x.text, x.level, config.Remarks)
		}
	}
}

func TestParameters(t *testing.T) {
	config, err := importer.Import(fstest.MapFS{
		"conf/httpd.conf": {Data: []byte(`ServerRoot "/etc/httpd"
Include conf.d/*.conf
IncludeOptional nothing.conf
<IfModule mod_proxy.c>
ProxyPass "/b" "balancer://b/" lbmethod=bybusyness \
    stickysession=ID|id nofailover=On
</IfModule>
<VirtualHost *:80>
<Proxy balancer://a>
BalancerMember http://10.0.0.9
</Proxy>
</VirtualHost>
`)},
		"conf/conf.d/b.conf": {Data: []byte(`<Proxy 'balancer://a'>
  BalancerMember http://10.0.0.1:8080 loadfactor=1.5 route=x retry=5 status=+D hcmethod=GET hcinterval=5 hcfails=2
  BalancerMember ajp://10.0.0.2 status=+H lbset=1 ping=3
</Proxy>
BalancerMember balancer://b https://10.0.0.3 route=y
ProxySet balancer://b forcerecovery=Off
`)},
	}, "apache", "conf/httpd.conf")
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Pools) != 3 {
		t.Fatalf("%d pools: %+v", len(config.Pools), config.Pools)
	}
	a, b, other := config.Pools[0], config.Pools[1], config.Pools[2]
	first, second := a.Servers[0], a.Servers[1]
	if first.Info.Weight != 150 || first.Status != sim.Down || first.Info.Options["retry"] != "5" ||
		second.Info.Addr != "10.0.0.2:8009" || !second.Info.Backup || second.Info.Weight != 100 || a.Policy != "apache/byrequests" {
		t.Errorf("pool a: %+v", a)
	}
	if a.Health == nil || a.Health.Interval != 5*sim.Second || a.Health.Fall != 2 {
		t.Errorf("health check %+v", a.Health)
	}
	s, ok := b.Params.(policy.StickySession)
	if !ok || s.Method != "bybusyness" || s.Path != "id" || !s.NoFailover || b.Key.Kind != "uri" || b.Servers[0].Info.Addr != "10.0.0.3:443" {
		t.Errorf("pool b: %+v", b)
	}
	if other.Name == a.Name && other.File == a.File {
		t.Errorf("two balancers of one name are one: %s, %s", a.Name, other.Name)
	}
	for _, x := range []struct {
		line  int
		text  string
		level ir.Drawer
	}{{3, "no such file", ir.NotCarried}, {4, "assumed to apply", ir.Assumed}, {6, "forcerecovery", ir.NotCarried}} {
		if l, ok := level(config, x.line, x.text); !ok || l != x.level {
			t.Errorf("line %d: remark %q of level %v is missing: %+v", x.line, x.text, x.level, config.Remarks)
		}
	}
}

// Of a parameter of a balancer that several lines give the last one counts, and the others are said to have no effect; so are letters of a
// status that are not modelled.
func TestParametersThatAreReplaced(t *testing.T) {
	config, err := load("<Proxy balancer://c>\nBalancerMember http://10.0.0.1 route=a\nBalancerMember http://10.0.0.2 route=b status=+E\nProxySet stickysession=ONE lbmethod=byrequests\n</Proxy>\n" +
		"ProxyPass / balancer://c/ stickysession=TWO lbmethod=byrequests\n")
	if err != nil {
		t.Fatal(err)
	}
	if d, said := level(config, 4, "stickysession=ONE: without effect, since line 6"); !said || d != ir.NotCarried || config.Pools[0].CookieName != "TWO" {
		t.Errorf("%+v, %v", config.Pools[0], config.Remarks)
	}
	if _, said := level(config, 4, "lbmethod=byrequests: without effect"); said {
		t.Errorf("%v", config.Remarks)
	}
	if d, said := level(config, 3, "status=+E: of its letters only"); !said || d != ir.NotCarried {
		t.Errorf("%v", config.Remarks)
	}
}

func TestErrorsNameTheirPlace(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{"<Proxy balancer://a>\n", "httpd.conf:1:1: <proxy> is never closed"},
		{"\n </Proxy>", "httpd.conf:2:2: unexpected </Proxy>"},
		{"<Proxy balancer://a", "httpd.conf:1:1: <Proxy balancer://a: > is missing"},
		{"ProxyPass / \"balancer://a", "httpd.conf:1:13: quote \" is never closed"},
		{"<Proxy balancer://a>\nBalancerMember http://x loadfactor=0\n</Proxy>", "httpd.conf:2:1: loadfactor: must be"},
		{"<Proxy balancer://a>\nBalancerMember nowhere\n</Proxy>", "httpd.conf:2:1: BalancerMember nowhere: not a URL"},
		{"<Proxy balancer://a>\nProxySet lbmethod=best\n</Proxy>", "httpd.conf:2:1: lbmethod:"},
		{"<Proxy balancer://a>\nProxySet nofailover=maybe\n</Proxy>", `httpd.conf:2:1: nofailover: must be On or Off, got "maybe"`},
		{"<Proxy balancer://a>\nBalancerMember http://x status=+Q\n</Proxy>", `httpd.conf:2:1: status: "+Q" has letters that are none of`},
		{"BalancerMember http://x", "httpd.conf:1:1: BalancerMember belongs"},
		{"Include httpd.conf", "httpd.conf:1:1: include loop"},
		{"a\x00", "httpd.conf:1:1: not a text file"},
		{strings.Repeat("<If a>\n", 100), "nested more than 64 deep"},
		{strings.Repeat("a\n", 200_001), "more than 200000 directives"},
	} {
		if _, err := load(x.text); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%.60q: error %v; want %q", x.text, err, x.want)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add("<Proxy balancer://a>\nBalancerMember http://10.0.0.1 route=r1\nProxySet stickysession=A|b\n</Proxy>")
	f.Add("Header add Set-Cookie \"A=.%{BALANCER_WORKER_ROUTE}e\"\nProxyPass / balancer://a/ \\\n x=1")
	f.Fuzz(func(t *testing.T, text string) {
		config, err := load(text)
		if err != nil {
			if !strings.Contains(err.Error(), "httpd.conf:") {
				t.Errorf("error without place: %v", err)
			}
			return
		}
		for _, p := range config.Pools {
			v, ok := p.Params.(policies.Validator)
			if len(p.Servers) == 0 || p.Params == nil || ok && v.Validate() != nil {
				t.Errorf("pool %+v without servers or with invalid parameters", p)
			}
		}
	})
}

// Settings of workers that no pool uses are harmless, unknown ones are not understood, and a circle of references ends.
func TestWorkers(t *testing.T) {
	config, err := load("worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b\nworker.a.reference=worker.b\nworker.b.reference=worker.a\n" +
		"worker.a.redirect=b\nworker.b.activation=d\nworker.b.route=r2\nworker.c.port=1\nworker.a.frob=1\nport=80\nworker.b.port=$(port)\nnothing\n")
	if err != nil {
		t.Fatal(err)
	}
	p := config.Pools[0]
	a, b := p.Servers[0], p.Servers[1]
	if a.Info.Options["redirect"] != "r2" || a.Info.Cookie != "r2" || b.Status != sim.Draining || b.Info.Addr != "localhost:80" {
		t.Errorf("servers %+v", p.Servers)
	}
	for _, x := range []struct {
		line  int
		text  string
		level ir.Drawer
	}{
		{2, "worker lb: pool with 2 servers", ir.Translated}, {9, "no pool depends on it", ir.Harmless}, {10, "not understood", ir.NotCarried},
		{11, "stands for its value", ir.Translated}, {13, "not understood", ir.NotCarried},
	} {
		if l, ok := level(config, x.line, x.text); !ok || l != x.level {
			t.Errorf("line %d: remark %q of level %v is missing: %+v", x.line, x.text, x.level, config.Remarks)
		}
	}
}

// mod_jk takes its default for what it does not know, and says nothing; the remarks do.
func TestOddProperties(t *testing.T) {
	const lb = "worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b\nworker.a.host=10.0.0.1\nworker.b.host=10.0.0.2\n"
	for text, want := range map[string]struct {
		drawer ir.Drawer
		said   string
	}{
		"worker.a.lbfactor=0":              {ir.NotCarried, "must be a whole number from 1, and mod_jk takes 1"},
		"worker.a.lbfactor=x":              {ir.NotCarried, "must be a whole number from 1, and mod_jk takes 1"},
		"worker.a.activation=Halted":       {ir.NotCarried, "must begin with A, D or S"},
		"worker.a.redirect=c":              {ir.NotCarried, "no member of worker lb has this route"},
		"worker.a.redirect=b":              {ir.Translated, "redirect=b"},
		"worker.a.reference=worker.t":      {ir.NotCarried, "no worker of this name"},
		"worker.lb.sticky_session=enabled": {ir.NotCarried, "must be true or false; it counts as false"},
		"worker.lb.sticky_session=0\nworker.lb.sticky_session_force=1": {ir.Harmless, "sticky_session is off"},
	} {
		c, err := importer.Import(fstest.MapFS{"workers.properties": {Data: []byte(lb + text + "\n")}}, "apache", "workers.properties")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if !slices.ContainsFunc(c.In(want.drawer), func(r ir.Remark) bool { return strings.Contains(r.Text, want.said) }) || c.Pools[0].Servers[0].Info.Weight != 1 {
			t.Errorf("%s: %v", text, c.Remarks)
		}
	}
}
