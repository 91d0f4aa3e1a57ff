package params

import (
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/envoy"
	_ "stickysim/policies/ingressnginx"
	"stickysim/policies/nginx"
	"stickysim/sim"
)

func TestSetsParametersByName(t *testing.T) {
	c := Of("ingress-nginx/cookie", Setting{"mode", "persistent"}, Setting{"ttl", sim.Hour})
	e, _ := policies.Lookup("ingress-nginx/cookie")
	if c == nil || c == e.Default || Of("no/such") != nil {
		t.Errorf("params %+v", c)
	}
	panics(t, "an unknown parameter", func() { Of("ingress-nginx/cookie", Setting{"nonsense", 1}) })
}

// What a policy does not take is refused by its bounds and by its own rules, and nothing of it is kept.
func TestTry(t *testing.T) {
	c, err := Try(Of("envoy/maglev"), Setting{"table_size", 1021}, Setting{"hash_policy", "source_ip"})
	if m := c.(envoy.Maglev); err != nil || m.TableSize != 1021 || m.HashKey.Policy != "source_ip" {
		t.Errorf("%+v, %v", c, err)
	}
	for _, size := range []int{0, 1, 1000, 100_000_000_000} {
		if got, err := Try(c, Setting{"table_size", size}); got != c || err == nil || !strings.HasPrefix(err.Error(), "table_size: ") {
			t.Errorf("table size %d: %+v, %v", size, got, err)
		}
	}
	if _, err := Try(Of("envoy/least-request"), Setting{"choice_count", 1 << 40}); err == nil {
		t.Error("a choice count of 2^40 is taken")
	}
}

func TestEmbed(t *testing.T) {
	want := nginx.Hash{Consistent: true, Retrying: nginx.Retrying{Tries: 3}}
	if got := Embed(nginx.Hash{Consistent: true}, nginx.Retrying{Tries: 3}); got != want {
		t.Errorf("Embed = %+v, want %+v", got, want)
	}
	if got := With(nginx.Hash{Consistent: true}, Setting{"next_upstream_tries", 3}); got != want {
		t.Errorf("With = %+v, want %+v", got, want)
	}
	panics(t, "a struct that is not embedded", func() { Embed(nginx.Hash{}, 3) })
}

func panics(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s does not panic", what)
		}
	}()
	f()
}
