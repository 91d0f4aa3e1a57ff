package reports

import (
	"fmt"
	"math"

	"stickysim/sim/metric"
)

// question is what a reader wants to know first: which alternative has the least of something.
type question struct {
	metric *metric.Family
	fewest string            // superlative
	none   string            // answer if it is exactly zero everywhere; empty: none
	worse  [2]string         // what worse alternatives do: one, several
	asked  func(*index) bool // nil: always
}

var questions = []question{
	{failed, "Fewest requests failed", "", [2]string{"fails more", "fail more"}, (*index).unavailable},
	{lostRatio, "Fewest sessions lost", "No session was lost.", [2]string{"loses more", "lose more"}, nil},
	{latencyP95, "Lowest p95 latency", "", [2]string{"is slower", "are slower"}, nil},
}

// unavailable reports whether some alternative leaves more than 1 % of requests unanswered: then failures come first.
func (x *index) unavailable() bool {
	for i := range x.metrics {
		if x.estimate(i, available.ID()).Mean < 0.99 {
			return true
		}
	}
	return false
}

// answers are the sentences above all tables. An alternative is called best only against the baseline, and only if the
// paired difference is decided; otherwise the sentence says that it is undecided.
func (x *index) answers() []string {
	if len(x.res.Variants) == 1 {
		return []string{x.single()}
	}
	var out []string
	for _, q := range questions {
		if q.asked != nil && !q.asked(x) {
			continue
		}
		if t := x.answer(q); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// single describes the only alternative.
func (x *index) single() string {
	value := func(f *metric.Family) string { return x.interval(0, f.ID()).text }
	t := fmt.Sprintf("p95 latency %s, availability %s", value(latencyP95), value(available))
	switch {
	case x.estimate(0, lost.ID()).Mean == 0:
		t += ", no session lost."
	case x.known(lostRatio.ID()):
		t += ", " + value(lostRatio) + " of the sessions that ended were lost."
	default:
		t += ", " + value(lost) + " sessions lost per replication."
	}
	return x.title(0) + ": " + t
}

// title is an alternative's name as it appears in sentences.
func (x *index) title(variant int) string { return shortNames(x.names(), 40)[variant] }

// standing sorts the alternatives, except the baseline, by their difference from it.
type standing struct{ better, worse, undecided []int }

func (x *index) standing(id metric.ID) standing {
	var s standing
	for i, name := range x.names() {
		if i == x.baseline() {
			continue
		}
		c := x.diffs[pair{name, id}]
		switch {
		case c == nil || !c.Decided:
			s.undecided = append(s.undecided, i)
		case c.Difference.Mean*direction(id) > 0:
			s.better = append(s.better, i)
		default:
			s.worse = append(s.worse, i)
		}
	}
	return s
}

func (x *index) answer(q question) string {
	id := q.metric.ID()
	if !x.known(id) {
		return ""
	}
	if q.none != "" && x.allZero(id) {
		return q.none
	}
	base := x.baseline()
	value := func(v int) string { return formatMean(x.estimate(v, id), x.scales(id)) }
	if len(x.res.Comparisons) == 0 {
		best := x.least(id, x.all())
		return fmt.Sprintf("%s: %s with %s in a single replication, which is too few to decide.", q.fewest, x.title(best), value(best))
	}
	s := x.standing(id)
	switch {
	case len(s.better) > 0:
		best := x.least(id, s.better)
		return fmt.Sprintf("%s: %s with %s, against %s for %s (baseline).", q.fewest, x.title(best), value(best), value(base), x.title(base))
	case len(s.worse) > 0 && len(s.undecided) == 0:
		return fmt.Sprintf("%s: %s (baseline) with %s; %s.", q.fewest, x.title(base), value(base), x.doing(s.worse, q.worse))
	case len(s.worse) > 0:
		return fmt.Sprintf("%s: none is shown to beat %s (baseline) with %s; %s, %s.", q.fewest, x.title(base), value(base),
			x.doing(s.worse, q.worse), x.doing(s.undecided, [2]string{"is undecided", "are undecided"}))
	}
	return fmt.Sprintf("%s: undecided. No alternative is shown to differ from %s (baseline) with %s.", q.fewest, x.title(base), value(base))
}

func (x *index) allZero(id metric.ID) bool {
	for i := range x.metrics {
		if e := x.estimate(i, id); e.Mean != 0 && !math.IsNaN(e.Mean) {
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

// least is the alternative with the smallest mean; the first of equals.
func (x *index) least(id metric.ID, among []int) int {
	best := among[0]
	for _, v := range among {
		if e := x.estimate(v, id).Mean; e < x.estimate(best, id).Mean || math.IsNaN(x.estimate(best, id).Mean) {
			best = v
		}
	}
	return best
}

// doing names alternatives, or counts them if there are many, and says what they do.
func (x *index) doing(list []int, verb [2]string) string {
	switch len(list) {
	case 1:
		return x.title(list[0]) + " " + verb[0]
	case 2:
		return x.title(list[0]) + " and " + x.title(list[1]) + " " + verb[1]
	}
	return fmt.Sprintf("%d others %s", len(list), verb[1])
}
