package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

var (
	affinityHit    = metric.Must("affinity.hit")
	affinityBroken = metric.Must("affinity.broken")
	opened         = metric.Must("connections.opened")
	reopened       = metric.Must("connections.reopened")
	evicted        = metric.Must("sessions.evicted")
	memoryMost     = metric.Must("server.memory.most")
	collecting     = metric.Must("gc.time")
	incidentLost   = metric.Must("incident.lost.ratio")
)

// reason says why sessions are lost to a cause, and which kinds of event bring it about. %s is when they happen.
type reason struct {
	text  string
	kinds []string
}

// reasons are by cause. A cause that is not here is explained by its definition.
var reasons = map[string]reason{
	"crash":              {"their state was on a server that crashed%s", []string{"crash"}},
	"preemption":         {"their state was on a server that was preempted%s", []string{"preempt"}},
	"drain-cut":          {"their server was drained or replaced%s before they had ended", []string{"drain", "deploy"}},
	"scale-in":           {"their server was removed%s before they had ended", []string{"scale"}},
	"remapped":           {"the policy maps clients to other servers when the fleet changes%s", reshaping},
	"affinity-expired":   {"cookies or table entries expire before the sessions end", nil},
	"table-evicted":      {"the balancer's table is full and forgets them", nil},
	"balancer-restarted": {"a balancer has lost its table%s, or another one is asked", []string{"balancer_restart"}},
	"cookie":             {"a client without the affinity cookie is sent to another server", nil},
	"address-changed":    {"addresses change, and the policy goes by the address", nil},
	"memory-eviction":    {"the servers' memory is full, and what was not used for longest is evicted", nil},
	"replica-lag":        {"a server dies%s before its last writes are copied", []string{"crash", "preempt"}},
	"store-outage":       {"the store forgets the state in its outage%s", []string{"store_outage"}},
	"token":              {"tokens expire and are not renewed", nil},
	"routed-away":        {"the policy sends them to servers that do not have their state", nil},
	"idle-expired":       {"they are idle for longer than the idle timeout", nil},
}

// mainly is the share of an alternative's losses from which one cause stands for all of them.
const mainly = .8

// reshaping are the kinds of event that change which servers there are, or which are taken for usable.
var reshaping = []string{"crash", "drain", "deploy", "scale", "preempt", "pause"}

// changes reports whether the timeline of an alternative changes the fleet.
func (x *index) changes(variant int) bool { return x.has(variant, reshaping) }

// has reports whether the timeline of an alternative has an event of one of the kinds.
func (x *index) has(variant int, kinds []string) bool {
	return slices.ContainsFunc(x.res.Variants[variant].Timeline, func(e experiment.Event) bool { return slices.Contains(kinds, e.Kind) })
}

// lossesByCause says which alternatives lose sessions to which cause, the costliest first.
func lossesByCause(x *index) (out []sentence) {
	for _, id := range x.parts(lost, "cause") {
		list := x.where(func(v int) bool {
			return x.of(v, id) >= .5 && x.of(v, id) >= .2*x.of(v, lost.ID()) && x.losing(v) >= .0005
		})
		if len(list) == 0 {
			continue
		}
		text := x.reasonOf(id.Label.Value, list[0])
		each := x.span(list, id)
		each += " " + map[bool]string{true: "session", false: "sessions"}[each == "1"] + " per run"
		n := each
		if x.lossID() == visitsHit.ID() && !slices.ContainsFunc(list, func(v int) bool { return x.of(v, id) < mainly*x.of(v, lost.ID()) }) {
			n = x.span(list, visitsHit.ID()) + " of visits"
			if x.changes(list[0]) {
				n += " (" + each + x.atOnce(id.Label.Value, list) + ")"
			}
		}
		weight := 50 + 30*math.Min(1, x.losing(list[len(list)-1]))
		out = append(out, sentence{weight, fmt.Sprintf("%s %s %s: %s.", x.list(list), verb(list, "loses", "lose"), n, text)})
	}
	return out
}

// atOnce says what share of the active sessions one of the incidents costs that a cause of losses goes back to: it does not depend
// on how long the run is, as the share of all visits does.
func (x *index) atOnce(cause string, list []int) string {
	kinds := reasons[cause].kinds
	for _, id := range x.parts(incidentLost, "action") {
		if !slices.Contains(kinds, id.Label.Value) || slices.ContainsFunc(list, func(v int) bool { return !x.defined(v, id) }) {
			continue
		}
		if n := x.span(list, id); n != x.span(list, visitsHit.ID()) {
			return ", " + n + " of those active at a " + cmp.Or(incidentWords[id.Label.Value], strings.ReplaceAll(id.Label.Value, "_", " "))
		}
	}
	return ""
}

// incidentWords name timeline entries, by their action, where that is not their name.
var incidentWords = map[string]string{"deploy": "deployment", "preempt": "preemption", "scale": "change of the fleet"}

func (x *index) reasonOf(cause string, variant int) string {
	r, known := reasons[cause]
	if cause == "remapped" && !x.changes(variant) {
		return "the policy sends clients elsewhere while their server lives"
	}
	if cause == "remapped" && !x.has(variant, slices.DeleteFunc(slices.Clone(reshaping), func(kind string) bool { return kind == "pause" })) {
		return "the balancer takes their server for down" + x.when(variant, "pause") + " and sends them to others"
	}
	if known && strings.Contains(r.text, "%s") {
		return fmt.Sprintf(r.text, x.when(variant, r.kinds...))
	}
	if known {
		return r.text
	}
	i := slices.IndexFunc(sim.Causes(), func(c sim.Cause) bool { return c.String() == cause })
	if i < 0 {
		return clean(cause)
	}
	return lowered(sim.Causes()[i].Definition())
}

// brokenAffinity says which sticky alternatives often send requests elsewhere, and why. Of connections only those that are
// opened again can be sent elsewhere: their share says nothing.
func brokenAffinity(x *index) (out []sentence) {
	groups := map[string][]int{}
	var causes []string
	for _, v := range x.where(func(v int) bool { return x.of(v, affinityHit.ID()) < .9 && !(x.of(v, reopened.ID()) > 0) }) {
		most, why := 0.0, ""
		for _, id := range x.parts(affinityBroken, "cause") {
			if share := x.of(v, id); share > most {
				most, why = share, id.Label.Value
			}
		}
		if groups[why] == nil {
			causes = append(causes, why)
		}
		groups[why] = append(groups[why], v)
	}
	for _, why := range causes {
		list := groups[why]
		t := fmt.Sprintf("%s %s only %s of requests on their session's server", x.list(list), verb(list, "keeps", "keep"), x.span(list, affinityHit.ID()))
		for _, r := range sim.Reasons() {
			if r.String() == why {
				t += ": " + lowered(r.Definition())
			}
		}
		out = append(out, sentence{58, t + "."})
	}
	return out
}

// lowered is a definition as it continues a sentence.
func lowered(definition string) string {
	t := strings.TrimSuffix(definition, ".")
	return strings.ToLower(t[:1]) + t[1:]
}

// pressure says where memory is full of state.
func pressure(x *index) (out []sentence) {
	if list := x.where(func(v int) bool { return x.of(v, evicted.ID()) >= 1 }); len(list) > 0 {
		out = append(out, sentence{45, fmt.Sprintf("With %s servers evict %s session states per run, because their memory is full.", x.list(list), x.span(list, evicted.ID()))})
	}
	if list := x.where(func(v int) bool { return x.of(v, collecting.ID()) >= .005 }); len(list) > 0 {
		out = append(out, sentence{42, fmt.Sprintf("Collecting garbage takes %s of server time with %s; a server holds up to %s of state.", x.span(list, collecting.ID()), x.list(list),
			formatValue(x.upTo(list, memoryMost.ID()), byteScales))})
	}
	return out
}

// struck says where it matters which server a fault strikes.
func struck(x *index) (out []sentence) {
	for _, v := range x.order() {
		var rows []experiment.Victims
		for _, row := range x.res.Variants[v].Victims {
			if row.Matters && (len(rows) == 0 || row.Action == rows[0].Action) {
				rows = append(rows, row)
			}
		}
		if len(rows) < 2 {
			continue
		}
		first, last := rows[0], rows[len(rows)-1]
		for i, m := range first.Metrics {
			if !m.Matters || m.Metric != x.lossID() && m.Metric != latencyP95.ID() || i >= len(last.Metrics) {
				continue
			}
			a, b := m.Value, last.Metrics[i].Value
			if !(math.Max(a, b) >= uneven*math.Min(a, b)) || !(math.Abs(a-b) >= .005) {
				continue
			}
			name, scales := x.lossName(m.Metric), x.scales(m.Metric)
			text := func(v float64) string {
				if m.Metric == x.lossID() {
					return share(v)
				}
				return formatValue(v, scales)
			}
			out = append(out, sentence{49, fmt.Sprintf("With %s it matters which server is struck: %s %s if it is %s, %s if it is %s.", x.title(v), name, text(a), placeOf(first.Rank),
				text(b), placeOf(last.Rank))})
			break
		}
		if len(out) > 0 {
			return out
		}
	}
	return out
}

// lossName names a figure of the first screen in a sentence, with its verb.
func (x *index) lossName(id metric.ID) string {
	if id == x.lossID() {
		return "lost visits are"
	}
	return "p95 is"
}

// placeOf is a server's rank in words.
func placeOf(rank int) string {
	if rank == 1 {
		return "the hottest"
	}
	return fmt.Sprintf("number %d", rank)
}
