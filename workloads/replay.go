package workloads

import (
	"fmt"
	"strings"
	"time"

	"stickysim/sim"
	"stickysim/sim/rng"
	"stickysim/workloads/accesslog"
)

// ReplayOptions says how a log is replayed. The zero value replays all of it at the recorded speed, with service
// times drawn from the population.
type ReplayOptions struct {
	// Speed compresses time: 2 replays a log twice as fast, which doubles the load. 0 means 1; from 0.001 to 10⁶.
	Speed float64
	// Gap is the time without a request of a client, in recorded time, after which its next request begins a new session;
	// 0 means 30 min, the convention of web analytics.
	Gap sim.Time
	// UseDemand takes service times from the log where it has them. They include the time that a request waited on the real
	// server, and are not compressed.
	UseDemand bool
	// Answer is how long a request is taken to have waited for its answer where the log does not say.
	Answer sim.Time
	// Limit is how many requests are replayed, from the start of the log; 0 means all.
	Limit int
}

// ReplayReport counts what the lines of a log became:
//
//	Lines    = Records + Bad.Total + Blank + Other
//	Records  = Requests + Skipped
//	Requests = sum of the requests of the Clients
type ReplayReport struct {
	Lines, Records, Blank, Other int
	Bad                          accesslog.BadLines // unusable lines by reason

	Requests int           // replayed
	Skipped  int           // left out by ReplayOptions.Limit
	Measured int           // requests whose service time comes from the log
	Early    int           // requests sent before the first answer of their session
	Unsure   int           // requests of which the log does not say whether they were
	Assumed  int           // requests whose time until the answer is ReplayOptions.Answer
	Clients  int           // clients with a request
	Named    int           // clients that the log identifies by a host name; their addresses are made up
	Sessions int           // sessions of the clients, separated by gaps
	LogSpan  time.Duration // from the first replayed request to the last, in the log
	Span     sim.Time      // the same after time compression
}

// FromLog turns an access log into a trace, and takes the records out of the log while it does. Requests keep the log's order.
// Addresses are those of the log; where it has a host name instead, the client gets an address of the reserved block
// 240.0.0.0/4, by a hash of the name that is the same for every log and run. Errors are about o alone; a log without records
// gives an empty trace.
func FromLog(l *accesslog.Log, o ReplayOptions) (*sim.Trace, ReplayReport, error) {
	o, err := o.check()
	if err != nil {
		return nil, ReplayReport{}, err
	}
	n := l.Records.Len()
	if o.Limit > 0 {
		n = min(n, o.Limit)
	}
	report := ReplayReport{
		Lines: l.Stats.Lines - l.Stats.Parts, Records: l.Records.Len(), Blank: l.Stats.Blank, Other: l.Stats.Other, Bad: l.Bad,
		Requests: n, Skipped: l.Records.Len() - n,
	}
	report.count(l, n, o)
	trace := &sim.Trace{
		Requests: make([]sim.TraceRequest, 0, n),
		Clients:  make([]sim.TraceClient, len(l.Clients)),
		Gap:      max(1, compress(int64(o.Gap), o.Speed)),
		Hour:     max(1, compress(int64(sim.Hour), o.Speed)),
	}
	for i, c := range l.Clients {
		trace.Clients[i] = identity(c, l.Agents)
	}
	apart := true // whether the log tells the service from the wait
	l.Records.Drain(func(r accesslog.Record) {
		if len(trace.Requests) == n {
			return
		}
		q := sim.TraceRequest{At: compress(r.At, o.Speed), Client: r.Client, Target: target(r.Target), Demand: -1, Took: float32(o.took(r).Seconds() / o.Speed)}
		if demand := r.Demand(); o.UseDemand && demand >= 0 {
			q.Demand = float32(float64(demand) / 1e6)
			report.Measured++
			apart = apart && r.Total >= 0 && r.Upstream >= 0
		}
		trace.Requests = append(trace.Requests, q)
	})
	trace.ServiceOnly = report.Assumed > 0 || o.UseDemand && !apart
	trace.Origin = sim.Origin{Speed: o.Speed, Scale: 1, Early: report.Early, Unsure: report.Unsure, Assumed: report.Assumed, Log: report.facts(&l.Stats)}
	if n > 0 {
		report.Span = trace.Requests[n-1].At - trace.Requests[0].At
	}
	return trace, report, nil
}

// target is what a request asks for. A method that HTTP does not define says nothing of repeats.
func target(t accesslog.Target) sim.Target {
	repeat := sim.ByShare
	switch harmless, known := t.Method().Idempotent(); {
	case harmless:
		repeat = sim.Harmless
	case known:
		repeat = sim.Harmful
	}
	return sim.TargetOf(t.URI()>>accesslog.QueryBits, t.URI()&(1<<accesslog.QueryBits-1), repeat)
}

// facts are what reports say of a log.
func (r *ReplayReport) facts(s *accesslog.Stats) sim.LogFacts {
	why := ""
	if r.Bad.Total > 0 {
		why = r.Bad.First().String()
	}
	return sim.LogFacts{
		Format: s.Format, Wrapping: s.Wrapping, Lines: r.Lines, Requests: r.Records, Unusable: r.Bad.Total, Blank: r.Blank, Other: r.Other,
		Why: why, LeftOut: r.Skipped, Clients: r.Clients, Named: r.Named, Sessions: r.Sessions,
		First: s.First, Last: s.Last, Clock: s.Resolution, Spread: s.Spread, Disorder: s.OutOfOrder, StepBack: s.MaxBackward, StampsEnd: s.StampsEnd,
		Whole: s.Total, Behind: s.Upstream, Timed: s.Timed, Served: r.Measured,
	}
}

// check fills in what o leaves out.
func (o ReplayOptions) check() (ReplayOptions, error) {
	if o.Speed == 0 {
		o.Speed = 1
	}
	if o.Gap == 0 {
		o.Gap = 30 * sim.Minute
	}
	switch {
	case !(o.Speed >= 0.001 && o.Speed <= 1e6):
		return o, fmt.Errorf("speed: must be from 0.001 to 1000000, got %v", o.Speed)
	case o.Gap < 0:
		return o, fmt.Errorf("gap: must not be negative, got %v", o.Gap)
	case o.Answer < 0:
		return o, fmt.Errorf("answer: must not be negative, got %v", o.Answer)
	case o.Limit < 0:
		return o, fmt.Errorf("limit: must not be negative, got %d", o.Limit)
	}
	return o, nil
}

// compress is a span of the log in simulated time.
func compress(ns int64, speed float64) sim.Time {
	if speed == 1 {
		return min(sim.Time(ns), sim.Never)
	}
	return sim.Time(min(float64(ns)/speed+0.5, float64(sim.Never)))
}

// identity is what balancers see of a client: its address, and a hash of all that tells it apart.
func identity(c accesslog.Client, agents []string) sim.TraceClient {
	id := rng.Root(0).Stream(c.Name).Stream(agents[c.Agent])
	if c.Addr.IsValid() {
		addr := sim.AddrFrom(c.Addr)
		return sim.TraceClient{Addr: addr, Hash: id.At(addr.Hash64()).Uint64()}
	}
	host := c.Name[strings.LastIndexByte(c.Name, ' ')+1:]
	number := uint32(rng.Root(0).Stream(host).Uint64() >> 36)
	return sim.TraceClient{Addr: sim.Addr4(0xf0000000 | number), Hash: id.Uint64()}
}

// count finds the clients and sessions among the first n records of a log, and in which order they sent.
func (r *ReplayReport) count(l *accesslog.Log, n int, o ReplayOptions) {
	sessions := make([]session, len(l.Clients))
	tick := max(1, l.Stats.Resolution.Nanoseconds())
	for i, rec := range l.Records.All() {
		if i == n {
			break
		}
		s := &sessions[rec.Client]
		if !s.began {
			r.Clients++
			if !l.Clients[rec.Client].Addr.IsValid() {
				r.Named++
			}
		}
		if !s.began || rec.At-s.last >= int64(o.Gap) {
			r.Sessions++
		}
		r.order(l, rec, s, tick, o)
		r.LogSpan = time.Duration(rec.At - l.Records.At(0).At)
	}
}
