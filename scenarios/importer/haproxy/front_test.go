package haproxy

import (
	"strings"
	"testing"

	"stickysim/policies/haproxy"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// A client is bound where a rule looks its key up and a rule puts it into the same table.
func TestStickRulesNeedBothSides(t *testing.T) {
	for rules, want := range map[string]string{
		"stick on src": "haproxy/stick-table",
		"stick match src\n stick store-request src": "haproxy/stick-table",
		"stick store-request src\n stick match src": "haproxy/stick-table",
		"stick store-request src":                   "haproxy/leastconn",
		"stick match src":                           "haproxy/leastconn",
		"stick store-response src":                  "haproxy/leastconn",
		"stick match src table other":               "haproxy/leastconn",
		"stick on src table other":                  "haproxy/stick-table",
	} {
		cfg := parse(t, "backend other\n stick-table type ip size 5\nbackend b\n balance leastconn\n stick-table type ip size 9\n "+rules+"\n server a 1.1.1.1:80\n")
		if p := cfg.Pools[0]; p.Policy != want {
			t.Errorf("%q: %s, want %s", rules, p.Policy, want)
		}
		if _, said := remark(cfg, 6, "no client is bound"); said == (want == "haproxy/stick-table") {
			t.Errorf("%q: said %v: %v", rules, said, cfg.Remarks)
		}
	}
}

// A table of a peers section is called by the names of both, and its peers share it.
func TestTablesOfPeers(t *testing.T) {
	cfg := parse(t, `peers mates
  peer one 1.1.1.1:1024
  peer two 1.1.1.2:1024
  table t1 type string len 40 size 2k expire 5m nopurge
backend b
  stick on req.hdr(X-User) table mates/t1
  server a 1.1.1.1:80
`)
	p := cfg.Pools[0]
	s, ok := p.Params.(haproxy.StickTable)
	if !ok || s.Type != "string" || s.Len != 40 || s.Size != 2048 || s.Expire != 5*sim.Minute || !s.NoPurge || p.Balancers != (ir.Balancers{Count: 2, Shared: true, Scope: "process"}) {
		t.Errorf("%+v %+v", p.Params, p.Balancers)
	}
	if lost := cfg.In(ir.NotCarried); len(lost) > 0 {
		t.Errorf("%v", lost)
	}
}

// HAProxy looks into requests in mode http only; algorithms that would have to are roundrobin elsewhere.
func TestAlgorithmsInTCP(t *testing.T) {
	for line, want := range map[string]string{
		"hdr(X-User)": "haproxy/roundrobin", "uri depth 2": "haproxy/roundrobin", "url_param id": "haproxy/roundrobin",
		"source": "haproxy/source", "leastconn": "haproxy/leastconn", "hash src": "haproxy/hash",
	} {
		text := "defaults\n mode tcp\n balance " + line + "\nbackend b\n server a 1.1.1.1:80\n server b 1.1.1.2:80\n"
		cfg := parse(t, text)
		if p := cfg.Pools[0]; p.Policy != want || p.Policy == "haproxy/roundrobin" && p.Key.Kind != "none" {
			t.Errorf("%s: %s, key %+v", line, p.Policy, p.Key)
		}
		if d, said := remark(cfg, 4, "falls back to roundrobin"); said != (want == "haproxy/roundrobin") || said && d != ir.NotCarried {
			t.Errorf("%s: said %v", line, said)
		}
		if d, _ := remark(cfg, 3, "balance"); d != map[bool]ir.Drawer{true: ir.Harmless, false: ir.Translated}[want == "haproxy/roundrobin"] {
			t.Errorf("%s: the line is said to be %v", line, d)
		}
		if p := parse(t, strings.Replace(text, "backend b\n", "backend b\n mode http\n", 1)).Pools[0]; p.Policy == "haproxy/roundrobin" {
			t.Errorf("%s in mode http: %s", line, p.Policy)
		}
	}
}

// Whose address a pool goes by is what the frontends say that lead to it.
func TestAddressesOfFrontends(t *testing.T) {
	cfg := parse(t, `frontend edge
  bind :80 accept-proxy
  use_backend a if { path /a }
  default_backend both
frontend inner
  bind :81
  option forwardfor
  use_backend b
  default_backend both
listen own
  bind :82 accept-proxy
  balance source
  server a 1.1.1.1:80
backend a
  balance hdr(X-Forwarded-For)
  server a 1.1.1.1:80
backend b
  balance hdr(X-Forwarded-For)
  server a 1.1.1.1:80
backend both
  balance source
  server a 1.1.1.1:80
`)
	for _, p := range cfg.Pools {
		if want := p.Name != "b"; (p.Sees != nil) != want {
			t.Errorf("%s: sees %v", p.Name, p.Sees)
		}
		if h, ok := p.Params.(haproxy.Header); ok && (h.ForwardFor == "add") != (p.Name == "b") {
			t.Errorf("%s: forwardfor %q", p.Name, h.ForwardFor)
		}
	}
	if d, ok := remark(cfg, 5, "both is taken to see"); !ok || d != ir.NotCarried {
		t.Errorf("%v", cfg.Remarks)
	}
	for _, text := range []string{"use_backend %[hdr(host)]", "default_backend $WEB"} {
		if p := parse(t, "frontend f\n bind :80 accept-proxy\n "+text+"\nbackend b\n server a 1.1.1.1:80\n").Pools[0]; p.Sees == nil {
			t.Errorf("%s: sees the connections", text)
		}
	}
}

// Which requests carry the cookie, and that there is an application that sets it, is taken for granted and said to be.
func TestAssumptionsAboutCookies(t *testing.T) {
	cfg := parse(t, "backend b\n cookie S prefix secure domain x.org\n server a 1.1.1.1:80\n")
	for _, text := range []string{"cookie secure: every request", "cookie domain x.org: every request", "cookie S prefix: the application"} {
		if d, ok := remark(cfg, 2, text); !ok || d != ir.Assumed {
			t.Errorf("%s: %v", text, cfg.Remarks)
		}
	}
	if d, ok := remark(cfg, 1, "no timeout connect"); !ok || d != ir.Assumed {
		t.Errorf("timeout connect: %v", cfg.Remarks)
	}
}

// A line that two sections have in common is translated where one of them goes by it; a cookie in mode tcp is not.
func TestLinesThatChooseNoServer(t *testing.T) {
	cfg := parse(t, "defaults\n cookie C insert\n balance uri\nbackend a\n mode tcp\n server a 1.1.1.1:80\nbackend b\n mode http\n server b 1.1.1.2:80\n")
	for _, at := range []int{2, 3} {
		if d, ok := remark(cfg, at, "policy haproxy/"); !ok || d != ir.Translated {
			t.Errorf("line %d: %v", at, cfg.Remarks)
		}
	}
	if d, ok := remark(cfg, 2, "backend a: HAProxy ignores cookies"); !ok || d != ir.Harmless {
		t.Errorf("%v", cfg.Remarks)
	}
	cfg = parse(t, "backend a\n mode tcp\n cookie C insert\n server a 1.1.1.1:80\n")
	if _, ok := remark(cfg, 3, "policy haproxy/cookie"); ok {
		t.Errorf("%v", cfg.Remarks)
	}
}

// Of lines that set the same in one section the last counts, and the others are said to have no effect.
func TestLinesThatAreReplaced(t *testing.T) {
	cfg := parse(t, `defaults
 mode http
 timeout connect 1s
backend b
 retries 3
 balance source
 timeout connect 2s
 option redispatch
 mode tcp
 retries 5
 balance leastconn
 timeout connect 3s
 no option redispatch
 mode http
 timeout server 9s
 server a 1.1.1.1:80
`)
	for line := 1; line < 16; line++ {
		d, said := remark(cfg, line, "without effect, since line ")
		if want := line >= 5 && line <= 9; said != want || said && d != ir.NotCarried {
			t.Errorf("line %d: said %v", line, said)
		}
	}
	if p := cfg.Pools[0]; p.Limits.Connect != 3*sim.Second || p.Params.(haproxy.LeastConn).Retries != 5 {
		t.Errorf("%+v", cfg.Pools[0])
	}
}

// Requests that go to a backend that is not in the files are named.
func TestBackendsThatAreMissing(t *testing.T) {
	cfg := parse(t, "frontend f\n default_backend b\n use_backend nope if x\n use_backend %[req.hdr(host)]\n use_backend $B\nfrontend g\n default_backend gone\nbackend b\n server a 1.1.1.1:80\n")
	for line, want := range map[int]bool{2: false, 3: true, 4: false, 5: false, 7: true} {
		if d, said := remark(cfg, line, "there is no such backend in these files"); said != want || said && d != ir.NotCarried {
			t.Errorf("line %d: said %v", line, said)
		}
	}
}

// What HAProxy ignores in a kind of section has no effect, and is said to have none.
func TestLinesThatAreIgnored(t *testing.T) {
	cfg := parse(t, "frontend f\n mode http\n retries 9\n timeout connect 9s\n option redispatch\n balance source\n cookie C insert\n default_backend b\nbackend b\n mode tcp\n bind :80 accept-proxy\n server a 1.1.1.1:80\n")
	for _, line := range []int{3, 4, 5, 6, 7, 11} {
		if d, said := remark(cfg, line, "HAProxy ignores it in a "); !said || d != ir.NotCarried {
			t.Errorf("line %d: %v", line, cfg.Remarks)
		}
	}
	if d, said := remark(cfg, 1, "b is in mode tcp; HAProxy refuses that"); !said || d != ir.NotCarried {
		t.Errorf("%v", cfg.Remarks)
	}
	if p := cfg.Pools[0]; p.Sees != nil || p.Limits.Connect != 0 {
		t.Errorf("%+v", p)
	}
}

// Of what stands behind the name of a section only from is known.
func TestWordsBehindSections(t *testing.T) {
	cfg := parse(t, "defaults d\n mode http\nlisten l from d\n server a 1.1.1.1:80\nlisten m 127.0.0.1:80\n server a 1.1.1.1:80\nbackend backend b\n server a 1.1.1.1:80\n")
	for line, want := range map[int]bool{1: false, 3: false, 5: true, 7: true} {
		if d, said := remark(cfg, line, "behind its name"); said != want || said && d != ir.NotCarried {
			t.Errorf("line %d: said %v", line, said)
		}
	}
}

// timeout check is for the answer with and without a timeout connect. (HAProxy 2.6 on a silent server, inter 2s, timeout
// check 500ms: a check lasts 0.5 s, with no timeout connect, one of 3s, and one of 200ms.)
func TestTimeoutCheck(t *testing.T) {
	for lines, want := range map[string][2]sim.Time{
		"":                         {2 * sim.Second, 0},
		" timeout connect 200ms\n": {2 * sim.Second, 0},
		" timeout check 500ms\n":   {sim.Second / 2, 2 * sim.Second},
		" timeout check 500ms\n timeout connect 3s\n":    {sim.Second / 2, 2 * sim.Second},
		" timeout check 500ms\n timeout connect 200ms\n": {sim.Second / 2, sim.Second / 5},
	} {
		h := parse(t, "backend b\n"+lines+" server a 1.1.1.1:80 check inter 2s\n").Pools[0].Health
		if h.Timeout != want[0] || h.Connect != want[1] {
			t.Errorf("%q: answers within %v, connections within %v, want %v", lines, h.Timeout, h.Connect, want)
		}
	}
}
