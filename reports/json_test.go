package reports

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"stickysim/sim/experiment"
	"stickysim/sim/stats"
)

func jsonOf(t testing.TB, r *experiment.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is read back renders the same bytes in every format, and holds the same numbers.
func TestJSONRoundTrip(t *testing.T) {
	for name, r := range cases(t) {
		text := jsonOf(t, r)
		back, err := ReadJSON(bytes.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(text, jsonOf(t, back)) {
			t.Errorf("%s: written again, the JSON differs", name)
		}
		for _, f := range Formats() {
			var a, b bytes.Buffer
			if err := Write(&a, r, f, Options{}); err != nil {
				t.Fatal(err)
			}
			if err := Write(&b, back, f, Options{}); err != nil {
				t.Fatal(err)
			}
			if name != "broken" && !bytes.Equal(a.Bytes(), b.Bytes()) {
				t.Errorf("%s: %s of the result and of what was read back differ", name, f)
			}
		}
		if got, want := back.Variants[0].Metric("latency.p95"), r.Variants[0].Metric("latency.p95"); !sameEstimate(got.Estimate, want.Estimate) ||
			got.Unit != want.Unit || len(got.Values) != len(want.Values) {
			t.Errorf("%s: latency.p95 = %+v; want %+v", name, got, want)
		}
	}
}

func sameEstimate(a, b stats.Estimate) bool {
	same := func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }
	return same(a.Mean, b.Mean) && same(a.Lo, b.Lo) && same(a.Hi, b.Hi) && a.N == b.N && a.Confidence == b.Confidence
}

func TestJSONHoldsNoUndefinedNumber(t *testing.T) {
	text := string(jsonOf(t, broken()))
	for _, word := range []string{"NaN", "Inf"} {
		if strings.Contains(text, word) {
			t.Errorf("the JSON contains %s", word)
		}
	}
	if !strings.Contains(text, `"vrf":null`) || !strings.Contains(text, `{"mean":null,"lo":null,"hi":null,"n":0,"unit":"s","values":[null]}`) {
		t.Error("undefined numbers are not null")
	}
}

func TestReadJSONRefuses(t *testing.T) {
	good := string(jsonOf(t, three(t)))
	hot := string(jsonOf(t, wide(t)))
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "unexpected end"},
		{"truncated", good[:len(good)/2], "line "},
		{"another schema", `{"schema":"stickysim/result/2"}`, `schema: must be "stickysim/result/1", got "stickysim/result/2"`},
		{"no schema", `{"name":"x"}`, `got ""`},
		{"another kind of value", strings.Replace(good, `"seed": 1`, `"seed": "one"`, 1), "line 5"},
		{"metric twice", strings.Replace(good, `"latency.p50": {`, `"latency.mean": {`, 1), `"latency.mean" occurs twice`},
		{"variant twice", strings.Replace(good, `"name": "stateless"`, `"name": "cookie"`, 1), `"cookie" occurs twice`},
		{"unknown baseline", strings.Replace(good, `"baseline": "cookie"`, `"baseline": "nobody"`, 1), `no variant "nobody"`},
		{"unknown compared variant", strings.Replace(good, `{"variant":"hot-hash"`, `{"variant":"nobody"`, 1), `no variant "nobody"`},
		{"series too short", strings.Replace(good, `"points": 240`, `"points": 239`, 1), "series: utilization has"},
		{"server that is not there", strings.Replace(hot, `{"server":0,`, `{"server":77,`, 1), "server 77"},
		{"confidence", strings.Replace(good, `"confidence": 0.95`, `"confidence": 95`, 1), "between 0 and 1"},
		{"trailing", good + "{}", "after top-level value"},
	} {
		if c.text == good || c.text == hot {
			t.Errorf("%s: the test changes nothing", c.name)
			continue
		}
		if _, err := ReadJSON(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v; want %q", c.name, err, c.want)
		}
	}
}

// endless never ends: what is read must be bounded.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.n += len(p)
	if e.n > 4<<20 {
		return 0, errors.New("read on without bound")
	}
	return len(p), nil
}

func TestReadJSONIsBounded(t *testing.T) {
	if _, err := readJSON(&endless{}, 2<<20); err == nil || !strings.Contains(err.Error(), "larger than 2 MiB") {
		t.Errorf("got error %v", err)
	}
}

func TestWriteMeta(t *testing.T) {
	var b bytes.Buffer
	if err := WriteMeta(&b, Meta{Command: "stickysim run x", Jobs: 2}); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), `{"command":"stickysim run x","jobs":2}`+"\n"; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

// full has no room left.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteErrorsAreReported(t *testing.T) {
	for _, f := range Formats() {
		if err := Write(full{}, three(t), f, Options{}); err == nil {
			t.Errorf("%s: the error of the file is lost", f)
		}
	}
}
