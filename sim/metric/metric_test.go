package metric

import (
	"errors"
	"testing"
)

// The families of these tests, registered as any others.
var (
	testLatency = RegisterTimes(Family{Name: "test.latency", Short: "time", Labels: []*Dimension{Population}}, map[string]Show{"p95": {Column: 2}, "p50": {Column: 1}})
	testCause   = &Dimension{Name: "cause", Values: func() []Term { return []Term{{"crash", ""}, {"drain-cut", ""}} }}
	testLost    = Register(Family{Name: "test.lost", Kind: Count, Labels: []*Dimension{Population, testCause}})
	_           = Register(Family{Name: "test.burn", Kind: Factor, Labels: []*Dimension{testCause}, OnlyParts: true})
	testPlain   = Register(Family{Name: "test.plain", Kind: Bytes})
)

func TestIDIsItsName(t *testing.T) {
	for _, id := range []ID{testPlain.ID(), testLost.With("cause", "crash"), testLost.With("population", "a=b, {c}"), testLost.With("population", "")} {
		if got := Read(id.String()); got != id {
			t.Errorf("Read(%q) = %#v, want %#v", id.String(), got, id)
		}
	}
	for _, odd := range []string{"", "{", "a{b", "a{b}", "a{=c}", "a}", "a{b=c}d"} {
		if got := Read(odd); got.String() != odd {
			t.Errorf("Read(%q) prints as %q", odd, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("sessions.lost{cause=crash}")
	f.Fuzz(func(t *testing.T, name string) {
		if got := Read(name).String(); got != name {
			t.Errorf("Read(%q) prints as %q", name, got)
		}
	})
}

func TestParse(t *testing.T) {
	for _, good := range []string{"test.latency.p95", "test.latency.mean{population=bot}", "test.lost{cause=drain-cut}", "test.burn{cause=crash}", "test.plain"} {
		if id, err := Parse(good); err != nil || id.String() != good {
			t.Errorf("Parse(%q) = %q, %v", good, id, err)
		}
	}
	for _, c := range []struct {
		name, word, nearest string
		offset              int
	}{
		{"test.latency.p94", "test.latency.p94", "test.latency.p95", 0},
		{"test.latency.p99.95", "test.latency.p99.95", "test.latency.p99.9", 0},
		{"test.latency.p3", "test.latency.p3", "test.latency.p50", 0},
		{"test.latncy.p95", "test.latncy.p95", "", 0},
		{"test.lost{cause=crahs}", "crahs", "", len("test.lost{cause=")},
		{"test.lost{caus=crash}", "caus", "", len("test.lost{")},
		{"test.plain{cause=crash}", "", "", len("test.plain{")},
		{"test.lost{cause}", "", "", len("test.lost")},
		{"test.burn", "", "", 0},
	} {
		_, err := Parse(c.name)
		var e *Error
		if !errors.As(err, &e) || e.Word != c.word || e.Nearest != c.nearest || e.Offset != c.offset || e.Message == "" {
			t.Errorf("Parse(%q): %#v; want word %q at %d, nearest %q", c.name, err, c.word, c.offset, c.nearest)
		}
	}
}

func TestRegisterRefuses(t *testing.T) {
	for _, f := range []Family{{Kind: Count}, {Name: "test.none"}, {Name: "test.plain", Kind: Count}, {Name: "a{b=c}", Kind: Count}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v was registered", f)
				}
			}()
			Register(f)
		}()
	}
}

func TestShown(t *testing.T) {
	got := Shown(func(s Show) int { return s.Column })
	if len(got) != 2 || got[0] != testLatency.Quantiles[0] || got[1] != testLatency.Quantiles[3] {
		t.Errorf("columns are %v, want p50 and p95", got)
	}
}

func TestPlacesOrderSeries(t *testing.T) {
	second := RegisterSeries(Series{Name: "test.a", Place: 2, Kind: Count})
	late := RegisterSeries(Series{Name: "test.b", Kind: Count})
	first := RegisterSeries(Series{Name: "test.z", Place: 1, Kind: Count})
	if all := AllSeries(); len(all) != 3 || all[0] != first || all[1] != second || all[2] != late {
		t.Errorf("wrong order: %v", all)
	}
	RegisterServerFigure(ServerFigure{Name: "test.speed", Kind: Rate})
	if got := ServerFigures()[0].CSV(); got != "test_speed_per_s" {
		t.Errorf("the column is %q", got)
	}
}
