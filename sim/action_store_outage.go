package sim

import "stickysim/sim/rng"

// StoreOutage takes the session store down for Action.Repair; it is slow for a while after that (StoreStation.Restart).
var StoreOutage = registerAction(&ActionKind{
	Name: "store_outage", Also: []string{"redis-outage", "redis-down", "database-down", "failover"}, Doc: "the session store is down",
	Params:   []ActionParam{required(lasting("for", "how long it lasts"))},
	noEffect: withoutStore,
	once:     func(r *run, a *Action, k rng.Key) { r.store.outage(a, k) },
})

// withoutStore is the noEffect of actions on the store.
func withoutStore(m *Model, _ *Action) (why, hint string) {
	if m.State.UsesStore() {
		return "", ""
	}
	return "happens to the store, and no session is kept in one", "write state: store, or remove it"
}
