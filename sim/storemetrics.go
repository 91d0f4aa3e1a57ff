package sim

import "stickysim/sim/metric"

var (
	aStore      = need("session state in a shared store (state: store, cached_store, or token with rest)", (*Model).hasStore)
	someWorkers = need("a shared store with a limited number of workers", func(m *Model) bool { return m.hasStore() && m.State.Store.Workers > 0 })
	aCache      = need("state: cached_store", func(m *Model) bool { return m.State.Kind == CachedStore })

	metricStoreUtilization = metric.Register(metric.Family{Name: "store.utilization", Kind: metric.Share, Better: metric.Less,
		Short: "busy share of the store's workers", Doc: "Worker time spent on operations, those of orphaned requests included.",
		Formula: "busy worker time / (workers × time measured)", Needs: someWorkers,
		Show: metric.Show{Summary: 34}})
	metricStoreLatency = metric.RegisterTimes(metric.Family{Name: "store.latency",
		Short: "time of one operation of the store", Doc: "From the request for an operation to its end: waiting for a connection and a worker, service, and the network.",
		Undefined: "when no operation ended", Needs: aStore},
		map[string]metric.Show{"p99": {Summary: 35}})
	metricStoreOperations = metric.Register(metric.Family{Name: "store.operations", Kind: metric.Count,
		Short: "operations of the store that ended well", Doc: "Reads and writes of session state in the measured part.", Formula: "number", Needs: aStore})
	metricStoreFailed = metric.Register(metric.Family{Name: "store.failed", Kind: metric.Count, Better: metric.Less,
		Short: "operations of the store that failed", Doc: "Operations that met an outage or a full queue.", Formula: "number", Needs: aStore})
	metricCacheHit = metric.Register(metric.Family{Name: "cache.hit", Kind: metric.Share, Better: metric.More,
		Short: "look-ups that found the session in the server's cache", Doc: "Each request that needs its session looks it up in its server's memory first. A server has the state from when it has read or made it until another server changes it. The first request of a session finds nothing.",
		Formula: "look-ups that found it / look-ups, first requests of sessions included", Undefined: "when nothing was looked up", Needs: aCache,
		Show: metric.Show{Summary: 36}})
)

// hasStore reports whether some session state is kept in a shared store.
func (m *Model) hasStore() bool {
	return m.State.Kind == Store || m.State.Kind == CachedStore || m.State.Rest > 0
}

func (st *station) metrics(b *metricsBuilder) {
	if st.r.m.Reports(metricStoreUtilization) {
		st.accrue()
		b.ratio(metricStoreUtilization.ID(), float64(st.area-st.base), float64(st.spec.Workers)*float64(st.r.m.Duration))
	}
	times := st.times()
	b.times(metricStoreLatency, whole, times)
	b.count(metricStoreOperations.ID(), int64(times.Count()))
	b.count(metricStoreFailed.ID(), st.failed)
}

func (x *cached) metrics(b *metricsBuilder) {
	x.noState.metrics(b)
	b.ratio(metricCacheHit.ID(), float64(x.hits), float64(x.hits+x.misses))
}
