package scenarios

import (
	"math"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// The offered load in closed form: sessions × requests × service, and Little's law for who is active.
func TestOffered(t *testing.T) {
	t.Parallel()
	b := build(t, `
servers: [{name: a, cores: 2, speed: 2}, {name: b, cores: 4}]
workload:
  - {name: open, sessions: 2/s, requests: geometric(mean=5), think: exp(10s), service: exp(100ms)}
  - {name: closed, users: 20, requests: unlimited, think: exp(900ms), service: lognormal(mean=100ms, cv=2)}
  - {name: blind, sessions: 1/s, loop: open, life: exp(100s), think: exp(1s), service: 20ms}
  - {name: log, replay: access.log, service: exp(590ms)}
`)
	l := b.Load[0]
	near(t, "capacity", l.Capacity, 8, 1e-9)
	p := l.Populations
	near(t, "requests", p[0].Requests, 10, 1e-9)
	near(t, "erlangs", p[0].Erlangs, 1, 1e-9)
	near(t, "active", p[0].Active, 2*(4*10.1+0.1), 1e-9)
	near(t, "SCV", p[0].SCV, 1.0/5+0.8, 1e-9) // geometric of mean m: SCV = 1 − 1/m
	near(t, "closed erlangs", p[1].Erlangs, 2, 1e-9)
	near(t, "closed SCV", p[1].SCV, 4, 1e-9)
	near(t, "blind requests", p[2].Requests, 101, 1e-9)
	near(t, "log requests", p[3].Requests, 60.0/(59*60), 1e-9)
	near(t, "log erlangs", p[3].Erlangs, 0.01, 1e-9)
	near(t, "all", l.Erlangs, 1+2+2.02+0.01, 1e-9)
	near(t, "open", l.Open, 1+2.02+0.01, 1e-9)
}

// The mean work of ordinary traffic, class by class: 5, 21, 40, 12 and 22 %.
func TestMixWork(t *testing.T) {
	t.Parallel()
	l := build(t, "servers: {count: 5}\nworkload: [{mix: 1/s}]\n").Load[0]
	near(t, "erlangs of a session/s", l.Erlangs, 5.24, 0.02)
	for i, want := range []float64{0.05, 0.21, 0.40, 0.12, 0.22} {
		near(t, l.Populations[i].Name, l.Populations[i].Erlangs/l.Erlangs, want, 0.1)
	}
}

// A warning about one alternative says so in a field of its own: a gate that does not judge it may pass.
func TestOverloadNamesItsAlternative(t *testing.T) {
	t.Parallel()
	b := build(t, "servers: {count: 1, cores: 1}\nworkload: [{population: custom, sessions: poisson(10/s), requests: 1, service: exp(150ms)}]\npolicies:\n  - random\n  - {variant: larger, policy: random, servers: {count: 3}}\n")
	if len(b.Study.Warnings) != 1 || b.Study.Warnings[0].Code != "overload" || b.Study.Warnings[0].Alternative != "random" {
		t.Errorf("warnings: %+v", b.Study.Warnings)
	}
}
