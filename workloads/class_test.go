package workloads

import (
	"math"
	"slices"
	"testing"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

func class(t *testing.T, name string) sim.Population {
	t.Helper()
	c, ok := Lookup(name)
	if !ok {
		t.Fatalf("no class %s", name)
	}
	return c.Defaults
}

func near(t *testing.T, what string, got, want, rel float64) {
	t.Helper()
	if !(math.Abs(got-want) <= rel*math.Abs(want)) {
		t.Errorf("%s: %.6g, want %.6g", what, got, want)
	}
}

func TestClassDistributions(t *testing.T) {
	for _, c := range []struct {
		name                            string
		requests, requestsCV            float64
		think, thinkCV, service, loopIs float64
		cookies                         float64
	}{
		{"casual", 7.5, 1, 17, 1.2, 0.05, float64(sim.ClosedLoop), 1},
		{"shopper", 75, 0.5, 9.936, 0.96, 0.075, float64(sim.ClosedLoop), 1},
		{"power", 600, 0.7, 12, 1.5, 0.05, float64(sim.ClosedLoop), 1},
		{"api", 3000, 1, 1.0 / 3, 1, 0.02, float64(sim.OpenLoop), 0.2},
		{"bot", 1150, 2, 1, 1, 0.05, float64(sim.OpenLoop), 0},
		{"nat", 75, 0.5, 9.936, 0.96, 0.075, float64(sim.ClosedLoop), 1},
		{"mobile", 7.5, 1, 17, 1.2, 0.05, float64(sim.ClosedLoop), 1},
	} {
		p := class(t, c.name)
		near(t, c.name+" requests", p.Requests.Mean(), c.requests, 1e-9)
		near(t, c.name+" requests cv", math.Sqrt(p.Requests.SCV()), c.requestsCV, 1e-9)
		near(t, c.name+" think", p.Think.Mean(), c.think, 1e-3)
		near(t, c.name+" think cv", math.Sqrt(p.Think.SCV()), c.thinkCV, 0.03)
		near(t, c.name+" service", p.Demand.Mean(), c.service, 1e-9)
		near(t, c.name+" service cv", math.Sqrt(p.Demand.SCV()), 1.5, 1e-9)
		if float64(p.Loop) != c.loopIs || p.Cookies != c.cookies {
			t.Errorf("%s: loop %v, cookies %v", c.name, p.Loop, p.Cookies)
		}
	}
}

// The derived figures of the default mix: per session/s 115.25 requests and 5.24 erlangs; work shares 5/21/40/12/22 %;
// squared cv of a session's work 17.4; mean session 776 s, and by Little's law the active shares 12/19/65/1/3 %.
func TestMixTotals(t *testing.T) {
	var shares, requests, work, work2, life []float64
	sum := func(x []float64) (s float64) {
		for _, v := range x {
			s += v
		}
		return s
	}
	for _, c := range Mix() {
		p := c.Defaults
		k, s := p.Requests.Mean(), p.Demand.Mean()
		shares = append(shares, c.Share)
		requests = append(requests, c.Share*k)
		work = append(work, c.Share*k*s)
		work2 = append(work2, c.Share*s*s*k*k*(1+p.Requests.SCV()))
		life = append(life, c.Share*k*p.Think.Mean())
	}
	near(t, "shares", sum(shares), 1, 1e-12)
	near(t, "requests", sum(requests), 115.25, 1e-9)
	near(t, "erlangs", sum(work), 5.24, 1e-3)
	near(t, "c2 of work", sum(work2)/(sum(work)*sum(work))-1, 17.4, 1e-2)
	near(t, "session length", sum(life), 776, 2e-3)
	for i, want := range []float64{5, 21, 40, 12, 22} {
		if got := 100 * work[i] / sum(work); math.Abs(got-want) > 0.56 {
			t.Errorf("%s does %.2f %% of the work, want %v", Mix()[i].Name, got, want)
		}
	}
	for i, want := range []float64{12, 19, 65, 1, 3} {
		if got := 100 * life[i] / sum(life); math.Abs(got-want) > 0.56 {
			t.Errorf("%s is %.2f %% of the active sessions, want %v", Mix()[i].Name, got, want)
		}
	}
}

func TestSpecialClasses(t *testing.T) {
	if p := class(t, "nat"); p.Addresses != 1 || p.Groups != nil {
		t.Errorf("nat: %d addresses, groups %v", p.Addresses, p.Groups)
	}
	if p := class(t, "mobile"); p.AddressChange.Mean() != 3600 || !slices.Equal(p.Groups, []sim.Group{{Share: 1, Per: 100}}) {
		t.Errorf("mobile: %v, %v", p.AddressChange, p.Groups)
	}
	for _, name := range []string{"casual", "shopper"} {
		total := 0.0
		for _, g := range class(t, name).Groups {
			total += g.Share
		}
		near(t, name+" address shares", total, 1, 1e-12)
	}
	w := class(t, "websocket")
	if w.Loop != sim.Connection || w.Requests != nil || w.Reconnect.Mean() != 15 {
		t.Errorf("websocket: %+v", w)
	}
	near(t, "messages per second", 1/w.Think.Mean(), 0.2, 1e-12)
	c := class(t, "custom")
	if c.Requests != nil || c.Think != nil || c.Demand != nil || c.Timeout != nil || c.Stateful || c.Cookies != 1 {
		t.Errorf("custom assumes something: %+v", c)
	}
}

// Each class explains itself, leaves open where its clients come from, and is the caller's own to change.
func TestRegistry(t *testing.T) {
	names := Names()
	if len(names) == 0 || !slices.IsSorted(names) {
		t.Error(names)
	}
	for _, name := range names {
		c, _ := Lookup(name)
		p := c.Defaults
		if c.Name != name || p.Name != name || c.Summary == "" || p.Users != 0 || p.Sessions != nil || p.Trace != nil {
			t.Errorf("%s: %+v", name, c)
		}
		if p.Demand != nil && len(c.Sources) == 0 {
			t.Errorf("%s has defaults without a source", name)
		}
		for i, s := range c.Sources {
			if s.Field == "" || s.Text == "" || !slices.Contains([]Mark{Verified, Known, Claimed, Assumption}, s.Mark) {
				t.Errorf("%s: source %+v", name, s)
			}
			if slices.ContainsFunc(c.Sources[:i], func(o Source) bool { return o.Field == s.Field }) {
				t.Errorf("%s: two sources for %s", name, s.Field)
			}
		}
		for i := range c.Sources {
			c.Sources[i].Text = ""
		}
		for i := range p.Groups {
			p.Groups[i].Share = 7
		}
		again, _ := Lookup(name)
		for _, s := range again.Sources {
			if s.Text == "" {
				t.Errorf("callers share the sources of %s", name)
			}
		}
		for _, g := range again.Defaults.Groups {
			if g.Share == 7 {
				t.Errorf("callers share the groups of %s", name)
			}
		}
	}
	for _, c := range Mix() {
		if _, ok := Lookup(c.Name); !ok || c.Share <= 0 || c.Place <= 0 {
			t.Errorf("%s in the mix: share %v, place %d", c.Name, c.Share, c.Place)
		}
	}
	if _, ok := Lookup("Casual"); ok {
		t.Error("found Casual")
	}
}

// The cut distribution against its own samples, and against the mean by E[min(S,c)] = ∫₀ᶜP(S>x)dx.
func TestWebsocketLife(t *testing.T) {
	d := class(t, "websocket").Life.(capped)
	integral, h := 0.0, 0.5
	for x := h / 2; x < d.cap; x += h {
		integral += h * (1 - d.of.CDF(x))
	}
	near(t, "mean", d.Mean(), integral, 1e-6)
	const n = 200_000
	x, biased, at := make([]float64, n), make([]float64, n), 0.0
	for i := range x {
		k := rng.Root(11).At(uint64(i))
		x[i] = d.Sample(k)
		if x[i] > d.cap {
			t.Fatal("longer than the cap")
		}
		biased[i] = d.LengthBiased(k.At(0))
		if total, age := dist.Equilibrium(k.At(1), d); total-age <= 900 {
			at += 1.0 / n
		}
	}
	within(t, "sample mean", x, d.Mean())
	_, variance := meanVar(x)
	near(t, "scv", variance/(d.Mean()*d.Mean()), d.SCV(), 0.02)
	within(t, "length-biased mean", biased, d.Mean()*(1+d.SCV()))
	near(t, "residual within 900 s", at, d.EquilibriumCDF(900), 0.02)
	if d.CDF(7200) != 1 || d.EquilibriumCDF(7200) != 1 || d.CDF(7199) >= 1 {
		t.Error("the cap is not where the distribution ends")
	}
}
