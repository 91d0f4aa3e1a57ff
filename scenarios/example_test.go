package scenarios

import (
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/sim"
	"stickysim/sim/dist"
)

// contract is the example of the scenario file that the interface promises to read.
const contract = `# yaml-language-server: $schema=stickysim.schema.json
version: 1
name: checkout
description: One office behind a NAT meets an IP hash.
duration: 2h                 # simulated time that is measured
warmup: auto                 # or a duration
seed: 1
replications: 20             # or {min: 10, max: 400, precision: 2%, metric: latency.p95, confidence: 95%}

servers:
  count: 5                   # or a list of servers: {name, weight, zone, cores, speed}
  names: ["10.0.0.11:3000", "10.0.0.12:3000", "10.0.0.13:3000", "10.0.0.14:3000", "10.0.0.15:3000"]
  cores: 4
  discipline: fcfs           # fcfs over the cores, or ps (processor sharing)
  queue: 1000                # waiting requests before 503
  memory: 2GiB
  startup: lognormal(mean=30s cv=0.3)
  slow_start: {for: 60s, from: 40%}

balancers: {count: 2, shared_table: false}
health: {interval: 5s, timeout: 2s, fall: 3, rise: 2, passive: {failures: 5, eject: 30s}}
clients: {timeout: 10s, retries: 1, backoff: exp(200ms), retry_budget: 20%}

workload:
  - population: shopper      # a built-in class, every field can be overridden; custom has no defaults
    sessions: poisson(2/s)   # arrivals of new sessions (open); nonstationary: profiles, flash crowds
    requests: geometric(mean=70)
    think: lognormal(mean=12s cv=1.5)
    service: lognormal(mean=40ms cv=1)
    state: {size: 50KiB, growth: 1KiB, idle_timeout: 30m}
    on_loss: relogin         # or restart, leave
  - population: nat
    users: 400               # a fixed number of users (closed); requests: unlimited for ever
    addresses: 1
  - replay: access.log       # a real log; format detected
    speed: 2
    service: exp(30ms)

state: local                 # none | local | {replicated: {copies: 2}} | {store: {...}} | {token: {...}} | {cached_store: {...}}

policies:
  - round-robin                                     # by name
  - cookie: {ttl: 1h, balance: least-connections}   # with parameters
  - nginx/ip_hash
  - haproxy/stick-table: {key: src, expire: 30m, size: 1m}
  - variant: stateless                              # a named combination: any field may differ
    policy: two-choices
    state: {store: {latency: lognormal(mean=0.4ms cv=1)}}
    servers: {count: 4}

timeline:
  - {at: 30m, crash: {servers: 1, repair: exp(5m)}}
  - {every: exp(6h), preempt: {servers: 1, notice: 2m}}
  - {at: 1h, deploy: {strategy: rolling, max_surge: 25%, max_unavailable: 0, drain: 5m}}

autoscaler:
  hpa: {metric: utilization, target: 60%, min: 3, max: 20}

objectives:
  - latency.p95 < 300ms
  - sessions.lost.ratio < 0.1%
  - server.utilization.peak_to_mean < 1.5
  - policy(cookie).latency.p99 <= policy(stateless).latency.p99 * 1.1
`

func logs() fstest.MapFS {
	line := "203.0.113.9 - - [02/Mar/2026:09:%02d:00 +0000] \"GET / HTTP/1.1\" 200 512 \"-\" \"Firefox\"\n"
	var b strings.Builder
	for i := range 60 {
		b.WriteString(strings.Replace(line, "%02d", string([]byte{'0' + byte(i/10), '0' + byte(i%10)}), 1))
	}
	return fstest.MapFS{"access.log": {Data: []byte(b.String())}}
}

func build(t *testing.T, text string) Built {
	t.Helper()
	spec, err := Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	b := Build(spec, logs())
	if err := b.Problems.Err(); err != nil {
		t.Fatal(err)
	}
	return b
}

func equal[V comparable](t *testing.T, what string, got, want V) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	b := build(t, contract)
	s := b.Study
	equal(t, "name", s.Name, "checkout")
	equal(t, "variants", len(s.Variants), 5)
	equal(t, "auto warm-up", s.AutoWarmup, true)
	equal(t, "replications", s.Replications.Min, 20)
	equal(t, "variant", s.Variants[4].Name, "stateless")
	equal(t, "policy text", s.Variants[1].Policy, "cookie {ttl: 1h, balance: least-connections}")
	equal(t, "objectives", len(s.Objectives), 4)

	m := model(b, "cookie")
	equal(t, "duration", m.Duration, 2*sim.Hour)
	equal(t, "servers", len(m.Servers), 5)
	equal(t, "name of a server", m.Servers[1].Info.Name, "10.0.0.12:3000")
	equal(t, "memory", m.Servers[0].Memory, 2<<30)
	equal(t, "startup", m.Servers[0].Startup.String(), "lognormal(mean=30s cv=0.3)")
	equal(t, "slow start", m.Servers[0].SlowStart, sim.SlowStart{For: sim.Minute, From: 0.4})
	equal(t, "health", m.Health, sim.Health{Interval: 5 * sim.Second, Timeout: 2 * sim.Second, Fall: 3, Rise: 2, Passive: sim.Passive{Failures: 5, Eject: 30 * sim.Second}})
	equal(t, "balancers", m.Balancers.Count, 2)
	shopper, nat, log := &m.Populations[0], &m.Populations[1], &m.Populations[2]
	equal(t, "sessions", shopper.Sessions.Rate(), 2)
	equal(t, "state", shopper.State, 50<<10)
	equal(t, "idle timeout", shopper.IdleTimeout, 30*sim.Minute)
	equal(t, "timeout", shopper.Timeout.Mean(), 10)
	equal(t, "retry budget", nat.RetryBudget, 0.2)
	equal(t, "users", nat.Users, 400)
	equal(t, "name of the replay", log.Name, "access.log")
	equal(t, "requests of the log", len(log.Trace.Requests), 60)
	equal(t, "end of the log, twice as fast", log.Trace.Requests[59].At, 59*30*sim.Second)
	equal(t, "crash", m.Timeline[0].Repair.Mean(), 300)
	equal(t, "zone", m.Timeline[0].Zone, -1)
	equal(t, "notice", m.Timeline[1].Deadline, 2*sim.Minute)
	equal(t, "surge", m.Timeline[2].Strategy.MaxSurge, 2)
	equal(t, "autoscaler", m.Autoscaler.Target, 0.6)

	stateless := model(b, "stateless")
	equal(t, "servers of the variant", len(stateless.Servers), 4)
	equal(t, "cores of the variant", stateless.Servers[0].Cores, 4)
	equal(t, "placement", stateless.State.Kind, sim.Store)
	equal(t, "latency", stateless.State.Store.Latency.String(), "lognormal(mean=400us cv=1)")
	if stateless.Populations[2].Trace != m.Populations[2].Trace {
		t.Error("variants do not share the trace")
	}
}

// A service time given with its class replaces the class's; what is not given stays.
func TestClassDefaults(t *testing.T) {
	t.Parallel()
	m := build(t, `
servers: {count: 1}
clients: {retries: 7}
workload: [{population: shopper, users: 1, service: 1ms}, {population: casual, users: 1, retries: 3}]
`).Study.Variants[0].Model
	shopper, casual := m.Populations[0], m.Populations[1]
	equal(t, "service", shopper.Demand, dist.Dist(mustDistribution("1ms")))
	equal(t, "cookies", shopper.Cookies, 1)
	equal(t, "retries of all", shopper.Retries, 7)
	equal(t, "retries of one", casual.Retries, 3)
	if shopper.Think == nil || shopper.Requests == nil {
		t.Error("the class's think time or requests are gone")
	}
}

// The order of keys in the file means nothing, though parts need each other.
func TestOrderOfKeys(t *testing.T) {
	t.Parallel()
	m := build(t, `
timeline: [{at: 1m, crash: {servers: [b]}}]
workload: [{users: 1, service: 1ms, think: 1s}]
servers: [{name: a}, {name: b, zone: 3}]
`).Study.Variants[0].Model
	equal(t, "target", m.Timeline[0].Targets[0], 1)
	equal(t, "zone", m.Servers[1].Info.Zone, 3)
	equal(t, "weight", m.Servers[1].Info.Weight, 1)
}

func TestMix(t *testing.T) {
	t.Parallel()
	b := build(t, "servers: {count: 5}\nworkload: [{mix: 4.96/s}]\nclients: {retries: 5}\n")
	l := b.Load[0]
	equal(t, "classes", len(l.Populations), 5)
	equal(t, "retries", b.Study.Variants[0].Model.Populations[3].Retries, 5)
	// 5.24 erlangs per session/s: at 4.96 sessions/s five servers with eight cores are at 65 %, with 3,852 active.
	if u := l.Utilization(); u < 0.62 || u > 0.68 {
		t.Errorf("utilization = %.3f, want about 0.65", u)
	}
	active := 0.0
	for _, p := range l.Populations {
		active += p.Active
	}
	if active < 3600 || active > 4100 {
		t.Errorf("%.0f clients are active, want about 3852", active)
	}
}

func TestInclude(t *testing.T) {
	t.Parallel()
	spec, err := Parse("test.yaml", []byte("servers: {count: 2}\nworkload:\n  - include: fitted.yaml\n  - {population: bot, sessions: 1/h}\n"))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"fitted.yaml": {Data: []byte("workload:\n  - {name: fitted, population: casual, sessions: 1/s}\n")}}
	b := Build(spec, files)
	if b.Study == nil {
		t.Fatal(b.Problems)
	}
	equal(t, "populations", len(b.Study.Variants[0].Model.Populations), 2)
	files["fitted.yaml"].Data = []byte("workload:\n  - {name: fitted, population: casual, session: 1/s}\n")
	problems := Build(spec, files).Problems
	equal(t, "place", problems[0].File+problems[0].Path, "fitted.yamlworkload[0]")
	equal(t, "second place", problems[1].Path, "workload[0].session")
}

func TestEmpiricalFile(t *testing.T) {
	t.Parallel()
	spec, err := Parse("test.yaml", []byte("servers: {count: 2}\nworkload:\n  - {users: 1, think: 1s, service: empirical(times.csv)}\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := Build(spec, fstest.MapFS{"times.csv": {Data: []byte("seconds,page\n0.25,a\n750ms,b\n")}})
	if b.Study == nil {
		t.Fatal(b.Problems)
	}
	equal(t, "mean", b.Study.Variants[0].Model.Populations[0].Demand.Mean(), 0.5)
}

// What recurs happens first at the time that is written, and otherwise after one of its intervals.
func TestFirstTime(t *testing.T) {
	t.Parallel()
	m := build(t, `
servers: {count: 2}
workload: [{users: 1, service: 1ms, think: 1s}]
timeline: [{at: 1m, every: 10s, crash: {repair: 1s}}, {every: 10s, crash: {repair: 1s}}, {at: 1m, crash: {repair: 1s}}, {at: 1m, every: 10s, policy: random}]
`).Study.Variants[0].Model
	for i, want := range []bool{true, false, false, true} {
		equal(t, "at once", m.Timeline[i].AtOnce, want)
	}
}
