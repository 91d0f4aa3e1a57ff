package stats

import (
	"cmp"
	"math"
	"slices"
)

// Balance says how large a quantity per server is, and how unevenly it is spread.
type Balance struct {
	Mean       float64 // weighted by time in service
	Peak       float64 // mean over the highest server time, as long as the longest time in service; the highest value where all times are equal
	PeakToMean float64 // 1 when all are equal
	CV         float64 // 0 when all are equal
	Jain       float64 // Jain's fairness index, 1/(1+cv²): 1 when all are equal, 1/n when one of n has everything
	Gini       float64 // 0 when all are equal, (n−1)/n when one of n has everything
}

// BalanceOf measures rates x of servers that were in service for the given times, in any unit. One without time in
// service does not count.
//
// Each server's load is its rate times its time; its fair load is the mean rate times its time. CV is the root mean square
// of load − fair load, divided by that of fair load: a server that was there for a minute counts for a minute. Gini is half
// the mean difference of the rates at two moments of server time, divided by the mean. With equal times, all are the usual
// measures over the servers (Jain, Chiu & Hawe, DEC TR-301, 1984). What divides by a mean of 0, or of nothing, is NaN.
func BalanceOf(x, times []float64) Balance {
	type item struct{ x, time float64 }
	items := make([]item, 0, len(x))
	var all, load Sum
	longest := 0.0
	for i, v := range x {
		if times[i] > 0 {
			items = append(items, item{v, times[i]})
			all.Add(times[i])
			load.Add(v * times[i])
			longest = max(longest, times[i])
		}
	}
	slices.SortFunc(items, func(a, b item) int { return cmp.Compare(b.x, a.x) })
	mean := load.Value() / all.Value()
	var excess, fair, differences, peak Sum
	before := 0.0 // time of the servers with higher rates
	for _, it := range items {
		excess.Add((it.x - mean) * it.time * (it.x - mean) * it.time)
		fair.Add(it.time * it.time)
		differences.Add((all.Value() - 2*before - it.time) * it.x * it.time)
		peak.Add(it.x * max(min(it.time, longest-before), 0))
		before += it.time
	}
	square := excess.Value() / fair.Value() / (mean * mean)
	top := peak.Value() / longest
	return Balance{Mean: mean, Peak: top, PeakToMean: top / mean, CV: math.Sqrt(square), Jain: 1 / (1 + square),
		Gini: differences.Value() / (all.Value() * load.Value())}
}
