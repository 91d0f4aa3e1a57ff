package sim

import (
	"slices"

	"stickysim/sim/rng"
)

// ArrivalFactor makes the sessions of open populations arrive Action.Factor times as fast for Action.Repair.
var ArrivalFactor = registerAction(&ActionKind{
	Name: "arrivals", Also: []string{"load-change", "traffic-change", "rate-change"}, Doc: "sessions arrive at another rate",
	Params: []ActionParam{speedFactor, required(lasting("for", "how long it lasts"))},
	noEffect: func(m *Model, _ *Action) (why, hint string) {
		if slices.ContainsFunc(m.Populations, func(p Population) bool { return p.Sessions != nil }) {
			return "", ""
		}
		return "changes the rate of arrivals, and no sessions arrive", "a population with sessions: 2/s has arrivals; users and replays have none"
	},
	once: (*run).changeArrivals,
})

func (r *run) changeArrivals(a *Action, draw rng.Key) {
	r.log("arrival rate changed", NoServer, "", 0)
	r.paceArrivals(a.Factor)
	if a.Repair != nil {
		r.plan(scheduled{do: (*run).restoreArrivals, factor: a.Factor}, r.now+FromSeconds(a.Repair.Sample(draw)))
	}
}

func (r *run) restoreArrivals(x scheduled) { r.paceArrivals(1 / x.factor) }
