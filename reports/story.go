package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"stickysim/sim/metric"
)

// A mechanism finds itself in the figures of a result and says so in a sentence: which server, which population, which
// cause, which event. A new sentence is one function in the list.
type mechanism func(x *index) []sentence

// sentence is what a mechanism says, and how much it explains: from 0 to 100.
type sentence struct {
	weight float64
	text   string
}

var mechanisms = []mechanism{
	meltdown,       // replications that differ in kind
	nowAndThen,     // losses in some replications and none in others
	failures,       // why requests fail
	oneServer,      // a population on one server
	unevenLoad,     // a hot server without such a population
	oneAnswers,     // a server that answers most requests
	overloaded,     // a fleet, or a store, that cannot do more
	blindScaler,    // an autoscaler that sees only the mean
	retries,        // retries that multiply the load
	lossesByCause,  // where sessions are lost
	struck,         // which server a fault strikes
	brokenAffinity, // sticky in name only
	departures,     // how long deployments and drains last
	rebalancing,    // how long a new server stays empty
	pressure,       // state in memory, and what it costs
	serverTime,     // what the servers cost
	waiting,        // where the time goes
}

// story is what the first screen says about who is best and why, on at most room lines.
func (t *textWriter) story(x *index, room int) []styled {
	var out []styled
	for _, v := range x.verdict() {
		out = append(out, t.lines(v, min(room, 4), bold)...)
	}
	said := 0
	for _, s := range x.sentences() {
		lines := t.lines(s.text, room, "")
		if said == mostStory || said > 0 && s.weight < aside || len(out)+len(lines) > room {
			continue
		}
		out = append(out, lines...)
		said++
	}
	return out
}

// aside is the weight below which a sentence is only said where there is no other.
const aside = 10

// sentences are those of all mechanisms, the most telling first.
func (x *index) sentences() []sentence {
	var all []sentence
	for _, r := range mechanisms {
		all = append(all, r(x)...)
	}
	slices.SortStableFunc(all, func(a, b sentence) int { return cmp.Compare(b.weight, a.weight) })
	return all
}

// of is the mean of a figure; NaN where the alternative has none.
func (x *index) of(variant int, id metric.ID) float64 { return x.estimate(variant, id).Mean }

// share prints a part of a whole in a sentence: to two digits, and never as all or nothing unless it is.
func share(v float64) string {
	p := 100 * v
	switch {
	case v == 0:
		return none
	case math.IsNaN(v) || v == 1:
		return formatValue(v, percent)
	case p >= 99.95 && p < 100:
		return "over 99.9 %"
	case p >= 99.5 && p < 100:
		return fixed(p, 1) + " %"
	case p >= 10:
		return fixed(p, 0) + " %"
	}
	return trimmed(fixed(p, min(threeDigits(p)-1, 3))) + " %"
}

// where are the alternatives, best first, for which a condition holds.
func (x *index) where(holds func(variant int) bool) []int {
	return slices.DeleteFunc(x.order(), func(v int) bool { return !holds(v) })
}

// upTo is the largest of a figure over some alternatives.
func (x *index) upTo(list []int, id metric.ID) float64 {
	most := math.Inf(-1)
	for _, v := range list {
		most = math.Max(most, x.of(v, id))
	}
	return most
}

// sentenceCase makes the first letter a capital, unless it begins a name.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// verb is a verb's form for so many alternatives.
func verb(list []int, one, several string) string { return plural(len(list), one, several) }

// when says at which times of the run events of the given kinds happen: " at 15m"; " 6 times"; empty if it cannot say.
func (x *index) when(variant int, kinds ...string) string {
	var at []string
	recurs, n := false, 0
	for _, e := range x.res.Variants[variant].Timeline {
		if !slices.Contains(kinds, e.Kind) {
			continue
		}
		n, recurs = n+1, recurs || e.Recurs
		if text := FormatSpan(e.At); !slices.Contains(at, text) {
			at = append(at, text)
		}
	}
	switch {
	case n == 0 || recurs || len(at) > 3:
		return ""
	case len(at) == 1:
		return " at " + at[0]
	}
	return " at " + strings.Join(at[:len(at)-1], ", ") + " and " + at[len(at)-1]
}
