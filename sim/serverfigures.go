package sim

import (
	"math"

	"stickysim/sim/metric"
)

// serverBooks is what the figures of one server are computed from.
type serverBooks struct {
	*ServerResult
	server   *server
	accepted float64 // attempts accepted by all servers
}

// serverFigure is a figure with what computes it; NaN and infinite values are undefined.
type serverFigure struct {
	*metric.ServerFigure
	value func(b *serverBooks) float64
}

// serverFigures are by metric.ServerFigure.Index.
var serverFigures []serverFigure

// eachServerHas registers a figure of servers with what computes it, from a package variable:
//
//	var CoresFigure = eachServerHas(metric.ServerFigure{…}, func(b *serverBooks) float64 { … })
func eachServerHas(def metric.ServerFigure, value func(b *serverBooks) float64) *metric.ServerFigure {
	f := metric.RegisterServerFigure(def)
	serverFigures = append(serverFigures, serverFigure{f, value})
	return f
}

const whenNothingAnswered = "when the server answered nothing"

// The figures of servers.
var (
	ShareFigure = eachServerHas(metric.ServerFigure{Name: "share", Place: 1, Kind: metric.Share, Column: 1, Title: "SHARE",
		Short: "share of all accepted attempts", Formula: "attempts it accepted / attempts all accepted", Undefined: "when no server accepted any"},
		func(b *serverBooks) float64 { return float64(b.Requests) / b.accepted })
	UtilizationFigure = eachServerHas(metric.ServerFigure{Name: "utilization", Place: 2, Kind: metric.Share, Column: 2, Title: "UTILIZATION", Interval: true,
		Short: "busy share of its cores", Formula: "busy core time / core time available", Undefined: "when it had no capacity"},
		func(b *serverBooks) float64 { return b.Busy / b.Capacity })
	RequestsFigure = eachServerHas(metric.ServerFigure{Name: "requests", Place: 3, Kind: metric.Rate, Column: 3, Title: "REQUESTS", Spare: 1,
		Short: "attempts accepted per second in service", Formula: "attempts it accepted / (time in service − dead)", Undefined: "when it was never in service"},
		func(b *serverBooks) float64 { return float64(b.Requests) / (b.Present - b.Down) })
	SessionsFigure = eachServerHas(metric.ServerFigure{Name: "sessions", Place: 4, Kind: metric.Count, Column: 4, Title: "SESSIONS", Spare: 3,
		Short: "sessions held, mean over time", Formula: "∫ sessions dt / time in service"},
		func(b *serverBooks) float64 { return b.Sessions })
	MemoryFigure = eachServerHas(metric.ServerFigure{Name: "memory", Place: 5, Kind: metric.Bytes,
		Short: "session state in memory, mean over time", Formula: "∫ bytes dt / time in service"},
		func(b *serverBooks) float64 { return b.Memory })
	ErrorsFigure = eachServerHas(metric.ServerFigure{Name: "errors", Place: 6, Kind: metric.Count, Column: 6, Title: "ERRORS", Spare: 4,
		Short: "attempts that failed there", Formula: "number"},
		func(b *serverBooks) float64 { return float64(b.Errors) })
	DownFigure = eachServerHas(metric.ServerFigure{Name: "down", Place: 7, Kind: metric.Time, Column: 7, Title: "DOWN", Spare: 2,
		Short: "time dead", Formula: "sum of its outages"},
		func(b *serverBooks) float64 { return b.Down })
	LatencyMeanFigure = eachServerHas(metric.ServerFigure{Name: "latency.mean", Place: 8, Kind: metric.Time,
		Short: "time of an answered attempt at the server, mean", Formula: "sum of the times / answered attempts", Undefined: whenNothingAnswered},
		func(b *serverBooks) float64 {
			if b.Latency.Count() == 0 {
				return math.NaN()
			}
			return b.Latency.Mean() / float64(Second)
		})
	LatencyP50Figure = latencyFigure("latency.p50", 9, .5, 0)
	LatencyP95Figure = latencyFigure("latency.p95", 10, .95, 5)
	LatencyP99Figure = latencyFigure("latency.p99", 11, .99, 0)
)

// latencyFigure registers a quantile of the latency at servers.
func latencyFigure(name string, place int, p float64, column int) *metric.ServerFigure {
	return eachServerHas(metric.ServerFigure{Name: name, Place: place, Kind: metric.Time, Column: column, Title: "P95",
		Short: "time of an answered attempt at the server, quantile", Formula: "the time that this share of the answered attempts did not exceed", Undefined: whenNothingAnswered},
		func(b *serverBooks) float64 {
			if b.Latency.Count() == 0 {
				return math.NaN()
			}
			return b.Latency.Quantile(p) / float64(Second)
		})
}

// computeServerFigures fills in the figures of every server.
func (r *run) computeServerFigures(servers []ServerResult) {
	accepted := 0.0
	for i := range servers {
		accepted += float64(servers[i].Requests)
	}
	for i := range servers {
		b := serverBooks{&servers[i], &r.servers[i], accepted}
		servers[i].Figures = make([]float64, len(serverFigures))
		for k, f := range serverFigures {
			v := f.value(&b)
			if math.IsInf(v, 0) {
				v = math.NaN()
			}
			servers[i].Figures[k] = v
		}
	}
}
