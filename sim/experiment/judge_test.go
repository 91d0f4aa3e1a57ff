package experiment

import (
	"math"
	"slices"
	"strings"
	"testing"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// objectives reads objectives over a study.
func objectives(t *testing.T, s *Study, texts ...string) {
	t.Helper()
	for _, text := range texts {
		o, err := ReadObjective(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		s.Objectives = append(s.Objectives, o)
	}
}

// made is a summary of one metric with these values in its replications.
func made(id metric.ID, values []float64) *summary {
	s := &summary{columns: columns{index: map[metric.ID]*column{}}}
	for _, v := range values {
		s.columns.add([]sim.Metric{{ID: id, Value: v}, {ID: metric.Read("servers.mean"), Value: float64(s.n)}})
		s.faults.seen = append(s.faults.seen, 0)
	}
	return s
}

// verdictOf judges one objective over made replications of alternatives a, b, …
func verdictOf(t *testing.T, text string, values ...[]float64) Verdict {
	t.Helper()
	s := &Study{}
	for i := range values {
		s.Variants = append(s.Variants, Variant{Name: string(rune('a' + i)), Model: fleet(300)})
	}
	objectives(t, s, text)
	var sums []*summary
	for _, v := range values {
		sums = append(sums, made(s.Objectives[0].Subject.Metric, v))
	}
	return judge(s, sums, .05, nil)[0]
}

// What needs no statistics is decided at once; what cannot be known is undecided, and says why.
func TestVerdictsAtTheEnds(t *testing.T) {
	many := make([]float64, 60)
	all := slices.Repeat([]float64{1}, 60)
	for _, c := range []struct {
		text   string
		values []float64
		want   VerdictState
		why    string
	}{
		{"sessions.lost < 1", many, Met, ""},
		{"sessions.lost < 1", many[:2], NotDecided, "within"},
		{"sessions.lost <= 0", many, NotDecided, "no number of replications"},
		{"sessions.lost < 0", many, Missed, ""},
		{"sessions.lost >= 0", many, Met, ""},
		{"sessions.lost <= 0", []float64{0, 0, 1, 0}, Missed, ""},
		{"sessions.lost > 0", []float64{0, 0, 1, 0}, Met, ""},
		{"sessions.lost > 5", many, Missed, ""},
		{"sessions.lost < 5", []float64{3}, NotDecided, "at least 2"},
		{"sessions.lost < 5", []float64{math.NaN(), math.NaN()}, NotDecided, "no such figure"},
		{"sessions.lost < 5", nil, NotDecided, "no such figure"},
		{"servers.max <= 5", slices.Repeat([]float64{5}, 20), Met, ""},
		{"servers.max < 5", slices.Repeat([]float64{5}, 20), Missed, ""},
		{"servers.max < 5", slices.Repeat([]float64{5}, 3), NotDecided, ""},
		{"hotspot.time < 5%", all, Missed, ""},
		{"sessions.lost < 100", append([]float64{11, 12}, many...), Met, ""},
		{"sessions.lost < 1", append([]float64{11, 12}, many...), NotDecided, "only 2 of 62"},
		{"sessions.lost < 100", append([]float64{11}, many...), NotDecided, "only 1 of 61"},
	} {
		if v := verdictOf(t, c.text, c.values); v.State != c.want || !strings.Contains(v.Why, c.why) || (v.State == NotDecided) != (v.Why != "") {
			t.Errorf("%s over %d replications: %+v", c.text, len(c.values), v)
		}
	}
}

// The interval of the value, and that of the margin, exclude the limit exactly where a verdict is decided.
func TestVerdictsAgreeWithIntervals(t *testing.T) {
	x := []float64{9, 12, 10, 11, 13, 8, 10, 9, 12, 11}
	for limit := 4.0; limit < 20; limit += .1 {
		v := verdictOf(t, "sessions.lost < "+formatValue(lost.Of(), limit), x)
		met, missed := v.Value.Hi < v.Limit, v.Value.Lo > v.Limit
		if met != (v.State == Met) || missed != (v.State == Missed) || met != (v.Margin.Lo > 0) || missed != (v.Margin.Hi < 0) {
			t.Fatalf("%+v", v)
		}
		if (v.Needs == 0) != (v.State != NotDecided) {
			t.Fatalf("%+v needs %d", v, v.Needs)
		}
	}
}

// A limit that is another alternative's figure is paired: what both alternatives share is no error of their difference.
func TestVerdictsArePaired(t *testing.T) {
	shared := []float64{100, 300, 50, 220, 400, 90, 130, 270, 310, 180}
	better := make([]float64, len(shared))
	for i, v := range shared {
		better[i] = v*.9 + float64(i%3)
	}
	if v := verdictOf(t, "policy(b).sessions.lost <= policy(a).sessions.lost", shared, better); v.State != Met || v.Margin.Kind != stats.KindInterval {
		t.Errorf("%+v", v)
	}
	if v := verdictOf(t, "policy(b).sessions.lost <= policy(a).sessions.lost * 0.8", shared, better); v.State != Missed || math.Abs(v.Limit-.8*205) > 1e-9 {
		t.Errorf("%+v", v)
	}
	if v := verdictOf(t, "policy(b).sessions.lost <= policy(a).sessions.lost", shared, shared); v.State != Met {
		t.Errorf("equal: %+v", v)
	}
	if v := verdictOf(t, "policy(b).sessions.lost < policy(a).sessions.lost", shared, shared); v.State != Missed {
		t.Errorf("equal: %+v", v)
	}
}

// Objectives judge the alternatives they name; warnings, and alternatives that the gate leaves out, do not count.
func TestWhomObjectivesJudge(t *testing.T) {
	s := study(queue(1, 1, 5, 60), 1, 4)
	s.Variants = append(s.Variants, Variant{Name: "b", Model: queue(1, 2, 5, 60)}, Variant{Name: "c", Model: queue(2, 1, 5, 60)})
	objectives(t, s, "latency.p50 < 10s", "policy(b).latency.p50 < 10s", "latency.p50 < 9s", "latency.p50 < 8s", "latency.p50 <= policy(b).latency.p50 * 9")
	s.Objectives[2].On = []string{"c", "only"}
	s.Objectives[3].Warn = true
	s.Gate = []string{"b"}
	r, err := Run(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range r.Verdicts {
		mark := ""
		if v.Counts {
			mark = "!"
		}
		got = append(got, string(rune('0'+v.Objective))+v.Alternative+mark)
	}
	if want := []string{"0only", "0b!", "0c", "1b!", "2only", "2c", "3only", "3b", "3c", "4only", "4c"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Replications are added until the verdicts that count are decided: few where the limit is far, all that are allowed where
// it is near.
func TestReplicationsUntilJudged(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want VerdictState
	}{
		{"latency.mean < 400ms", 10, Met},
		{"latency.mean > 400ms", 10, Missed},
		{"latency.mean < 201ms", 80, NotDecided}, // the truth is 200 ms
	} {
		s := study(queue(1, 1, 5, 120), 4, 2)
		s.Replications = Replications{Min: 2, Max: 80, Judged: true}
		objectives(t, s, c.text)
		r, err := Run(s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if v := r.Verdicts[0]; v.State != c.want || r.Variants[0].Replications != c.most {
			t.Errorf("%s: after %d replications %+v", c.text, r.Variants[0].Replications, v)
		}
	}
}

// A saved result of the same seed is paired, and then a figure equals itself; one of another seed is independent.
func TestVerdictsAgainstSavedResults(t *testing.T) {
	for _, c := range []struct {
		seed   uint64
		factor float64
		want   VerdictState
	}{{1, 1, Met}, {1, .99, Missed}, {2, 1, NotDecided}, {2, 2, Met}, {2, .5, Missed}} {
		before, err := Run(study(queue(1, 1, 5, 120), c.seed, 20), Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := study(queue(1, 1, 5, 120), 1, 20)
		s.Against = before
		id := metric.Read("latency.p95")
		s.Objectives = []Objective{{Subject: Term{Metric: id}, Relation: AtMost, Limit: Limit{Of: &Term{Metric: id}, Factor: c.factor, Saved: true}}}
		r, err := Run(s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if v := r.Verdicts[0]; v.State != c.want {
			t.Errorf("seed %d, factor %g: %+v", c.seed, c.factor, v)
		}
	}
	s := study(queue(1, 1, 5, 60), 1, 3)
	s.Objectives = []Objective{{Subject: Term{Metric: usual}, Limit: Limit{Of: &Term{Metric: usual}, Factor: 1, Saved: true}}}
	r, err := Run(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v := r.Verdicts[0]; v.State != NotDecided || !strings.Contains(v.Why, "--baseline") || !math.IsNaN(v.Limit) {
		t.Errorf("without a baseline: %+v", v)
	}
}

// What a baseline leaves no room for is known before anything runs, for the objectives and alternatives that count.
func TestObjectivesThatABaselineMakesHopeless(t *testing.T) {
	before, err := Run(study(queue(1, 1, 5, 60), 1, 3), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		metric string
		op     Relation
		factor float64
		gate   []string
		warn   bool
		want   bool
	}{
		{"availability.requests", AtLeast, 1.5, nil, false, true}, {"availability.requests", More, 1, nil, false, true}, {"availability.requests", AtLeast, 1, nil, false, false},
		{"availability.requests", AtMost, 1.5, nil, false, false}, {"requests.failed", Less, 1, nil, false, true}, {"requests.failed", AtMost, 1, nil, false, false},
		{"latency.p95", AtLeast, 1e6, nil, false, false}, {"availability.requests", AtLeast, 1.5, []string{"another"}, false, false}, {"availability.requests", AtLeast, 1.5, nil, true, false},
	} {
		s := study(queue(1, 1, 5, 60), 1, 3)
		id := metric.Read(c.metric)
		s.Against, s.Gate = before, c.gate
		s.Objectives = []Objective{{Subject: Term{Metric: id}, Relation: c.op, Warn: c.warn, Limit: Limit{Of: &Term{Metric: id}, Factor: c.factor, Saved: true}}}
		if got := s.Hopeless(); (len(got) > 0) != c.want || c.want && !strings.Contains(got[0], "is never met by "+s.Variants[0].Name+": by the baseline the limit is ") {
			t.Errorf("%s %s baseline * %g: %q, want it said: %v", c.metric, c.op, c.factor, got, c.want)
		}
	}
}

// What is decided stays decided, whatever comes after.
func TestDecidedVerdictsStay(t *testing.T) {
	s := &Study{Variants: []Variant{{Name: "a", Model: fleet(300)}}}
	objectives(t, s, "sessions.lost < 20")
	first := judge(s, []*summary{made(lost, []float64{10, 11, 12, 9, 10, 11, 10, 12})}, .03, nil)
	if first[0].State != Met {
		t.Fatalf("%+v", first[0])
	}
	later := judge(s, []*summary{made(lost, []float64{10, 11, 12, 9, 10, 11, 10, 12, 25, 30, 28, 31, 29, 26, 27})}, .01, first)
	if v := later[0]; v.State != Met || v.Why == "" || v.Needs != 0 || v.Value.Confidence != first[0].Value.Confidence {
		t.Errorf("%+v", v)
	}
}

// Replications that are drawn from one recording are one sample in every margin: to a limit, to a saved result, of a rare count,
// and of none. More of them decide nothing.
func TestMarginsOfOneRecording(t *testing.T) {
	id := metric.Must("requests.failed").ID()
	made := func(drawn bool, values ...float64) *column {
		return &column{id: id, values: values, of: &columns{drawn: drawn}}
	}
	some := []float64{3, 5, 4, 6, 2, 5, 4, 3, 7}
	root := math.Sqrt(float64(len(some)))
	width := func(m margin) float64 { return m.interval(.95).HalfWidth() }
	saved := &Metric{ID: id, Values: make([]float64, len(some))}
	for name, of := range map[string]func(c *column) margin{
		"limit": func(c *column) margin { return toValue(c, chance{}, Less, 10, false) },
		"saved": func(c *column) margin { return toSaved(c, saved, 1, 1, true) },
	} {
		apart, one := of(made(false, some...)), of(made(true, some...))
		if r := width(one) / width(apart); r < .95*root || r > 1.2*root {
			t.Errorf("%s: the margin is %.2f times as wide as of independent replications, want %.2f", name, r, root)
		}
		if n := one.needs(1e-9, MostNeeded); n > 0 {
			t.Errorf("%s: %d replications would decide it", name, n)
		}
	}
	if m := toValue(made(true, 0, 0, 0, 0, 0, 1, 0, 2, 0), chance{}, Less, 10, false); m.p == m.p {
		t.Errorf("a rare count has the p-value %g", m.p)
	}
	none := toValue(made(true, make([]float64, 9)...), chance{}, Less, 1, false)
	if e := none.interval(.95); !(e.Lo <= 0) || none.needs(.05, MostNeeded) > 0 {
		t.Errorf("of none, %g to %g are left to 1", e.Lo, e.Hi)
	}
}

// What is foretold is more than has run, although few replications have the figure, and decides at the error rate of the looks
// that it takes.
func TestNeedsMoreThanRan(t *testing.T) {
	some := func(n int, values ...float64) []float64 {
		all := slices.Repeat([]float64{math.NaN()}, n)
		for i, v := range values {
			all[i*n/len(values)] = v
		}
		return all
	}
	for _, c := range []struct {
		text     string
		values   []float64
		from, to int // that are foretold
	}{
		{"drain.time < 10s", some(40, 9, 9, 9), 80, 200},                                                           // a sign test of some 10
		{"drain.time < 10s", some(60, 9, 9.6, 9.2), 100, 1000},                                                     // an interval
		{"drain.time < 10s", some(2000, slices.Repeat([]float64{9, 10, 9.6, 10.5, 9.4, 10.3}, 10)...), 2500, 4000}, // more than MostNeeded have run
		{"sessions.lost < 0.1", make([]float64, 30), 50, 200},                                                      // the bound of none
		{"latency.p95 < 1s", []float64{.9, 1.05, .93, .97}, 5, 1000},                                               // all have it
		{"sessions.lost <= 0", make([]float64, 30), -1, -1},                                                        // nothing decides it
		{"affinity.hit > 50%", some(30), -1, -1},                                                                   // no replication has it
	} {
		s := &Study{Variants: []Variant{{Name: "a", Model: fleet(300)}}, Replications: Replications{Min: 10, Max: 400, Judged: true}}
		objectives(t, s, c.text)
		v := judge(s, []*summary{made(s.Objectives[0].Subject.Metric, c.values)}, stats.LookAlpha(.05, 5), nil)[0]
		if v.State != NotDecided || v.Needs < c.from || v.Needs > c.to || v.Why == "" {
			t.Errorf("%s after %d replications: %s, %d would decide it (%s), want %d to %d", c.text, len(c.values), v.State, v.Needs, v.Why, c.from, c.to)
		}
	}
}

// A study stops where no further replications decide an objective.
func TestNothingIsRunForWhatCannotBeDecided(t *testing.T) {
	for _, text := range []string{"requests.failed <= 0", "availability.requests >= 100%", "deploy.time < 1m", "affinity.hit > 90%"} {
		s := study(queue(1, 1, 5, 60), 1, 60)
		s.Replications.Min, s.Replications.Judged = 10, true
		objectives(t, s, text)
		r, err := Run(s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if v := r.Verdicts[0]; v.State != NotDecided || v.Needs != -1 || r.Variants[0].Replications != 10 {
			t.Errorf("%s: %s after %d replications (%s), want undecided after 10", text, v.State, r.Variants[0].Replications, v.Why)
		}
	}
}

// A precision is not waited for where no replication has the figure: a study says so, and goes by the other alternatives.
func TestNoPrecisionOfWhatIsUndefined(t *testing.T) {
	s := study(queue(1, 1, 5, 60), 1, 60)
	s.Replications = Replications{Min: 10, Max: 60, Precision: .05, Metric: metric.Must("deploy.time").ID()}
	r, err := Run(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := r.Variants[0].Replications; n != 10 || !slices.ContainsFunc(r.Warnings, func(w diag.Warning) bool {
		return w.Code == "imprecise" && strings.Contains(w.Message, "n/a in all of 10")
	}) {
		t.Errorf("%d replications, warnings %v", n, r.Warnings)
	}
}

// Replications that would decide a difference are counted although few of them have both figures.
func TestNeedsOfADifferenceThatFewReplicationsHave(t *testing.T) {
	x, y := slices.Repeat([]float64{math.NaN()}, 100), slices.Repeat([]float64{math.NaN()}, 100)
	for i, v := range []float64{3, 2, 4, 1, 5, 3.5} {
		x[i*15], y[i*15] = v, 2.5
	}
	id := metric.Must("drain.time").ID()
	c := contrastOf(&column{id: id, values: x, of: &columns{}}, &column{id: id, values: y, of: &columns{}})
	if r := c.comparison(false, .05); r.Needs <= 100 {
		t.Errorf("%d replications would decide what 100 did not", r.Needs)
	}
}
