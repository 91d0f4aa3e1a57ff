package workloads

import (
	"errors"
	"math"
	"slices"
	"strings"

	"stickysim/sim"
	"stickysim/sim/dist"
)

// Limits of an arrival process's text, so that hostile input costs little.
const (
	maxText  = 1 << 20 // bytes; a profile of 10,000 points fits
	maxDepth = 8       // processes over processes
)

// ParseArrivals reads an arrival process as the scenario language writes it: poisson(2/s), or a plain 2/s, which
// means the same; regular, renewal, mmpp, sinusoid, steps, ramp, flash and times. Parameters are named or in the order
// of the constructor. resolve reads the files of empirical(file.csv) and times(file.csv), in seconds; nil forbids them.
//
// Text is at most 1 MiB and nests at most 8 deep. Errors are [*dist.Error] with the place in the text.
func ParseArrivals(text string, resolve dist.Resolver) (sim.ArrivalProcess, error) {
	if len(text) > maxText {
		return nil, &dist.Error{Message: "is longer than " + num(maxText) + " bytes", Hint: "put the times into a file: times(arrivals.csv)"}
	}
	return parseProcess(text, 0, resolve, 0)
}

// parseProcess reads a process that begins at offset at of the whole text.
func parseProcess(text string, at int, resolve dist.Resolver, depth int) (sim.ArrivalProcess, error) {
	text, at = trim(text, at)
	open := strings.IndexByte(text, '(')
	if open < 0 {
		return parsePlain(text, at)
	}
	name := strings.TrimSpace(text[:open])
	f := familyOf(name)
	if f == nil {
		return nil, &dist.Error{Offset: at, Message: "unknown arrival process " + quote(name), Hint: suggest(name, familyNames())}
	}
	if depth >= maxDepth {
		return nil, &dist.Error{Offset: at, Message: "is nested more than " + num(maxDepth) + " deep"}
	}
	args, err := splitArgs(text, at, open, f)
	if err != nil {
		return nil, err
	}
	c := &call{family: f, at: at, args: args, resolve: resolve, depth: depth}
	if err := c.unknown(); err != nil {
		return nil, err
	}
	p, err := f.build(c)
	if c.err != nil {
		return nil, c.err
	}
	if err != nil {
		return nil, c.locate(err)
	}
	if err := c.unused(); err != nil {
		return nil, err
	}
	return p, nil
}

// parsePlain reads a bare rate as a Poisson process.
func parsePlain(text string, at int) (sim.ArrivalProcess, error) {
	if text == "" || strings.IndexByte("0123456789+-.", text[0]) < 0 {
		hint := "write one such as poisson(2/s)"
		if f := familyOf(text); f != nil {
			hint = "write " + f.usage
		}
		return nil, &dist.Error{Offset: at, Message: "expected an arrival process, got " + quote(text), Hint: hint}
	}
	rate, err := ParseRate(text)
	if err != nil {
		return nil, place(err, at, "")
	}
	p, err := NewPoisson(rate)
	if err != nil {
		return nil, place(err, at, "")
	}
	return p, nil
}

// call is a process's name with its arguments; the first error of any argument is kept, so that builders read
// like a list of parameters.
type call struct {
	*family
	at      int
	args    []arg
	resolve dist.Resolver
	depth   int
	next    int            // first positional argument not yet taken
	places  map[string]int // where a parameter was written
	err     error
}

// take returns the argument for the parameter called name, by its name or in its turn.
func (c *call) take(name string) (arg, bool) {
	for i := range c.args {
		a := &c.args[i]
		if a.used || a.name != name {
			continue
		}
		return c.use(a, name), true
	}
	for ; c.next < len(c.args); c.next++ {
		a := &c.args[c.next]
		if a.name == "" && a.key == "" && !a.used {
			return c.use(a, name), true
		}
	}
	return arg{}, false
}

func (c *call) use(a *arg, name string) arg {
	a.used = true
	if c.places == nil {
		c.places = map[string]int{}
	}
	c.places[name] = a.at
	return *a
}

// value reads the parameter called name with read; without it, otherwise holds, and NaN means that it is needed.
func (c *call) value(name string, otherwise float64, read func(string) (float64, error)) float64 {
	a, ok := c.take(name)
	if !ok {
		if math.IsNaN(otherwise) {
			c.fail(&dist.Error{Offset: c.at, Message: c.name + " needs " + name, Hint: "write " + c.usage})
		}
		return otherwise
	}
	return c.read(a, name, read)
}

func (c *call) read(a arg, name string, read func(string) (float64, error)) float64 {
	v, err := read(a.text)
	if err != nil {
		c.fail(place(err, a.at, name))
	}
	return v
}

func (c *call) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// unknown reports the first argument named like no parameter.
func (c *call) unknown() error {
	for _, a := range c.args {
		if a.name == "" || slices.Contains(c.params, a.name) {
			continue
		}
		hint := suggest(a.name, c.params)
		if hint == "" {
			hint = "write " + c.usage
		}
		return &dist.Error{Offset: a.at, Message: c.name + " has no parameter " + quote(a.name), Hint: hint}
	}
	return nil
}

// unused reports the first argument that no parameter took.
func (c *call) unused() error {
	for _, a := range c.args {
		if a.used {
			continue
		}
		if a.name != "" {
			return &dist.Error{Offset: a.at, Message: a.name + " is given twice"}
		}
		return &dist.Error{Offset: a.at, Message: "unexpected " + quote(a.key+a.text) + " in " + c.name + "(...)", Hint: "write " + c.usage}
	}
	return nil
}

// locate places a constructor's error at the parameter it is about.
func (c *call) locate(err error) error {
	at := c.at
	if e, ok := err.(*dist.Error); ok {
		if where, ok := c.places[e.Param]; ok {
			at = where
		}
	}
	return place(err, at, "")
}

// place gives an error from below its place in the text, and the parameter it is about.
func place(err error, at int, param string) error {
	var e *dist.Error
	if !errors.As(err, &e) {
		return &dist.Error{Offset: at, Param: param, Message: err.Error()}
	}
	moved := *e
	moved.Offset = at + max(0, e.Offset)
	if moved.Param == "" {
		moved.Param = param
	}
	return &moved
}
