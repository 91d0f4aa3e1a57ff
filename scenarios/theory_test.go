package scenarios_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	_ "stickysim/policies/all"
)

// point is a reference value with the rule by which a result is compared with it.
type point struct {
	ID      string
	Ref     float64
	RefSE   float64 `json:"ref_se"`
	Compare rule
}

type rule struct {
	Kind     string  // ci: by interval; abs, rel: within tol
	Level    float64 // of the interval
	MaxRelHW float64 `json:"max_rel_hw"`   // relative half-width at which to judge
	BiasTol  float64 `json:"bias_tol_rel"` // by which a limit may differ from what is simulated, relative
	Tol      float64
}

// setup is a scenario of testdata/theory with changes, and the points it answers.
type setup struct {
	file   string
	set    []string // path=value
	points []answer
	runs   int // fixed number of replications; 0: as many as the points need
}

// answer says which statistic of the scenario a point is about.
type answer struct {
	id   string
	make func() statistic
}

// setups are all there are.
var setups = slices.Concat(queues, users, pinned, sessions, changes, faults, traffic, autoscalers)

// full is set for the comparison at the precision the reference asks for; otherwise intervals may be wider by slack.
var full = os.Getenv("STICKYSIM_FULL") != ""

// slack is how much wider intervals may be in the reduced size.
const slack = 10

func references(t *testing.T) (all []point) {
	t.Helper()
	data, err := os.ReadFile("../testdata/reference/theory.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Points []point }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Points
}

// TestTheory holds the whole path from scenario to result to queueing theory; every second setup of a family of points waits
// for STICKYSIM_FULL.
func TestTheory(t *testing.T) {
	t.Parallel()
	refs := map[string]point{}
	for _, p := range references(t) {
		refs[p.ID] = p
	}
	var table []string
	scores := map[string][]float64{} // by file
	family, of := "", 0              // how many setups of a family there were
	for _, s := range setups {
		if name := s.points[0].id[:3]; name != family {
			family, of = name, 0
		}
		if of++; of%2 == 0 && !full {
			continue
		}
		x := &comparison{setup: s, refs: refs}
		for _, a := range s.points {
			t.Run(a.id, func(t *testing.T) {
				if _, known := refs[a.id]; !known {
					t.Fatal("no such point")
				}
				v := x.verdict(t, a.id)
				table = append(table, v.String())
				if z, ok := v.score(); ok && a.id == s.points[0].id {
					scores[s.file] = append(scores[s.file], z)
				}
				t.Log(v)
				if !v.pass {
					t.Errorf("the result differs from theory: %s", v)
				}
			})
		}
	}
	t.Logf("%d points:\n%s", len(table), strings.Join(table, "\n"))
	for file, z := range scores {
		together(t, file, z)
	}
}

// together fails where many points are a little off, or off in the same direction, which no interval shows alone: the
// scores of a scenario's points are independent and have a normal distribution where all is right.
func together(t *testing.T, file string, scores []float64) {
	const bound = 4 // standard deviations
	sum, squares, n := 0.0, 0.0, float64(len(scores))
	for _, z := range scores {
		sum, squares = sum+z, squares+z*z
	}
	direction := sum / math.Sqrt(n)
	size := distuv.UnitNormal.Quantile(distuv.ChiSquared{K: n}.CDF(squares))
	t.Logf("%-13s %2g scores: together %+.1f standard deviations, their squares %+.1f", file, n, direction, size)
	if math.Abs(direction) > bound || size > bound {
		t.Errorf("%s: the results differ from theory together: by %+.1f standard deviations, their squares by %+.1f", file, direction, size)
	}
}

// Every point of the reference is compared here, or is on the list of those that are not, with the reason.
func TestTheoryIsComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range setups {
		for _, a := range s.points {
			if seen[a.id] {
				t.Errorf("%s is compared twice", a.id)
			}
			seen[a.id] = true
		}
	}
	for _, p := range references(t) {
		why := elsewhere[p.ID[:3]]
		if seen[p.ID] == (why != "") {
			t.Errorf("%s: compared %v, reason not to: %q", p.ID, seen[p.ID], why)
		}
	}
}

// elsewhere are the families that no scenario can express, and where they are tested.
var elsewhere = map[string]string{
	"V12": "shares of a hash ring, a property of the table and not of traffic: policies, TestTheoryRingShares",
	"V13": "entries of a Maglev table, a property of the table and not of traffic: policies, TestTheoryMaglev",
	"V23": "identities of every run, checked by the engine at the end of each: sim, verify",
	"V43": "samplers: sim/dist",
	"V44": "measures of balance of given vectors: sim/stats",
	"V45": "statistics of given samples: sim/stats",
}
