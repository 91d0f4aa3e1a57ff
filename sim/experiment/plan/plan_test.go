package plan

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// imagined is a scenario whose figures are known: each objective's figure is a function of the alternative's value.
type imagined struct {
	names   []string
	figures []func(alternative string, value float64) (figure, doubt float64) // objective i: figure < 100
	refuse  func(value float64) string
	tried   []string
	stop    int // after so many studies; 0 = never, −1 = before the first
}

func (s *imagined) build(point []experiment.Setting) (*experiment.Study, error) {
	study := &experiment.Study{Name: "imagined", Replications: experiment.Replications{Min: 10, Max: 10, Confidence: .95}}
	value := 1.
	for _, p := range point {
		value, _ = strconv.ParseFloat(p.Value, 64)
	}
	if s.refuse != nil && s.refuse(value) != "" {
		return nil, errors.New(s.refuse(value))
	}
	for _, name := range s.names {
		study.Variants = append(study.Variants, experiment.Variant{Name: name, Model: &sim.Model{Duration: sim.Time(value)}})
	}
	for range s.figures {
		study.Objectives = append(study.Objectives, experiment.Objective{Subject: experiment.Term{Metric: metric.Must("latency.p95").ID()}, Limit: experiment.Limit{Value: 100}})
	}
	return study, nil
}

func (s *imagined) run(study *experiment.Study) (*experiment.Result, error) {
	v := study.Variants[0]
	value := float64(v.Model.Duration)
	s.tried = append(s.tried, fmt.Sprint(v.Name, " ", value))
	if s.stop < 0 || s.stop > 0 && len(s.tried) > s.stop {
		return &experiment.Result{Interrupted: true}, nil
	}
	r := &experiment.Result{Variants: []experiment.VariantResult{{Name: v.Name, Replications: 10}}}
	for i, of := range s.figures {
		figure, doubt := of(v.Name, value)
		state := experiment.NotDecided
		switch {
		case figure+doubt < 100:
			state = experiment.Met
		case figure-doubt > 100:
			state = experiment.Missed
		}
		r.Verdicts = append(r.Verdicts, experiment.Verdict{Objective: i, Alternative: v.Name, State: state, Limit: 100, Counts: true,
			Value: stats.Estimate{Mean: figure}, Margin: stats.Estimate{Mean: 100 - figure}})
	}
	return r, nil
}

// servers searches 1 to most of them from start on.
func (s *imagined) servers(start, most int) *Search {
	a := Axis{Name: "servers", Ease: Upwards, Whole: true}
	for n := 1; n <= most; n++ {
		a.Values, a.Number = append(a.Values, strconv.Itoa(n)), append(a.Number, float64(n))
	}
	return &Search{Axis: a, Build: s.build, Run: s.run, Most: 10, Start: func(string) float64 { return float64(start) },
		Point: func(value string) []experiment.Setting {
			return []experiment.Setting{{Path: "servers.count", Value: value}}
		}}
}

func find(t *testing.T, s *Search) *Result {
	t.Helper()
	r, err := Find(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// text is the bracket of an alternative: what misses, what is undecided, what meets.
func text(a *Alternative) string {
	of := func(p *Probe) string {
		if p == nil {
			return "-"
		}
		return p.Value
	}
	var open []string
	for _, p := range a.Undecided {
		open = append(open, p.Value)
	}
	return of(a.Missed) + " (" + strings.Join(open, ",") + ") " + of(a.Met)
}

// For every limit and every start, the search finds the first value that meets and the last that misses.
func TestEveryLimitIsFound(t *testing.T) {
	const most = 40
	for limit := 1; limit <= most; limit++ {
		for _, start := range []int{1, 2, 5, 17, 40} {
			s := &imagined{names: []string{"a"}, figures: []func(string, float64) (float64, float64){func(_ string, n float64) (float64, float64) { return 100 + (float64(limit)-.5-n)*50, 1 }}}
			r := find(t, s.servers(start, most))
			want := fmt.Sprint(limit-1, " () ", limit)
			if limit == 1 {
				want = "- () 1"
			}
			if a := &r.Alternatives[0]; text(a) != want || a.State() != Found || a.Stopped || len(a.Undecided) > 0 {
				t.Errorf("limit %d from %d: %s, want %s", limit, start, text(a), want)
			}
			if len(s.tried) > visits(most) {
				t.Errorf("limit %d from %d: %d values tried, of which the error rate allows %d", limit, start, len(s.tried), visits(most))
			}
		}
	}
}

// Where it is not known which way objectives get easier, the search finds that out from its start, and then the limit.
func TestTheWayIsFoundFromTheStart(t *testing.T) {
	const most = 40
	for limit := 1; limit <= most; limit++ {
		for _, start := range []int{1, 2, 5, 17, 40} {
			for way, want := range map[float64]string{1: fmt.Sprint(limit-1, " () ", limit), -1: fmt.Sprint(limit+1, " () ", limit)} {
				s := &imagined{names: []string{"a"}, figures: []func(string, float64) (float64, float64){func(_ string, n float64) (float64, float64) { return 100 - (way*(n-float64(limit))+.5)*50, 1 }}}
				search := s.servers(start, most)
				search.Axis.Ease = ByEnds
				a := &find(t, search).Alternatives[0]
				if limit == 1 && way > 0 || limit == most && way < 0 { // all values meet
					want = "- () " + a.Met.Value
				}
				if text(a) != want || a.State() != Found || a.Stopped || len(a.Undecided) > 0 {
					t.Errorf("limit %d from %d, way %g: %s, want %s", limit, start, way, text(a), want)
				}
				if len(s.tried) > search.visits() {
					t.Errorf("limit %d from %d, way %g: %d values tried, of which the error rate allows %d", limit, start, way, len(s.tried), search.visits())
				}
			}
		}
	}
}

// Around a limit, the bracket stays open, and is as narrow as the verdicts allow.
func TestUndecidedValuesKeepTheBracketOpen(t *testing.T) {
	for limit := 3.; limit < 38; limit++ {
		s := &imagined{names: []string{"a"}, figures: []func(string, float64) (float64, float64){func(_ string, n float64) (float64, float64) { return 100 + (limit-n)*10, 15 }}}
		r := find(t, s.servers(5, 40))
		missed, met := fmt.Sprint(limit-2), fmt.Sprint(limit+2)
		if a := &r.Alternatives[0]; a.Missed == nil || a.Met == nil || a.Missed.Value != missed || a.Met.Value != met || len(a.Undecided) == 0 {
			t.Errorf("limit %g: %s, want %s to %s", limit, text(a), missed, met)
		}
	}
}

func TestWhatServersDoNotHelpIsPutAside(t *testing.T) {
	s := &imagined{names: []string{"sticky", "stateless"}, figures: []func(string, float64) (float64, float64){
		func(name string, n float64) (float64, float64) {
			return 100 + (map[string]float64{"sticky": 6.5, "stateless": 4.5}[name]-n)*50, 1
		},
		func(name string, n float64) (float64, float64) {
			return map[string]float64{"sticky": 210, "stateless": 0}[name], 1
		},
	}}
	search := s.servers(5, 320)
	search.Budget = 1000
	search.Knobs = func(string) []Knob {
		return []Knob{{Name: "drain", Text: "a drain of 1h"}, {Name: "drain", Text: "a drain of 2h"}}
	}
	r := find(t, search)
	a, b := &r.Alternatives[0], &r.Alternatives[1]
	if text(a) != "6 () 7" || a.State() != None || len(a.Never) != 1 || a.Never[0].Objective != 1 || !a.Never[0].Flat || len(a.Trials) != 2 {
		t.Errorf("sticky: %s, never %+v", text(a), a.Never)
	}
	if text(b) != "4 () 5" || b.State() != Found || b.Factor != (Factor{1, 1}) {
		t.Errorf("stateless: %s", text(b))
	}
	if f := a.Factor; f != (Factor{7. / 5, 7. / 5}) {
		t.Errorf("overprovision %v, want 1.4", f)
	}
	if len(a.Limiting) != 1 || a.Limiting[0] != 0 {
		t.Errorf("limited by %v", a.Limiting)
	}
	for _, tried := range s.tried {
		if tried == "sticky 40" {
			t.Error("doubled again after two doublings without any effect")
		}
	}
}

func TestNoValueMeets(t *testing.T) {
	s := &imagined{names: []string{"a"}, figures: []func(string, float64) (float64, float64){func(_ string, n float64) (float64, float64) { return 1000 - n, 1 }}}
	a := &find(t, s.servers(1, 64)).Alternatives[0]
	if a.State() != None || a.Met != nil || len(a.Never) != 1 {
		t.Errorf("%s, never %+v", text(a), a.Never)
	}
}

func TestWhatIsNotMonotoneIsWarnedOf(t *testing.T) {
	s := &imagined{names: []string{"a"}, figures: []func(string, float64) (float64, float64){func(_ string, n float64) (float64, float64) {
		if n == 6 || n < 5 {
			return 150, 1
		}
		return 50, 1
	}}}
	r := find(t, s.servers(5, 64))
	if a := &r.Alternatives[0]; text(a) != "4 () 5" || len(r.Warnings) != 1 || r.Warnings[0].Code != "not-monotone" {
		t.Errorf("%s, warnings %v", text(a), r.Warnings)
	}
}

func TestARefusedValueMisses(t *testing.T) {
	s := &imagined{names: []string{"a"}, figures: []func(string, float64) (float64, float64){func(string, float64) (float64, float64) { return 50, 1 }},
		refuse: func(n float64) string {
			if n > 0 && n < 3 && n != 1 { // 1 is the scenario's own
				return "hits 3 servers of 2"
			}
			return ""
		}}
	r := find(t, s.servers(5, 64))
	if a := &r.Alternatives[0]; text(a) != "2 () 3" || a.Missed.Refused == "" {
		t.Errorf("%s", text(a))
	}
}

// Without a direction, the ends give it.
func TestTheEndsGiveTheDirection(t *testing.T) {
	up := func(_ string, n float64) (float64, float64) { return 100 + (12.5-n)*10, 1 }
	down := func(_ string, n float64) (float64, float64) { return 100 - (12.5-n)*10, 1 }
	for _, c := range []struct {
		of   func(string, float64) (float64, float64)
		want string
		ease Ease
	}{{up, "12 () 13", Upwards}, {down, "13 () 12", Downward}} {
		s := &imagined{names: []string{"a"}, figures: []func(string, float64) (float64, float64){c.of}}
		search := s.servers(5, 64)
		search.Start, search.Axis.Ease = nil, ByEnds
		if a := &find(t, search).Alternatives[0]; text(a) != c.want || a.Ease != c.ease {
			t.Errorf("%s, want %s", text(a), c.want)
		}
	}
}

// An interrupted search says what it knows.
func TestInterruption(t *testing.T) {
	stopped := &imagined{names: []string{"a"}, stop: -1, figures: []func(string, float64) (float64, float64){func(string, float64) (float64, float64) { return 90, 1 }}}
	if a := &find(t, stopped.servers(5, 64)).Alternatives[0]; a.State() != Open || !a.Stopped {
		t.Errorf("stopped before the first study: %+v", a)
	}
	for stop := 1; stop < 12; stop++ {
		s := &imagined{names: []string{"a", "b"}, stop: stop, figures: []func(string, float64) (float64, float64){func(_ string, n float64) (float64, float64) { return 100 + (12.5-n)*10, 1 }}}
		r := find(t, s.servers(5, 64))
		if !r.Interrupted {
			continue
		}
		if s := r.Alternatives[len(r.Alternatives)-1].State(); s == None {
			t.Errorf("stopped after %d studies: the state is %d, as if no value met", stop, s)
		}
		if len(r.Alternatives) == 0 || !slices.ContainsFunc(r.Alternatives, func(a Alternative) bool { return len(a.Probes) > 0 }) {
			t.Errorf("stopped after %d studies: nothing is known", stop)
		}
	}
}

func TestOnlyItsOwnObjectivesJudgeAnAlternative(t *testing.T) {
	whole := &experiment.Study{Variants: []experiment.Variant{{Name: "a"}, {Name: "b"}, {Name: "c"}}}
	p95 := metric.Must("latency.p95").ID()
	whole.Objectives = []experiment.Objective{
		{Subject: experiment.Term{Metric: p95}},
		{Subject: experiment.Term{Metric: p95}, Warn: true},
		{Subject: experiment.Term{Metric: p95}, On: []string{"b"}},
		{Subject: experiment.Term{Metric: p95, Policy: "a"}, Limit: experiment.Limit{Of: &experiment.Term{Policy: "c", Metric: p95}, Factor: 1}},
	}
	for name, want := range map[string]string{"a": "[0 3] [a c]", "b": "[0 2] [b]", "c": "[0] [c]"} {
		p := partOf(whole, name)
		var with []string
		for _, v := range p.study.Variants {
			with = append(with, v.Name)
		}
		if got := fmt.Sprint(p.objectives, with); got != want {
			t.Errorf("%s: objectives and alternatives %s, want %s", name, got, want)
		}
	}
}

// What more servers harm, such as their price, is held against the smallest fleet that meets the rest.
func TestWhatServersHarmIsJudgedWhereTheRestIsMet(t *testing.T) {
	harmed := func(limit float64) func(string, float64) (float64, float64) {
		return func(_ string, n float64) (float64, float64) { return 100 - (limit-n)*20, 1 }
	}
	helped := func(_ string, n float64) (float64, float64) { return 100 + (3.5-n)*20, 1 }
	doubted := func(_ string, n float64) (float64, float64) { return 100 + (3-n)*20, 1 }
	for _, c := range []struct {
		figures []func(string, float64) (float64, float64)
		start   int
		want    string
		state   State
		rivals  bool
	}{
		{figures: []func(string, float64) (float64, float64){helped, harmed(5.5)}, start: 3, want: "3 () 4", state: Found},
		{figures: []func(string, float64) (float64, float64){helped, harmed(5.5)}, start: 12, want: "3 () 4", state: Found},
		{figures: []func(string, float64) (float64, float64){helped, harmed(4)}, start: 12, want: "3 (4) -", state: Open},
		{figures: []func(string, float64) (float64, float64){helped, harmed(2.5)}, start: 12, want: "3 () 4", state: None, rivals: true},
		{figures: []func(string, float64) (float64, float64){doubted, harmed(3.5)}, start: 12, want: "2 (3) -", state: Open},
		{figures: []func(string, float64) (float64, float64){harmed(1.5)}, start: 12, want: "- () 1", state: Found},
		{figures: []func(string, float64) (float64, float64){harmed(.5)}, start: 12, want: "- () -", state: None},
	} {
		s := &imagined{names: []string{"a"}, figures: c.figures}
		a := &find(t, s.servers(c.start, 64)).Alternatives[0]
		if text(a) != c.want || a.State() != c.state || len(a.Never) > 0 && a.Never[0].Rivals != c.rivals {
			t.Errorf("%d objectives from %d: %s, state %d, never %+v, want %s", len(c.figures), c.start, text(a), a.State(), a.Never, c.want)
		}
		if len(s.tried) > visits(64) {
			t.Errorf("%d values tried, of which the error rate allows %d", len(s.tried), visits(64))
		}
	}
}

// An alternative that meets everywhere needs so much at most: the ratio to it has no upper end.
func TestTheFactorAgainstAnOpenEnd(t *testing.T) {
	s := &imagined{names: []string{"a", "b"}, figures: []func(string, float64) (float64, float64){func(name string, n float64) (float64, float64) {
		return 100 + (map[string]float64{"a": 8.5, "b": 2.5}[name]-n)*10, 1
	}}}
	search := s.servers(10, 64)
	search.Axis.Values, search.Axis.Number = search.Axis.Values[4:], search.Axis.Number[4:] // 5 and more
	r := find(t, search)
	a, b := &r.Alternatives[0], &r.Alternatives[1]
	if a.Factor.Lo != 9./5 || !math.IsInf(a.Factor.Hi, 1) || !a.Factor.Known() {
		t.Errorf("factor %+v of 9 against 5 or less, want 1.8 or more", a.Factor)
	}
	if b.Missed != nil || b.Least() {
		t.Errorf("5 servers are said to be the fewest that meet, and fewer were not tried")
	}
}
