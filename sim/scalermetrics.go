package sim

import "stickysim/sim/metric"

var (
	anAutoscaler = need("an autoscaler", func(m *Model) bool { return m.Autoscaler != nil })

	metricScalings = metric.Register(metric.Family{Name: "autoscaler.events", Kind: metric.Count,
		Short: "changes of the desired size", Doc: "Decisions of the autoscaler that changed how many servers it wants.", Formula: "autoscaler.out + autoscaler.in", Needs: anAutoscaler,
		Show: metric.Show{Summary: 31}})
	metricScaleOuts = metric.Register(metric.Family{Name: "autoscaler.out", Kind: metric.Count,
		Short: "changes to more servers", Doc: "Decisions of the autoscaler that raised the desired size.", Formula: "number", Needs: anAutoscaler})
	metricScaleIns = metric.Register(metric.Family{Name: "autoscaler.in", Kind: metric.Count,
		Short: "changes to fewer servers", Doc: "Decisions of the autoscaler that lowered the desired size.", Formula: "number", Needs: anAutoscaler})
	metricDesiredMean = metric.Register(metric.Family{Name: "autoscaler.desired.mean", Kind: metric.Count,
		Short: "desired servers, mean over time", Doc: "How many servers the autoscaler wants, whether or not they are ready.", Formula: "∫ desired size dt / time measured", Needs: anAutoscaler})
	metricDesiredLast = metric.Register(metric.Family{Name: "autoscaler.desired.last", Kind: metric.Count,
		Short: "desired servers at the end", Doc: "How many servers the autoscaler wants when the run ends.", Formula: "number", Needs: anAutoscaler})
)

var _ = reports(110, (*run).scalerMetrics)

func (r *run) scalerMetrics(b *metricsBuilder) {
	s := &r.scaler
	if !r.m.Reports(metricScalings) {
		return
	}
	s.touch(r.end)
	b.count(metricScalings.ID(), s.outs+s.ins)
	b.count(metricScaleOuts.ID(), s.outs)
	b.count(metricScaleIns.ID(), s.ins)
	b.add(metricDesiredMean.ID(), (s.area-s.base)/float64(r.m.Duration))
	b.count(metricDesiredLast.ID(), int64(s.desired))
}
