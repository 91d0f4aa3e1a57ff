package plan

import (
	"math"
	"slices"

	"stickysim/sim/experiment"
)

// bounds finds two places between which the limit lies: one that misses, or −1, and one that meets, or the end of the
// axis. Objectives that no place meets are put aside.
func (c *climb) bounds() (low, high int, err error) {
	if c.Start == nil {
		return c.ends()
	}
	if c.ease == ByEnds {
		if differ, err := c.around(c.nearest(c.Start(c.name))); err != nil || !differ {
			return c.endsAfter(err)
		}
	}
	place := c.nearest(c.Start(c.name))
	high, err = c.upwards(place)
	if err != nil || c.nothingLeft() {
		return -1, high, err
	}
	low, err = c.downwards(min(place, high))
	return low, high, err
}

// around finds out which way objectives get easier: it doubles and halves from a place on until one side does better than
// the other. false: they do alike up to both ends.
func (c *climb) around(place int) (differ bool, err error) {
	c.ease = Upwards
	defer func() {
		if !differ {
			c.ease = ByEnds
		}
	}()
	for low, high, last := place, place, c.size()-1; ; low, high = c.double(low, false), c.double(high, true) {
		less, err := c.at(low)
		if err != nil {
			return false, err
		}
		more, err := c.at(high)
		switch {
		case err != nil:
			return false, err
		case worse(less.State(nil), more.State(nil)):
			return true, nil
		case worse(more.State(nil), less.State(nil)):
			c.ease = Downward
			slices.Reverse(c.probes) // places count from the other end
			return true, nil
		case low == 0 && high == last:
			return false, nil
		}
	}
}

// endsAfter is ends, unless the search is over.
func (c *climb) endsAfter(err error) (low, high int, _ error) {
	if err != nil {
		return -1, c.size() - 1, err
	}
	return c.ends()
}

// ends tries the two ends of the axis, and finds out which is the easier one where that is not known.
func (c *climb) ends() (low, high int, err error) {
	top := c.size() - 1
	first, err := c.at(0)
	if err != nil {
		return -1, top, err
	}
	last, err := c.at(top)
	if err != nil {
		return -1, top, err
	}
	if c.ease == ByEnds {
		c.ease = Upwards
		if worse(last.State(nil), first.State(nil)) {
			c.ease, first, last = Downward, last, first
			c.probes[0], c.probes[top] = first, last
		}
	}
	c.giveUp(last, false)
	if first.State(c.except) != experiment.Missed {
		return -1, top, nil
	}
	return 0, top, nil
}

// worse reports that one state is further from meeting than another.
func worse(a, b experiment.VerdictState) bool {
	rank := map[experiment.VerdictState]int{experiment.Missed: 0, experiment.NotDecided: 1, experiment.Met: 2}
	return rank[a] < rank[b]
}

// nearest is the place of the value that is closest to a number.
func (c *climb) nearest(number float64) int {
	best := 0
	for place := range c.size() {
		if math.Abs(c.Axis.Number[c.index(place)]-number) < math.Abs(c.Axis.Number[c.index(best)]-number) {
			best = place
		}
	}
	return best
}

// double is the place with twice the number, or half of it, that is easier; or harder.
func (c *climb) double(place int, easier bool) int {
	factor := 2.
	if easier == (c.ease == Downward) {
		factor = .5
	}
	next := c.nearest(c.Axis.Number[c.index(place)] * factor)
	if easier {
		return max(next, min(place+1, c.size()-1))
	}
	return min(next, max(place-1, 0))
}

// upwards doubles until all objectives are met, except those that more does not help.
func (c *climb) upwards(place int) (int, error) {
	var before []*Probe
	for {
		p, err := c.at(place)
		if err != nil {
			return place, err
		}
		if before = append(before, p); len(before) >= 3 {
			c.giveUpFlat(before[len(before)-3:])
		}
		switch {
		case p.State(c.except) == experiment.Met:
			return place, nil
		case place == c.size()-1:
			c.giveUp(p, false)
			return place, nil
		}
		place = c.double(place, true)
	}
}

// downwards halves until something is missed; −1 where all values meet.
func (c *climb) downwards(place int) (int, error) {
	for {
		p, err := c.at(place)
		switch {
		case err != nil:
			return -1, err
		case p.State(c.except) == experiment.Missed:
			return place, nil
		case place == 0:
			return -1, nil
		}
		place = c.double(place, false)
	}
}

// giveUp puts aside the objectives that a place misses from which there is nothing easier.
func (c *climb) giveUp(p *Probe, flat bool) {
	for _, v := range p.verdicts() {
		if v.State == experiment.Missed && !c.except[v.Objective] {
			c.putAside(v.Objective, p, flat)
		}
	}
}

func (c *climb) putAside(objective int, p *Probe, flat bool) {
	c.except[objective] = true
	c.never = append(c.never, Never{Objective: objective, At: p, Flat: flat})
	slices.SortFunc(c.never, func(a, b Never) int { return a.Objective - b.Objective })
}

// reconsider takes up again the objectives that were put aside and that an easier place does not help but harm: a fleet that
// is to be cheap, or busy. What counts for them is the hardest place that meets the others.
func (c *climb) reconsider() error {
	if c.nothingLeft() && slices.ContainsFunc(c.never, c.harmed) {
		if _, err := c.at(0); err != nil {
			return err
		}
	}
	place := slices.IndexFunc(c.probes, func(p *Probe) bool { return p != nil && p.State(c.except) == experiment.Met })
	if place < 0 {
		return nil
	}
	var again []Never
	c.never = slices.DeleteFunc(c.never, func(n Never) bool {
		v := c.probes[place].Verdict(n.Objective)
		take := v != nil && v.State != experiment.Missed || c.harmed(n)
		if take {
			again = append(again, n)
			delete(c.except, n.Objective)
		}
		return take
	})
	if len(again) == 0 {
		return nil
	}
	p, err := c.at(place)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(c.probes[:place], func(q *Probe) bool { return q != nil && q.State(c.except) == experiment.NotDecided }) {
		return nil // one of them may meet them all
	}
	c.giveUp(p, false)
	for i := range c.never {
		if n := &c.never[i]; place > 0 && n.At == p {
			n.Rivals = true
		}
	}
	return nil
}

// harmed reports that an objective that was put aside misses its limit by more at the place where it was than at a harder
// one.
func (c *climb) harmed(n Never) bool {
	at := slices.IndexFunc(c.probes, func(p *Probe) bool { return p != nil && p.Value == n.At.Value })
	return slices.ContainsFunc(c.probes[:at], func(p *Probe) bool {
		v := p.Verdict(n.Objective)
		return v != nil && (v.State == experiment.Met || v.State == experiment.Missed && shortfall(p, n.Objective) < (1-hardly)*shortfall(n.At, n.Objective))
	})
}

// busy is the mean utilization from which a fleet is too small to tell whether more of it would help.
const busy = .8

// giveUpFlat puts aside the objectives of which doublings take away too little to reach the limit, unless the fleet is so
// busy that this says nothing.
func (c *climb) giveUpFlat(three []*Probe) {
	for _, p := range three {
		if p.Refused != "" || utilization(p) > busy {
			return
		}
	}
	last := three[2]
	for _, v := range last.verdicts() {
		if o := v.Objective; !c.except[o] && flat(shortfall(three[0], o), shortfall(three[1], o), shortfall(last, o)) {
			c.putAside(o, last, true)
		}
	}
}

// Limits of what is called flat.
const (
	hardly = .05 // the part of a shortfall that two doublings take away, each, where more does not help
	fades  = .75 // from one doubling to the next, gains become this part or less: so they have an end
	most   = .5  // of the shortfall that further doublings may take away by that trend
)

// flat reports that what is missing after two doublings will not go away by more of them: they hardly changed it, or each
// gains less than the one before, and all that follow gain too little together.
func flat(a, b, d float64) bool {
	first, second := a-b, b-d
	switch {
	case !(a > 0 && b > 0 && d > 0):
		return false
	case first < hardly*a && second < hardly*b:
		return true
	}
	fade := second / first
	return first > 0 && second > 0 && fade <= fades && second*fade/(1-fade) < most*d
}

// shortfall is how far a missed objective is from its limit; 0 where it is not missed.
func shortfall(p *Probe, objective int) float64 {
	v := p.Verdict(objective)
	if v == nil || v.State != experiment.Missed {
		return 0
	}
	return math.Abs(v.Margin.Mean)
}
