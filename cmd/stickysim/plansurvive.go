package main

import (
	"fmt"
	"slices"

	"stickysim/sim"
	"stickysim/sim/dist"
)

// survivable are the words of --survive.
var survivable = []string{"server", "zone", "deploy"}

// survive adds a fault, or a deployment, to the middle of the run.
func (p *planned) survive(what string) error {
	if !slices.Contains(survivable, what) {
		return usagef("--survive: unknown word %q%s", what, didYouMean(what, survivable))
	}
	at := dist.Seconds.Format((p.study.Variants[0].Model.Duration / 2).Seconds())
	event := ""
	switch what {
	case "server":
		event = "crash: {servers: 1}"
	case "zone":
		if !p.zoned() {
			return usagef("--survive zone: the fleet has one zone, so nothing would be left; write servers: {zones: 3}")
		}
		event = "crash: {zone: 0}"
	case "deploy":
		event = "deploy: {strategy: rolling" + p.ownDrain() + "}"
	}
	spec, err := p.spec.Happen(fmt.Sprintf("{at: %s, name: survive %s, %s}", at, what, event))
	if err != nil {
		return err
	}
	p.spec = spec
	p.study, err = p.build(nil)
	return err
}

// zoned reports whether all alternatives have servers outside of zone 0.
func (p *planned) zoned() bool {
	for _, v := range p.study.Variants {
		if !slices.ContainsFunc(v.Model.Servers, func(s sim.Server) bool { return s.Info.Zone != 0 }) {
			return false
		}
	}
	return true
}

// ownDrain is the drain that the scenario has where servers leave, as a further field; empty where it has none.
func (p *planned) ownDrain() string {
	for _, v := range p.study.Variants {
		for _, a := range v.Model.Timeline {
			drain := a.Deadline
			if a.Kind == sim.Deploy {
				drain = a.Strategy.Drain
			} else if a.Kind != sim.Drain {
				continue
			}
			return ", drain: " + dist.Seconds.Format(drain.Seconds())
		}
	}
	return ""
}
