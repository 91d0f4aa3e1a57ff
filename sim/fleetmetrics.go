package sim

import "stickysim/sim/metric"

const whenNoDrain = "when no drain ended"

var (
	metricCrashes = metric.Register(metric.Family{Name: "server.crashes", Kind: metric.Count,
		Short: "crashes of servers", Doc: "Each server of a crash counts.", Formula: "number"})
	metricCrashSessions = metric.Register(metric.Family{Name: "server.crashes.sessions", Kind: metric.Count, Better: metric.Less,
		Short: "sessions on a server when it crashes", Doc: "How many sessions a crash puts at risk. Those whose user does not return are not lost.",
		Formula: "sessions held by crashing servers / server.crashes", Undefined: "when no server crashed"})
	metricDetect = metric.RegisterTimes(metric.Family{Name: "detect.time",
		Short: "time from a crash to being marked down", Doc: "From a crash until a load balancer marks the server down. One time for each load balancer and crash. A server that returns unnoticed has none.",
		Undefined: "when no crash was noticed"}, nil)
	metricCollections = metric.Register(metric.Family{Name: "gc.pauses", Kind: metric.Count, Better: metric.Less,
		Short: "pauses of servers to collect garbage", Doc: "Of all servers together.", Formula: "number"})
	metricCollecting = metric.Register(metric.Family{Name: "gc.time", Kind: metric.Share, Better: metric.Less,
		Short: "server time spent collecting garbage", Doc: "A server serves nothing during a pause.", Formula: "time in pauses / server time in service",
		Undefined: "when no server was in service", Show: metric.Show{Summary: 26}})
	metricDrainTime = metric.Register(metric.Family{Name: "drain.time", Kind: metric.Time, Better: metric.Less,
		Short: "length of a drain, mean", Doc: "From the start of a drain until the server is taken from the load balancers: its last session has ended, or the deadline has passed.",
		Formula: "sum of the drains' lengths / drain.count", Undefined: whenNoDrain, Show: metric.Show{Summary: 27}})
	metricDrainMax = metric.Register(metric.Family{Name: "drain.time.max", Kind: metric.Time, Better: metric.Less,
		Short: "length of the longest drain", Doc: "As drain.time.", Formula: "the longest drain", Undefined: whenNoDrain})
	metricDrains = metric.Register(metric.Family{Name: "drain.count", Kind: metric.Count,
		Short: "drains that ended", Doc: "Of servers in deployments, scale-in, preemptions and scripted drains.", Formula: "number"})
	metricDrainCut = metric.Register(metric.Family{Name: "drain.cut", Kind: metric.Count, Better: metric.Less,
		Short: "sessions still on a server when its drain ended", Doc: "Sessions that the deadline of a drain cut off.", Formula: "number", Show: metric.Show{Summary: 28}})
	metricDeployTime = metric.Register(metric.Family{Name: "deploy.time", Kind: metric.Time, Better: metric.Less,
		Short: "length of a deployment, mean", Doc: "From its start until the last new server is ready and the last old one has left.",
		Formula: "sum of the lengths / deploy.count", Undefined: "when no deployment ended", Show: metric.Show{Summary: 29}})
	metricDeploys = metric.Register(metric.Family{Name: "deploy.count", Kind: metric.Count,
		Short: "deployments that ended", Doc: "One still in progress at the end does not count.", Formula: "number"})
	metricOrdered = metric.Register(metric.Family{Name: "servers.ordered", Kind: metric.Count,
		Short: "servers made during the run", Doc: "By autoscaling, deployments and replacement.", Formula: "number"})
	metricRefused = metric.Register(metric.Family{Name: "servers.refused", Kind: metric.Count, Better: metric.Less,
		Short: "servers wanted beyond the room of the model", Doc: "Orders beyond the largest number of servers that a run can have. Not zero: the run did not do what the scenario says.", Formula: "number"})
	metricReopened = metric.Register(metric.Family{Name: "connections.reopened", Kind: metric.Count, Better: metric.Less,
		Short: "connections opened again after a break", Doc: "Of clients that hold a connection open, such as WebSockets. Tries that fail are in connections.failed.", Formula: "number", Show: metric.Show{Summary: 42}})
	metricEvictions = metric.Register(metric.Family{Name: "sessions.evicted", Kind: metric.Count, Better: metric.Less,
		Short: "session states dropped because memory was full", Doc: "The state that was unused for longest goes first. The session is lost when its user returns.", Formula: "number"})
)

var _ = reports(100, (*run).fleetMetrics)

// fleetMetrics describes crashes and planned changes.
func (r *run) fleetMetrics(b *metricsBuilder) {
	f := &r.fleet
	present := 0.0
	for i := range b.res.Servers {
		present += b.res.Servers[i].Present
	}
	b.count(metricCrashes.ID(), f.crashes)
	b.ratio(metricCrashSessions.ID(), float64(f.crashed), float64(f.crashes))
	b.times(metricDetect, whole, &f.detect)
	b.count(metricCollections.ID(), f.collections)
	b.ratio(metricCollecting.ID(), f.collecting.Seconds(), present)
	b.ratio(metricDrainTime.ID(), f.drainTime.Seconds(), float64(f.drains))
	b.ratio(metricDrainMax.ID(), f.drainMost.Seconds(), float64(min(f.drains, 1)))
	b.count(metricDrains.ID(), f.drains)
	b.count(metricDrainCut.ID(), f.cut)
	b.ratio(metricDeployTime.ID(), f.deployTime.Seconds(), float64(f.deploys))
	b.count(metricDeploys.ID(), f.deploys)
	b.count(metricOrdered.ID(), f.ordered)
	b.count(metricRefused.ID(), f.refused)
	b.count(metricReopened.ID(), r.connections.reopened)
	b.count(metricEvictions.ID(), r.evictions)
}
