package scenarios

import (
	"slices"
	"strings"
	"testing"
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
