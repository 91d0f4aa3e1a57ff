package sim

import (
	"fmt"

	"stickysim/sim/hpa"
)

// ScalingRule is how an autoscaler decides.
type ScalingRule uint8

// The rules.
const (
	HPA           ScalingRule = iota // as Kubernetes' horizontal pod autoscaler: package hpa
	StepScale                        // by steps of the distance from the target: Autoscaler.Step
	TrackTarget                      // proportionally, out fast and in slowly: Autoscaler.Tracking
	ScheduledOnly                    // by Autoscaler.Schedule alone
)

// ScalingMetric is what an autoscaler looks at. It sees the mean over servers: a hot server stays hidden in it.
type ScalingMetric uint8

// The metrics, per server.
const (
	MeanUtilization ScalingMetric = iota // busy share of the cores; it cannot exceed 1, however long the queues
	RequestRate                          // requests accepted per second
	InFlight                             // requests waiting and in service
	HeldSessions                         // sessions that live there
)

var scalingMetricNames = [...]string{"utilization", "requests per second", "requests in flight", "sessions"}

// Victim says which ready server leaves first when the fleet shrinks. Servers that are not ready go before all others.
type Victim uint8

// The orders.
const (
	Newest Victim = iota // as ReplicaSets do
	Oldest
	FewestSessions
)

// Autoscaler changes the size of the fleet during the run, within Min and Max.
type Autoscaler struct {
	Rule     ScalingRule
	Min, Max int
	Metric   ScalingMetric
	Target   float64 // wanted mean of the metric. HPA compares whole percents of utilisation, thousandths of the others
	Period   Time    // between decisions, or data points
	Window   Time    // the metric is averaged over; 0 = Period
	Delay    Time    // age of the metric when it is used

	Tolerance      float64       // HPA: of the ratio of metric to target
	Stabilize      Time          // HPA: scale-down stabilisation window, where Behavior is nil
	Behavior       *hpa.Behavior // HPA: windows, rates and tolerances by direction; nil = those of an autoscaler that sets none
	Initialization Time          // HPA: age up to which a server counts only if it was ready a whole window; 0 = 5 min

	Step     *StepScaling    // of StepScale
	Tracking *TargetTracking // of TrackTarget
	WarmUp   Time            // StepScale, TrackTarget: after getting ready, until a server counts in the metric
	Schedule *Schedule       // sizes and bounds by time; nil = none

	Victim Victim
	Drain  Time // scale-in drain deadline
}

// Adjustment is what the steps of step scaling change.
type Adjustment uint8

// The adjustments.
const (
	ChangeInCapacity        Adjustment = iota // by so many servers
	PercentChangeInCapacity                   // by so many percent of the servers
	ExactCapacity                             // to so many servers
)

// StepScaling is the step scaling of Amazon EC2 Auto Scaling. A gap between the steps is where nothing happens.
//
// Source: Amazon EC2 Auto Scaling User Guide, "Step and simple scaling policies"; API reference, StepAdjustment.
type StepScaling struct {
	Adjust    Adjustment
	Steps     []Step
	Least     int // PercentChangeInCapacity: changes are by at least so many servers
	OutPoints int // data points in a row above the target, in a step, before it is taken; 0 = 1
	InPoints  int // the same below it
}

// Step is taken when metric − target is in [Lower, Upper) above the target, in (Lower, Upper] below it. Infinities are
// allowed.
type Step struct {
	Lower, Upper float64
	By           float64 // servers, percent, or size
}

// TargetTracking is the target tracking of Amazon EC2 Auto Scaling: out when the metric was above the target for
// OutPoints data points, in when it was below InBelow × Target for InPoints, by the ratio, rounded up.
//
// Source: Amazon EC2 Auto Scaling User Guide, "Target tracking scaling policies"; the alarms it makes.
type TargetTracking struct {
	OutPoints   int     // 0 = 3
	InPoints    int     // 0 = 15
	InBelow     float64 // 0 = 0.9
	CooldownOut Time    // after scaling out, until scaling out again
	CooldownIn  Time    // after any scaling, until scaling in
	OutOnly     bool    // never in
}

// Schedule sets sizes by time.
type Schedule struct{ Sizes []ScheduledSize }

// ScheduledSize takes effect At, and again Every before and after that.
type ScheduledSize struct {
	At, Every Time // Every 0 = once
	Size      int  // to go to; 0 = stay, as far as the bounds allow
	Min, Max  int  // the autoscaler's from now on; 0 = as they are
}

// first is when the size first takes effect in a run that begins at start.
func (s *ScheduledSize) first(start Time) Time {
	if s.Every == 0 {
		return s.At
	}
	return s.At + (start - s.At + s.Every - 1).Floor(s.Every)
}

func (a *Autoscaler) check() error {
	switch {
	case a.Min < 1 || a.Max < a.Min:
		return fmt.Errorf("sim: an autoscaler needs 1 ≤ min ≤ max, got %d and %d", a.Min, a.Max)
	case a.Rule > ScheduledOnly || a.Metric > HeldSessions || a.Victim > FewestSessions:
		return fmt.Errorf("sim: an autoscaler has an unknown rule, metric or victim")
	case a.Rule != ScheduledOnly && (a.Period <= 0 || !(a.Target > 0)):
		return fmt.Errorf("sim: an autoscaler needs a period and a target above 0, got %v and %g", a.Period, a.Target)
	case a.Window < 0 || a.Delay < 0 || a.Drain < 0 || a.WarmUp < 0:
		return fmt.Errorf("sim: the spans of an autoscaler must not be negative")
	case a.Rule == StepScale && (a.Step == nil || len(a.Step.Steps) == 0):
		return fmt.Errorf("sim: step scaling needs steps")
	case a.Rule == TrackTarget && a.Tracking == nil:
		return fmt.Errorf("sim: target tracking needs its settings")
	case a.Rule == ScheduledOnly && a.Schedule == nil:
		return fmt.Errorf("sim: scheduled scaling needs a schedule")
	}
	if a.Schedule == nil {
		return nil
	}
	for _, s := range a.Schedule.Sizes {
		if s.At < 0 || s.Every < 0 || s.Size < 0 || s.Min < 0 || s.Max < 0 || s.Max > 0 && s.Max < s.Min {
			return fmt.Errorf("sim: a scheduled size has a negative number, or max below min")
		}
	}
	return nil
}
