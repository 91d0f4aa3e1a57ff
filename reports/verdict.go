package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stickysim/sim/diag"
	"stickysim/sim/metric"
)

// question is what a reader wants to know first: which alternative has the least of something.
type question struct {
	metric func(*index) metric.ID
	least  string // superlative, at the beginning of a sentence; %s is the name of the latency
	what   string // the figure within a sentence, likewise
	none   string // the answer where it is zero for all
	asked  func(*index) bool
	fit    bool // only alternatives that answer their requests are judged by it

	alike func(v, least float64) bool // whether a figure is as good as the least for users
}

var questions = []question{
	{metric: func(*index) metric.ID { return failed.ID() }, least: "Fewest failed requests", what: "failed requests", asked: (*index).unavailable,
		alike: func(v, least float64) bool { return v <= 1.02*least }},
	{metric: (*index).lossID, least: "Fewest lost visits", what: "lost visits", none: "No visit is lost.", asked: (*index).stateful,
		alike: func(v, least float64) bool { return v <= least+.0005 }},
	{metric: (*index).latencyID, least: "Lowest %s", what: "%s", asked: func(x *index) bool { return x.known(x.latencyID()) }, fit: true,
		alike: func(v, least float64) bool { return v <= 1.02*least }},
}

// losses are the figures that losses are judged by, the first that a result has.
var losses = []*metric.Family{visitsHit, lostRatio}

// tolerable is the share of failed requests up to which failures are not the first thing to say.
const tolerable = 0.01

// unavailable reports whether some alternative fails more requests than is tolerable: then failures come first.
func (x *index) unavailable() bool {
	for i := range x.metrics {
		if x.failing(i) > tolerable {
			return true
		}
	}
	return false
}

// stateful reports whether the result says anything about losses: some alternative has state to lose.
func (x *index) stateful() bool {
	return x.known(x.lossID()) && (!x.allZero(x.lossID()) || slices.ContainsFunc(x.all(), func(v int) bool { return x.res.Variants[v].State != "none" }))
}

// judgement is how the alternatives stand in one question.
type judgement struct {
	question question
	id       metric.ID
	best     []int // the one with the least, and those as good
	open     []int // not shown to have more
	worse    []int
	unfit    []int // not judged: they fail too many requests
	vague    bool  // one of the best may differ from the least by more than does not matter
}

func (x *index) judge(q question) judgement {
	j := judgement{question: q, id: q.metric(x)}
	var judged []int
	for _, v := range x.order() {
		switch {
		case !x.defined(v, j.id):
		case q.fit && x.unfit(v):
			j.unfit = append(j.unfit, v)
		default:
			judged = append(judged, v)
		}
	}
	if len(judged) == 0 {
		return j
	}
	first := x.least(j.id, judged)
	for _, v := range judged {
		switch r := x.relate(v, first, j.id); {
		case v == first:
			j.best = append([]int{v}, j.best...)
		case r == equal || q.alike(x.of(v, j.id), x.of(first, j.id)):
			j.best = append(j.best, v)
			j.vague = j.vague || r == undecided && !x.alike(v, first, j)
		case r == more:
			j.worse = append(j.worse, v)
		default:
			j.open = append(j.open, v)
		}
	}
	return j
}

// alike reports whether the interval of the difference between two alternatives has only what does not matter.
func (x *index) alike(v, first int, j judgement) bool {
	a, b := x.both(v, first, j.id)
	if len(a) < 2 {
		return true // nothing is known of the difference, which is said elsewhere
	}
	d, least := x.apart(a, b).Interval(x.res.Confidence), x.of(first, j.id)
	return j.question.alike(least+max(d.Hi, -d.Lo), least)
}

func (x *index) defined(variant int, id metric.ID) bool {
	m := x.estimate(variant, id).Mean
	return m == m
}

// unfit reports whether an alternative fails more requests than the best does, beyond chance and beyond what is tolerable:
// the latency of those that it answers says nothing.
func (x *index) unfit(variant int) bool {
	best := x.least(failed.ID(), x.all())
	return x.failing(variant) > x.failing(best)+tolerable && x.relate(variant, best, available.ID()) == less
}

// least is the alternative with the smallest mean; the first of equals.
func (x *index) least(id metric.ID, among []int) int {
	best := among[0]
	for _, v := range among {
		if e := x.estimate(v, id).Mean; e < x.estimate(best, id).Mean || !x.defined(best, id) {
			best = v
		}
	}
	return best
}

// judgements are those of the questions that the result asks.
func (x *index) judgements() []judgement {
	var list []judgement
	for _, q := range questions {
		if q.asked(x) {
			q.least, q.what = strings.Replace(q.least, "%s", x.latencyName(), 1), strings.Replace(q.what, "%s", x.latencyName(), 1)
			list = append(list, x.judge(q))
		}
	}
	return list
}

// verdict says which alternative is best in what people ask. None is called best against another unless the difference is
// decided.
func (x *index) verdict() []string {
	if x.idle() {
		return []string{"No request was sent, so there is nothing to judge."}
	}
	if len(x.res.Variants) == 1 {
		return []string{x.single()}
	}
	var out []string
	for _, j := range merged(x.judgements(), x) {
		out = append(out, x.judged(j)...)
	}
	if len(out) > 0 && x.replications() == "1 replication" {
		out = append([]string{"In a single replication, which decides nothing:"}, out...)
	}
	return []string{strings.Join(out, " ")}
}

// idle reports whether the result counts requests and there were none.
func (x *index) idle() bool { return x.known(requestsSent.ID()) && x.allZero(requestsSent.ID()) }

// merged joins judgements that say the same: no difference is shown in either, or the same alternatives have none of both.
func merged(list []judgement, x *index) (out []judgement) {
	for _, j := range list {
		if n := len(out); n > 0 && slices.Equal(out[n-1].best, j.best) && len(j.best) > 0 {
			last := &out[n-1]
			none := x.spanIn(*last, last.best) == none && x.spanIn(j, j.best) == none && len(last.open)+len(j.open) == 0 && !(j.question.none != "" && x.allZero(j.id))
			if none {
				j.question.least = last.question.least + " and " + strings.ToLower(j.question.least[:1]) + j.question.least[1:]
				j.unfit = append(last.unfit, j.unfit...)
				out[n-1] = j
				continue
			}
		}
		out = append(out, j)
	}
	return out
}

// judged is a judgement in a sentence or two.
func (x *index) judged(j judgement) (out []string) {
	q := j.question
	one := x.replications() == "1 replication"
	switch {
	case len(j.best) == 0:
	case q.none != "" && x.allZero(j.id) && x.unseen():
		return []string{"No visit is seen to be lost, and not all can be seen: some clients had not come back when the run ended."}
	case q.none != "" && x.allZero(j.id):
		return []string{q.none}
	case len(j.worse)+len(j.open) == 0 && len(j.best) > 1 && !j.vague:
		out = append(out, fmt.Sprintf("No difference in %s: %s.", q.what, x.spanIn(j, j.best)))
	case len(j.worse) == 0 && (len(j.open) > 0 || len(j.best) > 1) && !one:
		out = append(out, fmt.Sprintf("No difference is shown in %s: %s.", q.what, x.spanIn(j, append(j.best, j.open...))))
	default:
		t := fmt.Sprintf("%s: %s with %s", q.least, x.list(j.best), x.spanIn(j, j.best))
		if len(j.open) > 0 && !one {
			t += "; " + x.list(j.open) + plural(len(j.open), " is", " are") + " not shown to differ"
		}
		out = append(out, t+".")
	}
	if n := len(j.unfit); n > 0 {
		out = append(out, fmt.Sprintf("%s %s not judged by %s: too many of %s requests fail.", x.list(j.unfit), plural(n, "is", "are"), q.what, plural(n, "its", "their")))
	}
	return out
}

// unseen reports that clients of lost sessions had not come back when the run ended, so that not all losses are counted.
func (x *index) unseen() bool {
	return slices.ContainsFunc(x.res.Warnings, func(w diag.Warning) bool { return w.Code == "losses-unseen" })
}

// single describes the only alternative.
func (x *index) single() string {
	t := x.latencyName() + " is " + x.short(0, x.latencyID())
	switch f := x.failing(0); {
	case f == 0:
		t += ", no request fails"
	case f > 0:
		t += ", " + formatValue(f, percent) + " of requests fail"
	}
	if x.stateful() {
		if m := x.losing(0); m == 0 && x.unseen() {
			t += ", no visit is seen to be lost, though some clients had not come back when the run ended"
		} else if m == 0 {
			t += ", no visit is lost"
		} else {
			t += ", " + x.short(0, x.lossID()) + " of visits are lost"
		}
	}
	return x.title(0) + ": " + t + "."
}

// title is an alternative's name as it appears in sentences.
func (x *index) title(variant int) string { return shortNames(x.names(), 40)[variant] }

// short is a figure in a sentence: three digits, without an interval.
func (x *index) short(variant int, id metric.ID) string {
	v := x.estimate(variant, id).Mean
	switch scales := x.scales(id); {
	case scales[0].symbol == " %":
		return share(v)
	case v == 0 && scales[0].symbol == timeScales[0].symbol:
		return "no time"
	case v == 0:
		return none
	default:
		return formatValue(v, scales)
	}
}

// span is the range of a figure over some alternatives.
func (x *index) span(list []int, id metric.ID) string {
	low, high := list[0], list[0]
	for _, v := range list {
		if x.estimate(v, id).Mean < x.estimate(low, id).Mean {
			low = v
		}
		if x.estimate(v, id).Mean > x.estimate(high, id).Mean {
			high = v
		}
	}
	if a, b := x.short(low, id), x.short(high, id); a != b {
		return a + " to " + b
	}
	return x.short(low, id)
}

// spanIn is the range of what a judgement is about; failures as a share of the requests.
func (x *index) spanIn(j judgement, list []int) string {
	if j.id != failed.ID() {
		return x.span(list, j.id)
	}
	return x.shares(list, x.failing)
}

// shares is the range of a share over some alternatives.
func (x *index) shares(list []int, of func(variant int) float64) string {
	low, high := of(list[0]), of(list[0])
	for _, v := range list {
		low, high = math.Min(low, of(v)), math.Max(high, of(v))
	}
	if a, b := share(low), share(high); a != b {
		return a + " to " + b
	}
	return share(high)
}

// mostNamed is how many alternatives a sentence names before it counts the rest.
const mostNamed = 3

// list names alternatives, or the first of them and how many more there are.
func (x *index) list(list []int) string {
	var names []string
	for _, v := range list {
		names = append(names, x.title(v))
	}
	if len(names) > mostNamed {
		names = append(names[:mostNamed-1], fmt.Sprintf("%d others", len(list)-mostNamed+1))
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func plural(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

func (x *index) allZero(id metric.ID) bool {
	for i := range x.metrics {
		if m := x.estimate(i, id).Mean; m != 0 && m == m {
			return false
		}
	}
	return true
}

func (x *index) all() []int {
	out := make([]int, len(x.res.Variants))
	for i := range out {
		out[i] = i
	}
	return out
}
