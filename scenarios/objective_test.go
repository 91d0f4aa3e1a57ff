package scenarios

import (
	"slices"
	"strings"
	"testing"

	"stickysim/sim/diag"
)

const typos = `version: 1
name: typo
servers: {count: 4}
workload:
  - {population: shopper, sessions: poisson(0.5/s)}
policies: [cookie]
objectives:
  - latency.p94 < 300ms
  - sessions.lost{cause=crahs} <= 10
  - latency.p95 < 20%
`

// Each wrong objective is one error at the wrong word, with what was probably meant.
func TestObjectiveTypos(t *testing.T) {
	var got []string
	for _, p := range problems(typos) {
		got = append(got, p.String())
	}
	want := []string{
		"8:5: objectives[0]: unknown metric \"latency.p94\"; did you mean \"latency.p95\"?\n    hint: see stickysim metrics list",
		"9:25: objectives[1]: unknown cause \"crahs\"; did you mean \"crash\"?\n",
		"10:21: objectives[2]: latency.p95 is a time and must be compared with one, got \"20%\": unknown unit \"%\"\n    hint: write latency.p95 < 300ms",
	}
	if !slices.EqualFunc(got, want, func(g, w string) bool { return strings.Contains(g, w) }) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const misspelledPrecision = `version: 1
name: swallowed
start: equilibrium
duration: 20m
replications: {min: 4, max: 60, precision: 1%, metric: latncy.p95}
servers: {count: 4, cores: 4}
workload:
  - population: shopper
    sessions: poisson(1/s)
state: local
policies: [cookie]
timeline:
  - {at: 10m, crash: {servers: 1, repair: 2m}}
`

func TestPrecisionOfUnknownMetric(t *testing.T) {
	list := problems(misspelledPrecision).Errors()
	if len(list) != 1 || list[0].Line != 5 || list[0].Col != 56 || !strings.Contains(list[0].String(), `unknown metric "latncy.p95"; did you mean "latency.p95"?`) {
		t.Errorf("got %v", list)
	}
}

// Objectives speak of the populations of alternatives, and of servers, by name.
func TestObjectivesNameParts(t *testing.T) {
	const two = "servers: {count: 2}\nworkload:\n  - {population: shopper, users: 1, think: 1s, service: 1ms}\n  - {population: bot, users: 1, think: 1s, service: 1ms}\nobjectives:\n  - "
	const one = "servers: {count: 2}\nworkload: [{population: shopper, users: 1, think: 1s, service: 1ms}]\nobjectives:\n  - "
	for _, c := range []struct{ text, want string }{
		{two + "latency.p95{population=bot} < 1s\n", ""},
		{two + "latency.p95{population=bots} < 1s\n", `6:28: objectives[0]: no population is called "bots"; did you mean "bot"?`},
		{two + "requests.failed{cause=timeot} < 1\n", `unknown cause "timeot"; did you mean "timeout"?`},
		{two + "server.utilization < 80%\n", "server.utilization exists only with a label"},
		{one + "latency.p95{population=shopper} < 1s\n", "this scenario has no figures with that label"},
		{one + "store.latency.p99 < 1ms\n", "4:5: objectives[0]: store.latency.p99 is not reported here: it needs session state in a shared store"},
		{one + "policy(cookies).latency.p95 < 1s\n", `no alternative is called "cookies"`},
	} {
		list := problems(c.text)
		if c.want == "" && len(list) > 0 || c.want != "" && (len(list) != 1 || !strings.Contains(list[0].String(), c.want)) {
			t.Errorf("got %v, want %q", list, c.want)
		}
	}
}

// An objective that is a mapping says how severe a miss is and whom it judges; gate says whom objectives may fail.
func TestObjectivesSayWhomTheyJudge(t *testing.T) {
	const head = "servers: {count: 2}\nworkload: [{population: shopper, users: 1, think: 1s, service: 1ms}]\npolicies: [cookie, ip-hash, {variant: stateless, policy: random, state: {store: {latency: 1ms}}}]\n"
	spec, err := Parse("file.yaml", []byte(head+"gate: [cookie]\nobjectives:\n  - latency.p95 < 1s\n  - {that: latency.p95 <= baseline * 1.1, severity: warn}\n  - {that: store.latency.p99 < 1s, on: [stateless], severity: fail}\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := Build(spec, nil)
	if len(b.Problems) > 0 {
		t.Fatal(b.Problems)
	}
	o := b.Study.Objectives
	if !slices.Equal(b.Study.Gate, []string{"cookie"}) || len(o) != 3 || o[0].Warn || !o[1].Warn || !o[1].Limit.Saved || o[2].Warn || !slices.Equal(o[2].On, []string{"stateless"}) {
		t.Errorf("gate %v, objectives %+v", b.Study.Gate, o)
	}
	for _, c := range []struct{ text, want string }{
		{"gate: [cokie]\n", `no alternative is called "cokie"; did you mean "cookie"?`},
		{"gate: []\n", "must have 1 to 1000 elements"},
		{"objectives: [latency.p95 < 1s, latency.p95 >= 2s]\n", "objectives[1]: cannot be met together with latency.p95 < 1s"},
		{"objectives: [availability.requests > 150%]\n", "4:38: objectives[0]: is never met, so that it decides nothing: availability.requests is at most 100%"},
		{"objectives: [{that: latency.p95 < 1s, on: [stateles]}]\n", `4:44: objectives[0].on[0]: no alternative is called "stateles"; did you mean "stateless"?`},
		{"objectives: [{that: store.latency.p99 < 1s, on: [cookie]}]\n", `store.latency.p99 is not reported by "cookie": it needs session state in a shared store`},
		{"objectives: [{that: policy(cookie).latency.p95 < 1s, on: [cookie]}]\n", "is about one alternative already"},
		{"objectives: [{that: latency.p95 < 1s, severity: error}]\n", "must be one of fail, warn"},
		{"objectives: [{severity: warn}]\n", "needs that"},
		{"objectives: [{that: latency.p94 < 1s}]\n", `4:21: objectives[0].that: unknown metric "latency.p94"`},
	} {
		if list := problems(head + c.text); len(list) != 1 || !strings.Contains(list[0].String(), c.want) {
			t.Errorf("got %v, want %q", list, c.want)
		}
	}
}

// Objectives about alternatives that --policies leaves out are not judged, and a warning says so; the others are.
func TestObjectivesOfAlternativesLeftOut(t *testing.T) {
	const text = `servers: {count: 2}
workload: [{population: shopper, users: 1, think: 1s, service: 1ms}]
policies: [cookie, ip-hash, {variant: stateless, policy: random, state: {store: {latency: 1ms}}}]
gate: [cookie, stateless]
objectives:
  - latency.p95 < 1s
  - policy(stateless).latency.p95 < 1s
  - latency.p95 < policy(stateless).latency.p95 * 2
  - store.latency.p99 < 1s
  - {that: latency.p95 < 2s, on: [stateless]}
  - {that: latency.p95 < 3s, on: [stateless, cookie]}
`
	spec, err := Parse("file.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	few, err := spec.Only("cookie", "ip-hash")
	if err != nil {
		t.Fatal(err)
	}
	b := Build(few, nil)
	if err := b.Problems.Err(); err != nil {
		t.Fatal(err)
	}
	var judged []string
	for _, o := range b.Study.Objectives {
		judged = append(judged, o.String())
	}
	if want := []string{"latency.p95 < 1s", "latency.p95 < 3s"}; !slices.Equal(judged, want) {
		t.Errorf("judged are %q, want %q", judged, want)
	}
	left := slices.DeleteFunc(slices.Clone(b.Study.Warnings), func(w diag.Warning) bool { return w.Code != notJudged.Name })
	if len(left) != 4 {
		t.Errorf("warnings %v", b.Study.Warnings)
	}
	if more := Build(spec, nil); len(more.Study.Objectives) != 6 || len(more.Study.Warnings) > 0 {
		t.Errorf("with all alternatives: %v, %v", more.Study.Objectives, more.Study.Warnings)
	}
}
