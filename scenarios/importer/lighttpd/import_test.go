package lighttpd_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/policies/replay/goldentest"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	_ "stickysim/scenarios/importer/lighttpd"
	"stickysim/sim"
)

const configs = "../../../testdata/configs/lighttpd"

func load(text string) (*ir.Config, error) {
	return importer.Import(fstest.MapFS{"lighttpd.conf": {Data: []byte(text)}}, "lighttpd", "lighttpd.conf")
}

// The recorded configurations, as they were written, decide as recorded.
func TestRecordedConfigurations(t *testing.T) {
	goldentest.Run(t, "lighttpd", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
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

func TestCommentsAreIgnored(t *testing.T) {
	config, err := importer.Import(os.DirFS(configs), "lighttpd", "lighttpd__lighttpd1.4__doc__config__conf.d__proxy.conf")
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Pools) != 0 {
		t.Errorf("%d pools; every proxy line is a comment", len(config.Pools))
	}
	if n := len(config.Remarks); n != 2 || config.Remarks[1].Line != 8 || config.Remarks[1].Drawer != ir.Harmless {
		t.Errorf("remarks %+v; want nothing to balance, and server.modules harmless in line 8", config.Remarks)
	}
}

func TestScopes(t *testing.T) {
	config, err := importer.Import(fstest.MapFS{
		"lighttpd.conf": {Data: []byte(`
var.port = 80
proxy.server = ( ".jsp" => ( "tomcat" => ( "host" => "192.168.0.101", "port" => 8080, "disable-time" => 3 ) ) )
proxy.balance = "sticky" # a setting behind the servers holds for them too
$HTTP["host"] =~ "^app\." {
    proxy.balance = "fair"
    include "app.conf"
} else $HTTP["url"] =~ "^/api" {
    proxy.server = ( "" => ( ( "socket" => "/run/a.sock" ), ( "host" => "::1" ), ( "host" => "::1" ) ) )
}
include "missing.conf"
include_shell "echo"
`)},
		"app.conf": {Data: []byte(`proxy.server += ( "/" => ( ( "host" => "10.0.0.1", "port" => 8001 ), ( "host" => "10.0.0.2", "port" => 8001 ), ) )`)},
	}, "lighttpd", "lighttpd.conf")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, p := range config.Pools {
		got.WriteString(p.Name + " | " + p.Policy + " |")
		for _, s := range p.Servers {
			got.WriteString(" " + s.Info.Name)
		}
		got.WriteString("\n")
	}
	want := `.jsp | lighttpd/sticky | 192.168.0.101:8080
$HTTP [ host ] =~ ^app\. / | lighttpd/least-connection | 10.0.0.1:8001 10.0.0.2:8001
else $HTTP [ url ] =~ ^/api | lighttpd/sticky | unix:/run/a.sock [::1]:80 [::1]:80#2
`
	if got.String() != want {
		t.Errorf("pools:\n%swant:\n%s", got.String(), want)
	}
	if config.Pools[0].Servers[0].Info.Options["disable-time"] != "3" {
		t.Errorf("disable-time is lost: %+v", config.Pools[0].Servers[0])
	}
	levels := map[ir.Drawer]int{}
	for _, r := range config.Remarks {
		levels[r.Drawer]++
	}
	if levels[ir.NotCarried] != 2 || levels[ir.Harmless] != 1 {
		t.Errorf("remarks %+v; want two unsupported includes and the variable ignored", config.Remarks)
	}
}

func TestErrorsNameTheirPlace(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{"proxy.balance = \"best\"", `lighttpd.conf:1:1: proxy.balance: "best" is not`},
		{"a = 1\nb = ( 1,\n  2", "lighttpd.conf:2:5: ( is never closed"},
		{"a = \"x", "lighttpd.conf:1:5: quote is never closed"},
		{"$HTTP[\"host\"] == \"x\" {\n a = 1", "lighttpd.conf:1:1: the block is never closed"},
		{"a = 1 }", `lighttpd.conf:1:7: unexpected "}"`},
		{"a\x00b", "lighttpd.conf:1:1: not a text file"},
		{"a ? b", "lighttpd.conf:1:3: unexpected character"},
		{"proxy.server = 3", "lighttpd.conf:1:1: proxy.server: must be"},
		{`proxy.server = ( "" => ( ( "host" => "a", "port" => 99999 ) ) )`, "lighttpd.conf:1:53: port:"},
		{"include \"lighttpd.conf\"", "include loop"},
		{"a = " + strings.Repeat("(", 100), "nested more than 64 deep"},
		{strings.Repeat("else {", 100), "nested more than 64 deep"},
		{"a = (" + strings.Repeat("1,", 200_001) + ")", "more than 200000 values"},
	} {
		if _, err := load(x.text); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%.60q: error %v; want %q", x.text, err, x.want)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add(`proxy.server = ( "" => ( ( "host" => "10.0.0.1" ) ) ) proxy.balance = "hash"`)
	f.Add("$HTTP[\"host\"] == \"x\" { a = 1 + b }")
	f.Fuzz(func(t *testing.T, text string) {
		config, err := load(text)
		if err != nil {
			if !strings.Contains(err.Error(), "lighttpd.conf:") {
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

// A connection to a host that is gone fails after lighttpd's 8 seconds, or what the server says.
func TestConnectTimeout(t *testing.T) {
	for option, want := range map[string]sim.Time{"": 8 * sim.Second, `, "connect-timeout" => 3`: 3 * sim.Second} {
		c, err := load(`proxy.server = ( "" => ( ( "host" => "10.0.0.1", "port" => 80` + option + ` ) ) )`)
		if err != nil || c.Pools[0].Limits.Connect != want {
			t.Errorf("%q: %+v, %v, want %v", option, c, err, want)
		}
	}
}
