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

// FromLog turns an access log into a trace. Requests keep the log's order. Addresses are those of the log; where it has a
// host name instead, the client gets an address of the reserved block 240.0.0.0/4, by a hash of the name that is the
// same for every log and run. Errors are about o alone; a log without records gives an empty trace.
func FromLog(l *accesslog.Log, o ReplayOptions) (*sim.Trace, ReplayReport, error) {
	o, err := o.check()
	if err != nil {
		return nil, ReplayReport{}, err
	}
	records := l.Records
	if o.Limit > 0 && o.Limit < len(records) {
		records = records[:o.Limit]
	}
	report := ReplayReport{
		Lines: l.Stats.Lines, Records: len(l.Records), Blank: l.Stats.Blank, Other: l.Stats.Other, Bad: l.Bad,
		Requests: len(records), Skipped: len(l.Records) - len(records),
	}
	trace := &sim.Trace{
		Requests: make([]sim.TraceRequest, len(records)),
		Clients:  make([]sim.TraceClient, len(l.Clients)),
		Gap:      max(1, compress(int64(o.Gap), o.Speed)),
		Hour:     max(1, compress(int64(sim.Hour), o.Speed)),
	}
	for i, c := range l.Clients {
		trace.Clients[i] = identity(c, l.Agents)
	}
	for i, r := range records {
		trace.Requests[i] = sim.TraceRequest{At: compress(r.At, o.Speed), Client: r.Client, Key: r.URI, Demand: -1, Took: float32(o.took(r).Seconds() / o.Speed)}
		if o.UseDemand && r.Demand >= 0 {
			trace.Requests[i].Demand = float32(float64(r.Demand) / 1e6)
			report.Measured++
		}
	}
	report.count(records, l.Clients, o.Gap)
	report.order(l, records, o)
	trace.ServiceOnly = o.UseDemand || report.Assumed > 0
	trace.Origin = sim.Origin{Speed: o.Speed, Scale: 1, Early: report.Early, Unsure: report.Unsure, Assumed: report.Assumed}
	if n := len(records); n > 0 {
		report.LogSpan = time.Duration(records[n-1].At - records[0].At)
		report.Span = trace.Requests[n-1].At - trace.Requests[0].At
	}
	return trace, report, nil
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

// count finds the clients and sessions among records.
func (r *ReplayReport) count(records []accesslog.Record, clients []accesslog.Client, gap sim.Time) {
	const never = -1
	last := make([]int64, len(clients))
	for i := range last {
		last[i] = never
	}
	for _, rec := range records {
		before := last[rec.Client]
		last[rec.Client] = rec.At
		if before == never {
			r.Clients++
			if !clients[rec.Client].Addr.IsValid() {
				r.Named++
			}
		}
		if before == never || rec.At-before >= int64(gap) {
			r.Sessions++
		}
	}
}
