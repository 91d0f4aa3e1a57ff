package scenarios

import (
	"io/fs"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"stickysim/sim"
)

// interwoven has parts that refer to each other: shares of the fleet, servers by name, new servers like the first,
// a window that is another's default, and a start that decides about the warm-up.
const interwoven = `
servers: {count: 10, cores: 2, names: [a, b]}
new_servers: {speed: 2}
start: equilibrium
warmup: auto
clients: {timeout: 3s}
workload: [{population: shopper, sessions: 1/s, addresses: 50, state: {size: 1KiB, changes: 20%}}]
state: {store: {persist: {snapshot: 1m}, restart: {for: 1m}}}
timeline:
  - {at: 10m, crash: {servers: [a, b]}}
  - {at: 20m, every: 5m, until: 40m, name: often, slow: {servers: 30%, factor: 0.5, for: 1m}}
  - {at: 30m, drain: {servers: all, zone: 0}}
  - {at: 40m, policy: {cookie: {ttl: 1h}}}
  - {at: 50m, deploy: {strategy: rolling, max_surge: 25%, max_unavailable: 25%}}
  - {each: exp(30d), crash: {repair: 1m}}
autoscaler:
  schedule: [{at: 10m, servers: 12}]
  hpa: {min: 2, max: 20, stabilize: 7m, behavior: {scale_up: {policies: [{pods: 4, period: 15s}]}}}
policies:
  - {canary: {stable: round-robin, canary: maglev, share: 5%, servers: [b]}}
  - {variant: other, policy: {cookie: {ttl: 1h}}, servers: {count: 4}, timeline: []}
`

// No row of a table depends on another: read in any order they give the same study and the same problems.
func TestOrderOfRows(t *testing.T) {
	t.Parallel()
	same := func(name string, spec *Spec, files fs.FS) {
		want := newDecoder(files).build(spec)
		for seed := range uint64(4) {
			d := newDecoder(files)
			d.order = rand.New(rand.NewPCG(seed, 0)).Perm
			got := d.build(spec)
			if !reflect.DeepEqual(problemSet(got), problemSet(want)) {
				t.Errorf("%s, order %d: problems are\n%v, want\n%v", name, seed, got.Problems, want.Problems)
			}
			if !reflect.DeepEqual(withoutFunctions(t, got), withoutFunctions(t, want)) {
				t.Errorf("%s, order %d: another study", name, seed)
			}
		}
	}
	for _, e := range List() {
		spec, files, err := Open(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		same(e.Name, spec, files)
	}
	texts := map[string]string{"contract": contract, "small": small, "interwoven": interwoven}
	for _, b := range bad {
		texts[b.name] = b.text
	}
	for name, text := range texts {
		if spec, err := Parse("test.yaml", []byte(text)); err == nil { // some of the bad are no YAML
			same(name, spec, logs())
			if b := Build(spec, logs()); name == "interwoven" && b.Study == nil {
				t.Error(b.Problems)
			}
		}
	}
}

func problemSet(b Built) []string {
	var all []string
	for _, p := range b.Problems {
		all = append(all, p.String())
	}
	slices.Sort(all)
	return all
}

// withoutFunctions is what was built, without the constructors of policies, which cannot be compared (the text of a policy
// says the same), and without the loads, which follow from the models and hold NaN.
func withoutFunctions(t *testing.T, b Built) Built {
	t.Helper()
	b.Problems, b.Load, b.spec, b.files = nil, nil, nil, nil
	if b.Study == nil {
		return b
	}
	study := *b.Study
	study.Variants = slices.Clone(study.Variants)
	for i := range study.Variants {
		m := *study.Variants[i].Model
		if m.NewPolicy == nil {
			t.Errorf("%s has no policy", study.Variants[i].Name)
		}
		m.NewPolicy, m.Later = nil, make([]func(sim.Env) sim.Balancer, len(m.Later))
		study.Variants[i].Model = &m
	}
	b.Study = &study
	return b
}
