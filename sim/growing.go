package sim

import "stickysim/sim/diag"

var growingQueues = diag.Register(diag.Code{Name: "growing-queues", Severity: diag.Severe,
	Doc: "Queues were still growing at the end of the run, and held a large part of all its requests: the fleet cannot do the work. Every figure depends on how long the run is."})

// Queues count as growing if, when the run ends, they hold this share of its requests and so many for each server,
// and if they were this much longer in its last quarter than in the third, and in the third than in the second.
const (
	largePart  = .01
	manyWait   = 20
	everLonger = 1.2
)

var _ = reports(12, func(r *run, b *metricsBuilder) {
	sent := int64(0)
	for i := range b.res.Populations {
		sent += b.res.Populations[i].Sent
	}
	load := b.res.Series.Of(LoadSeries)
	if len(load) < 8 {
		return
	}
	var quarter [4]float64
	for i, v := range load {
		quarter[min(i*4/len(load), 3)] += float64(v)
	}
	end := float64(load[len(load)-1])
	if end >= largePart*float64(sent) && end >= manyWait*float64(len(b.res.Servers)) && quarter[3] > everLonger*quarter[2] && quarter[2] > everLonger*quarter[1] {
		b.res.Warnings = append(b.res.Warnings, growingQueues.At("workload",
			"queues were still growing at the end of the run: %.0f requests waited or were in service, of %d that were sent", end, sent))
	}
})
