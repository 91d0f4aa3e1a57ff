package scenarios

import (
	"strings"
	"testing"
)

// An option of a server that the policy cannot read is a warning; those that it can, and those of other products, are none.
func TestOptionsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ options, policy, want string }{
		{"max_fails: abc", "nginx/round_robin", `nginx/round_robin: server "a": option max_fails has no effect: "abc" is not a whole number from 0 on`},
		{"fail_timeout: 500ms", "nginx/hash", `option fail_timeout has no effect: "500ms" is not a time of nginx`},
		{"max_fails: 0, fail_timeout: 30s5", "nginx/sticky_cookie", ""},
		{"max_fails: abc", "haproxy/roundrobin", ""},
		{"maxqueue: -1", "haproxy/cookie", `option maxqueue has no effect: "-1" is not a whole number from 0 on`},
		{"slowstart: 5x", "haproxy/leastconn", `option slowstart has no effect: "5x" is not a time of HAProxy`},
		{"maxqueue: 0, slowstart: 0s, non-stick: ''", "haproxy/cookie", ""}, {"slowstart: 30s", "haproxy/cookie", ""}, {"slowstart: 5000", "haproxy/cookie", ""},
	} {
		said := ""
		for _, p := range problems("servers: [{name: a, options: {" + c.options + "}}, {name: b}]\nworkload: [{population: shopper, sessions: poisson(1/s)}]\npolicies: [" + c.policy + "]\n") {
			if strings.Contains(p.Message, "option ") {
				said += p.Message
			}
		}
		if (said != "") != (c.want != "") || !strings.Contains(said, c.want) {
			t.Errorf("%s of %s: %q, want %q", c.options, c.policy, said, c.want)
		}
	}
}
