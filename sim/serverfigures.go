package sim

import "stickysim/sim/metric"

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

const (
	whenNothingAnswered  = "when the server answered nothing"
	shareOfAnswers       = "attempts it answered / attempts that all servers answered while it was in service"
	whenNoneAnsweredThen = "when no server answered any in that time"
	shareOfAttempts      = "attempts it accepted / attempts that all servers accepted while it was in service"
	whenNoneAcceptedThen = "when no server accepted any in that time"
)

// The figures of servers.
var (
	ShareFigure = eachServerHas(metric.ServerFigure{Name: "share", Place: 1, Kind: metric.Share, Column: 1, Title: "SHARE",
		Short: "share of the answers while it was in service", Formula: shareOfAnswers, Undefined: whenNoneAnsweredThen},
		func(b *serverBooks) float64 { return b.Answered / b.FleetAnswers })
	UtilizationFigure = eachServerHas(metric.ServerFigure{Name: "utilization", Place: 2, Kind: metric.Share, Column: 2, Title: "UTILIZATION", Interval: true,
		Short: "busy share of its cores", Formula: "busy core time / core time available", Undefined: "when it had no capacity"},
		func(b *serverBooks) float64 { return b.Loaded / b.Up })
	RequestsFigure = eachServerHas(metric.ServerFigure{Name: "requests", Place: 3, Kind: metric.Rate, Column: 3, Title: "REQUESTS", Spare: 1,
		Short: "answers per second in service", Formula: "attempts it answered / (time in service − dead)", Undefined: "when it was never in service"},
		func(b *serverBooks) float64 { return b.Answered / b.Up })
	SessionsFigure = eachServerHas(metric.ServerFigure{Name: "sessions", Place: 4, Kind: metric.Count, Column: 4, Title: "SESSIONS", Spare: 3,
		Short: "sessions held, mean over time", Formula: "∫ sessions dt / time in service", Undefined: "when it was never in service"},
		func(b *serverBooks) float64 { return b.SessionTime / b.Present })
	MemoryFigure = eachServerHas(metric.ServerFigure{Name: "memory", Place: 5, Kind: metric.Bytes,
		Short: "session state in memory, mean over time", Formula: "∫ bytes dt / time in service", Undefined: "when it was never in service"},
		func(b *serverBooks) float64 { return b.MemoryTime / b.Present })
	ErrorsFigure = eachServerHas(metric.ServerFigure{Name: "errors", Place: 6, Kind: metric.Count, Column: 6, Title: "ERRORS", Spare: 4,
		Short: "attempts that failed there", Formula: "number"},
		func(b *serverBooks) float64 { return b.Errors })
	DownFigure = eachServerHas(metric.ServerFigure{Name: "down", Place: 7, Kind: metric.Time, Column: 7, Title: "DOWN", Spare: 2,
		Short: "time dead", Formula: "sum of its outages"},
		func(b *serverBooks) float64 { return b.Down })
	LatencyMeanFigure = eachServerHas(metric.ServerFigure{Name: "latency.mean", Place: 8, Kind: metric.Time,
		Short: "time of an answered attempt at the server, mean", Formula: "sum of the times / answered attempts", Undefined: whenNothingAnswered},
		(*serverBooks).latency)
	LatencyP50Figure = latencyFigure("latency.p50", 9, .5, 0)
	LatencyP95Figure = latencyFigure("latency.p95", 10, .95, 5)
	LatencyP99Figure = latencyFigure("latency.p99", 11, .99, 0)
	AttemptsFigure   = eachServerHas(metric.ServerFigure{Name: "attempts.share", Place: 12, Kind: metric.Share,
		Short: "share of the accepted attempts while it was in service", Formula: shareOfAttempts, Undefined: whenNoneAcceptedThen},
		func(b *serverBooks) float64 { return b.Requests / b.FleetAttempts })
	InServiceFigure = eachServerHas(metric.ServerFigure{Name: "in_service", Place: 13, Kind: metric.Time,
		Short: "time in service and not dead", Formula: "time in service − dead"},
		func(b *serverBooks) float64 { return b.Up })
)

// latencyFigure registers a quantile of the latency at servers.
func latencyFigure(name string, place int, p float64, column int) *metric.ServerFigure {
	return eachServerHas(metric.ServerFigure{Name: name, Place: place, Kind: metric.Time, Column: column, Title: "P95",
		Short: "time of an answered attempt at the server, quantile", Formula: "the time that this share of the answered attempts did not exceed", Undefined: whenNothingAnswered},
		func(b *serverBooks) float64 { return b.quantile(p) })
}

// computeServerFigures fills in the figures of every server, and of every rank.
func (res *Result) computeServerFigures() {
	books := make([]serverBooks, len(res.Servers))
	for i := range res.Servers {
		books[i] = booksOf(&res.Servers[i])
		res.Servers[i].Figures = books[i].figures()
	}
	res.Ranks = rank(res.Servers, books)
}
