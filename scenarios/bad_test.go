package scenarios

import (
	"strings"
	"testing"

	"stickysim/sim/diag"
)

// bad are inputs with the problems that must be found, as "rule line:col path", in the order of the file.
var bad = []struct {
	name   string
	text   string
	want   []string
	schema bool // the JSON Schema refuses it, too
}{
	{"misspelt fields", "servrs: {count: 5}\nservers: {cout: 5}\nworkload: [{population: shopper, users: 1, thnk: 1s}]\n",
		[]string{"unknown-field 1:1 servrs", "unknown-field 2:11 servers.cout", "unknown-field 3:44 workload[0].thnk"}, true},
	{"everything missing", "name: x\n", []string{"missing-field 1:1 ", "missing-field 1:1 "}, true},
	{"wrong types", "servers: 5\nworkload: shopper\nseed: [1]\n",
		[]string{"wrong-type 1:10 servers", "wrong-type 2:11 workload", "wrong-type 3:7 seed"}, true},
	{"numbers out of range", "servers: {count: 0, cores: -1, speed: 0}\nworkload: [{population: nat, users: 30000000}]\n",
		[]string{"out-of-range 1:18 servers.count", "out-of-range 1:28 servers.cores", "out-of-range 1:39 servers.speed", "out-of-range 2:37 workload[0].users"}, true},
	{"no numbers", "servers: {count: .inf, cores: 1.5, speed: .nan}\nworkload: [{population: nat, users: 1_000}]\n",
		[]string{"wrong-type 1:18 servers.count", "wrong-type 1:31 servers.cores", "wrong-type 1:43 servers.speed", "wrong-type 2:37 workload[0].users"}, false},
	{"NaN by another name", "servers: {count: 1, speed: NaN}\nworkload: [{population: nat, users: 1, cookies: inf}]\n",
		[]string{"wrong-type 1:28 servers.speed", "bad-value 2:49 workload[0].cookies"}, true},
	{"huge counts", "servers: {count: 99999999999999999999}\nreplications: 1000000\nduration: 20000d\nworkload: [{population: nat, users: 1}]\n",
		[]string{"out-of-range 1:18 servers.count", "out-of-range 2:15 replications", "out-of-range 3:11 duration"}, false},
	{"negative rate", "servers: {count: 1}\nworkload:\n  - population: shopper\n    sessions: poisson(-2/s)\n", []string{"bad-value 4:23 workload[0].sessions"}, false},
	{"bad distributions", "servers: {count: 1}\nworkload:\n  - population: shopper\n    users: 1\n    think: lognormal(mean=12s, cv=-1)\n    service: expo(10ms)\n    requests: \"geometric(mean=0.5)\"\n",
		[]string{"bad-value 5:35 workload[0].think", "bad-value 6:14 workload[0].service", "bad-value 7:31 workload[0].requests"}, false},
	{"units", "servers: {count: 1, memory: 2GX}\nduration: 3 hours\nworkload: [{population: nat, users: 1, timeout: 30}]\n",
		[]string{"bad-value 1:30 servers.memory", "bad-value 2:12 duration", "bad-value 3:51 workload[0].timeout"}, true},
	{"duplicate keys", "servers: {count: 1}\nname: a\nname: b\nworkload: [{population: nat, users: 1}]\n", []string{"duplicate-key 3:1 "}, false},
	{"two problems of YAML", "name: a\nname: b\nservers: !cores {count: 1}\nworkload: [{population: nat, users: 1}]\n", []string{"duplicate-key 2:1 ", "tag 3:10 "}, false},
	{"no value", "servers:\nworkload:\n  - population: nat\n    users:\n", []string{"missing-value 1:9 servers", "missing-value 4:11 workload[0].users"}, true},
	{"unknown class", "servers: {count: 1}\nworkload: [{population: shoper, users: 1, service: 1ms, think: 1s}]\n", []string{"unknown-population 2:25 workload[0].population"}, true},
	{"unknown process", "servers: {count: 1}\nworkload: [{population: nat, sessions: poison(2/s)}]\n", []string{"bad-value 2:40 workload[0].sessions"}, true},
	{"no source of clients", "servers: {count: 1}\nworkload:\n  - population: shopper\n", []string{"missing-field 3:5 workload[0]"}, false},
	{"two sources of clients", "servers: {count: 1}\nworkload: [{population: shopper, users: 5, sessions: 2/s}]\n", []string{"conflict 2:54 workload[0].sessions"}, false},
	{"custom without work", "servers: {count: 1}\nworkload: [{users: 5}]\n", []string{"missing-field 2:12 workload[0]"}, false},
	{"endless sessions", "servers: {count: 1}\nworkload: [{sessions: 5/s, service: 1ms}]\n", []string{"missing-field 2:12 workload[0]"}, false},
	{"two of a name", "servers: [{name: a}, {name: a}]\nworkload: [{population: nat, users: 1}, {population: nat, users: 1}]\n",
		[]string{"duplicate-name 1:10 servers", "duplicate-name 2:11 workload"}, false},
	{"unknown policies", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\npolicies:\n  - round-robbin\n  - cooky: {ttl: 1h}\n  - cookie: {tl: 1h}\n",
		[]string{"unknown-policy 4:5 policies[0]", "unknown-policy 5:5 policies[1]", "unknown-field 6:14 policies[2].cookie.tl"}, true},
	{"bad parameters", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\npolicies:\n  - cookie: {ttl: soon, balance: fair}\n  - two-choices: {choices: 1}\n",
		[]string{"bad-value 4:19 policies[0].cookie.ttl", "unknown-policy 4:34 policies[0].cookie.balance", "bad-parameter 5:28 policies[1].two-choices.choices"}, false},
	{"bad inner policies", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\npolicies:\n  - cookie: {balance: {two-choices: {choices: 1}}}\n" +
		"  - stick-table: {balance: {two-choises: {}}}\n  - {variant: a, policy: {cookie: {balance: {two-choices: {choice: 3}}}}}\n" +
		"  - {variant: b, policy: {cookie: {balance: {ip-hash: {}}}}}\n  - split: {a: {cookie: {balance: {random: {x: 1}}}}, b: {canary: {}}}\n",
		[]string{"bad-parameter 4:47 policies[0].cookie.balance.two-choices.choices", "unknown-policy 5:28 policies[1].stick-table.balance",
			"unknown-field 6:60 policies[2].policy.cookie.balance.two-choices.choice", "unknown-value 7:45 policies[3].policy.cookie.balance",
			"unknown-field 8:45 policies[4].split.a.cookie.balance.random.x", "unknown-value 8:58 policies[4].split.b"}, true},
	{"same policy twice", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\npolicies: [cookie, {cookie: {ttl: 1h}}]\n", []string{"duplicate-name 3:20 policies[1]"}, false},
	{"variants", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\npolicies:\n  - {variant: a}\n  - {policy: cookie, seed: 2}\n  - {variant: b, policy: cookie, sevrers: {count: 2}}\n  - {variant: c, policy: cookie, servers: {cuont: 2}}\n",
		[]string{"missing-field 4:5 policies[0]", "shared-field 5:22 policies[1].seed", "unknown-field 6:34 policies[2].sevrers", "unknown-field 7:44 policies[3].servers.cuont"}, true},
	{"placement", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\nstate: {sore: {}}\n", []string{"unknown-value 3:8 state"}, true},
	{"proxies", "servers: {count: 1}\nclients: {seen_as: forwarded, trusted: [10.0.0.0/8, x]}\nworkload: [{population: nat, users: 1, through: 0}, {population: shopper, users: 1, through: [10.0.0.1, foo]}]\n",
		[]string{"bad-value 2:53 clients.trusted[1]", "out-of-range 3:49 workload[0].through", "bad-value 3:105 workload[1].through[1]"}, false},
	{"proxies without addresses", "servers: {count: 1}\nclients: {seen_as: forwarded, trusted: [10.0.0.0/8]}\nworkload: [{population: nat, users: 1, through: 2}]\n",
		[]string{"missing-value 3:49 workload[0].through"}, false},
	{"fields of an unknown population", "servers: {count: 1}\nworkload: [{population: nat, users: 1}, {name: shop, users: 1, think: 1s, service: 1ms}]\npolicies: [{variant: a, policy: cookie, workload: {shop: {think: 2s}}}, {variant: b, policy: cookie, workload: {shopp: {think: 2s}}}]\n",
		[]string{"unknown-population 3:113 policies[1].workload.shopp"}, false},
	{"more names than servers", "servers: {count: 2, names: [a, b, c]}\nworkload: [{population: nat, users: 1}]\n", []string{"too-many 1:28 servers.names"}, false},
	{"names for added servers", "servers: {count: 2, names: [a, b, c, a]}\nworkload: [{population: nat, users: 1}]\ntimeline: [{at: 1m, scale: {to: 4}}]\n", []string{"duplicate-name 1:28 servers.names"}, false},
	{"two placements", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\nstate: {store: {}, token: {}}\n", []string{"wrong-type 3:8 state"}, true},
	{"choice", "servers: {count: 1, discipline: lifo}\nworkload: [{population: nat, users: 1, on_loss: giveup, abandon: yes}]\n",
		[]string{"unknown-value 1:33 servers.discipline", "unknown-value 2:49 workload[0].on_loss", "wrong-type 2:66 workload[0].abandon"}, true},
	{"timeline", "servers: {count: 2}\nworkload: [{population: nat, users: 1}]\ntimeline:\n  - {crash: {servers: 1}}\n  - {at: 5m}\n  - {at: 1m, crash: {}, slow: {factor: 50%}}\n  - {at: 1m, crash: {servers: 5}}\n  - {at: 1m, crash: {servers: [server-9]}}\n  - {each: exp(1d), deploy: {}}\n",
		[]string{"missing-field 4:5 timeline[0]", "missing-field 5:5 timeline[1]", "conflict 6:31 timeline[2].slow", "out-of-range 7:31 timeline[3].crash.servers",
			"unknown-server 8:32 timeline[4].crash.servers[0]", "conflict 9:12 timeline[5].each"}, false},
	{"deployment", "servers: {count: 2}\nworkload: [{population: nat, users: 1}]\ntimeline:\n  - {at: 1m, deploy: {max_surge: 0, max_unavailable: 0}}\n  - {at: 1m, deploy: {max_surge: 0.0%, max_unavailable: 00}}\n  - {at: 1m, deploy: {max_surge: 0, max_unavailable: 10%}}\n",
		[]string{"conflict 4:22 timeline[0].deploy", "conflict 5:22 timeline[1].deploy"}, false},
	{"objectives", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\nobjectives:\n  - latency.p95 = 3\n  - latncy.p95 < 3ms\n  - 3 < 4\n  - policy(fast).latency.p95 < 3ms\n  - latency.p95 < soon\n",
		[]string{"bad-objective 4:5 objectives[0]", "unknown-metric 5:5 objectives[1]", "bad-objective 6:5 objectives[2]", "unknown-policy 7:12 objectives[3]", "unknown-metric 8:19 objectives[4]"}, false},
	{"objective twice", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\nobjectives:\n  - latency.p95 < 1s\n  - 1000ms > latency.p95\n", []string{"bad-objective 5:5 objectives[1]"}, false},
	{"before every warm-up", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\nduration: 1m\ntimeline:\n  - {at: -20m, crash: {servers: 1}}\n  - {at: -21m, crash: {servers: 1}}\n",
		[]string{"out-of-range 6:5 timeline[1]"}, false},
	{"replications", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\nreplications: {min: 10, max: 5}\n", []string{"out-of-range 3:15 replications"}, false},
	{"no such file", "servers: {count: 1}\nworkload: [{replay: ../secret.log, service: 1ms}, {replay: none.log, service: 1ms}]\n",
		[]string{"no-file 2:21 workload[0].replay", "no-file 2:60 workload[1].replay"}, false},
	{"settings of a replay without one", "servers: {count: 1}\nworkload: [{population: nat, users: 1, speed: 2}]\n", []string{"conflict 2:47 workload[0].speed"}, false},
	{"addresses", "servers: {count: 1}\nworkload: [{population: nat, users: 1, addresses: [{share: 50%, per: 1}]}]\n", []string{"out-of-range 2:51 workload[0].addresses"}, false},
	{"too much", "servers: {count: 1}\nworkload: [{sessions: 1000000/s, requests: 1000000000, think: 1d, service: 1ms}]\n", []string{"overload 2:11 workload", "long-run 2:11 workload", "starts-empty 2:11 workload", "too-many 2:11 workload"}, false},
	{"overload is a warning", "servers: {count: 1, cores: 1}\nworkload: [{sessions: 2/s, requests: 1, service: 1s}]\n", []string{"overload 2:11 workload"}, false},
	{"after the end", "servers: {count: 1}\nduration: 5m\nwarmup: 0\nworkload: [{population: nat, users: 1}]\ntimeline: [{at: 10m, crash: {}}]\n", []string{"too-late 5:12 timeline[0]"}, false},
	{"placements", "servers: {count: 2}\nworkload: [{population: nat, users: 1}]\nstate: {replicated: {copies: 17}}\npolicies:\n  - random\n  - {variant: a, policy: random, state: {store: {persist: {snapshots: 5m}}}}\n  - {variant: b, policy: random, state: {token: {rest: 120%}}}\n  - {variant: c, policy: random, state: {store: {connections: 0}}}\n",
		[]string{"out-of-range 3:30 state.replicated.copies", "missing-field 6:59 policies[1].state.store.persist", "unknown-field 6:60 policies[1].state.store.persist.snapshots", "out-of-range 7:56 policies[2].state.token.rest", "out-of-range 8:63 policies[3].state.store.connections"}, false},
	{"forgers", "servers: {count: 2}\nworkload: [{population: nat, users: 1, keys: 0, forged_cookies: {kind: stolen}}]\n",
		[]string{"out-of-range 2:46 workload[0].keys", "missing-field 2:65 workload[0].forged_cookies", "unknown-value 2:72 workload[0].forged_cookies.kind"}, false},
	{"until", "servers: {count: 1}\nduration: 5m\nwarmup: 0\nworkload: [{population: nat, users: 1}]\ntimeline:\n  - {at: 1m, until: 2m, crash: {}}\n  - {at: 2m, every: 10s, until: 1m, crash: {}}\n",
		[]string{"conflict 6:21 timeline[0].until", "out-of-range 7:33 timeline[1].until"}, false},
	{"limits that no policy keeps", "servers: [{name: a}, {name: b, limit: 5}]\nworkload: [{population: nat, users: 1}]\npolicies:\n  - nginx/round_robin\n  - round-robin\n  - split: {a: haproxy/leastconn, b: cookie}\n",
		[]string{"ignored 1:39 servers[1].limit", "ignored 1:39 servers[1].limit"}, false},
	{"cookies that name no server", "servers: [{name: a}, {name: b}]\nworkload: [{population: nat, users: 1}]\npolicies:\n  - haproxy/cookie\n  - {variant: half, policy: haproxy/cookie, servers: {a: {cookie: a}}}\n  - {variant: same, policy: apache/stickysession, servers: {count: 2, options: {route: r}}}\n  - {variant: names, policy: haproxy/cookie, servers: {count: 2}}\n",
		[]string{"never-sticky 1:10 servers", "never-sticky 6:60 policies[2].servers"}, false},
	{"fleets that a product cannot serve", "servers: {count: 62}\nworkload: [{population: nat, users: 1}]\npolicies:\n  - kong/consistent-hashing\n  - {variant: large, policy: {kong/consistent-hashing: {slots: 20000}}}\n",
		[]string{"unfit-fleet 4:5 policies[0]"}, false},
	{"no time between recurrences", "servers: {count: 2, gc: {every: 0, pause: 1ms}}\nbalancers: {restart: exp(1us)}\nworkload: [{population: nat, users: 1}]\ntimeline:\n  - {every: 0s, crash: {}}\n  - {each: 0, crash: {}}\n  - {every: 1ns, deploy: {}}\n",
		[]string{"out-of-range 1:33 servers.gc.every", "out-of-range 2:22 balancers.restart", "out-of-range 5:13 timeline[0].every", "out-of-range 6:12 timeline[1].each", "out-of-range 7:13 timeline[2].every"}, false},
	{"too many recurrences", "servers: {count: 1000}\nworkload: [{population: nat, users: 1}]\ntimeline:\n  - {every: 2ms, crash: {repair: 1s}}\n  - {each: 3s, pause: {for: 1s}}\n  - {every: 2ms, until: 1m, crash: {repair: 1s}}\n",
		[]string{"too-many 4:5 timeline[0]", "too-many 5:5 timeline[1]"}, false},
	{"events that change nothing", "servers: {count: 4, zones: 2}\nworkload: [{population: nat, users: 1}]\nstate: {token: {rest: 0}}\npolicies:\n  - random\n  - {variant: b, policy: random, state: replicated, balancers: {count: 3}}\ntimeline:\n" +
		"  - {at: 1m, store_outage: {for: 1m}}\n  - {at: 1m, crash: {zone: 2}}\n  - {at: 1m, balancer_restart: {balancers: 4}}\n  - {at: 1m, balancer_restart: {balancers: 3}}\n  - {at: 1m, arrivals: {factor: 2, for: 1m}}\n",
		[]string{"no-effect 8:5 timeline[0]", "no-effect 9:5 timeline[1]", "no-effect 10:5 timeline[2]", "no-effect 10:5 timeline[2]", "no-effect 12:5 timeline[4]"}, false},
	{"slow for no time", "servers: {count: 4}\nworkload: [{population: nat, users: 1}]\ntimeline: [{each: exp(1h), slow: {factor: 50%}}]\n", []string{"missing-field 3:34 timeline[0].slow"}, false},
	{"groups that lack servers", "servers: [{name: a, options: {group: one}}, {name: b, options: {group: two}}]\nworkload: [{population: nat, users: 1}]\npolicies:\n  - weighted\n  - {variant: b, policy: {weighted: {groups: [one=2, two, three]}}}\n  - {variant: c, policy: {weighted: {groups: [one]}}}\n  - {variant: d, policy: {nginx/split_clients: {parts: [10% one, 20% two, '* three']}}}\n",
		[]string{"no-effect 4:5 policies[0]", "no-effect 5:59 policies[1].policy.weighted.groups[2]", "no-effect 6:46 policies[2].policy.weighted.groups", "no-effect 7:75 policies[3].policy.nginx/split_clients.parts[2]"}, false},
	{"canaries that do not sing", "servers: {count: 2}\nworkload: [{population: nat, users: 1}]\npolicies:\n  - canary\n  - {variant: b, policy: {canary: {servers: [server-2, server-3]}}}\n  - {variant: c, policy: {canary: {zone: 1}}}\ntimeline: [{at: 1m, policy: {canary: {servers: [web-1]}}}]\n",
		[]string{"no-effect 4:5 policies[0]", "unknown-server 5:56 policies[1].policy.canary.servers[1]", "no-effect 6:42 policies[2].policy.canary.zone", "unknown-server 7:49 timeline[0].policy.canary.servers[0]"}, false},
	{"what a log says", "servers: {count: 2}\nduration: 2s\nworkload: [{replay: access.log, service: 1ms, keys: 1, addresses: 2, address_change: 1h, think: 1s}]\n",
		[]string{"one-address 3:21 workload[0].replay", "no-effect 3:53 workload[0].keys", "no-effect 3:67 workload[0].addresses", "no-effect 3:86 workload[0].address_change", "no-effect 3:97 workload[0].think"}, false},
	{"cookies that no client has", "servers: {count: 2}\nworkload:\n  - {population: nat, users: 1, cookies: 0%, cookie_loss: 1%, forged_cookies: {share: 1%, kind: replayed}}\n  - {population: nat, name: b, users: 1, cookies: 0%, forged_cookies: {share: 1%}}\n",
		[]string{"contradictory 3:42 workload[0].cookies", "no-effect 3:59 workload[0].cookie_loss", "no-effect 3:79 workload[0].forged_cookies", "contradictory 4:51 workload[1].cookies"}, false},
	{"abandon without timeout or queue", "servers: {count: 2, discipline: ps}\nclients: {abandon: true}\nworkload:\n  - {name: a, users: 1, service: 1s}\npolicies:\n  - random\n",
		[]string{"no-effect 2:20 clients.abandon"}, false},
	{"abandon without a queue", "servers: {count: 2, discipline: ps}\nworkload:\n  - {mix: 1/s}\n  - {name: a, users: 1, service: 1s, timeout: 9s, abandon: true}\n  - {name: b, users: 1, service: 1s, timeout: 9s, abandon: always}\n  - {name: c, users: 1, service: 1s, abandon: always}\n",
		[]string{"contradictory 4:60 workload[1].abandon", "no-effect 6:47 workload[3].abandon"}, false},
	{"arrivals beyond the end", "servers: {count: 100}\nduration: 5m\nworkload:\n  - {mix: 1/s}\n  - {population: nat, sessions: flash(poisson(1/s) at=5m for=1m)}\n  - {population: nat, name: b, sessions: steps(0s:1/s 4m:2/s 9m:3/s)}\n  - {population: nat, name: c, sessions: ramp(0s:1/s 4m:2/s 9m:3/s)}\n  - {population: nat, name: d, sessions: flash(ramp(0s:1/s 6m:2/s 9m:3/s) at=1m for=1m)}\n  - {population: nat, name: e, sessions: flash(steps(0s:1/s 4m:2/s repeat=1h) at=1m for=1m)}\n",
		[]string{"too-late 5:33 workload[1].sessions", "too-late 6:42 workload[2].sessions", "too-late 8:42 workload[4].sessions"}, false},
	{"overload of users who do not wait", "servers: {count: 1, cores: 1}\nworkload: [{name: a, users: 50, loop: open, think: 500ms, service: 12ms, requests: unlimited}]\n", []string{"overload 2:11 workload"}, false},
	{"overload that an autoscaler ends", "servers: {count: 1, cores: 1}\nworkload: [{name: a, users: 50, loop: open, think: 500ms, service: 12ms, requests: unlimited}]\nautoscaler: {hpa: {target: 30%, min: 1, max: 2}}\n", nil, false},
	{"draws of a short log", "servers: {count: 2}\nworkload:\n  - {replay: access.log, service: 1ms, resample: hours}\n  - {population: nat, users: 1, resample: clients}\n",
		[]string{"one-address 3:14 workload[0].replay", "out-of-range 3:50 workload[0].resample", "conflict 4:43 workload[1].resample"}, false},
	{"no weight", "servers: [{name: a, weight: 0}, {name: b, weight: 0}]\nworkload: [{population: nat, users: 1}]\n", []string{"no-effect 1:10 servers"}, false},
	{"empty", "", []string{"empty 0:0 "}, false},
	{"only a comment", "# nothing\n", []string{"empty 0:0 "}, false},
	{"second document", "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\n---\nname: b\n", []string{"second-document 3:0 "}, false},
	{"binary", "\x00\x01\x02", []string{"not-text 0:0 "}, false},
	{"not UTF-8", "name: \xff\xfe", []string{"not-text 0:0 "}, false},
	{"no mapping", "- a\n- b\n", []string{"wrong-type 1:1 "}, false},
	{"syntax", "servers: {count: 1\nworkload: []\n", []string{"syntax 2:9 "}, false},
	{"alias bomb", bomb(), []string{"alias-bomb 6:6 "}, false},
	{"alias cycle", "x-a: &a [*a]\nservers: {count: 1}\n", []string{"alias-cycle 1:10 "}, false},
	{"too deep", "x-a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), []string{"too-deep 1:70 "}, false},
	{"control characters", "servers: {count: 1}\nname: \"a\\ab\"\nworkload: [{population: nat, users: 1}]\n", []string{"bad-text 2:7 name"}, false},
}

func bomb() string {
	var b strings.Builder
	b.WriteString("x-0: &a0 [" + strings.Repeat("1,", 9) + "1]\n")
	for i := 1; i < 9; i++ {
		d := string(rune('0' + i))
		p := string(rune('0' + i - 1))
		b.WriteString("x-" + d + ": &a" + d + " [" + strings.Repeat("*a"+p+",", 9) + "*a" + p + "]\n")
	}
	return b.String()
}

func problems(text string) diag.List {
	spec, err := Parse("test.yaml", []byte(text))
	if err != nil {
		return err.(diag.List)
	}
	return Build(spec, logs()).Problems
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	for _, c := range bad {
		t.Run(c.name, func(t *testing.T) {
			list := problems(c.text)
			var got []string
			for _, p := range list {
				got = append(got, p.Rule+" "+place(p.Line, p.Col)+" "+p.Path)
				if p.Message == "" || p.File != "test.yaml" {
					t.Errorf("a problem without message or file: %#v", p)
				}
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("found\n  %s\nwant\n  %s\nmessages:\n%s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "), list.Error())
			}
		})
	}
}

func place(line, col int) string { return decimal(float64(line)) + ":" + decimal(float64(col)) }
