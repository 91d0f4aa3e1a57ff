package params

import (
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"stickysim/policies"
	_ "stickysim/policies/all"
	"stickysim/policies/policytest"
	"stickysim/sim"
)

// extremes are the values that every number of a policy is given in turn.
var extremes = []int64{math.MinInt64, -1, 0, 1, 2, 4, 1000, 65537, 1e6, 8388608, 1e8, math.MaxInt32, 1e11, math.MaxInt64}

// Whatever a number of a policy is, what Mend leaves can be instantiated and used within bounds: it neither panics nor takes
// hundreds of megabytes, nor lets a request hang.
func TestMendLeavesWhatCanRun(t *testing.T) {
	t.Parallel()
	const most = 256 << 20 // bytes that an instance and its first requests may allocate
	for _, e := range policies.All() {
		for _, p := range policies.Params(e.Default) {
			for _, x := range extremes {
				v, ok := extreme(p.Type, x)
				if !ok {
					continue
				}
				c, unfit := Mend(e.Name, With(e.Default, Setting{p.Name, v}))
				if err := policies.Check(c); err != nil {
					t.Fatalf("%s %s %v: still %v", e.Name, p.Name, v, err)
				}
				for _, u := range unfit {
					if u.Instead == "" || !strings.HasPrefix(u.Problem, u.Name) {
						t.Errorf("%s %s %v: %+v", e.Name, p.Name, v, u)
					}
				}
				if got := allocated(func() { use(c) }); got > most {
					t.Errorf("%s %s %v: %d MB", e.Name, p.Name, v, got>>20)
				}
			}
		}
	}
}

// extreme is x as a parameter of a type has it.
func extreme(kind string, x int64) (any, bool) {
	switch kind {
	case "integer":
		return int(x), true
	case "number":
		return float64(x), true
	case "duration":
		return sim.Time(x), true
	case "size":
		return policies.Bytes(x), true
	}
	return nil, false
}

// use makes an instance and sends requests of a few clients, with an attempt more for some.
func use(c policies.Config) {
	b := policytest.New(c, 3, 1)
	for client := range sim.ClientID(20) {
		q := b.Request(client, 0)
		if s := b.Serve(q); s != sim.NoServer && client%3 == 0 {
			q.Tried = append(q.Tried, s)
			b.Pick(q)
		}
	}
}

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// What does not fit is put back alone; where parameters contradict each other, all are.
func TestMend(t *testing.T) {
	for _, x := range []struct {
		policy    string
		set       []Setting
		name, use string
	}{
		{"envoy/maglev", []Setting{{"table_size", 0}}, "table_size", "65537"},
		{"envoy/maglev", []Setting{{"table_size", 100}, {"use_hostname_for_hashing", true}}, "table_size", "65537"},
		{"envoy/least-request", []Setting{{"choice_count", 4294967295}}, "choice_count", "2"},
		{"envoy/random", []Setting{{"interval", -sim.Second}}, "interval", "10s"},
		{"envoy/random", []Setting{{"base_ejection_time", sim.Hour}}, "", "the policy's defaults"},
	} {
		e, _ := policies.Lookup(x.policy)
		c, unfit := Mend(x.policy, With(e.Default, x.set...))
		last := unfit[len(unfit)-1]
		if last.Name != x.name || last.Instead != x.use || policies.Check(c) != nil {
			t.Errorf("%s %v: %+v", x.policy, x.set, unfit)
		}
		if len(x.set) > 1 && !byName(reflect.ValueOf(c), x.set[1].Name).Bool() {
			t.Errorf("%s: %s is put back too", x.policy, x.set[1].Name)
		}
	}
	if c, unfit := Mend("no/such", nil); c != nil || unfit != nil {
		t.Errorf("a policy that is not registered: %v", unfit)
	}
}
