package hpa

import (
	"math"
	"time"
)

// proposal is what one metric proposes.
type proposal struct {
	replicas int
	current  int64 // percent, or thousandths
	ok       bool  // false: no pod reports a value that can be used
}

// tolerances are how far the ratio of current to target may be off in each direction before anything is done.
type tolerances struct{ down, up float64 }

func (t tolerances) within(ratio float64) bool { return 1-t.down <= ratio && ratio <= 1+t.up }

// census sums up the pods of one metric.
type census struct {
	counted, unready, missing      int
	value, request                 int64 // of the counted
	unreadyRequest, missingRequest int64
	missingFull                    int64 // what the missing ones use at the fallback utilisation
}

func (c *Config) count(metric int, pods []Pod, now time.Duration) census {
	var n census
	m := &c.Metrics[metric]
	for i := range pods {
		s := pods[i].Samples[metric]
		switch pods[i].standing(metric, m, &c.Cluster, now) {
		case counted:
			n.counted++
			n.value += s.Value
			n.request += s.Request
		case unready:
			n.unready++
			n.unreadyRequest += s.Request
		case missing:
			n.missing++
			n.missingRequest += s.Request
			n.missingFull += s.Request * max(100, m.Target) / 100
		}
	}
	return n
}

// ratio is current over target of n pods that use value of what they request.
func (m *Metric) ratio(value, request int64, n int) (ratio float64, current int64, ok bool) {
	if m.Kind == Utilization {
		if request == 0 {
			return 0, 0, false
		}
		current = value * 100 / request
	} else {
		current = value / int64(n)
	}
	return float64(current) / float64(m.Target), current, true
}

// propose computes the replicas one metric asks for. Pods whose value is missing count as busy on the way down and as
// idle on the way up; pods that are not ready count as idle on the way up; where that turns the direction round, or
// leaves the ratio within the tolerance, nothing changes.
func (c *Config) propose(metric, replicas int, pods []Pod, tol tolerances, now time.Duration) proposal {
	m := &c.Metrics[metric]
	n := c.count(metric, pods, now)
	if n.counted == 0 {
		return proposal{}
	}
	ratio, current, ok := m.ratio(n.value, n.request, n.counted)
	if !ok {
		return proposal{}
	}
	keep := proposal{replicas, current, true}
	dampUnready := n.unready > 0 && ratio > 1
	if !dampUnready && n.missing == 0 {
		if tol.within(ratio) {
			return keep
		}
		return proposal{ceil(ratio * float64(n.counted)), current, true}
	}
	again, among := m.dampened(&n, ratio, dampUnready)
	if tol.within(again) || ratio < 1 && again > 1 || ratio > 1 && again < 1 {
		return keep
	}
	wanted := ceil(again * float64(among))
	if again < 1 && wanted > replicas || again > 1 && wanted < replicas {
		return keep // counting more pods, or fewer, than there are replicas has turned the direction round
	}
	return proposal{wanted, current, true}
}

// dampened is the ratio, and the number of pods it is taken over, with assumed values for pods that have none.
func (m *Metric) dampened(n *census, ratio float64, dampUnready bool) (again float64, among int) {
	value, request, among := n.value, n.request, n.counted
	if n.missing > 0 && ratio != 1 {
		among += n.missing
		request += n.missingRequest
		switch {
		case ratio > 1: // idle
		case m.Kind == Utilization:
			value += n.missingFull
		default:
			value += m.Target * int64(n.missing)
		}
	}
	if dampUnready {
		among += n.unready
		request += n.unreadyRequest
	}
	again, _, _ = m.ratio(value, request, among)
	return again, among
}

func ceil(x float64) int { return int(min(math.Ceil(x), math.MaxInt32)) }
