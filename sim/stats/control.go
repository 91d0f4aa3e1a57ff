package stats

import "gonum.org/v1/gonum/mat"

// Controls are control variates: what is known to be 0 in mean, and moves with the figures of the replications. What of a
// figure's deviations a regression on them explains is taken out of it (Lavenberg & Welch, Management Science 27, 1981).
// The coefficients are those of the same replications, which would bias the figure and its interval; both are jackknifed
// (Nelson, Operations Research 38, 1990). They are used for figures that they do not explain as well, whose intervals they widen:
// to choose by what they do to an interval would bias the figure.
type Controls struct {
	use      [][]float64 // the variates, one value per replication
	inverse  *mat.Dense  // (X'X)⁻¹X' of the regression on 1 and the variates
	leverage []float64   // of each replication
}

// FewestControlled is the number of replications from which controls are used. With fewer, coefficients are mostly chance.
const FewestControlled = 20

// collinear is the condition number from which a variate says nothing that the ones before it do not.
const collinear = 1e8

// NewControls returns controls from variates with one value per replication. Those that do not vary, or follow from the ones
// before them, are left out. It is nil where none is left, or the replications are fewer than FewestControlled.
func NewControls(variates ...[]float64) *Controls {
	var c *Controls
	var use [][]float64
	for _, v := range variates {
		w := moments(v)
		if len(v) < FewestControlled || !(w.SD() > 0) {
			continue
		}
		scaled := make([]float64, len(v))
		for i, x := range v {
			scaled[i] = x / w.SD()
		}
		if more := regressionOn(append(use[:len(use):len(use)], scaled)); more != nil {
			c, use = more, more.use
		}
	}
	return c
}

// regressionOn is nil where the variates are collinear.
func regressionOn(use [][]float64) *Controls {
	n, columns := len(use[0]), len(use)+1
	x := mat.NewDense(n, columns, nil)
	for i := range n {
		x.Set(i, 0, 1)
		for j, v := range use {
			x.Set(i, j+1, v[i])
		}
	}
	var square mat.SymDense
	square.SymOuterK(1, x.T())
	var chol mat.Cholesky
	c := &Controls{use: use, inverse: &mat.Dense{}, leverage: make([]float64, n)}
	if !chol.Factorize(&square) || chol.Cond() > collinear || chol.SolveTo(c.inverse, x.T()) != nil {
		return nil
	}
	for i := range n {
		for j := range columns {
			c.leverage[i] += x.At(i, j) * c.inverse.At(j, i)
		}
		if !(c.leverage[i] < 1) {
			return nil
		}
	}
	return c
}

// Controlled is the figure with the deviations of the controls taken out. It is the figure itself where there are none, where
// some replication alone defines it, or where nothing would be left of its variance and it has no floor.
func (j Jackknife) Controlled(c *Controls) Jackknife {
	n := len(j.Without)
	if c == nil || n != len(c.leverage) || !(j.SE() > 0) || j.constant() {
		return j
	}
	// Each replication's part in the figure, of which a plain mean is the mean.
	part := mat.NewVecDense(n, nil)
	for i, without := range j.Without {
		part.SetVec(i, float64(n)*j.Point-float64(n-1)*without)
	}
	var fitted mat.VecDense
	fitted.MulVec(c.inverse, part)
	explained, mean := 0.0, 0.0
	for k, v := range c.use {
		explained += fitted.AtVec(k+1) * Total(v) / float64(n)
	}
	k := Jackknife{Point: j.Point - explained, Without: make([]float64, n), Floor: j.Floor, fitted: len(c.use), Drawn: j.Drawn}
	for i := range n {
		rest := part.AtVec(i) - fitted.AtVec(0)
		for m, v := range c.use {
			rest -= fitted.AtVec(m+1) * v[i]
		}
		less := c.inverse.At(0, i) * rest / (1 - c.leverage[i]) // what the fit at 0 would lose without the replication
		k.Without[i] = k.Point - less
		mean += less / float64(n)
	}
	k.Point += float64(n-1) * mean
	left := k.SE()
	if k.constant() {
		left = k.Floor * k.single()
	}
	if !(left > 0) {
		return j
	}
	k.VRF = (j.SE() / left) * (j.SE() / left)
	return k
}
