package workloads

import (
	"math"
	"slices"

	"stickysim/sim/dist"
)

// call is a process with its arguments. It keeps the first error of an argument, so that a builder reads like a list of
// parameters.
type call struct {
	*Process
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
			c.fail(&dist.Error{Offset: c.at, Message: c.Name + " needs " + name, Hint: "write " + c.usage()})
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
		if a.name == "" || slices.Contains(c.Params, a.name) {
			continue
		}
		hint := suggest(a.name, c.Params)
		if hint == "" {
			hint = "write " + c.usage()
		}
		return &dist.Error{Offset: a.at, Message: c.Name + " has no parameter " + quote(a.name), Hint: hint}
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
		return &dist.Error{Offset: a.at, Message: "unexpected " + quote(a.key+a.text) + " in " + c.Name + "(...)", Hint: "write " + c.usage()}
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
