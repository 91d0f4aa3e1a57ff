package sim

import (
	"math"
	"time"

	"stickysim/sim/hpa"
)

// hpaConfig translates the settings for package hpa.
func (a *Autoscaler) hpaConfig() hpa.Config {
	c := hpa.Config{Min: a.Min, Max: a.Max, Behavior: a.Behavior, Cluster: hpa.DefaultController()}
	c.Cluster.Tolerance = a.Tolerance
	c.Cluster.DownscaleStabilization = time.Duration(a.Stabilize)
	if a.Initialization > 0 {
		c.Cluster.CPUInitializationPeriod = time.Duration(a.Initialization)
	}
	m := hpa.Metric{Kind: hpa.AverageValue, Target: int64(math.Round(a.Target * 1000))}
	if a.Metric == MeanUtilization {
		m = hpa.Metric{Kind: hpa.Utilization, Target: int64(math.Round(a.Target * 100)), CPU: true}
	}
	m.Target = max(m.Target, 1)
	c.Metrics = []hpa.Metric{m}
	return c
}

// decideHPA asks the horizontal pod autoscaler, to which servers are pods.
func (r *run) decideHPA(seen *samples, size int) (want int, value float64) {
	s := &r.scaler
	s.pods, s.seen = s.pods[:0], s.seen[:0]
	for _, id := range r.present() {
		s.pods = append(s.pods, r.pod(id, seen))
	}
	d := s.history.Decide(&s.config, time.Duration(r.now), size, s.pods)
	if s.Metric == MeanUtilization {
		return d.Replicas, float64(d.Current) / 100
	}
	return d.Replicas, float64(d.Current) / 1000
}

// pod is a server as Kubernetes sees it: a dead one is a running pod without samples.
func (r *run) pod(id ServerID, seen *samples) hpa.Pod {
	sv := r.servers[id]
	p := hpa.Pod{Deleting: !sv.inService(), Ready: sv.serving(), Started: time.Duration(sv.orderedAt), Changed: time.Duration(max(sv.readyAt, sv.orderedAt))}
	switch {
	case sv.original():
		p.Changed = p.Started
	case sv.life == starting || sv.life == restarting:
		p.Phase = hpa.Pending
	}
	v, known := seen.of(id)
	sample := hpa.Sample{Missing: !known, At: time.Duration(seen.at), Window: time.Duration(r.scaler.window())}
	if r.scaler.Metric == MeanUtilization {
		sample.Request = int64(sv.cores) * 1000
		sample.Value = int64(v * float64(sample.Request))
	} else {
		sample.Value = int64(v * 1000)
	}
	r.scaler.seen = append(r.scaler.seen, sample)
	p.Samples = r.scaler.seen[len(r.scaler.seen)-1:]
	return p
}

// alarm counts the data points in a row that are above the target, and below.
func (s *scaler) alarm(above, below bool) {
	s.above++
	s.below++
	if !above {
		s.above = 0
	}
	if !below {
		s.below = 0
	}
}

// decideSteps is step scaling. Servers that warm up are not in the metric and count as added already; while there are any,
// the fleet does not shrink.
func (r *run) decideSteps(seen *samples, size int) (want int, value float64) {
	s := &r.scaler
	value, steady, warming := r.steady(seen)
	size = min(max(size, s.min), s.max)
	if value < 0 {
		s.alarm(false, false)
		return size, value
	}
	step := s.Step.choose(value - s.Target)
	s.alarm(step != nil && value >= s.Target, step != nil && value < s.Target)
	switch {
	case s.above >= max(s.Step.OutPoints, 1):
		return min(max(size, s.Step.apply(steady, step)), s.max), value
	case s.below >= max(s.Step.InPoints, 1) && warming == 0:
		return max(min(size, s.Step.apply(steady, step)), s.min), value
	}
	return size, value
}

// choose returns the step for a distance from the target; nil when none applies.
func (p *StepScaling) choose(off float64) *Step {
	for i := range p.Steps {
		st := &p.Steps[i]
		if off >= 0 && st.Lower <= off && off < st.Upper || off < 0 && st.Lower < off && off <= st.Upper {
			return st
		}
	}
	return nil
}

// apply is the size a step leads to. Percentages are rounded towards 0, but change at least one server.
func (p *StepScaling) apply(size int, st *Step) int {
	switch p.Adjust {
	case ExactCapacity:
		return int(st.By)
	case PercentChangeInCapacity:
		by := float64(size) * st.By / 100
		if by != 0 {
			by = math.Copysign(max(math.Trunc(math.Abs(by)), 1, float64(p.Least)), by)
		}
		return size + int(by)
	}
	return size + int(st.By)
}

// decideTracking is target tracking: out to the size that the warm servers' load needs at the target, in only when no
// server warms up.
func (r *run) decideTracking(seen *samples, size int) (want int, value float64) {
	s := &r.scaler
	t := s.Tracking
	value, steady, warming := r.steady(seen)
	size = min(max(size, s.min), s.max)
	if value < 0 {
		s.alarm(false, false)
		return size, value
	}
	s.alarm(value > s.Target, value < orDefault(t.InBelow, 0.9)*s.Target)
	need := min(max(int(math.Ceil(float64(steady)*value/s.Target)), s.min), s.max)
	switch {
	case s.above >= orDefault(t.OutPoints, 3) && r.now-s.lastOut >= t.CooldownOut:
		return max(size, need), value
	case s.below >= orDefault(t.InPoints, 15) && !t.OutOnly && warming == 0 && r.now-max(s.lastIn, s.lastOut) >= t.CooldownIn:
		return min(size, need), value
	}
	return size, value
}

func orDefault[T int | float64](v, usual T) T {
	if v > 0 {
		return v
	}
	return usual
}
