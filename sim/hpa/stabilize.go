package hpa

import "time"

// recommendation is a proposal of the past, before anything restrained it.
type recommendation struct {
	replicas int
	at       time.Duration
}

// stabilize restrains a proposal by those of the windows before, and remembers it. With a behaviour the current size is
// moved only as far as every proposal of the window agrees to; without one, the highest proposal of the downscale
// window is taken.
func (h *History) stabilize(c *Config, now time.Duration, current, wanted int) int {
	up, down := time.Duration(0), c.Cluster.DownscaleStabilization
	if c.Behavior != nil {
		up, down = c.Behavior.ScaleUp.Stabilization, c.Behavior.ScaleDown.Stabilization
	}
	lowest, highest := wanted, wanted
	kept := h.recommendations[:0]
	for _, r := range h.recommendations {
		if r.at > now-up {
			lowest = min(lowest, r.replicas)
		}
		inDown := r.at > now-down
		if c.Behavior == nil {
			inDown = r.at >= now-down
		}
		if inDown {
			highest = max(highest, r.replicas)
		}
		if r.at >= now-max(up, down) {
			kept = append(kept, r)
		}
	}
	h.recommendations = append(kept, recommendation{wanted, now})
	if c.Behavior == nil {
		return highest
	}
	return min(max(current, lowest), highest)
}
