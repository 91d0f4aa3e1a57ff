package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stickysim/sim/metric"
)

var (
	requestsSent = metric.Must("requests.sent")
	attempts     = metric.Must("requests.attempts")
	latencyMean  = metric.Must("latency.mean")
	waitMean     = metric.Must("wait.mean")
	deployTime   = metric.Must("deploy.time")
	drainTime    = metric.Must("drain.time")
	rebalance    = metric.Must("rebalance.time")
	censored     = metric.Must("rebalance.censored")
	stuck        = metric.Must("requests.stuck")
)

// failureWords say what requests fail of.
var failureWords = map[string]string{
	"no-server":        "the balancer knows of no server for them that is up",
	"unreachable":      "they are sent to a server that is dead",
	"refused":          "the server's queue is full",
	"broken":           "their server dies under them",
	"timeout":          "the client's timeout ends before the answer comes",
	"store":            "the store is down or refuses them",
	"balancer-timeout": "the balancer's time limit ends before the answer comes",
	"queue-timeout":    "they wait in the balancer's queue for longer than it lets them",
	unanswered:         "they still wait for their answer when the run ends",
}

// unanswered stands beside the causes of failures for requests that have been in flight too long when the run ends.
const unanswered = "unanswered"

// failures says why requests fail, where more than one in a thousand do.
func failures(x *index) (out []sentence) {
	groups := map[string][]int{}
	var causes []string
	for _, v := range x.where(func(v int) bool { return x.failing(v) >= .001 }) {
		cause := mostFailOf(x, v)
		if groups[cause] == nil {
			causes = append(causes, cause)
		}
		groups[cause] = append(groups[cause], v)
	}
	for _, cause := range causes {
		list := groups[cause]
		n, high := x.shares(list, x.failing), x.failing(list[len(list)-1])
		t := fmt.Sprintf("%s %s %s of requests", x.list(list), verb(list, "fails", "fail"), n)
		if why := failureWords[cause]; why != "" {
			t += ", most because " + why
		}
		out = append(out, sentence{50 + 40*math.Min(1, high*5), t + "."})
	}
	return out
}

// mostFailOf is what most of the failed requests of an alternative fail of; empty where none fails.
func mostFailOf(x *index, v int) string {
	cause, most := "", 0.0
	for _, id := range x.parts(failed, "cause") {
		if n := x.of(v, id); n > most {
			cause, most = id.Label.Value, n
		}
	}
	if x.of(v, stuck.ID()) > most {
		cause = unanswered
	}
	return cause
}

// retries says where clients who try again multiply the load, or meet no server that could have one.
func retries(x *index) (out []sentence) {
	var loading, meeting []int
	for _, v := range x.where(func(v int) bool { return x.of(v, attempts.ID()) >= 1.2 }) {
		if mostFailOf(x, v) == "no-server" {
			meeting = append(meeting, v)
		} else {
			loading = append(loading, v)
		}
	}
	for _, one := range []struct {
		list   []int
		weight float64
		why    string
	}{{loading, 92, "retries keep the servers busy with answers that no client waits for"}, {meeting, 60, "most retries meet no server, either"}} {
		if len(one.list) > 0 {
			out = append(out, sentence{one.weight, fmt.Sprintf("With %s clients send every request %s times on average: %s.", x.list(one.list), x.span(one.list, attempts.ID()), one.why)})
		}
	}
	return out
}

// collapse is how many times longer a latency is where a replication melts down.
const collapse = 8

// meltdown says in how many replications an alternative behaves quite differently from the others.
func meltdown(x *index) (out []sentence) {
	for v := range x.res.Variants {
		for _, k := range x.res.Variants[v].Kinds {
			f := k.Metric.Of()
			if f == nil || f.Kind != metric.Time || !(k.Mean >= collapse*k.Others) {
				continue
			}
			out = append(out, sentence{97, fmt.Sprintf("%s melts down in %d of %d replications: %s is %s there, and %s in the others.", x.title(v), len(k.Replications),
				x.res.Variants[v].Replications, k.Metric, formatValue(k.Mean, timeScales), formatValue(k.Others, timeScales))})
			break
		}
	}
	return out
}

// mostOfThem is the share of the replications from which losses are the rule.
const mostOfThem = .8

// nowAndThen says where an alternative loses many visits in some replications and none in others.
func nowAndThen(x *index) (out []sentence) {
	groups := map[string][]int{}
	var keys []string
	for _, v := range x.order() {
		m := x.metrics[v][x.lossID()]
		if m == nil || !(x.losing(v) >= .005) {
			continue
		}
		hit := 0
		for _, value := range m.Values {
			if value > 0 {
				hit++
			}
		}
		if float64(hit) > mostOfThem*float64(len(m.Values)) {
			continue
		}
		key := fmt.Sprintf("in %d of %d replications and none in the others", hit, len(m.Values))
		if groups[key] == nil {
			keys = append(keys, key)
		}
		groups[key] = append(groups[key], v)
	}
	for _, key := range keys {
		out = append(out, sentence{96, fmt.Sprintf("%s %s visits %s: the mean describes neither.", x.list(groups[key]), verb(groups[key], "loses", "lose"), key)})
	}
	return out
}

// waiting says where the time goes, where nothing else is to be said.
func waiting(x *index) []sentence {
	id := latencyMean.ID()
	if !x.known(id) {
		return nil
	}
	if len(x.res.Variants) > 1 {
		return []sentence{{5, fmt.Sprintf("Mean latency is %s, of which %s in queues; the hottest server is %s busy.", x.span(x.all(), id), x.span(x.all(), waitMean.ID()),
			x.span(x.all(), hottest.ID()))}}
	}
	e := formatEstimate(x.estimate(0, id), timeScales)
	return []sentence{{30, fmt.Sprintf("Mean latency is %s: %s in the queue and the rest in service; servers are %s busy.", e, x.short(0, waitMean.ID()), share(x.of(0, fleetMean.ID())))}}
}

// slowest and quickest alternative of a figure, if it differs by more than a tenth beyond chance.
func (x *index) extremes(id metric.ID) (low, high int, differ bool) {
	defined := x.where(func(v int) bool { return x.defined(v, id) })
	if len(defined) == 0 {
		return 0, 0, false
	}
	low, high = x.least(id, defined), defined[0]
	for _, v := range defined {
		if x.of(v, id) > x.of(high, id) {
			high = v
		}
	}
	return low, high, x.of(high, id) > 1.1*x.of(low, id) && x.relate(high, low, id) == more
}

// departures says how long deployments and drains last.
func departures(x *index) (out []sentence) {
	for _, f := range []struct {
		family *metric.Family
		what   string
	}{{deployTime, "the deployment"}, {drainTime, "a drain"}} {
		id := f.family.ID()
		if !x.known(id) {
			continue
		}
		low, high, differ := x.extremes(id)
		switch {
		case differ:
			out = append(out, sentence{55, fmt.Sprintf("%s takes %s with %s and %s with %s.", capital(f.what), x.short(low, id), x.title(low), x.short(high, id), x.title(high))})
		case x.of(high, id) > 0:
			out = append(out, sentence{40, fmt.Sprintf("%s takes %s.", capital(f.what), x.short(high, id))})
		}
		if x.known(deployTime.ID()) {
			break
		}
	}
	return out
}

// rebalancing says how long it takes until a new or repaired server has its share of the sessions.
func rebalancing(x *index) []sentence {
	id := rebalance.ID()
	var never, known []int
	for _, v := range x.order() {
		if m := x.metrics[v][id]; m == nil {
			continue
		}
		if x.defined(v, id) {
			known = append(known, v)
		} else {
			never = append(never, v)
		}
	}
	if len(known) == 0 {
		return nil
	}
	late := slices.DeleteFunc(slices.Clone(known), func(v int) bool { return !(x.of(v, censored.ID()) > 0) })
	if len(late) == len(known) {
		return []sentence{{48, fmt.Sprintf("A new or repaired server lacks its share of the sessions for %s or longer: some never have it in the run.", x.span(known, id))}}
	}
	t := "A new or repaired server has its share of the sessions after " + x.span(known, id)
	if low, high, differ := x.extremes(id); differ {
		t = fmt.Sprintf("A new or repaired server has its share of the sessions after %s with %s, and after %s with %s", x.short(low, id), x.title(low), x.short(high, id), x.title(high))
	}
	if len(never) > 0 {
		t += "; never in the run with " + x.list(never)
	}
	if len(late) > 0 {
		t += fmt.Sprintf("; with %s some never have it in the run", x.list(late))
	}
	return []sentence{{48, strings.TrimSpace(t) + "."}}
}
