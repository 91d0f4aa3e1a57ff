package hpa

import "time"

// Pod is what the controller sees of a pod.
type Pod struct {
	Phase    Phase
	Deleting bool          // it is on its way out: it does not count
	Ready    bool          // its readiness condition
	Started  time.Duration // instant of its start
	Changed  time.Duration // instant of the last change of Ready
	Samples  []Sample      // one per metric of the configuration
}

// Phase is the pod's phase.
type Phase uint8

// The phases.
const (
	Running Phase = iota
	Pending       // not started yet
	Failed        // it does not count
)

// Sample is one metric of one pod.
type Sample struct {
	Missing bool          // nothing is known
	Value   int64         // thousandths
	Request int64         // thousandths; of utilisations, what the pod requests
	At      time.Duration // instant of the measurement, the end of its window
	Window  time.Duration // it is averaged over
}

// standing is how a pod enters the calculation of one metric.
type standing uint8

const (
	counted standing = iota
	unready          // its value is not trusted, but it is there
	missing          // its value is not known
	ignored          // it is as good as gone
)

// standing groups a pod as the controller's groupPods does.
func (p *Pod) standing(metric int, m *Metric, c *Controller, now time.Duration) standing {
	switch s := &p.Samples[metric]; {
	case p.Deleting || p.Phase == Failed:
		return ignored
	case p.Phase == Pending:
		return unready
	case s.Missing:
		return missing
	case !m.CPU:
		return counted
	case p.Started+c.CPUInitializationPeriod > now:
		if !p.Ready || s.At < p.Changed+s.Window {
			return unready // the window holds some of its start
		}
	case !p.Ready && p.Started+c.InitialReadinessDelay > p.Changed:
		return unready // it has never been ready
	}
	return counted
}
