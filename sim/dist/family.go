package dist

import (
	"math"
	"strings"

	"stickysim/sim/diag"
)

// family is one name of the scenario language: its parameters in order, and how to build the distribution.
type family struct {
	name   string
	doc    string   // one line
	also   []string // other words that people look for
	params []param
	counts bool // takes whole numbers only, so it measures counts
	// build gets one value per parameter, NaN where the text has none.
	build func(v []float64, unit Unit) (Dist, error)
	// combine replaces params and build where arguments are distributions or a list.
	combine func(p *parser, f *family, at int, args []arg) (Dist, error)
	example string
}

type param struct {
	name     string
	plain    bool // a bare number rather than one in the text's unit
	optional bool
}

var families []family

// Family is a kind of distribution of the scenario language.
type Family struct {
	Name, Doc, Usage string
	Counts           bool // it takes whole numbers only
}

// Families returns all families.
func Families() []Family {
	all := make([]Family, len(families))
	for i := range families {
		f := &families[i]
		all[i] = Family{Name: f.name, Doc: f.doc, Usage: f.usage(), Counts: f.counts}
	}
	return all
}

func init() {
	mean, cv := param{name: "mean"}, param{name: "cv", plain: true}
	alpha := param{name: "alpha", plain: true}
	families = []family{
		{name: "deterministic", doc: "always the same value; a plain value such as 5ms means the same", also: []string{"constant", "fixed"}, params: []param{{name: "value"}}, build: func(v []float64, u Unit) (Dist, error) { d, err := NewDeterministic(v[0]); d.Unit = u; return d, err }},
		{name: "exp", doc: "the exponential distribution: memoryless, as many as most have, with a coefficient of variation of 1", also: []string{"exponential", "poisson"}, params: []param{mean}, build: func(v []float64, u Unit) (Dist, error) { d, err := NewExp(v[0]); d.Unit = u; return d, err }},
		{name: "lognormal", doc: "the lognormal distribution: skewed, as service and think times mostly are; cv is the coefficient of variation", also: []string{"normal", "gaussian", "skewed"}, params: []param{mean, cv}, build: func(v []float64, u Unit) (Dist, error) { d, err := NewLognormal(v[0], v[1]); d.Unit = u; return d, err }},
		{name: "gamma", doc: "the gamma distribution with any coefficient of variation", params: []param{mean, cv}, build: func(v []float64, u Unit) (Dist, error) { d, err := NewGamma(v[0], v[1]); d.Unit = u; return d, err }},
		{name: "erlang", doc: "the sum of k equal exponential stages: less spread than exp", params: []param{{name: "k", plain: true}, mean}, build: func(v []float64, u Unit) (Dist, error) {
			if v[0] != math.Trunc(v[0]) || v[0] > 1e6 {
				return nil, wrong("k", "must be a whole number from 1 to 1000000, got "+num(v[0]), "gamma(mean= cv=) takes any spread")
			}
			d, err := NewErlang(int(v[0]), v[1])
			d.Unit = u
			return d, err
		}},
		{name: "hyperexp", doc: "two exponential branches with balanced means: more spread than exp; scv is the squared coefficient of variation", also: []string{"hyperexponential", "h2"}, params: []param{mean, {name: "scv", plain: true}}, build: func(v []float64, u Unit) (Dist, error) { d, err := NewHyperexp(v[0], v[1]); d.Unit = u; return d, err }},
		{name: "weibull", doc: "the Weibull distribution: below shape 1 the tail is heavier than that of exp", params: []param{{name: "shape", plain: true}, mean}, build: func(v []float64, u Unit) (Dist, error) { d, err := NewWeibull(v[0], v[1]); d.Unit = u; return d, err }},
		{name: "pareto", doc: "the Pareto distribution: a heavy tail with index alpha, cut off at high where one is given", also: []string{"heavy-tail", "powerlaw", "bounded-pareto"}, params: []param{alpha, {name: "low", optional: true}, {name: "high", optional: true},
			{name: "mean", optional: true}, {name: "high_to_low", plain: true, optional: true}}, build: buildPareto,
			example: "pareto(alpha=1.5 low= high=), (alpha= mean= high_to_low=), (alpha= low=) or (alpha= mean=)"},
		{name: "uniform", doc: "any value from a to b, equally likely", also: []string{"jitter", "range"}, params: []param{{name: "a"}, {name: "b"}}, build: func(v []float64, u Unit) (Dist, error) { d, err := NewUniform(v[0], v[1]); d.Unit = u; return d, err }},
		{name: "geometric", doc: "the number of trials until one succeeds, at least 1: memoryless counts", params: []param{mean}, counts: true, build: func(v []float64, _ Unit) (Dist, error) { return NewGeometric(v[0]) }},
		{name: "negbin", doc: "counts from 1 with a mean and a spread of their own: one plus a negative binomial number", also: []string{"negative-binomial"}, params: []param{mean, cv}, counts: true, build: func(v []float64, _ Unit) (Dist, error) { return NewNegBin(v[0], v[1]) }},
		{name: "truncexp", doc: "the exponential distribution, cut off at cut", also: []string{"truncated-exponential"}, params: []param{mean, {name: "cut"}}, build: func(v []float64, u Unit) (Dist, error) { d, err := NewTruncExp(v[0], v[1]); d.Unit = u; return d, err }},
		{name: "empirical", doc: "recorded values, equally likely or weighted, listed or in a file", also: []string{"recorded", "histogram", "csv", "trace"}, combine: combineEmpirical, example: "empirical(1 2 5), empirical(0.9:1 0.1:5) or empirical(file.csv)"},
		{name: "mixture", doc: "one of several distributions, chosen by weight for each draw", also: []string{"mix", "bimodal", "multimodal"}, combine: combineMixture, example: "mixture(0.9:exp(1) 0.1:exp(10))"},
		{name: "shift", doc: "a constant more than another distribution", also: []string{"offset"}, combine: combineShift, example: "shift(by distribution)"},
		{name: "scale", doc: "a constant factor times another distribution", also: []string{"multiply"}, combine: combineScale, example: "scale(factor distribution)"},
	}
	for i := range families {
		diag.Also(families[i].name, families[i].also...)
	}
}

// buildPareto chooses the form by which bounds are given: an unbounded tail, or one bounded above.
func buildPareto(v []float64, u Unit) (Dist, error) {
	alpha, low, high, mean, ratio := v[0], v[1], v[2], v[3], v[4]
	form := ""
	for i, letter := range "LHMR" {
		if !math.IsNaN(v[i+1]) {
			form += string(letter)
		}
	}
	var d BoundedPareto
	var err error
	switch form {
	case "L", "M":
		open, err := NewPareto(alpha, low)
		if form == "M" {
			open, err = NewParetoMean(alpha, mean)
		}
		open.Unit = u
		return open, err
	case "LH":
		d, err = NewBoundedPareto(alpha, low, high)
	case "LR":
		d, err = NewBoundedPareto(alpha, low, low*ratio)
	case "MR":
		d, err = NewBoundedParetoMean(alpha, mean, ratio)
	default:
		return nil, wrong("", "these parameters do not go together", "give low; low and high; mean; or mean and high_to_low")
	}
	d.Unit = u
	return d, err
}

func (p *parser) family(name string, at int) (*family, error) {
	var known []string
	for i := range families {
		f := &families[i]
		if f.name != name {
			known = append(known, f.name)
			continue
		}
		if f.counts && p.unit != Count {
			return nil, p.fail(at, name+" counts things, so it cannot be a duration or a size", "use a distribution such as exp or lognormal")
		}
		return f, nil
	}
	hint := "known: " + strings.Join(known, ", ")
	if near := diag.Suggest(name, known); near != "" {
		hint = "did you mean " + near + "? " + hint
	}
	return nil, p.fail(at, "unknown distribution "+quote(name), hint)
}

// usage is the family as one would write it.
func (f *family) usage() string {
	if f.example != "" {
		return f.example
	}
	return f.name + "(" + strings.Join(f.names(), "= ") + "=)"
}

func (f *family) names() []string {
	names := make([]string, len(f.params))
	for i, p := range f.params {
		names[i] = p.name
	}
	return names
}

func (f *family) make(p *parser, at int, args []arg) (Dist, error) {
	if f.combine != nil {
		d, err := f.combine(p, f, at, args)
		if e, ok := err.(*Error); ok && e.Offset < 0 {
			err = place(err, at, "")
		}
		if err != nil {
			return nil, err
		}
		return d, nil
	}
	values, places, err := f.bind(p, at, args)
	if err != nil {
		return nil, err
	}
	d, err := f.build(values, p.unit)
	if err != nil {
		return nil, place(err, f.locate(err, at, places), "")
	}
	return d, nil
}

// locate finds where the parameter that a constructor refused was written.
func (f *family) locate(err error, at int, places []int) int {
	for i, name := range f.names() {
		if e, ok := err.(*Error); ok && e.Param == name && places[i] >= 0 {
			return places[i]
		}
	}
	return at
}

// bind matches arguments to parameters by name or position.
func (f *family) bind(p *parser, at int, args []arg) (values []float64, places []int, err error) {
	values, places = make([]float64, len(f.params)), make([]int, len(f.params))
	for i := range f.params {
		values[i], places[i] = math.NaN(), -1
	}
	for n, a := range args {
		i, err := f.index(p, a, n)
		if err != nil {
			return nil, nil, err
		}
		if places[i] >= 0 {
			return nil, nil, p.fail(a.at, f.params[i].name+" is given twice", "")
		}
		unit := p.unit
		if f.params[i].plain {
			unit = Count
		}
		if values[i], err = unit.parse(a.number); err != nil {
			err.(*Error).Param = f.params[i].name
			return nil, nil, place(err, a.at, "")
		}
		places[i] = a.at
	}
	for i, par := range f.params {
		if !par.optional && places[i] < 0 {
			return nil, nil, p.fail(at, f.name+" needs "+par.name, "write "+f.usage())
		}
	}
	return values, places, nil
}

func (f *family) index(p *parser, a arg, n int) (int, error) {
	if a.dist != nil || a.weight != "" {
		return 0, p.fail(a.at, f.name+" takes numbers only", "write "+f.usage())
	}
	if a.name == "" {
		if n >= len(f.params) {
			return 0, p.fail(a.at, "is one value too many for "+f.name, "write "+f.usage())
		}
		return n, nil
	}
	for i, par := range f.params {
		if par.name == a.name {
			return i, nil
		}
	}
	hint := "known: " + strings.Join(f.names(), ", ")
	if near := diag.Suggest(a.name, f.names()); near != "" {
		hint = "did you mean " + near + "? " + hint
	}
	return 0, p.fail(a.at, f.name+" has no parameter "+quote(a.name), hint)
}
