package hpa

import "time"

// Config is what the author of an autoscaler and the operator of the cluster set.
type Config struct {
	Min, Max int        // replicas; 1 ≤ Min ≤ Max
	Metrics  []Metric   // at least one; the highest proposal wins
	Behavior *Behavior  // nil: the controller's rule for autoscalers without one: see rate.go
	Cluster  Controller // flags of the controller
}

// Controller holds the flags of kube-controller-manager (--horizontal-pod-autoscaler-…).
type Controller struct {
	Tolerance               float64       // of the ratio of current to target; 0.1
	DownscaleStabilization  time.Duration // window of autoscalers that set none; 5 min
	CPUInitializationPeriod time.Duration // in which a pod's CPU counts only when it is ready; 5 min
	InitialReadinessDelay   time.Duration // after the start, in which becoming unready means never having been ready; 30 s
}

// DefaultController returns the flags' defaults. The control loop runs every 15 s.
func DefaultController() Controller {
	return Controller{Tolerance: 0.1, DownscaleStabilization: 5 * time.Minute, CPUInitializationPeriod: 5 * time.Minute, InitialReadinessDelay: 30 * time.Second}
}

// Target says how a metric is compared with its target.
type Target uint8

// The kinds of target.
const (
	Utilization  Target = iota // percent of what the pods request, over all pods
	AverageValue               // mean over the pods, in thousandths
)

// Metric is a per-pod metric to hold at a target.
type Metric struct {
	Kind   Target
	Target int64 // percent, or thousandths; ≥ 1
	CPU    bool  // the metric is CPU: that of pods that are not ready, or were not for a whole window, does not count
}

// Behavior is the autoscaler's spec.behavior.
type Behavior struct{ ScaleUp, ScaleDown Rules }

// Rules restrain scaling in one direction.
type Rules struct {
	Stabilization time.Duration // window whose most cautious proposal is taken
	Policies      []Policy      // what may be changed per period; needed unless Select is Disabled
	Select        Select
	Tolerance     *float64 // nil: the controller's
}

// Policy allows a change per period.
type Policy struct {
	Type   PolicyType
	Value  int // pods, or percent of the replicas at the period's start
	Period time.Duration
}

// PolicyType is what a policy's value counts.
type PolicyType uint8

// The types of policy.
const (
	Pods PolicyType = iota
	Percent
)

// Select says which of several policies applies.
type Select uint8

// The selections.
const (
	MaxChange Select = iota // the one that allows most
	MinChange               // the one that allows least
	Disabled                // no scaling in this direction
)

// DefaultScaleUp are the rules a behaviour gets that says nothing of scaling up: doubling or 4 pods per 15 s.
func DefaultScaleUp() Rules {
	return Rules{Policies: []Policy{{Pods, 4, 15 * time.Second}, {Percent, 100, 15 * time.Second}}}
}

// DefaultScaleDown are the rules a behaviour gets that says nothing of scaling down: everything at once, after 5 min.
func DefaultScaleDown() Rules {
	return Rules{Stabilization: 5 * time.Minute, Policies: []Policy{{Percent, 100, 15 * time.Second}}}
}
