package dist

import (
	"sort"
	"strconv"
	"strings"

	"stickysim/sim/rng"
)

// Empirical draws one of the values that were measured.
type Empirical struct {
	values  []float64 // ascending
	weights []float64 // beside values; nil when all count the same
	choose  []float64 // running share of the weights
	biased  []float64 // running share of weight times value
	mean    float64
	scv     float64
	source  string
	Unit    Unit
}

// NewEmpirical returns the distribution of the given values, each finite and not negative; weights are relative
// and above 0, or nil when all values count the same. Both are copied.
func NewEmpirical(values, weights []float64) (*Empirical, error) {
	if len(values) == 0 {
		return nil, wrong("", "needs at least one value", "write empirical(1ms 2ms 5ms)")
	}
	if weights != nil && len(weights) != len(values) {
		return nil, wrong("", "needs a weight for each value", "write empirical(0.9:1ms 0.1:10ms)")
	}
	rows := make([]row, len(values))
	for i, v := range values {
		rows[i] = row{v, 1}
		if !(v >= 0 && v <= largest) {
			return nil, wrong("", "value "+strconv.Itoa(i+1)+" must be between 0 and "+num(largest)+", got "+num(v), "")
		}
		if weights == nil {
			continue
		}
		if err := positive("weight", weights[i]); err != nil {
			return nil, err
		}
		rows[i].weight = weights[i]
	}
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].value < rows[j].value })
	return tabulate(rows, weights != nil), nil
}

type row struct{ value, weight float64 }

func tabulate(rows []row, weighted bool) *Empirical {
	d := &Empirical{values: make([]float64, len(rows))}
	weights, products := make([]float64, len(rows)), make([]float64, len(rows))
	total, sum, squares := 0.0, 0.0, 0.0
	for i, r := range rows {
		d.values[i], weights[i], products[i] = r.value, r.weight, r.weight*r.value
		total += r.weight
		sum += products[i]
	}
	d.mean = sum / total
	for _, r := range rows {
		squares += r.weight * (r.value - d.mean) * (r.value - d.mean)
	}
	if d.mean > 0 {
		d.scv = squares / total / (d.mean * d.mean)
	}
	d.choose, d.biased = running(weights), running(products)
	if weighted {
		d.weights = weights
	}
	return d
}

// Sample draws by inversion of one uniform.
func (d *Empirical) Sample(k rng.Key) float64 {
	if d.weights == nil {
		return d.values[k.IntN(len(d.values))]
	}
	return d.values[sort.SearchFloat64s(d.choose, k.Float64())]
}

// Mean is the expectation.
func (d *Empirical) Mean() float64 { return d.mean }

// SCV is the squared coefficient of variation of the values (population variance).
func (d *Empirical) SCV() float64 { return d.scv }

// String lists the values, or names the file they came from.
func (d *Empirical) String() string {
	if d.source != "" {
		return "empirical(" + d.source + ")"
	}
	items := make([]string, len(d.values))
	for i, v := range d.values {
		items[i] = d.Unit.Format(v)
		if d.weights != nil {
			items[i] = num(d.weights[i]) + ":" + items[i]
		}
	}
	return "empirical(" + strings.Join(items, " ") + ")"
}

// CDF is P(S ≤ x).
func (d *Empirical) CDF(x float64) float64 { return upTo(d.choose, d.count(x)) }

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d *Empirical) EquilibriumCDF(x float64) float64 {
	if d.mean == 0 {
		return 1
	}
	n := d.count(x)
	return equilibrium(max(0, x), d.mean, upTo(d.biased, n), 1-upTo(d.choose, n))
}

// count is the number of values ≤ x.
func (d *Empirical) count(x float64) int {
	return sort.Search(len(d.values), func(i int) bool { return d.values[i] > x })
}

func upTo(shares []float64, n int) float64 {
	if n == 0 {
		return 0
	}
	return shares[n-1]
}

// LengthBiased draws a value by weight times value.
func (d *Empirical) LengthBiased(k rng.Key) float64 {
	return d.values[sort.SearchFloat64s(d.biased, k.Float64())]
}
