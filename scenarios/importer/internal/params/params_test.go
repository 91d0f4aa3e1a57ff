package params

import (
	"testing"

	"stickysim/policies"
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
