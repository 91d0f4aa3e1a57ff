package sim

import (
	"math"

	"stickysim/sim/metric"
)

const whenNoConnections = "when no population holds connections"

var (
	metricOpened = metric.Register(metric.Family{Name: "connections.opened", Also: []string{"websockets", "upgrades"}, Kind: metric.Count,
		Short: "connections opened", Doc: "Of clients that hold a connection open (loop: connection), such as WebSockets; opened again after a break included. Load balancers route a connection when it is opened, and count it in flight until it ends. Its opening and each of its messages are requests.",
		Formula: "number", Undefined: whenNoConnections, Show: metric.Show{Summary: 40}})
	metricNotOpened = metric.Register(metric.Family{Name: "connections.failed", Kind: metric.Count, Better: metric.Less,
		Short: "tries to open a connection that failed", Doc: "After all retries of the try. Each is a failed request; the client tries again after its reconnect delay, or with its next message.",
		Formula: "number", Undefined: whenNoConnections, Show: metric.Show{Summary: 41}})
)

var _ = reports(101, (*run).connectionMetrics)

// connectionCounts are of the measured part.
type connectionCounts struct{ opened, reopened, failed int64 }

func (r *run) connectionMetrics(b *metricsBuilder) {
	if r.lines == nil {
		b.add(metricOpened.ID(), math.NaN())
		b.add(metricNotOpened.ID(), math.NaN())
		return
	}
	b.count(metricOpened.ID(), r.connections.opened)
	b.count(metricNotOpened.ID(), r.connections.failed)
}
