package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stickysim/sim/diag"
	"stickysim/sim/metric"
)

var (
	oneAddressShare = metric.Must("sessions.one_address")
	oneServerShare  = metric.Must("sessions.one_server")
	sessionsActive  = metric.Must("sessions.active")
	activeMean      = metric.Must("sessions.active.mean")
	peakRequests    = metric.Must("server.requests.peak_to_mean")
	hotTime         = metric.Must("hotspot.time")
	hotHidden       = metric.Must("hotspot.hidden")
	scalerOut       = metric.Must("autoscaler.out")
	storeBusy       = metric.Must("store.utilization")
	fleetSize       = metric.Must("servers.mean")
	serverHours     = metric.Must("cost.server_hours")
)

// A server counts as hot from this utilization on, if it is also this much above the fleet's mean.
const (
	hot    = .7
	uneven = 1.25
)

// heated reports whether an alternative has a server much busier than the fleet.
func (x *index) heated(v int) bool {
	top, mean := x.of(v, hottest.ID()), x.of(v, fleetMean.ID())
	return top >= hot && top >= uneven*mean
}

// crowdOn is the population that an alternative keeps on one server, which makes that server hot; ok is false where there
// is none. The population may be the only one: then its name is empty.
func (x *index) crowdOn(v int) (label metric.Label, ok bool) {
	best := 0.0
	servers := float64(len(x.res.Variants[v].Servers))
	for _, id := range append(x.parts(oneServerShare, metric.Population.Name), oneServerShare.ID()) {
		share := x.of(v, id)
		if share >= .9 && servers > 1 && share > best {
			label, best, ok = id.Label, share, true
		}
	}
	return label, ok
}

// oneServer says which alternatives keep a population on one server, and whether it shares an address.
func oneServer(x *index) (out []sentence) {
	groups := map[metric.Label][]int{}
	var labels []metric.Label
	for _, v := range x.where(x.heated) {
		if label, ok := x.crowdOn(v); ok {
			if groups[label] == nil {
				labels = append(labels, label)
			}
			groups[label] = append(groups[label], v)
		}
	}
	for _, label := range labels {
		list := groups[label]
		worst := list[len(list)-1]
		id := metric.ID{Family: oneAddressShare.Name, Label: label}
		who := "all clients"
		if label.Value != "" {
			who = "the clients of " + clean(label.Value)
		}
		if n := x.crowdSize(worst, label); n > 0 {
			who = fmt.Sprintf("the %s sessions", formatValue(n, countScales))
			if label.Value != "" {
				who += " of " + clean(label.Value)
			}
		}
		if x.of(worst, id) >= .9 {
			who += ", who share one address,"
		}
		out = append(out, sentence{85, fmt.Sprintf("%s %s %s to one server: it is %s busy, the fleet's mean is %s%s.", x.list(list), verb(list, "sends", "send"), who,
			x.span(list, hottest.ID()), x.span(list, fleetMean.ID()), x.hidden(worst))})
	}
	return out
}

// crowdSize is how many sessions of a population are in progress, where that is known.
func (x *index) crowdSize(v int, label metric.Label) float64 {
	if label.Key == "" {
		return math.Round(x.of(v, activeMean.ID()))
	}
	n := x.of(v, metric.ID{Family: sessionsActive.Name, Label: label})
	if n != n {
		return 0
	}
	return math.Round(n)
}

// unevenLoad says which alternatives have a hot server that no population is kept on.
func unevenLoad(x *index) (out []sentence) {
	list := x.where(func(v int) bool {
		_, crowd := x.crowdOn(v)
		return x.heated(v) && !crowd
	})
	if len(list) == 0 {
		return nil
	}
	worst := list[len(list)-1]
	t := fmt.Sprintf("With %s one server is %s busy while the fleet's mean is %s", x.list(list), share(x.of(worst, hottest.ID())), share(x.of(worst, fleetMean.ID())))
	if peak := x.of(worst, peakRequests.ID()); peak >= uneven {
		t += fmt.Sprintf(": it gets %s times its fair share of the requests", formatValue(peak, plain))
	} else if peak > 0 {
		t += ", though it gets about its fair share of the requests: they are the heavier ones"
	}
	return []sentence{{75, t + x.hidden(worst) + "."}}
}

// hidden is the end of a sentence about a hot server: which dashboards of the fleet look as usual in that time, and which
// would show it; empty where the mean utilization shows it.
func (x *index) hidden(v int) string {
	var shows []string
	usual := math.NaN()
	for i, id := range x.parts(hotHidden, "dashboard") {
		switch h := x.of(v, id); {
		case i == 0:
			usual = h
		case h < .5:
			shows = append(shows, strings.Replace(clean(id.Label.Value), "p50", "median", 1))
		}
	}
	if !(x.of(v, hotTime.ID()) >= .05 && usual >= .5) {
		return ""
	}
	t := fmt.Sprintf("; a dashboard of mean utilization looks normal for %s of that time", share(usual))
	if len(shows) == 0 {
		return t + ", and so do latencies"
	}
	return t + ", " + shows[0] + " latency does not"
}

// oneSided is how many times its fair share a server gets before it is said, however busy it is.
const oneSided = 2

// oneAnswers says which alternatives send most requests to one server that is not even busy.
func oneAnswers(x *index) []sentence {
	list := x.where(func(v int) bool { return !x.heated(v) && x.of(v, peakRequests.ID()) >= oneSided })
	if len(list) == 0 {
		return nil
	}
	worst := list[len(list)-1]
	fair := 1 / x.of(worst, fleetSize.ID())
	return []sentence{{64, fmt.Sprintf("With %s one server answers %s of the requests; its fair share is %s.", x.list(list),
		share(math.Min(1, fair*x.of(worst, peakRequests.ID()))), share(fair))}}
}

// blindScaler says where an autoscaler that goes by the mean leaves a hot server alone.
func blindScaler(x *index) []sentence {
	list := x.where(func(v int) bool { return x.heated(v) && x.of(v, hottest.ID()) >= .9 && x.of(v, scalerOut.ID()) < .5 })
	if len(list) == 0 {
		return nil
	}
	worst := list[len(list)-1]
	return []sentence{{80, fmt.Sprintf("With %s the autoscaler adds no server: it sees the fleet's mean of %s and not the server that is %s busy.", x.list(list),
		share(x.of(worst, fleetMean.ID())), share(x.of(worst, hottest.ID())))}}
}

// Utilizations of a fleet.
const (
	saturated = .95 // queues are long, and hardly more work can be done
	fully     = .99 // no more can be done
)

// endless are the kinds of warning that a fleet gets more work than it can do.
var endless = []string{"overload", "growing-queues"}

// overloaded says which alternatives keep all servers, or the store, busy.
func overloaded(x *index) (out []sentence) {
	warned := func(v int) bool { // not only in some replications, as chance makes it
		return slices.ContainsFunc(x.res.Warnings, func(w diag.Warning) bool {
			return slices.Contains(endless, w.Code) && w.Alternative == x.res.Variants[v].Name && (w.Replications == 0 || 2*w.Replications > x.res.Variants[v].Replications)
		})
	}
	busy := func(v int) bool { return x.of(v, fleetMean.ID()) >= saturated }
	cannot := func(v int) bool { return x.of(v, fleetMean.ID()) >= fully || warned(v) }
	if list := x.where(func(v int) bool { return busy(v) && !cannot(v) }); len(list) > 0 {
		out = append(out, sentence{85, fmt.Sprintf("With %s the whole fleet is %s busy: requests wait long, and with a little more load it could not do the work.", x.list(list),
			share(x.upTo(list, fleetMean.ID())))})
	}
	if list := x.where(func(v int) bool { return busy(v) && cannot(v) }); len(list) > 0 {
		out = append(out, sentence{85, fmt.Sprintf("With %s the whole fleet is %s busy: it cannot do the work, and queues grow as long as that lasts.", x.list(list),
			share(x.upTo(list, fleetMean.ID())))})
	}
	if list := x.where(func(v int) bool { return x.of(v, storeBusy.ID()) >= .9 }); len(list) > 0 {
		out = append(out, sentence{85, fmt.Sprintf("With %s the store is %s busy: requests wait there, not at the servers.", x.list(list), share(x.upTo(list, storeBusy.ID())))})
	}
	return out
}

// serverTime says how much server time the alternatives take, if that differs.
func serverTime(x *index) []sentence {
	id := serverHours.ID()
	if len(x.res.Variants) < 2 || !x.known(id) {
		return nil
	}
	low := x.least(id, x.all())
	high := low
	for _, v := range x.all() {
		if x.of(v, id) > x.of(high, id) {
			high = v
		}
	}
	if !(x.of(high, id) >= 1.05*x.of(low, id)) || x.relate(high, low, id) != more {
		return nil
	}
	return []sentence{{35, fmt.Sprintf("Server time: %s takes %s, %s %s.", x.title(low), x.short(low, id), x.title(high), x.short(high, id))}}
}
