package workloads

import (
	"errors"
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
	f := processes[name]
	if f == nil {
		return nil, &dist.Error{Offset: at, Message: "unknown arrival process " + quote(name), Hint: suggest(name, processNames())}
	}
	if depth >= maxDepth {
		return nil, &dist.Error{Offset: at, Message: "is nested more than " + num(maxDepth) + " deep"}
	}
	args, err := splitArgs(text, at, open, f)
	if err != nil {
		return nil, err
	}
	c := &call{Process: f, at: at, args: args, resolve: resolve, depth: depth}
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
		if f := processes[text]; f != nil {
			hint = "write " + f.usage()
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
