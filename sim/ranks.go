package sim

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// RankResult is what a rank of servers did in the measured part. The servers are sorted by utilization over their own time
// in service, the hottest first; equals stay in the order of their configuration. Rank 1 is the hottest server time, as
// long as the time that the longest-serving server was in service; rank 2 the next, and so on; the last may be shorter.
// Where all servers were there equally long, each rank is a server. Time in which a server was dead does not count, and one
// that was never in service has no rank.
type RankResult struct {
	Server  ServerID  // which fills most of it
	Up      float64   // seconds of service in it
	Figures []float64 // by metric.ServerFigure.Index; NaN = undefined

	books serverBooks
}

// rank sorts the servers into ranks and computes the figures of each.
func rank(servers []ServerResult, books []serverBooks) []RankResult {
	order := make([]ServerID, 0, len(servers))
	longest := 0.0
	for s := range servers {
		if servers[s].Capacity > 0 {
			order = append(order, ServerID(s))
			longest = max(longest, books[s].Up)
		}
	}
	slices.SortStableFunc(order, func(a, b ServerID) int {
		return cmp.Compare(servers[b].Busy/servers[b].Capacity, servers[a].Busy/servers[a].Capacity)
	})
	ranks := make([]RankResult, 0, len(order))
	least, room, most := longest*1e-9, 0.0, 0.0 // room: of the last rank; most: of one server in it
	for _, s := range order {
		for left := books[s].Up; left > least; {
			if room <= least {
				ranks = append(ranks, RankResult{})
				room, most = longest, 0
			}
			r, part := &ranks[len(ranks)-1], min(left, room)
			r.books.add(&books[s], part/books[s].Up)
			if part > most {
				r.Server, most = s, part
			}
			left, room = left-part, room-part
		}
	}
	for i := range ranks {
		ranks[i].Up = ranks[i].books.Up
		ranks[i].Figures = ranks[i].books.figures()
	}
	return ranks
}

// serverBooks are the sums that the figures of a server, or of a rank, are computed from.
type serverBooks struct {
	Present, Down, Up float64 // seconds; Up: in service and not dead
	Loaded            float64 // seconds of Up times the busy share of the cores
	Requests          float64 // attempts accepted
	Answered          float64
	Errors            float64            // attempts that failed there
	SessionTime       float64            // ∫ sessions dt
	MemoryTime        float64            // ∫ bytes dt
	FleetAttempts     float64            // attempts that all servers accepted while it served
	FleetAnswers      float64            // attempts that all servers answered while it served
	latencies         []*stats.Histogram // ns at the server
	parts             []float64          // how much of each histogram counts
	mixture           *stats.Mixture     // of both, once a quantile has been asked for
}

func booksOf(s *ServerResult) serverBooks {
	up := s.Present - s.Down
	b := serverBooks{Present: s.Present, Down: s.Down, Up: up, Requests: float64(s.Requests), Answered: float64(s.Answered), Errors: float64(s.Errors),
		SessionTime: s.Sessions * s.Present, MemoryTime: s.Memory * s.Present, FleetAttempts: float64(s.FleetAttempts),
		FleetAnswers: float64(s.FleetAnswers), latencies: []*stats.Histogram{&s.Latency}, parts: []float64{1}}
	if s.Capacity > 0 {
		b.Loaded = s.Busy / s.Capacity * up
	}
	return b
}

// add adds a part of a server's books.
func (b *serverBooks) add(o *serverBooks, part float64) {
	b.Present += part * o.Present
	b.Down += part * o.Down
	b.Up += part * o.Up
	b.Loaded += part * o.Loaded
	b.Requests += part * o.Requests
	b.Answered += part * o.Answered
	b.Errors += part * o.Errors
	b.SessionTime += part * o.SessionTime
	b.MemoryTime += part * o.MemoryTime
	b.FleetAttempts += part * o.FleetAttempts
	b.FleetAnswers += part * o.FleetAnswers
	for i, h := range o.latencies {
		b.latencies, b.parts = append(b.latencies, h), append(b.parts, part*o.parts[i])
	}
}

// latency is the mean time of an answered attempt at the server, in seconds.
func (b *serverBooks) latency() float64 {
	n, sum := 0.0, 0.0
	for i, h := range b.latencies {
		n += b.parts[i] * float64(h.Count())
		sum += b.parts[i] * h.Sum()
	}
	return sum / n / float64(Second)
}

// quantile is a quantile of those times, in seconds.
func (b *serverBooks) quantile(p float64) float64 {
	if b.mixture == nil {
		b.mixture = stats.NewMixture(b.latencies, b.parts)
	}
	return b.mixture.Quantile(p) / float64(Second)
}

// figures are the figures of metric.ServerFigures, by index.
func (b *serverBooks) figures() []float64 {
	out := make([]float64, len(serverFigures))
	for k, f := range serverFigures {
		out[k] = f.value(b)
		if math.IsInf(out[k], 0) {
			out[k] = math.NaN()
		}
	}
	return out
}

// ListedRanks is how many ranks have metrics of their own.
const ListedRanks = 12

// Ranks that are named by their place in the fleet.
const (
	middleRank = "median"
	lastRank   = "last"
)

// Rank is the key of the label that breaks the figures of servers down by rank.
const Rank = "rank"

// byRank breaks the figures of servers down by rank.
var byRank = &metric.Dimension{Name: Rank, Doc: "servers by utilization, the hottest (1) first, in each replication", Values: func() []metric.Term {
	var list []metric.Term
	for i := 1; i <= ListedRanks; i++ {
		list = append(list, metric.Term{Name: strconv.Itoa(i)})
	}
	return append(list, metric.Term{Name: middleRank, Doc: "the middle rank; of two, the hotter"},
		metric.Term{Name: lastRank, Doc: "the last rank that is at least half as long as the first"})
}}

func rankLabel(value string) metric.Label { return metric.Label{Key: byRank.Name, Value: value} }

// namedRank is a rank that has metrics.
type namedRank struct {
	label metric.Label
	at    int // in Result.Ranks
}

// named lists the ranks that have metrics: the first twelve, the middle one (of two, the hotter), and the last one that is
// at least half as long as the first.
func named(ranks []RankResult) []namedRank {
	var list []namedRank
	for i := range min(len(ranks), ListedRanks) {
		list = append(list, namedRank{rankLabel(strconv.Itoa(i + 1)), i})
	}
	last := len(ranks) - 1
	if last > 0 && ranks[last].Up < ranks[0].Up/2 {
		last--
	}
	if last >= 0 {
		list = append(list, namedRank{rankLabel(middleRank), last / 2},
			namedRank{rankLabel(lastRank), last})
	}
	return list
}
