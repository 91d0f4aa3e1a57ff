package scenarios

import (
	"testing"

	"stickysim/sim"
	"stickysim/sim/metric"
)

func placementIn(t *testing.T, text string) sim.Placement {
	t.Helper()
	return build(t, "servers: {count: 2}\nworkload: [{users: 1, think: 1s, service: 1ms}]\nstate: "+text+"\n").Study.Variants[0].Model.State
}

// What the words of a placement mean, and what holds where nothing is said.
func TestPlacements(t *testing.T) {
	t.Parallel()
	equal(t, "two copies", placementIn(t, "replicated").Copies, 2)
	equal(t, "five copies", placementIn(t, "{replicated: {copies: 5}}").Copies, 5)
	equal(t, "copies on all", placementIn(t, "{replicated: {copies: all, writes: on_change}}").Copies, 0)
	equal(t, "copies on change", placementIn(t, "{replicated: {copies: all, writes: on_change}}").OnChange, true)

	store := placementIn(t, "{store: {workers: unlimited, connections: 100, restart: {for: 1m, from: 20%}, persist: {snapshot: 5m}}}")
	equal(t, "every request writes", store.OnChange, false)
	equal(t, "connections", store.Store.Connections, 100)
	equal(t, "cold restart", store.Store.Restart, sim.SlowStart{For: sim.Minute, From: 0.2})
	equal(t, "persistence", store.Store.Persist, true)
	equal(t, "snapshots", store.Store.Snapshot, 5*sim.Minute)
	equal(t, "network", store.Store.Latency.Mean() > 0, true)
	equal(t, "no snapshots", placementIn(t, "{store: {persist: true}}").Store.Snapshot, 0)
	equal(t, "nothing survives", placementIn(t, "store").Store.Persist, false)

	cached := placementIn(t, "cached_store")
	equal(t, "a cache writes on change", cached.OnChange, true)
	equal(t, "behind the answer", cached.Through, false)
	equal(t, "through", placementIn(t, "{cached_store: {write: through}}").Through, true)

	token := placementIn(t, "{token: {rest: 20%, store: {calls: 1}}}")
	equal(t, "rest", token.Rest, 0.2)
	equal(t, "operations for the rest", token.Store.Calls, 1)
	equal(t, "the store of the rest is the usual one", token.Store.Workers, 1)
}

// Every metric that a run reports can be an objective, and can decide how often it is repeated.
func TestEveryMetricCanBeAnObjective(t *testing.T) {
	t.Parallel()
	limits := map[metric.Kind]string{metric.Time: "1h30m", metric.Share: "20%", metric.Factor: "0.9", metric.Count: "10", metric.Rate: "5/min", metric.Bytes: "50MiB"}
	for _, state := range []string{"{store: {}}", "{cached_store: {}}", "{token: {revoke: exp(1h), rest: 1%}}", "replicated"} {
		text := "servers: {count: 2}\nreplications: {min: 2, max: 3, precision: 1%, metric: 'sessions.lost{cause=crash}'}\nduration: 1m\n" +
			"workload: [{users: 1, think: 1s, service: 1ms}]\nautoscaler: {hpa: {min: 1, max: 3, target: 60%}}\nstate: " + state + "\nobjectives:\n"
		for _, x := range sim.Run(build(t, text+"  []\n").Study.Variants[0].Model, 1, 0, sim.Options{}).Metrics {
			text += "  - " + x.Name() + " < " + limits[x.ID.Of().Kind] + "\n"
		}
		if list := problems(text).Errors(); len(list) > 0 {
			t.Error(list)
		}
	}
}

// A server made during the run is like the first, but for what new_servers says.
func TestNewServers(t *testing.T) {
	t.Parallel()
	m := build(t, "new_servers: {cores: 2, memory: 1GiB}\nservers: [{name: a, cores: 16, zone: 4}, {name: b}]\nworkload: [{users: 1, think: 1s, service: 1ms}]\n").Study.Variants[0].Model
	equal(t, "cores", m.Template.Cores, 2)
	equal(t, "memory", m.Template.Memory, 1<<30)
	equal(t, "zone", m.Template.Info.Zone, 4)
}

// Clients that are not who they say they are.
func TestForgers(t *testing.T) {
	t.Parallel()
	m := build(t, "servers: {count: 2}\nworkload: [{users: 1, think: 1s, service: 1ms, forged_cookies: {share: 30%, kind: replayed}, keys: 1, state: {changes: 25%}}, {name: b, users: 1, think: 1s, service: 1ms, keys: random}]\n").Study.Variants[0].Model
	equal(t, "share", m.Populations[0].Forgers, 0.3)
	equal(t, "kind", m.Populations[0].Forgery, sim.Replayed)
	equal(t, "keys", m.Populations[0].Keys, 1)
	equal(t, "unchanged", m.Populations[0].Unchanged, 0.75)
	equal(t, "random keys", m.Populations[1].Keys, -1)
	equal(t, "no forgers", m.Populations[1].Forgers, 0)
}
