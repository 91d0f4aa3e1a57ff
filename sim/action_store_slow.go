package sim

import "stickysim/sim/rng"

// StoreSlow makes the session store work at Action.Factor of its speed for Action.Repair.
var StoreSlow = registerAction(&ActionKind{
	Name: "store_slow", Also: []string{"redis-slow", "slow-store"}, Doc: "the session store works at another speed",
	Params:   []ActionParam{speedFactor, required(lasting("for", "how long it lasts"))},
	noEffect: withoutStore,
	once:     func(r *run, a *Action, k rng.Key) { r.store.slow(a, k) },
})
