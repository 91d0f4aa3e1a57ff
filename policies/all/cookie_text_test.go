package all

import (
	"fmt"
	"testing"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/sim"
)

// Two policies in one write and read their cookies where it is known whose they are.
func TestCookiesOfPoliciesInside(t *testing.T) {
	sticky, turns := policies.Named("traefik/sticky_cookie"), policies.Named("round-robin")
	var servers []replay.Server
	for i, group := range []string{"a", "a", "b"} {
		name := fmt.Sprint("s", i+1)
		servers = append(servers, replay.Server{Info: sim.ServerInfo{Name: name, Addr: name, Weight: 1, Options: map[string]string{policies.GroupOption: group}}})
	}
	split := func(a, b policies.Policy) policies.Config {
		return policies.Split{A: a, B: b, Assignment: policies.Assignment{Share: 0.5, By: "session"}}
	}
	canary := policies.Canary{Zone: -1, Servers: []string{"s3"}, Assignment: policies.Assignment{Share: 0.5, By: "session"}, Sticky: "both", Stable: sticky, Canary: sticky}
	weighted := policies.Weighted{Groups: []string{"a", "b"}, Sticky: "cookie", Failover: true, Inside: sticky}
	for name, c := range map[string]struct {
		policies.Config
		texts bool
	}{
		"first": {split(sticky, turns), true}, "second": {split(turns, sticky), true}, "both": {split(sticky, sticky), true},
		"none": {split(turns, turns), false}, "different": {split(sticky, policies.Named("cookie")), false},
		"canary": {canary, true}, "weighted": {weighted, true},
	} {
		r := replay.New(c.Config, servers, 3)
		if r.ReadsCookies() != c.texts {
			t.Errorf("%s: reads texts of cookies: %v", name, !c.texts)
		}
		texts := 0
		for range 20 {
			a := r.Request(replay.Key{})
			if (a.CookieText != "") != (a.Cookie != 0 && c.texts) {
				t.Errorf("%s: the text of cookie %x is %q", name, a.Cookie, a.CookieText)
			}
			if a.CookieText == "" {
				continue
			}
			texts++
			if b := r.Request(replay.Key{Cookie: a.CookieText, Mark: a.Mark}); b.Server != a.Server {
				t.Errorf("%s: the cookie of server %d led to %d", name, a.Server, b.Server)
			}
		}
		if c.texts && texts == 0 {
			t.Errorf("%s: no cookie has a text", name)
		}
	}
}
