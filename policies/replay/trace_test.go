package replay_test

import (
	"fmt"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/sim"
)

func trace(t *testing.T, r *replay.Router, o replay.TraceOptions, in string) (string, error) {
	t.Helper()
	var out strings.Builder
	err := r.Trace(strings.NewReader(in), &out, o)
	return out.String(), err
}

func TestTraceAnswersEveryOperation(t *testing.T) {
	r, _ := newTurn(true, three(1, nil))
	r.Redispatch(1)
	got, err := trace(t, r, replay.TraceOptions{Cookie: "SRV", Attributes: "; path=/"}, `t_ms,op,req,key,cookie_in
0,creq,,alice,
1,creq,,alice,x=1; SRV=c1
2,kill,,s2,
3,req,,bob,
4,admin,,set server be/s1 state maint,
5,creq,,alice,SRV=c1
6,revive,,s2,
7,open,r1,,
8,open,r2,,
9,open,r3,"a,""b""",
10,close,r1,,
11,arrive,r3,,
12,close,r3,,
13,close,r2,,
1013,wait,,1000,
`)
	if err != nil {
		t.Fatal(err)
	}
	want := `t_ms,op,req,key,cookie_in,server,status,cookie_out
0,creq,,alice,,s1,200,SRV=c1; path=/
1,creq,,alice,x=1; SRV=c1,s1,200,
2,kill,,s2,,,,
3,req,,bob,,s3,200,SRV=c3; path=/
4,admin,,set server be/s1 state maint,,,,
5,creq,,alice,SRV=c1,s3,200,SRV=c3; path=/
6,revive,,s2,,,,
7,open,r1,,,s2,,
8,open,r2,,,s3,,
9,open,r3,"a,""b""",,,queued,
10,close,r1,,,s2,200,SRV=c2; path=/
11,arrive,r3,,,s2,,
12,close,r3,,,s2,200,SRV=c2; path=/
13,close,r2,,,s3,200,SRV=c3; path=/
1013,wait,,1000,,,,
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if now := r.View().Now; now != 1013*sim.Millisecond {
		t.Errorf("the clock stands at %v", now)
	}
}

func TestTraceKeepsCookiesWithoutTheColumn(t *testing.T) {
	r, _ := newTurn(false, three(0, nil))
	got, err := trace(t, r, replay.TraceOptions{}, "op,key,note\ncreq,a,1\ncreq,b,2\ncreq,a,3\nreq,a,4\nwait,5,x\n")
	want := "op,key,note,server,status,cookie_out\ncreq,a,1,s1,200,c1\ncreq,b,2,s2,200,c2\ncreq,a,3,s1,200,\nreq,a,4,s3,200,c3\nwait,5,x,,,\n"
	if err != nil || got != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, got, want)
	}
	if now := r.View().Now; now != 5*sim.Millisecond {
		t.Errorf("the clock stands at %v", now)
	}
}

func TestTraceReusesColumnsOfItsNames(t *testing.T) {
	r, _ := newTurn(false, three(0, nil))
	got, err := trace(t, r, replay.TraceOptions{}, "\xef\xbb\xbfstatus,op,server\r\n404,req,old\r\n")
	if want := "status,op,server,cookie_out\n200,req,s1,c1\n"; err != nil || got != want {
		t.Errorf("%v, got %q, want %q", err, got, want)
	}
}

func TestTraceErrorsNameLineAndColumn(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "line 1: the trace is empty"},
		{"a,b\n1,2\n", "line 1: no column op"},
		{"op,key\nreq\n", "line 2: 1 fields where the header has 2"},
		{"op,key\nreq,1.2.3.4\nbreq,x\n", `line 3, column op: "breq" is not one of req`},
		{"op,key\nreq,alice\n", `line 2, column key: "alice" is not an IP address`},
		{"op,key\nkill,s9\n", `line 2, column key: there is no server "s9"; the servers are s1, s2, s3`},
		{"op,key\nadmin,set weight be/s1 -1\n", `line 2, column key: weight "-1"`},
		{"op,key\nadmin,reload\n", `line 2, column key: "reload" is not understood`},
		{"op,key\nadmin,set server be/s1 state off\n", `line 2, column key: state "off"`},
		{"op,key\nwait,soon\n", `line 2, column key: "soon" is not a number`},
		{"op,req,key\nclose,r1,\n", `line 2, column req: request "r1" is not open`},
		{"op,req,key\nopen,,1.1.1.1\n", `line 2, column req: an open request needs a name`},
		{"op,req,key\nopen,r,1.1.1.1\nopen,r,1.1.1.1\n", `line 3, column req: request "r" is open already`},
		{"op,t_ms,key\nwait,5,1\nwait,4,1\n", "line 3, column t_ms: 4 is before 5"},
		{"op,t_ms,key\nwait,NaN,1\n", `line 2, column t_ms: "NaN"`},
		{"op,key\n\nreq,\"1.1.1.1\nreq,x\n", "line 3: a quote is opened and never closed"},
		{"op,key\nreq,\"a\"b\n", "line 2: text after a closing quote"},
	} {
		r, _ := newTurn(false, three(0, nil))
		_, err := trace(t, r, replay.TraceOptions{Key: "address"}, c.in)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %s...", c.in, err, c.want)
		}
	}
}

func TestAdminCommands(t *testing.T) {
	servers := three(0, nil)
	servers[0].Info.Weight = 8
	r, _ := newTurn(false, servers)
	for _, c := range []struct {
		command string
		status  sim.Status
		weight  float64
	}{
		{"set server be/s1 state drain", sim.Draining, 8},
		{"set weight be/s1 50%", sim.Draining, 4},
		{"set server s1 weight 3", sim.Draining, 3},
		{"enable server be/s1", sim.Up, 3},
		{"disable server be/s1", sim.Down, 3},
		{"show table be", sim.Down, 3},
		{"set server be/s1 state ready", sim.Up, 3},
	} {
		if err := r.Admin(c.command); err != nil {
			t.Fatal(err)
		}
		if v := r.View(); v.Status[0] != c.status || v.Weight[0] != c.weight {
			t.Errorf("%s: status %d, weight %v; want %d, %v", c.command, v.Status[0], v.Weight[0], c.status, c.weight)
		}
	}
}

// The clients of a trace keep the mark of their alternative as they keep their cookie.
func TestTraceKeepsMarks(t *testing.T) {
	half := policies.Assignment{Share: .5, By: "session"}
	c := policies.Canary{Servers: []string{"s3"}, Zone: -1, Assignment: half, Sticky: "both", Stable: policies.Named("round-robin"), Canary: policies.Named("round-robin")}
	in := "op,key\n"
	for i := range 200 {
		in += fmt.Sprintf("creq,client-%d\n", i%20)
	}
	out, err := trace(t, replay.New(c, three(0, nil), 1), replay.TraceOptions{}, in)
	if err != nil {
		t.Fatal(err)
	}
	canary, groups := map[string]bool{}, map[bool]bool{}
	for line := range strings.Lines(out) {
		f := strings.Split(line, ",")
		if f[0] != "creq" {
			continue
		}
		now := f[2] == "s3"
		if was, seen := canary[f[1]]; seen && was != now {
			t.Errorf("%s changed its group", f[1])
		}
		canary[f[1]], groups[now] = now, true
	}
	if len(groups) != 2 {
		t.Errorf("all clients are in one group")
	}
}
