package workloads

import (
	"fmt"
	"slices"
	"strings"

	"stickysim/sim"
	"stickysim/sim/diag"
)

// Process describes an arrival process of the scenario language. A process is one file: its type, its constructor and a
// package variable that registers it.
type Process struct {
	Name     string
	Summary  string   // one line
	Params   []string // names of its parameters, in the order of the constructor; besides those written key: value
	Also     []string // other words that people look for
	Examples []string // ways to write it; each reads as this process
	Fixed    bool     // the arrivals are the same in every run: nothing is random
	build    func(*call) (sim.ArrivalProcess, error)
}

// Scripted is an arrival process with events at times of its own.
type Scripted interface {
	// Beyond names the first of its events that a run until end does not reach, and says when it would be; what is empty
	// where there is none.
	Beyond(end sim.Time) (what string, at sim.Time)
}

// usage is how the process is written, in hints.
func (p *Process) usage() string { return strings.Join(p.Examples, " or ") }

var processes = map[string]*Process{}

// registerProcess adds an arrival process. It is called from package variables; a name used twice panics.
func registerProcess(p Process) *Process {
	if processes[p.Name] != nil {
		panic(fmt.Sprintf("workloads: arrival process %q is registered twice", p.Name))
	}
	processes[p.Name] = &p
	diag.Also(p.Name, p.Also...)
	return &p
}

// Processes returns the arrival processes of the scenario language, sorted by name.
func Processes() []Process {
	var all []Process
	for _, p := range processes {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(a, b Process) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func processNames() []string {
	var names []string
	for _, p := range Processes() {
		names = append(names, p.Name)
	}
	return names
}
