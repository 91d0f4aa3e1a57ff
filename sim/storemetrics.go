package sim

import "stickysim/sim/metric"

const aStore = "session state in a shared store (state: store, cached-store, or token with rest)"

var (
	metricStoreUtilization = metric.Register(metric.Family{Name: "store.utilization", Kind: metric.Share, Better: metric.Less,
		Short: "busy share of the store's workers", Doc: "Worker time spent on operations, those of orphaned requests included.",
		Formula: "busy worker time / (workers × time measured)", Needs: aStore + " with a bounded number of workers",
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
		Short: "look-ups that found the session in the server's cache", Doc: "Each request that needs its session looks it up in its server's memory first.",
		Formula: "look-ups that found it / look-ups", Undefined: "when nothing was looked up", Needs: "state: cached-store",
		Show: metric.Show{Summary: 36}})
)

var _ = reports(70, (*run).storeMetrics)

func (r *run) storeMetrics(b *metricsBuilder) {
	st := &r.store
	if kind := r.m.State.Kind; kind != Store && kind != CachedStore && r.m.State.Rest == 0 {
		return
	}
	if st.spec.Workers > 0 {
		b.ratio(metricStoreUtilization.ID(), float64(st.area-st.base), float64(st.spec.Workers)*float64(r.m.Duration))
	}
	b.times(metricStoreLatency, whole, &st.latency)
	b.count(metricStoreOperations.ID(), st.calls)
	b.count(metricStoreFailed.ID(), st.failed)
	if r.m.State.Kind == CachedStore {
		b.ratio(metricCacheHit.ID(), float64(r.cacheHits), float64(r.cacheHits+r.cacheMisses))
	}
}
