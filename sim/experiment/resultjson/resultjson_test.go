package resultjson

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/experimenttest"
	"stickysim/sim/stats"
)

func jsonOf(t testing.TB, r *experiment.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is read back is written as the same bytes, and holds the same metrics in the same order.
func TestRoundTrip(t *testing.T) {
	for name, r := range experimenttest.All() {
		text := jsonOf(t, r)
		back, err := Read(bytes.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(text, jsonOf(t, back)) {
			t.Errorf("%s: written again, the JSON differs", name)
		}
		if len(back.Verdicts) != len(r.Verdicts) || len(back.Objectives) != len(r.Objectives) {
			t.Errorf("%s: %d verdicts on %d objectives are read; want %d on %d", name, len(back.Verdicts), len(back.Objectives), len(r.Verdicts), len(r.Objectives))
		}
		for i, v := range r.Verdicts {
			if b := back.Verdicts[i]; b.State != v.State || b.Counts != v.Counts || b.Alternative != v.Alternative || b.Why != v.Why || !sameEstimate(b.Value, v.Value) || !sameEstimate(b.Margin, v.Margin) {
				t.Errorf("%s: a verdict is read as %+v; want %+v", name, b, v)
			}
		}
		for i := range r.Variants {
			for k, want := range r.Variants[i].Metrics {
				got := back.Variants[i].Metrics[k]
				if got.ID != want.ID || got.Unit != want.Unit || !sameEstimate(got.Estimate, want.Estimate) || len(got.Values) != len(want.Values) {
					t.Errorf("%s: a metric is read as %+v; want %+v", name, got, want)
				}
			}
		}
	}
}

func sameEstimate(a, b stats.Estimate) bool {
	same := func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }
	return same(a.Mean, b.Mean) && same(a.Lo, b.Lo) && same(a.Hi, b.Hi) && a.N == b.N && a.Confidence == b.Confidence
}

func TestUndefinedNumbersAreNull(t *testing.T) {
	text := string(jsonOf(t, experimenttest.Broken()))
	for _, word := range []string{"NaN", "Inf"} {
		if strings.Contains(text, word) {
			t.Errorf("the JSON contains %s", word)
		}
	}
	if !strings.Contains(text, `"vrf":null`) || !strings.Contains(text, `{"mean":null,"lo":null,"hi":null,"n":0,"unit":"s","values":[null]}`) {
		t.Error("undefined numbers are not null")
	}
}

// An estimate writes itself as its tags say.
func TestEstimateFollowsItsTags(t *testing.T) {
	type tagged estimateJSON
	for _, e := range []estimateJSON{
		{Mean: 1e-9, Lo: number(math.NaN()), Hi: number(math.Inf(1))},
		{Mean: 2, N: 20, VRF: 3.5},
		{Mean: 1234567, N: 3, Kind: "range", Unit: "s", Warnings: []string{"few", "\"<é\n"}, Values: numbers{0, math.NaN(), -0.25}},
	} {
		want, err := encode(tagged(e))
		if got := e.appendTo(nil); err != nil || !bytes.Equal(got, want) {
			t.Errorf("written as %s; want %s (%v)", got, want, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	good := string(jsonOf(t, experimenttest.Three()))
	hot, judged := string(jsonOf(t, experimenttest.Wide())), string(jsonOf(t, experimenttest.Judged()))
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "unexpected end"},
		{"truncated", good[:len(good)/2], "line "},
		{"another schema", `{"schema":"stickysim/result/2"}`, `schema: must be "stickysim/result/1", got "stickysim/result/2"`},
		{"no schema", `{"name":"x"}`, `got ""`},
		{"another kind of value", strings.Replace(good, `"seed": 1`, `"seed": "one"`, 1), "line 6"},
		{"metric twice", strings.Replace(good, `"latency.p50": {`, `"latency.mean": {`, 1), `"latency.mean" occurs twice`},
		{"variant twice", strings.Replace(good, `"name": "stateless"`, `"name": "cookie"`, 1), `"cookie" occurs twice`},
		{"unknown baseline", strings.Replace(good, `"baseline": "cookie"`, `"baseline": "unknown"`, 1), `no variant "unknown"`},
		{"unknown compared variant", strings.Replace(good, `{"variant":"hot-hash"`, `{"variant":"unknown"`, 1), `no variant "unknown"`},
		{"series too short", strings.Replace(good, `"points": 240`, `"points": 239`, 1), "series: utilization has"},
		{"server that is not there", strings.Replace(hot, `{"server":0,`, `{"server":77,`, 1), "server 77"},
		{"confidence", strings.Replace(good, `"confidence": 0.95`, `"confidence": 95`, 1), "between 0 and 1"},
		{"objective that is none", strings.Replace(judged, `"that":"latency.p99 < 20ms","severity"`, `"that":"latency.p97 < 20ms","severity"`, 1), `objectives: "latency.p97 < 20ms" unknown metric`},
		{"verdict on no objective", strings.Replace(judged, `"objective":4,`, `"objective":44,`, 1), "objective 44, but there are 6"},
		{"verdict of no variant", strings.Replace(judged, `"alternative":"random","state"`, `"alternative":"unknown","state"`, 1), `no variant "unknown"`},
		{"state of a verdict", strings.Replace(judged, `"state":"missed"`, `"state":"mist"`, 1), `unknown state "mist"`},
		{"trailing", good + "{}", "after top-level value"},
	} {
		if c.text == good || c.text == hot || c.text == judged {
			t.Errorf("%s: the test changes nothing", c.name)
			continue
		}
		if _, err := Read(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v; want %q", c.name, err, c.want)
		}
	}
}

// A result in which one number was changed by hand contradicts another, and is refused with the place.
func TestReadRefusesContradictions(t *testing.T) {
	good := `{"schema":"stickysim/result/1","confidence":0.95,"baseline":"a","duration":60,"variants":[
	{"name":"a","replications":3,"metrics":{"latency.p95":{"mean":0.2,"lo":0.1,"hi":0.3,"n":3,"unit":"s","values":[0.1,0.2,0.3]},
	 "availability.requests":{"mean":0.9,"lo":0.8,"hi":1,"n":2,"unit":"ratio","values":[0.8,null,1]}}},
	{"name":"b","replications":3,"metrics":{}}],
	"comparisons":[{"variant":"b","metric":"latency.p95","unit":"s","difference":{"mean":0.1,"lo":0.05,"hi":0.15,"n":3},"ratio":{"mean":1.5,"lo":1.1,"hi":1.9,"n":3},"decided":true}],
	"objectives":[{"that":"latency.p95 < 400ms","severity":"fail"}],
	"verdicts":[{"objective":0,"that":"latency.p95 < 400ms","alternative":"a","state":"met","counts":true,
	 "value":{"mean":0.2,"lo":0.05,"hi":0.35,"n":3},"limit":0.4,"margin":{"mean":0.2,"lo":0.05,"hi":0.35,"n":3},"level":0.99}]}`
	if _, err := Read(strings.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ was, is, want string }{
		{`"latency.p95":{"mean":0.2`, `"latency.p95":{"mean":0.02`, `variants: "a": metrics: latency.p95: mean: 0.02, but the replications have from 0.1 to 0.3; a result that was changed is none: run the scenario again`},
		{`"lo":0.1,"hi":0.3,"n":3`, `"lo":0.25,"hi":0.3,"n":3`, `latency.p95: mean, lo and hi: 0.2 is not from 0.25 to 0.3`},
		{`"lo":0.1,"hi":0.3,"n":3`, `"lo":0.3,"hi":0.1,"n":3`, `latency.p95: mean, lo and hi`},
		{`"hi":0.3,"n":3,"unit":"s"`, `"hi":0.3,"n":30,"unit":"s"`, `latency.p95: n: must be from the 3 that have the figure to all 3 replications, got 30`},
		{`"hi":1,"n":2`, `"hi":1,"n":1`, `availability.requests: n: must be from the 2 that have the figure to all 3 replications, got 1`},
		{`[0.1,0.2,0.3]`, `[0.1,0.2,0.3,0.2]`, `latency.p95: values: 4 of them, and 3 replications`},
		{`"name":"a","replications":3`, `"name":"a","replications":40`, `values: 3 of them, and 40 replications`},
		{`[0.8,null,1]`, `[0.8,null,1.2]`, `availability.requests: mean and values: must be from 0 to 1, got 1.2`},
		{`"difference":{"mean":0.1`, `"difference":{"mean":0.01`, `comparisons: latency.p95 of "b": difference: mean, lo and hi: 0.01`},
		{`"lo":0.05,"hi":0.15`, `"lo":-0.05,"hi":0.15`, `comparisons: latency.p95 of "b": decided, but the difference may be 0`},
		{`"value":{"mean":0.2`, `"value":{"mean":0.3`, `verdicts: "latency.p95 < 400ms" for "a": value: 0.3, but the figure is 0.2`},
		{`"state":"met"`, `"state":"missed"`, `for "a": is said to be missed, but the margin is from 0.05 to 0.35`},
		{`"margin":{"mean":0.2,"lo":0.05`, `"margin":{"mean":0.2,"lo":-0.05`, `for "a": is said to be met, but the margin is from -0.05`},
	} {
		changed := strings.Replace(good, c.was, c.is, 1)
		if _, err := Read(strings.NewReader(changed)); changed == good || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v; want %q", c.is, err, c.want)
		}
	}
}

// A result of a version that had servers by name is read with their names, and its hot spots and events are on them.
func TestReadServersByName(t *testing.T) {
	text := `{"schema":"stickysim/result/1","confidence":0.95,"baseline":"a","duration":60,"variants":[{"name":"a","replications":1,
	"servers":[{"name":"s1","zone":1,"utilization":{"mean":0.5,"lo":null,"hi":null,"n":1}},{"name":"s2","zone":0}],
	"series":{"step":30,"points":2,"utilization":[0.5,0.6,0.1,null]},"hotspots":[{"server":1,"from":0,"to":60,"peak":1,"hidden":0}]}]}`
	r, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	v := &r.Variants[0]
	if len(v.Ranks()) != 2 || v.Servers[0].Label() != "s1" || v.Servers[0].Zone != 1 || v.ServerName(v.Hotspots[0].Server) != "s2" ||
		v.Series.Rows() != 2 || v.Series.Row(1) != "s2" {
		t.Errorf("read as %+v", v)
	}
	if _, err := Read(strings.NewReader(strings.Replace(text, `"name":"s2"`, `"name":"rank 1","rank":1`, 1))); err == nil {
		t.Error("a rank behind a server is read")
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

func TestReadIsBounded(t *testing.T) {
	if _, err := read(&endless{}, 2<<20); err == nil || !strings.Contains(err.Error(), "larger than 2 MiB") {
		t.Errorf("got error %v", err)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteErrorsAreReported(t *testing.T) {
	if err := Write(full{}, experimenttest.Alone()); err == nil {
		t.Error("the error of the file is lost")
	}
}

// Whatever Read accepts can be written and read again.
func FuzzRead(f *testing.F) {
	for _, text := range experimenttest.Texts(jsonOf(f, experimenttest.Broken())) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		again := jsonOf(t, r)
		if back, err := Read(bytes.NewReader(again)); err != nil || !bytes.Equal(jsonOf(t, back), again) {
			t.Errorf("what was read cannot be written and read again: %v", err)
		}
	})
}
