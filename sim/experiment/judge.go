package experiment

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"stickysim/sim/stats"
)

// judge holds the objectives against the replications: a verdict for each objective and each alternative that it concerns.
// before are the verdicts of the look before this one, nil at the first: what was decided stays so, and alpha is shared by
// the others. Holm's correction keeps the error rate alpha, both sides together, over the verdicts that count, and again
// over the others.
func judge(s *Study, sums []*summary, alpha float64, before []Verdict) []Verdict {
	list := make([]held, 0, len(before))
	for i := range s.Objectives {
		for v := range s.Variants {
			if s.concerns(&s.Objectives[i], v) {
				list = append(list, s.hold(i, v, sums))
			}
		}
	}
	for _, counts := range []bool{true, false} {
		p := make([]float64, len(list))
		for i := range list {
			p[i] = list[i].margin.p
			if list[i].verdict.Counts != counts || before != nil && before[i].State != NotDecided {
				p[i] = math.NaN()
			}
		}
		decided, rates := stats.Holm(p, alpha)
		for i := range list {
			switch h := &list[i]; {
			case h.verdict.Counts != counts:
			case before != nil && before[i].State != NotDecided:
				h.keep(&before[i])
			default:
				h.decide(decided[i], rates[i])
				if !decided[i] {
					s.foretell(h, rates[i]/alpha)
				}
			}
		}
	}
	verdicts := make([]Verdict, len(list))
	for i := range list {
		verdicts[i] = list[i].verdict
	}
	return verdicts
}

// concerns reports whether an objective is to be judged for an alternative: the one it names, or those of On, or all. One
// that the scenario does not give the figure is left out, and so is one that is itself the limit.
func (s *Study) concerns(o *Objective, v int) bool {
	name := s.Variants[v].Name
	switch of := o.Limit.Of; {
	case o.Subject.Policy != "":
		return o.Subject.Policy == name
	case of != nil && !o.Limit.Saved && of.Policy == name && of.Metric == o.Subject.Metric:
		return false
	case len(o.On) > 0:
		return slices.Contains(o.On, name)
	}
	return s.Variants[v].Model.Reports(o.Subject.Metric.Of())
}

// counts reports whether a verdict can fail a gate.
func (s *Study) counts(o *Objective, alternative string) bool {
	return !o.Warn && (len(s.Gate) == 0 || slices.Contains(s.Gate, alternative))
}

// held is an objective held against an alternative.
type held struct {
	verdict Verdict
	subject *column
	faults  chance
	margin  margin
	defined int  // replications that have the figure, and the one that is the limit
	include bool // the objective is met at the limit itself
}

// hold compares the subject with its limit. A margin without a p-value says why there is none.
func (s *Study) hold(objective, v int, sums []*summary) held {
	o := &s.Objectives[objective]
	name := s.Variants[v].Name
	h := held{verdict: Verdict{Objective: objective, Alternative: name, Counts: s.counts(o, name), Limit: o.Limit.Value},
		subject: sums[v].of(o.Subject.Metric), faults: sums[v].faults, include: o.Relation.inclusive()}
	h.defined = len(h.subject.defined())
	side := o.Relation.side()
	switch of := o.Limit.Of; {
	case of == nil:
		h.margin = toValue(h.subject, h.faults, o.Relation, o.Limit.Value, sums[v].settled())
	case o.Limit.Saved:
		saved, why := s.saved(of, name)
		h.verdict.Limit = o.Limit.Factor * saved.Estimate.Mean
		if h.margin = nothing(why); why == "" {
			h.margin = toSaved(h.subject, &saved, side, o.Limit.Factor, s.Against.Seed == s.Seed)
		}
	default:
		y := v
		if of.Policy != "" {
			y = slices.IndexFunc(s.Variants, func(x Variant) bool { return x.Name == of.Policy })
		}
		if y < 0 {
			h.verdict.Limit, h.margin = math.NaN(), nothing("there is no alternative "+of.Policy+" in this run")
			break
		}
		other := sums[y].of(of.Metric)
		h.defined = bothDefined(h.subject.values, other.values)
		h.verdict.Limit = o.Limit.Factor * other.estimate(.95, sums[y].faults).Mean
		h.margin = toFigure(h.subject, other, side, o.Limit.Factor, sums[v].settled() && sums[y].settled())
	}
	return h
}

// saved is the figure of a saved result that is the limit for an alternative, or why there is none.
func (s *Study) saved(of *Term, alternative string) (Metric, string) {
	none := Metric{Estimate: undefined()}
	if s.Against == nil {
		return none, "there is no result to compare with: gate --baseline RESULT gives one"
	}
	if of.Policy != "" {
		alternative = of.Policy
	}
	i := slices.IndexFunc(s.Against.Variants, func(v VariantResult) bool { return v.Name == alternative })
	if i < 0 {
		return none, "the baseline result has no alternative " + alternative
	}
	m := s.Against.Variants[i].Metric(of.Metric)
	if !m.Estimate.Defined() {
		return none, fmt.Sprintf("the baseline result has no %s of %s, or none with an interval", of.Metric, alternative)
	}
	return m, ""
}

// Hopeless says of the objectives that count which can never be met, since what the baseline has leaves no room: an
// availability more than 1.5 times one of 99 %. Nothing has to be simulated to know it.
func (s *Study) Hopeless() (list []string) {
	for i := range s.Objectives {
		o := &s.Objectives[i]
		for v := range s.Variants {
			name := s.Variants[v].Name
			if !o.Limit.Saved || !s.counts(o, name) || !s.concerns(o, v) {
				continue
			}
			saved, why := s.saved(o.Limit.Of, name)
			f, limit := o.Subject.Metric.Of(), o.Limit.Factor*saved.Estimate.Mean
			if met, bound := o.Relation.beyond(f, limit); why == "" && bound != "" && !met {
				list = append(list, fmt.Sprintf("%s is never met by %s: by the baseline the limit is %s, and %s is %s", o, name, formatValue(f, fourDigits(limit)), f.Name, bound))
			}
		}
	}
	return list
}

// fourDigits is a figure as exact as a message needs it.
func fourDigits(v float64) float64 {
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	return v
}

// side is +1 where less than the limit is good, −1 where more is.
func (c Relation) side() float64 {
	if c == Less || c == AtMost {
		return 1
	}
	return -1
}

// inclusive reports that the limit itself is good.
func (c Relation) inclusive() bool { return c == AtMost || c == AtLeast }

// decide fills in the figures at the error rate at which the verdict was tested.
func (h *held) decide(decided bool, rate float64) {
	v := &h.verdict
	v.Value = h.subject.estimate(1-rate, h.faults)
	v.Margin = h.margin.interval(1 - rate)
	v.Margin.N = h.defined
	if h.margin.exact {
		v.Value.Lo, v.Value.Hi, v.Value.Kind = h.margin.ends(v.Margin, v.Limit)
	}
	switch {
	case !decided:
		v.Why = h.margin.why
	case h.margin.point > 0 || h.margin.point == 0 && h.include:
		v.State = Met
	default:
		v.State = Missed
	}
}

// foretell says how many replications would decide what is undecided, and why it is. part is the verdict's part of the error
// rate of a look. More replications are more looks, of which each has a smaller error rate.
func (s *Study) foretell(h *held, part float64) {
	v, ran := &h.verdict, len(h.subject.values)
	most := max(MostNeeded, 2*ran)
	v.Needs = -1
	if h.margin.p == h.margin.p && h.margin.of > 0 && !h.margin.never {
		all := float64(ran) / float64(h.margin.of) // replications for each that has the figure
		for n := ran + 1; n <= most; {
			needs := h.margin.needs(part*s.rateAt(n), int(float64(most)/all))
			if needs <= 0 {
				break
			}
			if needs = int(math.Ceil(float64(needs) * all)); needs <= n {
				v.Needs = n
				break
			}
			n = needs
		}
	}
	if v.Why == "" {
		v.Why = "the limit is within the interval"
		if v.Needs < 0 {
			v.Why += fmt.Sprintf(", and more than %d replications would be needed, if it can be decided", most)
		}
	}
}

// rateAt is the error rate of the last look at n replications.
func (s *Study) rateAt(n int) float64 {
	r := s.Replications
	alpha := 1 - cmp.Or(r.Confidence, .95)
	if !r.Judged {
		return alpha
	}
	return stats.LookAlpha(alpha, len(stats.Looks(min(max(r.Min, leastLook), n), n)))
}

// keep leaves a verdict as it was decided.
func (h *held) keep(before *Verdict) {
	h.decide(false, 1-before.Value.Confidence)
	v := &h.verdict
	v.State, v.Needs, v.Why = before.State, 0, ""
	if m := v.Margin; m.Lo < 0 && m.Hi > 0 {
		v.Why = "it was decided at an earlier look, and its interval has grown to the limit since"
	}
}

// settles reports that a verdict that counts is missed, or that it would take more than twice the replications allowed to
// decide it, which the first look is too early to say.
func (x *execution) settles(v Verdict) bool {
	far := v.Needs > 2*x.study.Replications.Max || v.Needs < 0 && v.Margin.Kind == stats.KindInterval
	return v.Counts && (v.State == Missed || v.State == NotDecided && far && x.done > leastLook)
}

// mayBeDecided reports that a verdict counts, is undecided, and that more replications may decide it: not where there is
// no limit or one that nothing reaches, where no replication has the figure, or where a baseline result has no more
// replications to pair them with.
func (x *execution) mayBeDecided(v Verdict) bool {
	if !v.Counts || v.State != NotDecided || math.IsNaN(v.Limit) {
		return false
	}
	s := x.study
	at := slices.IndexFunc(s.Variants, func(o Variant) bool { return o.Name == v.Alternative })
	if h := s.hold(v.Objective, at, x.sums); h.margin.never || len(h.subject.defined()) == 0 {
		return false
	}
	l := s.Objectives[v.Objective].Limit
	if !l.Saved || s.Against.Seed != s.Seed {
		return true
	}
	saved, _ := s.saved(l.Of, v.Alternative)
	return len(saved.Values) == 0 || len(saved.Values) > x.done
}
