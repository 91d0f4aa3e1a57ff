package workloads

import (
	"math"
	"strings"

	"stickysim/sim"
	"stickysim/sim/dist"
)

// family is one arrival process of the scenario language.
type family struct {
	name   string
	params []string
	usage  string
	build  func(*call) (sim.ArrivalProcess, error)
}

var families []family

func init() {
	families = []family{
		{"poisson", []string{"rate"}, "poisson(2/s)", buildPoisson},
		{"regular", []string{"every"}, "regular(every=500ms)", buildRegular},
		{"renewal", []string{"gap"}, "renewal(erlang(k=5, mean=500ms))", buildRenewal},
		{"mmpp", nil, "mmpp(30/s: 10s, 5/s: 20s) or mmpp(30/s: (0, 0.1/s), 5/s: (0.05/s, 0))", buildMMPP},
		{"sinusoid", []string{"mean", "amplitude", "period", "phase"}, "sinusoid(mean=2/s, amplitude=0.6, period=24h, phase=6h)", buildSinusoid},
		{"steps", []string{"repeat"}, "steps(0s: 2/s, 30m: 10/s)", buildSteps},
		{"ramp", []string{"repeat"}, "ramp(0s: 2/s, 30m: 10/s)", buildRamp},
		{"flash", []string{"process", "at", "factor", "ramp", "for"}, "flash(poisson(2/s), at=30m, factor=5, ramp=60s, for=10m)", buildFlash},
		{"times", nil, "times(0s, 1.5s, 7s) or times(arrivals.csv)", buildTimes},
	}
}

func familyOf(name string) *family {
	for i := range families {
		if families[i].name == name {
			return &families[i]
		}
	}
	return nil
}

func familyNames() []string {
	names := make([]string, len(families))
	for i := range families {
		names[i] = families[i].name
	}
	return names
}

// needed marks a parameter without a default.
var needed = math.NaN()

func (c *call) rate(name string, otherwise float64) float64 {
	return c.value(name, otherwise, ParseRate)
}

func (c *call) seconds(name string, otherwise float64) float64 {
	return c.value(name, otherwise, dist.ParseDuration)
}

func (c *call) share(name string, otherwise float64) float64 {
	return c.value(name, otherwise, dist.ParsePercent)
}

func buildPoisson(c *call) (sim.ArrivalProcess, error) { return NewPoisson(c.rate("rate", needed)) }

func buildRegular(c *call) (sim.ArrivalProcess, error) { return NewRegular(c.seconds("every", needed)) }

func buildRenewal(c *call) (sim.ArrivalProcess, error) {
	a, ok := c.take("gap")
	if !ok {
		return nil, &dist.Error{Message: "renewal needs the distribution of its gaps", Hint: "write " + c.usage}
	}
	gap, err := dist.ParseWith(a.text, dist.Seconds, c.resolve)
	if err != nil {
		c.fail(place(err, a.at, ""))
		return nil, err
	}
	return NewRenewal(gap)
}

func buildSinusoid(c *call) (sim.ArrivalProcess, error) {
	return NewSinusoid(c.rate("mean", needed), c.share("amplitude", 0.6), c.seconds("period", 86400), c.seconds("phase", 0))
}

func buildFlash(c *call) (sim.ArrivalProcess, error) {
	a, ok := c.take("process")
	if !ok {
		return nil, &dist.Error{Message: "flash needs a process", Hint: "write " + c.usage}
	}
	base, err := parseProcess(a.text, a.at, c.resolve, c.depth+1)
	if err != nil {
		c.fail(err)
		return nil, err
	}
	return NewFlash(base, c.seconds("at", needed), c.share("factor", 5), c.seconds("ramp", 60), c.seconds("for", needed))
}

func buildSteps(c *call) (sim.ArrivalProcess, error) { return buildProfile(c, NewSteps) }

func buildRamp(c *call) (sim.ArrivalProcess, error) { return buildProfile(c, NewRamp) }

func buildProfile(c *call, make func([]Point, float64) (*Profile, error)) (sim.ArrivalProcess, error) {
	points := readKeyed(c, "point", func(a arg) Point {
		at, err := dist.ParseDuration(a.key)
		if err != nil {
			c.fail(place(err, a.keyAt, "time"))
		}
		return Point{At: at, Rate: c.read(a, "rate", ParseRate)}
	})
	c.next = len(c.args) // repeat goes by its name only
	return make(points, c.seconds("repeat", 0))
}

// readKeyed takes the arguments of the form key: value; constructors call the n-th of them what and n.
func readKeyed[T any](c *call, what string, read func(arg) T) []T {
	var items []T
	for i := range c.args {
		if a := &c.args[i]; a.key != "" {
			c.use(a, numbered(what, len(items)))
			c.places[numbered(what, len(items))] = a.keyAt
			items = append(items, read(*a))
		}
	}
	return items
}

func buildMMPP(c *call) (sim.ArrivalProcess, error) {
	var rates, hold []float64
	var rows [][]float64
	for _, a := range readKeyed(c, "state", func(a arg) arg { return a }) {
		rate, err := ParseRate(a.key)
		if err != nil {
			c.fail(place(err, a.keyAt, "rate"))
		}
		rates = append(rates, rate)
		if strings.HasPrefix(a.text, "(") {
			rows = append(rows, readRow(c, a))
		} else {
			hold = append(hold, c.read(a, "hold", dist.ParseDuration))
		}
	}
	if len(rows) == 0 {
		return NewMMPP(rates, hold)
	}
	if len(hold) > 0 {
		return nil, wrong("give every state a mean time, or every state a row of switching rates", "write "+c.usage)
	}
	return NewMMPPChain(rates, rows)
}

// readRow reads (0, 0.1/s).
func readRow(c *call, a arg) []float64 {
	items, err := splitArgs(a.text, a.at, 0, c.family)
	if err != nil {
		c.fail(err)
	}
	row := make([]float64, len(items))
	for i, item := range items {
		row[i] = c.read(item, "switching", ParseRate)
	}
	return row
}

func buildTimes(c *call) (sim.ArrivalProcess, error) {
	if len(c.args) == 1 && c.args[0].name+c.args[0].key == "" {
		if _, err := dist.ParseDuration(c.args[0].text); err != nil && looksLikeFile(c.args[0].text) {
			return timesFrom(c, c.use(&c.args[0], "file"))
		}
	}
	var seconds []float64
	for i := range c.args {
		if a := &c.args[i]; a.name+a.key == "" {
			seconds = append(seconds, c.read(c.use(a, numbered("time", len(seconds))), "time", dist.ParseDuration))
		}
	}
	return NewTimes(seconds)
}

// looksLikeFile tells arrivals.csv and data/arrivals from a time with a bad unit.
func looksLikeFile(text string) bool {
	return strings.IndexByte("0123456789+-.", text[0]) < 0 || strings.HasSuffix(text, ".csv") || strings.ContainsRune(text, '/')
}

func timesFrom(c *call, a arg) (sim.ArrivalProcess, error) {
	if c.resolve == nil {
		c.fail(&dist.Error{Offset: a.at, Message: "no files can be read here, got " + quote(a.text), Hint: "list the times: times(0s, 1.5s, 7s)"})
		return nil, c.err
	}
	seconds, err := c.resolve(a.text)
	if err != nil {
		c.fail(place(err, a.at, ""))
		return nil, c.err
	}
	p, err := NewTimes(seconds)
	if err != nil {
		return nil, err
	}
	p.source = a.text
	return p, nil
}
