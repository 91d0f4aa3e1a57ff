package route

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/caddy"
	"stickysim/policies/haproxy"
	"stickysim/policies/nginx"
	"stickysim/policies/replay"
	"stickysim/policies/traefik"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// fleet is n servers s1, s2, … of weight 1.
func fleet(n int) []replay.Server {
	list := make([]replay.Server, n)
	for i := range list {
		list[i].Info = sim.ServerInfo{Name: fmt.Sprint("s", i+1), Addr: fmt.Sprintf("10.0.0.%d:80", i+1), Weight: 1}
	}
	return list
}

func turns(n int) Source {
	return Source{Policy: nginx.RoundRobin{Retrying: nginx.DefaultRetrying()}, Servers: fleet(n), Key: "none", Product: "nginx"}
}

func keys(t *testing.T, s Source, o Options, in string) (string, Summary, error) {
	t.Helper()
	var out strings.Builder
	sum, err := Keys(&out, strings.NewReader(in), s, o)
	return out.String(), sum, err
}

func TestInputForms(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"lines", "a\nb\nc\n", "a,s1\nb,s2\nc,s3\n"},
		{"no last line end", "a\nb", "a,s1\nb,s2\n"},
		{"CRLF", "a\r\nb\r\n", "a,s1\nb,s2\n"},
		{"commas and quotes in lines", "a,b\n\"c\"\nd \n", "\"a,b\",s1\n\"\"\"c\"\"\",s2\n\"d \",s3\n"},
		{"an open quote in the first line", "\"key\nb\n", "\"\"\"key\",s1\nb,s2\n"},
		{"blank line is a request without the key", "a\n\nb\n", "a,s1\n,s2\nb,s3\n"},
		{"empty file", "", ""},
		{"column key", "when,key,backend\n1,a,s9\n\n2,\"b,\"\"\n\",s9\n3,,s9\n", "a,s1\n\"b,\"\"\n\",s2\n,s3\n"},
		{"only the column key", "key\na\n\nb\n", "a,s1\n,s2\nb,s3\n"},
		{"byte order mark", "\xef\xbb\xbfkey,x\na,1\n", "a,s1\n"},
		{"header alone", "key\n", ""},
		{"a first key with key in it", "key-7\nkey-8\n", "key-7,s1\nkey-8,s2\n"},
		{"other bytes", "\xff\x00\n", "\xff\x00,s1\n"},
	} {
		got, sum, err := keys(t, turns(3), Options{}, c.in)
		if want := "key,server\n" + c.want; err != nil || got != want {
			t.Errorf("%s: %v, got %q, want %q", c.name, err, got, want)
		}
		if n := strings.Count(c.want, ",s"); sum.Keys != n {
			t.Errorf("%s: %d keys counted, want %d", c.name, sum.Keys, n)
		}
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	ip := Source{Policy: nginx.IPHash{}, Servers: fleet(3), Key: "address"}
	for _, c := range []struct {
		name, in, want string
		o              Options
	}{
		{"not an address", "10.0.0.1\n\nuser-7\n", `line 3: "user-7" is not an IP address`, Options{}},
		{"not an address in a column", "n,key\n1,10.0.0.1\n2,\n3,x\n", `line 4: "x" is not an IP address`, Options{}},
		{"short record", "n,key\n1\n", "line 2: 1 fields where the header has 2", Options{}},
		{"open quote", "n,key\n1,\"10.0.0.1\n", "line 2: a quote is opened and never closed", Options{}},
		{"long line", strings.Repeat("1", 2<<20), "line 1: longer than", Options{}},
		{"unknown server", "", `down: there is no server "s9"; the servers are s1, s2, s3`, Options{Changes: Changes{Down: []string{"s9"}}}},
		{"removed twice", "", `remove: there is no server "s1"; the servers are s2, s3`, Options{Changes: Changes{Remove: []string{"s1", "s1"}}}},
		{"added twice", "", `add: there is a server "s2" already`, Options{Changes: Changes{Add: []string{"s2=x:1"}}}},
		{"nothing added", "", `add: "=x" is not ADDRESS or NAME=ADDRESS`, Options{Changes: Changes{Add: []string{"=x"}}}},
		{"no weight", "", `weight: "s1" is not SERVER=WEIGHT`, Options{Changes: Changes{Weight: []string{"s1"}}}},
		{"bad weight", "", `weight: "-1" is not a whole number`, Options{Changes: Changes{Weight: []string{"s1=-1"}}}},
		{"format", "", `format: must be csv or json, got "xml"`, Options{Format: "xml"}},
	} {
		if _, _, err := keys(t, ip, c.o, c.in); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s...", c.name, err, c.want)
		}
	}
}

func TestWhatWasAnsweredIsWrittenBeforeTheError(t *testing.T) {
	ip := Source{Policy: nginx.IPHash{}, Servers: fleet(1), Key: "address"}
	if got, _, err := keys(t, ip, Options{}, "10.0.0.1\nx\n"); err == nil || got != "key,server\n10.0.0.1,s1\n" {
		t.Errorf("%v, written %q", err, got)
	}
	if _, err := Keys(broken{}, strings.NewReader("10.0.0.1\n"), ip, Options{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a writer that fails gives %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name string
		c    Changes
		want string // of six requests
	}{
		{"none", Changes{}, "s1 s2 s3 s1 s2 s3"},
		{"down", Changes{Down: []string{"s2"}}, "s1 s3 s1 s3 s1 s3"},
		{"down by address", Changes{Down: []string{"10.0.0.2:80"}}, "s1 s3 s1 s3 s1 s3"},
		{"drain", Changes{Drain: []string{"s1"}}, "s2 s3 s2 s3 s2 s3"},
		{"dead", Changes{Dead: []string{"s1", "s3"}}, "s2 s2 s2 s2 s2 s2"},
		{"remove", Changes{Remove: []string{"s3"}}, "s1 s2 s1 s2 s1 s2"},
		{"add", Changes{Add: []string{"10.0.0.9:80", "new=10.0.0.8:80"}}, "s1 s2 s3 10.0.0.9:80 new s1"},
		{"add and down", Changes{Add: []string{"new=x:1"}, Down: []string{"new"}}, "s1 s2 s3 s1 s2 s3"},
		{"weight", Changes{Weight: []string{"s1=4"}}, "s1 s1 s2 s1 s3 s1"},
		{"weight 0", Changes{Weight: []string{"s1=0", "s2=0"}}, "s3 s3 s3 s3 s3 s3"},
		{"all down", Changes{Down: []string{"s1", "s2", "s3"}}, "!502 !502 !502 !502 !502 !502"},
	} {
		got, sum, err := keys(t, turns(3), Options{Changes: c.c, Requests: 6}, "")
		if err != nil {
			t.Fatal(err)
		}
		want := "key,server\n"
		for i, s := range strings.Fields(c.want) {
			want += fmt.Sprintf("%d,%s\n", i+1, s)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", c.name, got, want)
		}
		if refused := strings.Count(c.want, "!"); sum.Keys != 6 || sum.Refused != refused {
			t.Errorf("%s: %d keys, %d refused; want 6, %d", c.name, sum.Keys, sum.Refused, refused)
		}
	}
}

func TestCompareSaysWhoMoved(t *testing.T) {
	got, sum, err := keys(t, turns(3), Options{Compare: true, Changes: Changes{Down: []string{"s2"}}}, "a\nb\nc\nd\n")
	want := "key,server,before,moved,needless\na,s1,s1,false,false\nb,s3,s2,true,false\nc,s1,s3,true,true\nd,s3,s1,true,true\n"
	if err != nil || got != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, got, want)
	}
	if sum.Moved != 3 || sum.Needless != 2 {
		t.Errorf("moved %d, needless %d; want 3, 2", sum.Moved, sum.Needless)
	}
	if want := []Load{{"s1", 2}, {"s2", 0}, {"s3", 2}}; fmt.Sprint(sum.Servers) != fmt.Sprint(want) {
		t.Errorf("loads %v, want %v", sum.Servers, want)
	}
}

func TestNamesDoNotHideRemoval(t *testing.T) {
	// Position 2 is another server after a removal: the comparison must go by identity.
	_, sum, err := keys(t, turns(2), Options{Compare: true, Changes: Changes{Remove: []string{"s1"}}}, "a\nb\n")
	if err != nil || sum.Moved != 1 || sum.Needless != 0 {
		t.Errorf("%v, moved %d, needless %d; want 1 (from s1), 0", err, sum.Moved, sum.Needless)
	}
}

func TestJSON(t *testing.T) {
	o := Options{Format: "json", Compare: true, Changes: Changes{Dead: []string{"s1"}}}
	got, _, err := keys(t, turns(2), o, "a\n\"\\\n")
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	if err := json.Unmarshal([]byte(got), &list); err != nil {
		t.Fatalf("%v in\n%s", err, got)
	}
	want := `[map[address:10.0.0.2:80 before:s1 key:a moved:true needless:false server:s2 status:200 tried:[s1 s2]] ` +
		`map[address:10.0.0.2:80 before:s2 key:"\ moved:false needless:false server:s2 status:200]]`
	if fmt.Sprint(list) != want {
		t.Errorf("got\n%v\nwant\n%s", list, want)
	}
	if got, _, err := keys(t, turns(2), Options{Format: "json"}, ""); err != nil || json.Unmarshal([]byte(got), &list) != nil || len(list) != 0 {
		t.Errorf("no keys: %v, %q", err, got)
	}
}

func TestCookieKeysAreFollowed(t *testing.T) {
	servers := fleet(3)
	for i := range servers {
		servers[i].Info.Options = map[string]string{"route": fmt.Sprint("r", i+1)}
	}
	e, _ := policies.Lookup("nginx/sticky_cookie")
	s := Source{Policy: e.Default, Servers: servers, Key: "cookie", Product: "nginx"}
	got, _, err := keys(t, s, Options{}, "r2\nr2\nr3\nforged\n")
	if want := "key,server\nr2,s2\nr2,s2\nr3,s3\nforged,s1\n"; err != nil || got != want {
		t.Errorf("%v, got %q, want %q", err, got, want)
	}
}

func TestFromPool(t *testing.T) {
	s := FromPool("nginx", ir.Pool{
		Params: nginx.RoundRobin{}, Key: ir.KeySource{Kind: "header"}, CookieName: "c", Redispatch: 2,
		Servers: []ir.Server{{Info: sim.ServerInfo{Name: "a", Weight: 1}, Status: sim.Down}, {Info: sim.ServerInfo{Addr: "b:1", Weight: 1}}},
	})
	if s.Key != "header" || s.Cookie != "c" || s.Redispatch != 2 || s.Product != "nginx" {
		t.Errorf("source %+v", s)
	}
	if got, _, err := keys(t, s, Options{}, "x\n"); err != nil || got != "key,server\nx,b:1\n" {
		t.Errorf("%v, %q: a server without a name goes by its address", err, got)
	}
}

// A pool that is probed finds out about a server that does not accept connections; one that is not, does not.
func TestPoolsAreProbed(t *testing.T) {
	p := ir.Pool{Params: traefik.HRW{}, Key: ir.KeySource{Kind: "address"}}
	for _, name := range []string{"a", "b"} {
		p.Servers = append(p.Servers, ir.Server{Info: sim.ServerInfo{Name: name, Addr: name + ":80", Weight: 1, Options: map[string]string{"own": "kept"}}})
	}
	servers := func(h *sim.Health) string {
		p.Health = h
		s := FromPool("traefik", p)
		var out strings.Builder
		err := Trace(&out, strings.NewReader("op,key\nkill,a\nwait,2500\nreq,10.0.0.1\nreq,10.0.0.2\nreq,10.0.0.3\nreq,10.0.0.4\n"), s, Changes{})
		if err != nil {
			t.Fatal(err)
		}
		if own := s.Servers[0].Info.Options["own"]; own != "kept" || len(p.Servers[0].Info.Options) != 1 {
			t.Errorf("options %v of the source, %v of the pool", s.Servers[0].Info.Options, p.Servers[0].Info.Options)
		}
		return out.String()
	}
	for _, c := range []struct {
		name   string
		health *sim.Health
		failed int
	}{
		{"two probes in 2.5 s", &sim.Health{Interval: sim.Second, Fall: 2}, 0},
		{"three were needed", &sim.Health{Interval: sim.Second, Fall: 3}, 3},
		{"no probes", &sim.Health{Interval: sim.Never, Fall: 1}, 3},
		{"nothing said", nil, 3},
	} {
		if got := servers(c.health); strings.Count(got, ",502,") != c.failed || strings.Count(got, ",200,") != 4-c.failed {
			t.Errorf("%s: want %d failed requests in\n%s", c.name, c.failed, got)
		}
	}
}

func TestResolve(t *testing.T) {
	s := Source{Policy: nginx.RoundRobin{Retrying: nginx.DefaultRetrying()}, Servers: []replay.Server{
		{Info: sim.ServerInfo{Addr: "pair.test:81", Weight: 1}}, {Info: sim.ServerInfo{Name: "b", Addr: "[::1]:80", Weight: 1}},
		{Info: sim.ServerInfo{Name: "c", Addr: "solo.test", Weight: 1}},
	}, Key: "none"}
	r, err := s.Resolve([]string{"pair.test=10.0.0.1,::2", "solo.test=10.0.0.9"})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, x := range r.Servers {
		got += fmt.Sprintf("%s %s %s; ", x.Info.Name, x.Info.Addr, x.Info.Options["host"])
	}
	if want := "pair.test:81@10.0.0.1:81 10.0.0.1:81 pair.test:81; pair.test:81@[::2]:81 [::2]:81 pair.test:81; b [::1]:80 ; c 10.0.0.9 solo.test; "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, sum, err := keys(t, r, Options{Requests: 8, Compare: true, Changes: Changes{Remove: []string{"pair.test:81@10.0.0.1:81"}}}, ""); err != nil || len(sum.Servers) != 3 {
		t.Errorf("%v, %v", err, sum)
	}
	for _, bad := range []string{"pair.test", "pair.test=", "=10.0.0.1", "pair.test=x", "other=10.0.0.1"} {
		if _, err := s.Resolve([]string{bad}); err == nil || !strings.HasPrefix(err.Error(), "resolve: ") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}

func TestCookieAttributes(t *testing.T) {
	haproxyCookie := func(mode string) policies.Config {
		e, _ := policies.Lookup("haproxy/cookie")
		c := e.Default.(haproxy.Cookie)
		c.Mode = mode
		return c
	}
	for _, c := range []struct {
		s    Source
		want string
	}{
		{Source{Product: "haproxy", Policy: haproxyCookie("insert")}, "; path=/"},
		{Source{Product: "haproxy", Policy: haproxyCookie("prefix")}, ""},
		{Source{Product: "caddy", Policy: caddy.Cookie{Version: "old"}}, "; Path=/"},
		{Source{Product: "caddy", Policy: caddy.Cookie{Version: "new"}}, "; Path=/; HttpOnly; SameSite=Lax"},
		{Source{Product: "nginx", Policy: nginx.StickyCookie{}}, ""},
		{Source{Product: "nginx", Policy: nginx.StickyCookie{}, Scope: "; path=/"}, "; path=/"},
	} {
		if got := c.s.attributes(); got != c.want {
			t.Errorf("%s %+v: %q, want %q", c.s.Product, c.s.Policy, got, c.want)
		}
	}
}

func TestTrace(t *testing.T) {
	var out bytes.Buffer
	in := "op,key\nreq,\nadmin,set server up/s2 state maint\nreq,\n"
	if err := Trace(&out, strings.NewReader(in), turns(3), Changes{Drain: []string{"s1"}}); err != nil {
		t.Fatal(err)
	}
	if want := "op,key,server,status,cookie_out\nreq,,s2,200,\nadmin,set server up/s2 state maint,,,\nreq,,s3,200,\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// TestNoAllocationPerKey routes a file of ten times the keys and expects no more allocations than for the short one.
func TestNoAllocationPerKey(t *testing.T) {
	s := Source{Policy: nginx.IPHash{}, Servers: fleet(10), Key: "address"}
	cost := func(n int) float64 {
		in := []byte(strings.Repeat("10.1.2.3\n192.168.7.9\n2001:db8::1\n", n))
		in = bytes.ReplaceAll(in, []byte("2001:db8::1"), []byte("10.9.9.9"))
		return testing.AllocsPerRun(3, func() {
			if _, err := Keys(io.Discard, bytes.NewReader(in), s, Options{Compare: true}); err != nil {
				t.Fatal(err)
			}
		})
	}
	if short, long := cost(1000), cost(10000); long > short+20 {
		t.Errorf("%v allocations for 3000 keys, %v for 30000", short, long)
	}
}
