package sim

import "stickysim/sim/metric"

const whenNoneVisited = "when no request needed its session"

var (
	replicatedState = need("state: replicated", func(m *Model) bool { return m.State.Kind == Replicated })

	metricStale = metric.Register(metric.Family{Name: "replica.stale", Kind: metric.Share, Better: metric.Less,
		Short: "requests that met a copy older than the last write", Doc: "Of the requests that needed their session's state.",
		Formula: "requests that met a late copy / requests that needed state", Undefined: whenNoneVisited, Needs: replicatedState})
	metricFetched = metric.Register(metric.Family{Name: "replica.fetched", Kind: metric.Share, Better: metric.Less,
		Short: "requests whose server had to fetch the state from another", Doc: "Of the requests that needed their session's state.",
		Formula: "requests with a fetch / requests that needed state", Undefined: whenNoneVisited, Needs: replicatedState})
)

func (x *replicated) metrics(b *metricsBuilder) {
	x.noState.metrics(b)
	b.ratio(metricStale.ID(), float64(x.stale), float64(x.visits))
	b.ratio(metricFetched.ID(), float64(x.fetched), float64(x.visits))
}
