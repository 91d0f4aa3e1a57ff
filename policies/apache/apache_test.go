package apache_test

import (
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/apache"
	"stickysim/policies/replay"
	"stickysim/policies/replay/goldentest"
	"stickysim/sim"
)

func TestRecordings(t *testing.T) {
	goldentest.Run(t, "apache", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
		if c.Mechanism == "apache.byrequests" {
			return apache.ByRequests{}, c.ReplayServers(), c.KeyKind(), nil
		}
		e, _ := policies.Lookup("apache/stickysession")
		s := e.Default.(apache.StickySession)
		s.Name, s.Path, _ = strings.Cut(c.Param("stickysession"), "|")
		s.NoFailover = c.Param("nofailover") == "On"
		s.Semicolon = c.Param("scolonpathdelim") == "On"
		s.SetCookie = strings.Contains(strings.Join(c.Config, "\n"), "Set-Cookie")
		return s, c.ReplayServers(), c.KeyKind(), nil
	})
}

// members are three servers of weight 1 with the given options.
func members(options ...map[string]string) []replay.Server {
	var list []replay.Server
	for i, o := range options {
		name := string(rune('a' + i))
		list = append(list, replay.Server{Info: sim.ServerInfo{Name: name, Addr: name, Weight: 1, Options: o}})
	}
	return list
}

// sequence routes n requests and returns the servers' names.
func sequence(r *replay.Router, n int) string {
	var out strings.Builder
	for range n {
		a := r.Request(replay.Key{})
		if a.Server < 0 {
			out.WriteByte('-')
			continue
		}
		out.WriteString(r.View().Servers[a.Server].Name)
	}
	return out.String()
}

func TestMemberStates(t *testing.T) {
	plain := map[string]string{}
	for _, x := range []struct {
		name    string
		options []map[string]string
		dead    string
		want    string
	}{
		{"all plain", []map[string]string{plain, plain, plain}, "", "abcabc"},
		{"drained", []map[string]string{{"status": "+N"}, plain, plain}, "", "bcbcbc"},
		{"disabled", []map[string]string{{"status": "+D"}, plain, plain}, "", "bcbcbc"},
		{"standby waits", []map[string]string{plain, plain, {"status": "+H"}}, "", "ababab"},
		{"standby steps in", []map[string]string{plain, plain, {"status": "+H"}}, "ab", "cccccc"},
		{"spare replaces one", []map[string]string{plain, plain, {"status": "+R"}}, "a", "bcbcbc"},
		{"second lbset waits", []map[string]string{plain, plain, {"lbset": "1"}}, "", "ababab"},
		{"second lbset steps in", []map[string]string{plain, plain, {"lbset": "1"}}, "ab", "cccccc"},
	} {
		r := replay.New(apache.ByRequests{}, members(x.options...), 1)
		for _, name := range x.dead {
			id, err := r.Find(string(name))
			if err != nil {
				t.Fatal(err)
			}
			r.SetDead(id, true)
		}
		if x.dead != "" {
			sequence(r, 2) // meets the dead ones
		}
		got := sequence(r, 6)
		if strings.Count(got, "b") != strings.Count(x.want, "b") || strings.Count(got, "c") != strings.Count(x.want, "c") ||
			x.dead == "" && got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
	}
}

func TestForcedRecoveryTriesAllAtOnce(t *testing.T) {
	r := replay.New(apache.ByRequests{}, members(nil, nil), 1)
	r.SetDead(0, true)
	r.SetDead(1, true)
	if got := sequence(r, 1); got != "-" {
		t.Fatalf("all dead: %s", got)
	}
	r.SetDead(1, false)
	if got := sequence(r, 1); got != "b" {
		t.Errorf("one back, all in error: %s; want it found at once by forced recovery", got)
	}
}

func TestBusynessBeforeCredit(t *testing.T) {
	r := replay.New(apache.ByBusyness{}, members(nil, nil, nil), 1)
	for _, x := range []struct{ id, want string }{{"1", "a"}, {"2", "b"}, {"3", "c"}} {
		a, err := r.Open(x.id, replay.Key{})
		if err != nil || r.View().Servers[a.Server].Name != x.want {
			t.Fatalf("open %s: %+v %v, want %s", x.id, a, err, x.want)
		}
	}
	r.Close("2")
	if got := sequence(r, 3); got != "bbb" {
		t.Errorf("only b is idle: %s", got)
	}
}

func TestTrafficFollowsLoadfactor(t *testing.T) {
	list := members(nil, nil)
	list[1].Info.Weight = 3
	got := sequence(replay.New(apache.ByTraffic{}, list, 1), 400)
	if n := strings.Count(got, "b"); n != 300 {
		t.Errorf("loadfactors 1 and 3: b has %d of 400, want 300", n)
	}
}

func TestSeconds(t *testing.T) {
	for text, want := range map[string]sim.Time{
		"0": 0, "60": sim.Minute, "1.5": 1500 * sim.Millisecond, "500ms": 500 * sim.Millisecond, "2s": 2 * sim.Second,
		"3mi": 3 * sim.Minute, "1h": sim.Hour,
	} {
		if got, ok := apache.Seconds(text); got != want || !ok {
			t.Errorf("Seconds(%q) = %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-1", "x", "1x", "NaN", "Inf"} {
		if got, ok := apache.Seconds(text); ok {
			t.Errorf("Seconds(%q) = %v; want an error", text, got)
		}
	}
}
