package sim

import (
	"fmt"
	"slices"

	"stickysim/sim/hpa"
)

// scaler is an autoscaler at work.
type scaler struct {
	*Autoscaler
	min, max int        // bounds, as last set by the schedule
	opened   []readings // of windows that are not over
	closed   []samples  // windows that are over and not used yet
	spare    spareWindow
	history  hpa.History
	config   hpa.Config
	pods     []hpa.Pod
	seen     []hpa.Sample // of the pods
	above    int          // data points in a row that ask for more servers
	below    int          // and for fewer
	lastOut  Time
	lastIn   Time

	desired    int // as last decided
	since      Time
	area, base float64 // ns × desired
	outs, ins  int64   // decisions carried out
}

// What an event of the autoscaler is, in the lowest bits of its entity. At one instant they come in this order.
const (
	scaleOpen = iota // a window of the metric begins
	scaleClose
	scaleDecide
	scaleSchedule // the rest is the entry
	scaleBits     = 2
)

func (r *run) initScaler() {
	a := r.m.Autoscaler
	if a == nil {
		return
	}
	r.scaler = scaler{Autoscaler: a, min: a.Min, max: a.Max, desired: len(r.m.Servers), lastOut: LongAgo, lastIn: LongAgo, since: r.now}
	if a.Rule == HPA {
		r.scaler.config = a.hpaConfig()
	}
	if a.Rule != ScheduledOnly {
		lag := a.window() + a.Delay
		first := max(a.Period, (lag+a.Period-1)/a.Period*a.Period)
		first += r.now
		r.push(first-lag, evScale, scaleOpen)
		r.push(first-a.Delay, evScale, scaleClose)
		r.push(first, evScale, scaleDecide)
	}
	if a.Schedule != nil {
		for i, s := range a.Schedule.Sizes {
			r.push(s.first(r.now), evScale, uint32(i)<<scaleBits|scaleSchedule)
		}
	}
}

func (a *Autoscaler) window() Time {
	if a.Window > 0 {
		return a.Window
	}
	return a.Period
}

// scaleTurn is an event of the autoscaler.
func (r *run) scaleTurn(e uint32) {
	s := &r.scaler
	next := r.now + s.Period
	switch e & (1<<scaleBits - 1) {
	case scaleOpen:
		s.opened = append(s.opened, r.readings())
	case scaleClose:
		s.closed = append(s.closed, r.measureWindow(s.opened[0]))
		s.spare.readings = s.opened[0].list
		s.opened = slices.Delete(s.opened, 0, 1)
	case scaleDecide:
		r.decide(&s.closed[0])
		s.spare.samples = s.closed[0]
		s.closed = slices.Delete(s.closed, 0, 1)
	case scaleSchedule:
		entry := &s.Schedule.Sizes[e>>scaleBits]
		r.scheduledSize(entry)
		if entry.Every == 0 {
			return
		}
		next = r.now + entry.Every
	}
	r.push(next, evScale, e)
}

// decide applies the rule to a window of the metric, and carries out its decision.
func (r *run) decide(seen *samples) {
	s := &r.scaler
	from := r.size()
	want, value := from, 0.0
	switch s.Rule {
	case HPA:
		want, value = r.decideHPA(seen, from)
	case StepScale:
		want, value = r.decideSteps(seen, from)
	case TrackTarget:
		want, value = r.decideTracking(seen, from)
	}
	r.resize(from, want, func() string {
		return fmt.Sprintf("%s %.3g, target %.3g", scalingMetricNames[s.Metric], value, s.Target)
	})
}

// scheduledSize carries out an entry of the schedule.
func (r *run) scheduledSize(e *ScheduledSize) {
	s := &r.scaler
	if e.Min > 0 {
		s.min = e.Min
	}
	if e.Max > 0 {
		s.max = e.Max
	}
	s.max = max(s.max, s.min)
	s.config.Min, s.config.Max = s.min, s.max
	from := r.size()
	want := from
	if e.Size > 0 {
		want = e.Size
	}
	r.resize(from, min(max(want, s.min), s.max), func() string { return "scheduled" })
}

// size is how many servers there should be now: the target of the deployment in progress, or as many as there are.
func (r *run) size() int {
	if r.deploy.active {
		return r.deploy.size
	}
	n := 0
	for _, s := range r.present() {
		if r.servers[s].inService() {
			n++
		}
	}
	return n
}

// resize brings the fleet from one size to another, and counts and logs the decision.
func (r *run) resize(from, to int, why func() string) {
	s := &r.scaler
	s.touch(r.now)
	s.desired = to
	if to == from {
		return
	}
	event := "scaled out"
	if to > from {
		s.outs++
		s.lastOut = r.now
	} else {
		event = "scaled in"
		s.ins++
		s.lastIn = r.now
	}
	if r.o.Log {
		r.log(event, NoServer, fmt.Sprintf("%d -> %d: %s", from, to, why()), int64(to))
	}
	plan := drainPlan{deadline: s.Drain, untilEmpty: true, cause: LostScaleIn}
	if r.deploy.active {
		r.resizeDeployment(&r.deploy, to, plan)
		return
	}
	for n := from; n < to; n++ {
		if _, ok := r.order(); !ok {
			return
		}
	}
	r.shrink(nil, from-to, plan)
}

// measure begins the counted part of the run.
func (s *scaler) measure(now Time) {
	s.touch(now)
	s.base = s.area
	s.outs, s.ins = 0, 0
}

// touch brings the integral of the desired size up to now.
func (s *scaler) touch(now Time) {
	s.area += float64(now-s.since) * float64(s.desired)
	s.since = now
}
