package hpa

import "time"

// History is what the controller remembers of one autoscaler. The zero value remembers nothing.
type History struct {
	recommendations []recommendation
	ups, downs      []change
}

// Decision is what one turn of the control loop decides.
type Decision struct {
	Replicas int   // there should be
	Wanted   int   // by the metrics alone; Replicas where they had no say
	Metric   int   // whose proposal it was; -1: none
	Current  int64 // that metric's value: percent, or thousandths
	Reason   Reason
	Limit    Limit // what kept Replicas from the stabilised size
}

// Reason is what determined a decision.
type Reason uint8

// The reasons.
const (
	ByMetric   Reason = iota // the metric's proposal, unrestrained
	Stabilized               // the windows' proposals differ from the present one
	Switched                 // there are no replicas: autoscaling is off
	AboveMax                 // there are more replicas than Max
	BelowMin                 // there are fewer replicas than Min
	NoMetrics                // no metric has a value, or one has none and the others ask for fewer replicas: nothing changes
)

// Limit is what bounded the size last.
type Limit uint8

// The limits, ScalingLimited conditions of the controller.
const (
	Unlimited Limit = iota // DesiredWithinRange
	AtMin                  // TooFewReplicas
	AtMax                  // TooManyReplicas
	UpRate                 // ScaleUpLimit
	DownRate               // ScaleDownLimit
)

var limitNames = [...]string{"DesiredWithinRange", "TooFewReplicas", "TooManyReplicas", "ScaleUpLimit", "ScaleDownLimit"}

// String is the limit's name in Kubernetes.
func (l Limit) String() string { return limitNames[l] }

// Decide takes one turn at the given instant: replicas is the size the workload is set to, pods are those it has. The
// decision counts as carried out. Instants must not decrease from call to call.
func (h *History) Decide(c *Config, now time.Duration, replicas int, pods []Pod) Decision {
	if h.recommendations == nil {
		h.recommendations = []recommendation{{replicas, now}}
	}
	d := Decision{Replicas: replicas, Wanted: replicas, Metric: -1}
	switch {
	case replicas == 0:
		d.Reason = Switched
	case replicas > c.Max:
		d.Replicas, d.Reason = c.Max, AboveMax
	case replicas < c.Min:
		d.Replicas, d.Reason = c.Min, BelowMin
	default:
		d = h.byMetrics(c, now, replicas, pods)
	}
	if d.Replicas != replicas {
		h.remember(c.Behavior, now, replicas, d.Replicas)
	}
	return d
}

// byMetrics takes the highest proposal and restrains it.
func (h *History) byMetrics(c *Config, now time.Duration, replicas int, pods []Pod) Decision {
	d := Decision{Replicas: replicas, Wanted: replicas, Metric: -1, Reason: NoMetrics}
	tol := tolerances{c.Cluster.Tolerance, c.Cluster.Tolerance}
	if b := c.Behavior; b != nil {
		tol.down, tol.up = b.ScaleDown.tolerance(tol.down), b.ScaleUp.tolerance(tol.up)
	}
	invalid, best := 0, proposal{}
	for m := range c.Metrics {
		p := c.propose(m, replicas, pods, tol, now)
		switch {
		case !p.ok:
			invalid++
		case !best.ok || p.replicas > best.replicas:
			best, d.Metric = p, m
		}
	}
	if !best.ok || invalid > 0 && best.replicas < replicas {
		d.Metric = -1
		return d
	}
	d.Wanted, d.Current, d.Reason = best.replicas, best.current, ByMetric
	stable := h.stabilize(c, now, replicas, best.replicas)
	if stable != best.replicas {
		d.Reason = Stabilized
	}
	d.Replicas, d.Limit = h.limit(c, now, replicas, stable)
	return d
}

func (r *Rules) tolerance(usual float64) float64 {
	if r.Tolerance != nil {
		return *r.Tolerance
	}
	return usual
}
