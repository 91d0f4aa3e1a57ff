package reports

import (
	"fmt"
	"slices"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// explanation says which mechanisms can be behind a miss of which figures, the most telling first.
type explanation struct {
	families []string // how their names begin
	by       []mechanism
}

var explanations = []explanation{
	{[]string{"sessions.", "visits.", "users.", "availability.sessions", "incident."}, []mechanism{lossesSummedUp, nowAndThen, struck, brokenAffinity, failures}},
	{[]string{"requests.", "availability.requests", "budget.", "burn."}, []mechanism{failures, overloaded, retries, oneServer, unevenLoad}},
	{[]string{"affinity."}, []mechanism{brokenAffinity}},
	{[]string{"deploy.", "drain.", "rebalance."}, []mechanism{departures, rebalancing}},
	{[]string{"server.memory.", "gc."}, []mechanism{pressure}},
	{[]string{"cost.", "servers."}, []mechanism{serverTime, blindScaler}},
	{[]string{"server."}, []mechanism{oneServer, unevenLoad, oneAnswers, overloaded, blindScaler}},
	{[]string{""}, []mechanism{meltdown, oneServer, unevenLoad, oneAnswers, overloaded, blindScaler, retries, pressure}},
}

// explained is the place of a figure's explanation.
func explained(id metric.ID) int {
	return slices.IndexFunc(explanations, func(e explanation) bool {
		return slices.ContainsFunc(e.families, func(start string) bool { return strings.HasPrefix(id.Family, start) })
	})
}

// mostReasons is how many sentences explain a miss.
const mostReasons = 2

// reasonsFor are sentences that say why alternatives miss objectives on a figure.
func reasonsFor(res *experiment.Result, alternatives []string, id metric.ID) (out []string) {
	part := *res
	part.Variants, part.Comparisons = nil, nil
	for i := range res.Variants {
		if slices.Contains(alternatives, res.Variants[i].Name) {
			part.Variants = append(part.Variants, res.Variants[i])
		}
	}
	if len(part.Variants) == 0 {
		return nil
	}
	part.Baseline = part.Variants[0].Name
	x := newIndex(&part)
	for _, m := range explanations[explained(id)].by {
		for _, s := range m(x) {
			if len(out) < mostReasons && !slices.Contains(out, s.text) {
				out = append(out, s.text)
			}
		}
	}
	if f := id.Of(); len(out) == 0 && f != nil && f.Kind == metric.Time {
		for _, s := range waiting(x) {
			out = append(out, s.text)
		}
	}
	return out
}

// fates say in a few words how sessions are lost to a cause.
var fates = map[string]string{
	"crash": "lost to a crash", "preemption": "lost to a preemption", "drain-cut": "cut by a drain", "scale-in": "cut by scaling in", "remapped": "sent to another server when the fleet changed",
	"affinity-expired": "lost when their cookie or table entry expired", "table-evicted": "forgotten by a full table", "routed-away": "sent to servers without their state",
	"memory-eviction": "evicted from full memory", "store-outage": "lost to an outage of the store", "idle-expired": "idle for too long",
}

// small is the share of the losses below which a cause is not named.
const small = .02

// lossesSummedUp says how many sessions an alternative loses to which causes: "1299 sessions cut by a drain, 383 lost to a
// crash".
func lossesSummedUp(x *index) (out []sentence) {
	for _, v := range x.all() {
		causes := slices.DeleteFunc(x.parts(lost, "cause"), func(id metric.ID) bool { return !(x.of(v, id) > small*x.of(v, lost.ID())) })
		slices.SortStableFunc(causes, func(a, b metric.ID) int { return orderUndefinedLast(x.of(v, b), x.of(v, a)) })
		var parts []string
		for _, id := range causes {
			fate := fates[id.Label.Value]
			if fate == "" {
				fate = "lost to " + clean(id.Label.Value)
			}
			n := formatValue(x.of(v, id), countScales)
			if len(parts) == 0 {
				n += " sessions"
			}
			parts = append(parts, n+" "+fate+x.when(v, reasons[id.Label.Value].kinds...))
		}
		if len(parts) > 0 {
			out = append(out, sentence{80, fmt.Sprintf("%s, per run: %s.", x.title(v), strings.Join(parts, ", "))})
		}
	}
	return out
}

// why says what is behind the misses of a gate, and of objectives that warn, a sentence once for all alternatives that it holds for.
func (g *Gated) why() (out []string) {
	type group struct {
		at           int
		id           metric.ID
		alternatives []string
	}
	var groups []group
	for i := range g.Result.Verdicts {
		v := &g.Result.Verdicts[i]
		if v.State != experiment.Missed || !v.Counts && !g.Result.Objectives[v.Objective].Warn {
			continue
		}
		if k := slices.IndexFunc(groups, func(q group) bool { return q.at == v.Objective }); k >= 0 {
			groups[k].alternatives = append(groups[k].alternatives, v.Alternative)
			continue
		}
		groups = append(groups, group{v.Objective, g.Result.Objectives[v.Objective].Subject.Metric, []string{v.Alternative}})
	}
	asked := map[string]bool{}
	for _, q := range groups {
		key := fmt.Sprint(explained(q.id), q.alternatives)
		if asked[key] {
			continue
		}
		asked[key] = true
		for _, text := range reasonsFor(g.Result, q.alternatives, q.id) {
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}

// because is why a single check is missed.
func (g *Gated) because(c *check) string {
	if c.verdict == nil || c.state != experiment.Missed {
		return ""
	}
	return strings.Join(reasonsFor(g.Result, []string{c.verdict.Alternative}, g.Result.Objectives[c.verdict.Objective].Subject.Metric), " ")
}
