package hpa

import (
	"math"
	"time"
)

// change is a rescaling of the past: by how many replicas, in the direction of its list.
type change struct {
	by int
	at time.Duration
}

// Without a behaviour, scaling up is limited to the double of the current size, and at least to 4, per decision.
const (
	upFactor  = 2
	upMinimum = 4
)

// limit restrains the size by what may be changed now and by Min and Max.
func (h *History) limit(c *Config, now time.Duration, current, wanted int) (int, Limit) {
	if c.Behavior == nil {
		return limitPlain(c, current, wanted)
	}
	switch {
	case wanted > current:
		most, why := c.Max, AtMax
		if rate := max(h.upLimit(&c.Behavior.ScaleUp, now, current), current); rate < most {
			most, why = rate, UpRate
		}
		if wanted > most {
			return most, why
		}
	case wanted < current:
		least, why := c.Min, AtMin
		if rate := min(h.downLimit(&c.Behavior.ScaleDown, now, current), current); rate > least {
			least, why = rate, DownRate
		}
		if wanted < least {
			return least, why
		}
	}
	return wanted, Unlimited
}

func limitPlain(c *Config, current, wanted int) (int, Limit) {
	most, why := c.Max, AtMax
	if rate := max(upFactor*current, upMinimum); rate < most {
		most, why = rate, UpRate
	}
	switch {
	case wanted < c.Min:
		return c.Min, AtMin
	case wanted > most:
		return most, why
	}
	return wanted, Unlimited
}

// upLimit is the size the policies allow: percentages round up, or a single replica could never be added to.
func (h *History) upLimit(r *Rules, now time.Duration, current int) int {
	if r.Select == Disabled {
		return current
	}
	limit, choose := math.MinInt32, maxOf
	if r.Select == MinChange {
		limit, choose = math.MaxInt32, minOf
	}
	for _, p := range r.Policies {
		start := current - h.changed(h.ups, now, p.Period) + h.changed(h.downs, now, p.Period)
		allowed := start + p.Value
		if p.Type == Percent {
			allowed = ceil(float64(start) * (1 + float64(p.Value)/100))
		}
		limit = choose(limit, allowed)
	}
	return limit
}

// downLimit is the size the policies allow: what remains after a percentage is cut off to a whole number.
func (h *History) downLimit(r *Rules, now time.Duration, current int) int {
	if r.Select == Disabled {
		return current
	}
	limit, choose := math.MaxInt32, minOf
	if r.Select == MinChange {
		limit, choose = math.MinInt32, maxOf
	}
	for _, p := range r.Policies {
		start := current - h.changed(h.ups, now, p.Period) + h.changed(h.downs, now, p.Period)
		allowed := start - p.Value
		if p.Type == Percent {
			allowed = int(float64(start) * (1 - float64(p.Value)/100))
		}
		limit = choose(limit, allowed)
	}
	return limit
}

func minOf(a, b int) int { return min(a, b) }
func maxOf(a, b int) int { return max(a, b) }

// changed sums the changes of the period before now.
func (h *History) changed(list []change, now, period time.Duration) int {
	sum := 0
	for _, c := range list {
		if c.at > now-period {
			sum += c.by
		}
	}
	return sum
}

// remember notes a rescaling that was carried out.
func (h *History) remember(b *Behavior, now time.Duration, from, to int) {
	switch {
	case b == nil: // nothing looks at them
	case to > from:
		h.ups = b.ScaleUp.store(h.ups, change{to - from, now})
	default:
		h.downs = b.ScaleDown.store(h.downs, change{from - to, now})
	}
}

// store adds a change in the place of one that none of the direction's policies looks at any more, if there is one. As
// in the controller a longer period of the other direction does not keep it.
func (r *Rules) store(list []change, c change) []change {
	longest := time.Duration(0)
	for _, p := range r.Policies {
		longest = max(longest, p.Period)
	}
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].at < c.at-longest {
			list[i] = c
			return list
		}
	}
	return append(list, c)
}
