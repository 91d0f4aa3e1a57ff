package workloads

import (
	"fmt"
	"maps"
	"slices"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/dist"
)

// Class is a built-in class of clients: a population with defaults for everything except the origin of its clients (Users,
// Sessions and Trace are empty). A class is one file: a function that makes it and a package variable that
// registers it.
type Class struct {
	Name     string
	Summary  string
	Also     []string // other words that people look for
	Share    float64  // of session arrivals in the default mix ([Mix]), from 0 to 1; 0 = not in it
	Place    int      // order in the default mix, which fixes the random numbers of its clients; equal places go by name
	Defaults sim.Population
	Sources  []Source // where the defaults come from, by field
}

// Source is the source of a default.
type Source struct {
	Field string // as a scenario spells it
	Mark  Mark
	Text  string
}

// Mark says how reliable a default is.
type Mark string

// The marks.
const (
	Verified   Mark = "verified"   // stated by the named source
	Known      Mark = "known"      // general knowledge of the source, not checked again
	Claimed    Mark = "claimed"    // stated by articles on sticky sessions
	Assumption Mark = "assumption" // of this project: vary it before relying on it
)

var classes = map[string]func() Class{}

// Register adds a built-in class under its name. build makes it anew for each caller, who may change the copy. Register is
// called from package variables; a name used twice panics.
func Register(build func() Class) Class {
	c := build()
	if classes[c.Name] != nil {
		panic(fmt.Sprintf("workloads: class %q is registered twice", c.Name))
	}
	classes[c.Name] = build
	diag.Also(c.Name, c.Also...)
	return c
}

// Lookup returns the built-in class called name. The copy is the caller's own.
func Lookup(name string) (Class, bool) {
	build, ok := classes[name]
	if !ok {
		return Class{}, false
	}
	return build(), true
}

// Names lists the built-in classes by name.
func Names() []string { return slices.Sorted(maps.Keys(classes)) }

// Mix returns the classes that make up ordinary traffic, with their shares of session arrivals, which sum to 1. Few
// sessions of power users, integrations and bots carry most of the work: by Little's law 65 % of the active sessions
// are power users, and the work splits 5, 21, 40, 12 and 22 %.
func Mix() []Class {
	var mix []Class
	for _, name := range Names() {
		if c, _ := Lookup(name); c.Share > 0 {
			mix = append(mix, c)
		}
	}
	slices.SortStableFunc(mix, func(a, b Class) int { return a.Place - b.Place })
	return mix
}

// The distributions below have constant parameters, so an error is a mistake in this package.

func must[D dist.Dist](d D, err error) D {
	if err != nil {
		panic(err)
	}
	return d
}

func exp(mean float64) dist.Dist           { return must(dist.NewExp(mean)) }
func lognormal(mean, cv float64) dist.Dist { return must(dist.NewLognormal(mean, cv)) }
func negbin(mean, cv float64) dist.Dist    { return must(dist.NewNegBin(mean, cv)) }
func uniform(a, b float64) dist.Dist       { return must(dist.NewUniform(a, b)) }

// The service time of an ordinary request: lognormal, as measured server latencies are; the spread is an assumption
// (0.5 to 4 is seen).
const (
	serviceMean = 0.050 // seconds
	serviceCV   = 1.5
)

var serviceSource = Source{"service", Assumption, "lognormal fits measured server latency (verified: practitioners' reports); mean 50 ms and cv 1.5 are assumed, 0.5 to 4 is plausible"}

// retrying sets what every client does when a request is not answered: its timeout is 30 s, and it retries once, after
// 100 ms to 2 s.
func retrying(p sim.Population) sim.Population {
	p.Timeout = must(dist.NewDeterministic(30))
	p.Retries = 1
	p.Backoff = uniform(0.1, 2)
	p.Idempotent = 0.9
	return p
}

var retrySource = Source{"timeout, retries, backoff, idempotent", Assumption, "30 s, one retry after a jittered 100 ms to 2 s; a request in ten changes something, the others are GETs"}
