package workloads

import (
	"strings"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

var _ = registerProcess(Process{
	Name:     "times",
	Also:     []string{"timestamps", "recorded"},
	Summary:  "recorded instants, listed or in a file",
	Fixed:    true,
	Examples: []string{"times(0s 1.5s 7s)", "times(arrivals.csv)"},
	build:    buildTimes,
})

// Times are arrivals that were recorded: a list of instants. There are none in the warm-up.
type Times struct {
	seconds []float64
	source  string // the file they are written as; "" lists them
}

// NewTimes returns arrivals at the given seconds, which must not fall. There are none after the last. Written
// times(0s 1.5s 7s), or times(arrivals.csv).
func NewTimes(seconds []float64) (*Times, error) {
	p := &Times{seconds: append([]float64(nil), seconds...)}
	if len(seconds) == 0 {
		return nil, wrong("needs at least one time", "write times(0s 1.5s 7s)")
	}
	last := 0.0
	for i, at := range seconds {
		if err := checkSeconds("time", at, 0); err != nil {
			return nil, about(numbered("time", i), err)
		}
		if at < last {
			return nil, faulty(numbered("time", i), "must not be before "+dist.Seconds.Format(last)+", got "+dist.Seconds.Format(at), "sort the times")
		}
		last = at
	}
	return p, nil
}

// Rate is the number of arrivals per second up to the last; 0 when all come at time 0.
func (p *Times) Rate() float64 {
	if last := p.seconds[len(p.seconds)-1]; last > 0 {
		return float64(len(p.seconds)) / last
	}
	return 0
}

// Beyond is the first arrival that the run does not reach.
func (p *Times) Beyond(end sim.Time) (what string, at sim.Time) {
	for _, s := range p.seconds {
		if at = sim.FromSeconds(s); at >= end {
			return "an arrival", at
		}
	}
	return "", 0
}

// RateAt is 0: no arrival before the run is known.
func (p *Times) RateAt(sim.Time) float64 { return 0 }

// Peak is 0.
func (p *Times) Peak() float64 { return 0 }

func (p *Times) String() string {
	if p.source != "" {
		return "times(" + p.source + ")"
	}
	texts := make([]string, len(p.seconds))
	for i, at := range p.seconds {
		texts[i] = dist.Seconds.Format(at)
	}
	return "times(" + strings.Join(texts, " ") + ")"
}

// Start returns the arrivals.
func (p *Times) Start(rng.Key) sim.Arrivals { return &timesLeft{p.seconds} }

type timesLeft struct{ seconds []float64 }

func (a *timesLeft) Next(sim.Time) sim.Time {
	if len(a.seconds) == 0 {
		return sim.Never
	}
	at := sim.FromSeconds(a.seconds[0])
	a.seconds = a.seconds[1:]
	return at
}

func buildTimes(c *call) (sim.ArrivalProcess, error) {
	if file := fileOf(c); file.text != "" {
		return timesFrom(c, file)
	}
	var seconds []float64
	for i := range c.args {
		if a := &c.args[i]; a.name+a.key == "" {
			seconds = append(seconds, c.read(c.use(a, numbered("time", len(seconds))), "time", dist.ParseDuration))
		}
	}
	return NewTimes(seconds)
}

// fileOf is the name of a file, which may have spaces, or an arg without text.
func fileOf(c *call) arg {
	if len(c.args) == 0 || c.args[0].name+c.args[0].key != "" || !looksLikeFile(c.args[0].text) {
		return arg{}
	}
	if _, err := dist.ParseDuration(c.args[0].text); err == nil {
		return arg{}
	}
	file := c.use(&c.args[0], "file")
	for i := range c.args[1:] {
		file.text += " " + c.use(&c.args[i+1], "file").text
	}
	return file
}

// looksLikeFile tells arrivals.csv and data/arrivals from a time with a bad unit.
func looksLikeFile(text string) bool {
	return text != "" && strings.IndexByte("0123456789+-.", text[0]) < 0 || strings.HasSuffix(text, ".csv") || strings.ContainsRune(text, '/')
}

func timesFrom(c *call, a arg) (sim.ArrivalProcess, error) {
	if c.resolve == nil {
		c.fail(&dist.Error{Offset: a.at, Message: "no files can be read here, got " + quote(a.text), Hint: "list the times: times(0s 1.5s 7s)"})
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
