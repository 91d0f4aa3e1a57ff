package scenarios_test

import (
	"fmt"
	"math"
	"strings"

	"stickysim/sim"
	"stickysim/sim/stats"
)

// fromEverySize makes a variant for each size that the fleet may begin with.
func fromEverySize() string {
	var from []string
	for n := 1; n <= 20; n++ {
		from = append(from, fmt.Sprintf("{variant: from-%d, policy: least-connections, servers: {count: %d}}", n, n))
	}
	return policyIs + "[" + strings.Join(from, ", ") + "]"
}

// fixedPoint is the smallest or largest size at which the fleet stays in every replication that begins with it.
type fixedPoint struct {
	pick    func(a, b float64) float64
	none    float64             // what is picked from no sizes at all
	changes map[float64]float64 // of the size, by that at the start
}

func (p *fixedPoint) observe(r *sim.Result) {
	p.changes[float64(r.Series.Of(sim.ServersSeries)[0])] += metric("autoscaler.events")(r)
}

func (p *fixedPoint) estimate(float64) stats.Estimate {
	at := p.none
	for size, changes := range p.changes {
		if changes == 0 {
			at = p.pick(at, size)
		}
	}
	return stats.Estimate{Mean: at, Lo: at, Hi: at, N: len(p.changes)}
}

func smallestFixed() statistic { return &fixedPoint{math.Min, math.Inf(1), map[float64]float64{}} }
func largestFixed() statistic  { return &fixedPoint{math.Max, math.Inf(-1), map[float64]float64{}} }

const firstDecision = "duration=20s"

var decided = everywhere(metric("autoscaler.desired.last"))

// autoscalers are the sizes that one settles at, and the first on its way there: V24. Fixed points are those of requests
// in flight, which Kubernetes counts in thousandths: utilization is cut off to whole percents, which makes 9 servers,
// 77.8 % busy, just good enough as well. Chance decides nothing here.
var autoscalers = []setup{
	{file: "autoscaler", runs: 2, set: []string{fromEverySize()}, points: []answer{{"V24-a", smallestFixed}, {"V24-a2", largestFixed}}},
	{file: "autoscaler", runs: 2, set: []string{firstDecision}, points: []answer{{"V24-c", decided}}},
	{file: "autoscaler", runs: 2, set: []string{firstDecision, "autoscaler.hpa.metric=utilization"}, points: []answer{{"V24-d", decided}}},
}
