package policytest

import (
	"errors"
	"fmt"
	"math"

	"stickysim/policies"
)

// Violation is a property that a policy lacks.
type Violation struct {
	Property string // "status", "alive", "reason", "read only", "reads", "repeatable", "renumbering", "slots", "allocations", "awkward", "documented", or the claim
	Detail   string
}

// Error is the property and the detail.
func (v Violation) Error() string { return v.Property + ": " + v.Detail }

// properties are checked in this order on every policy; each passes where it does not apply.
var properties = []struct {
	name  string
	check func(policies.Entry) error
}{
	{"documented", checkDocumented},
	{"status", checkStatus},
	{"alive", checkAlive},
	{"reason", checkReason},
	{"read only", checkReadOnly},
	{"reads", checkReads},
	{"repeatable", checkRepeatable},
	{"renumbering", checkRenumbering},
	{"slots", checkSlots},
	{"allocations", checkAllocations},
	{"awkward", checkAwkward},
	{"uniform", checkUniform},
	{"ties", checkTies},
	{"weighted", checkWeighted},
	{"sticky", checkSticky},
	{"alternatives", checkAlternatives},
	{"sample", checkSample},
	{"minimal", checkMinimal},
	{"load bound", checkLoadBound},
	{"strict turn", checkStrictTurn},
	{"limit", checkLimit},
}

// Check runs all properties on e and returns what it violates.
func Check(e policies.Entry) []Violation {
	var found []Violation
	for _, p := range properties {
		if err := p.check(e); err != nil {
			found = append(found, Violation{p.name, err.Error()})
		}
	}
	return found
}

// checkDocumented wants a summary, a source, a line for every parameter, defaults within the bounds, and the documented key
// with them.
func checkDocumented(e policies.Entry) error {
	if e.Doc.Summary == "" || e.Doc.Source == "" {
		return errors.New("summary or source is missing")
	}
	for _, p := range policies.Params(e.Default) {
		if p.Doc == "" {
			return fmt.Errorf("parameter %s has no doc", p.Name)
		}
	}
	if i, ok := e.Default.(policies.Identifier); ok && i.Identifies() != e.Doc.Key {
		return fmt.Errorf("the defaults identify clients by %s, the documentation says %s", i.Identifies(), e.Doc.Key)
	}
	return policies.Check(e.Default)
}

// ChiSquareLimit is the value that a chi-square statistic with df degrees of freedom exceeds with probability 10⁻⁶
// by the Wilson-Hilferty approximation, which is up to 6 % too lenient for few degrees of freedom.
func ChiSquareLimit(df int) float64 {
	const z = 4.753424
	d := float64(df)
	return d * math.Pow(1-2/(9*d)+z*math.Sqrt(2/(9*d)), 3)
}

// fits reports an error when the counts are not in the wanted proportions, by a chi-square test at 10⁻⁶. Counts that
// are more even than chance would make them fit.
func fits(counts []int, proportions []float64) error {
	n, sum, chi := 0, 0.0, 0.0
	for i, p := range proportions {
		n += counts[i]
		sum += p
	}
	for i, p := range proportions {
		want := float64(n) * p / sum
		if p == 0 {
			if counts[i] > 0 {
				return fmt.Errorf("class %d has %d of %d, want none", i, counts[i], n)
			}
			continue
		}
		chi += (float64(counts[i]) - want) * (float64(counts[i]) - want) / want
	}
	if limit := ChiSquareLimit(len(proportions) - 1); chi > limit {
		return fmt.Errorf("counts %v should be as %.4g: chi-square %.1f > %.1f", counts, proportions, chi, limit)
	}
	return nil
}

// even are n equal proportions.
func even(n int) []float64 {
	p := make([]float64, n)
	for i := range p {
		p[i] = 1
	}
	return p
}
