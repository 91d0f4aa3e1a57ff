package plan

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
)

// Find carries out the search. An error is a scenario that is wrong at its own point, or a broken run; a value that a
// scenario refuses is a value that does not meet.
func Find(s *Search) (*Result, error) {
	x := &search{Search: s}
	if len(s.Axis.Values) == 0 || len(s.Axis.Values) != len(s.Axis.Number) {
		return nil, fmt.Errorf("plan: an axis with %d values and %d numbers", len(s.Axis.Values), len(s.Axis.Number))
	}
	whole, err := s.Build(nil)
	if err != nil {
		return nil, err
	}
	if len(whole.Objectives) == 0 {
		return nil, ErrNoObjective
	}
	x.begin(whole)
	for i := range whole.Variants {
		if len(s.Only) > 0 && !slices.Contains(s.Only, whole.Variants[i].Name) {
			continue
		}
		one := &climb{search: x, name: whole.Variants[i].Name, except: map[int]bool{}}
		a, err := one.find(whole)
		if a != nil {
			x.result.Alternatives = append(x.result.Alternatives, *a)
		}
		if err != nil && !errors.Is(err, errStopped) {
			return nil, err
		}
		if err != nil {
			x.result.Interrupted = true
			break
		}
	}
	if !x.result.Interrupted {
		err = x.tryKnobs()
	}
	x.compare()
	x.warn()
	return x.result, err
}

// warn collects what is to be known of the values that were found.
func (x *search) warn() {
	for i := range x.result.Alternatives {
		if base := x.result.Alternatives[i].Base; base != nil && base.Result != nil {
			for _, w := range base.Result.Warnings {
				x.result.Warnings = diag.Merge(x.result.Warnings, w)
			}
		}
	}
	diag.SortWarnings(x.result.Warnings)
}

// ErrNoObjective is a scenario with nothing to meet.
var ErrNoObjective = errors.New("the scenario has no objectives to meet")

// errStopped ends a search that was interrupted.
var errStopped = errors.New("interrupted")

// search is a search in progress.
type search struct {
	*Search
	result *Result
}

// begin prepares the result. Each verdict gets the same part of the error probability: of every value that a search can
// visit, for every alternative.
func (x *search) begin(whole *experiment.Study) {
	confidence := whole.Replications.Confidence
	if confidence == 0 {
		confidence = .95
	}
	values := x.Axis.Values
	x.result = &Result{
		Schema: Schema, Name: whole.Name, Find: x.Axis.Name, Values: [2]string{values[0], values[len(values)-1]},
		Seed: whole.Seed, Duration: whole.Variants[0].Model.Duration.Seconds(), Confidence: confidence,
		Each:       1 - (1-confidence)/float64(x.visits()*len(whole.Variants)),
		Objectives: whole.Objectives,
	}
}

// visits bounds the values that the search tries for one alternative.
func (s *Search) visits() int {
	n := len(s.Axis.Values)
	bound := visits(n)
	if s.Start != nil && s.Axis.Ease == ByEnds {
		bound += doublings(n) // on the other side of the start
	}
	return min(n, bound)
}

// visits bounds the values that a search tries for one alternative: two ends or doublings, a bisection, and the check.
func visits(values int) int { return min(values, 2*doublings(values)+2) }

func doublings(values int) int { return int(math.Ceil(math.Log2(float64(values)))) }

// climb is the search for one alternative. Places on the axis count from the value that is hardest on the objectives.
type climb struct {
	*search
	name   string
	ease   Ease
	probes []*Probe     // by place; nil: not tried
	except map[int]bool // objectives that no value meets
	never  []Never
	first  *Probe
	last   *Probe
	counts bool
}

func (c *climb) size() int { return len(c.Axis.Values) }

// index is the index on the axis of a place.
func (c *climb) index(place int) int {
	if c.ease == Downward {
		return c.size() - 1 - place
	}
	return place
}

// at tries a place, once; again where it was decided by an objective that has been put aside since.
func (c *climb) at(place int) (*Probe, error) {
	p := c.probes[place]
	if p != nil && (maps.Equal(p.aside, c.except) || p.State(c.except) != experiment.NotDecided) {
		return p, nil
	}
	i := c.index(place)
	p, err := c.try(c.name, c.Axis.Values[i], nil, c.Most, c.except)
	if err != nil {
		return nil, err
	}
	p.Number, p.aside = c.Axis.Number[i], maps.Clone(c.except)
	c.probes[place], c.last = p, p
	if c.first == nil {
		c.first = p
	}
	return p, nil
}

// try runs an alternative at a value, with further settings, until one of its objectives is missed or all are decided, those
// in except left out.
func (x *search) try(name, value string, further []experiment.Setting, most int, except map[int]bool) (*Probe, error) {
	p := &Probe{Value: value}
	whole, err := x.Build(slices.Concat(x.Point(value), further))
	if err != nil {
		p.Refused = err.Error()
		return p, nil
	}
	part := partOf(whole, name)
	overload := ""
	for _, w := range whole.Warnings {
		if w.Code == overloaded && w.Alternative == name {
			overload, most = w.Message, min(most, leastLook)
		}
	}
	part.until(most, x.result.Each, except)
	r, err := x.Run(part.study)
	if err != nil {
		return nil, fmt.Errorf("%s at %s = %s: %w", name, x.Axis.Name, value, err)
	}
	if r.Interrupted {
		return nil, errStopped
	}
	for i := range r.Variants {
		x.result.Replications += r.Variants[i].Replications
	}
	for i, v := range r.Verdicts {
		r.Verdicts[i].Objective = part.objectives[v.Objective]
	}
	r.Objectives = whole.Objectives
	p.Result = r
	if overload != "" && p.State(except) == experiment.NotDecided {
		p.Refused = overload
	}
	return p, nil
}

// overloaded is the code of the warning that queues grow all the time. Where the figures of such a value are undecided, or
// undefined, it counts as one that misses.
const overloaded = "overload"

// find searches for one alternative. Without an objective that judges it, there is nothing to find.
func (c *climb) find(whole *experiment.Study) (*Alternative, error) {
	c.probes, c.counts, c.ease = make([]*Probe, c.size()), counts(whole, c.name), c.Axis.Ease
	if len(partOf(whole, c.name).study.Objectives) == 0 {
		return nil, nil
	}
	low, high, err := c.bounds()
	if err == nil && !c.nothingLeft() {
		err = c.narrow(low, high)
	}
	if err == nil {
		err = c.reconsider()
	}
	return c.answer(err), err
}

// narrow closes in on the hardest place that meets and on the easiest that misses, between two places. They are the two
// sides of one limit where nothing is undecided.
func (c *climb) narrow(low, high int) error {
	meets := func(s experiment.VerdictState) bool { return s == experiment.Met }
	misses := func(s experiment.VerdictState) bool { return s != experiment.Missed }
	met, err := c.bisect(low, high, meets)
	if err != nil {
		return err
	}
	if _, err = c.bisect(low, met, misses); err != nil {
		return err
	}
	if met >= c.size()-1 || c.probes[met] == nil || c.probes[met].State(c.except) != experiment.Met {
		return nil
	}
	_, err = c.at(met + 1) // what meets must still do so one place further
	return err
}

// bisect finds the first place behind low at which the state is as wanted, where it is so at high and not at low.
func (c *climb) bisect(low, high int, wanted func(experiment.VerdictState) bool) (int, error) {
	for place := low + 1; place < high; place++ { // what is known already
		if p := c.probes[place]; p == nil {
			continue
		} else if wanted(p.State(c.except)) {
			high = place
		} else {
			low = place
		}
	}
	for high-low > 1 {
		mid := low + (high-low)/2
		p, err := c.at(mid)
		if err != nil {
			return high, err
		}
		if wanted(p.State(c.except)) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, nil
}
