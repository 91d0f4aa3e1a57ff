package scenarios_test

import (
	"strings"
	"testing"

	"stickysim/policies"
	_ "stickysim/policies/all"
	"stickysim/scenarios"
	"stickysim/sim"
)

const lightAndOpen = `
version: 1
name: light
duration: 20m
servers: {count: 5, cores: 8}
clients: {retries: 0} # a retry is no new request, but a policy could not tell
health: {interval: 5s, timeout: 2s, fall: 3, rise: 2}
workload:
  - {population: api, sessions: poisson(0.05/s), requests: geometric(mean=40)}
  - {population: bot, sessions: poisson(0.05/s), requests: geometric(mean=60)}
  - {population: casual, sessions: poisson(0.5/s), requests: 1}
state: local
policies: [round-robin]
timeline:
  - {at: 5m, crash: {servers: 2, repair: exp(2m)}}
  - {each: exp(15m), crash: {repair: exp(1m)}}
`

// seen is a request as a policy sees it: its client and its time.
type seen struct {
	who  uint64
	when sim.Time
}

// recorder records every first attempt before the policy picks a server. It passes on what the textbook policies listen to.
type recorder struct {
	policy sim.Powers
	list   *[]seen
}

func (r *recorder) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if q.Attempt == 0 {
		*r.list = append(*r.list, seen{q.Hash, v.Now})
	}
	return r.policy.Pick(q, v)
}

func (r *recorder) Rebuild(v *sim.View)               { r.policy.Rebuild(v) }
func (r *recorder) Began(s sim.ServerID, v *sim.View) { r.policy.Began(s, v) }

func (r *recorder) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) { r.policy.Ended(s, o, v) }

func (r *recorder) Answered(q *sim.Request, s sim.ServerID, v *sim.View) { r.policy.Answered(q, s, v) }

// Under every policy the same clients send the same requests at the same times, and the same servers crash at the same
// times, so that alternatives differ only by their policies.
func TestPoliciesSeeTheSameRequests(t *testing.T) {
	t.Parallel()
	spec, err := scenarios.Parse("light.yaml", []byte(lightAndOpen))
	if err != nil {
		t.Fatal(err)
	}
	study := studyOf(t, spec, nil)
	var first []seen
	var firstFaults []string
	var firstName string
	for _, e := range policies.All() {
		if strings.Contains(e.Name, "/") {
			continue
		}
		var asked []seen
		m := *study.Variants[0].Model
		m.NewPolicy = func(env sim.Env) sim.Balancer { return &recorder{sim.PowersOf(e.Default.New(env)), &asked} }
		res := sim.Run(&m, 7, 0, sim.Options{Log: true})
		var faults []string
		for _, l := range res.Log {
			if l.Event == "server crashed" || l.Event == "server repaired" {
				faults = append(faults, l.At.String()+" "+l.Event+" "+res.Servers[l.Server].Name)
			}
		}
		if first == nil {
			first, firstFaults, firstName = asked, faults, e.Name
			if len(first) < 3000 || len(faults) < 4 {
				t.Fatalf("%d requests and %d faults are too few to tell", len(first), len(faults))
			}
			continue
		}
		if strings.Join(faults, "\n") != strings.Join(firstFaults, "\n") {
			t.Errorf("%s and %s met different faults:\n%s\n--\n%s", firstName, e.Name, strings.Join(firstFaults, "\n"), strings.Join(faults, "\n"))
		}
		if len(asked) != len(first) {
			t.Errorf("%s was asked %d times, %s %d times", firstName, len(first), e.Name, len(asked))
			continue
		}
		for i := range first {
			if asked[i] != first[i] {
				t.Errorf("request %d: %s saw %v, %s saw %v", i, firstName, first[i], e.Name, asked[i])
				break
			}
		}
	}
}

// With one server all textbook policies have exactly the same results.
func TestPoliciesAgreeOnOneServer(t *testing.T) {
	t.Parallel()
	spec, err := scenarios.Parse("light.yaml", []byte(lightAndOpen))
	if err != nil {
		t.Fatal(err)
	}
	for path, value := range map[string]string{"servers.count": "1", "timeline": "[{at: 5m, crash: {servers: 1, repair: 1m}}]"} {
		if spec, err = spec.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	study := studyOf(t, spec, nil)
	var first *sim.Result
	for _, e := range policies.All() {
		if strings.Contains(e.Name, "/") {
			continue
		}
		m := *study.Variants[0].Model
		m.NewPolicy = func(env sim.Env) sim.Balancer { return e.Default.New(env) }
		res := sim.Run(&m, 7, 0, sim.Options{})
		if first == nil {
			first = res
			continue
		}
		for i, want := range first.Metrics {
			if strings.HasPrefix(want.Name(), "affinity.") {
				continue // only policies that are sticky have it
			}
			if got := res.Metrics[i]; got.ID != want.ID || got.Value != want.Value && (got.Value == got.Value || want.Value == want.Value) {
				t.Errorf("%s: %s = %v; under the first policy %v", e.Name, want.Name(), got.Value, want.Value)
			}
		}
	}
}
