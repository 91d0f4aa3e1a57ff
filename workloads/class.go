package workloads

import (
	"stickysim/sim"
	"stickysim/sim/dist"
)

// Class is a built-in class of clients: a population with defaults for everything but where its clients come from
// (Users, Sessions and Trace are left empty).
type Class struct {
	Name     string
	Summary  string
	Share    float64 // of session arrivals in the default mix ([Mix]); 0 = not in it
	Defaults sim.Population
	Sources  []Source // where the defaults come from, by field
}

// Source says where a default comes from.
type Source struct {
	Field string // as a scenario spells it
	Mark  Mark
	Text  string
}

// Mark says how well a default is founded.
type Mark string

// The marks.
const (
	Verified   Mark = "verified"   // the source named says so
	Known      Mark = "known"      // general knowledge of the source, not checked again
	Claimed    Mark = "claimed"    // what articles on sticky sessions say
	Assumption Mark = "assumption" // ours: vary it before relying on it
)

// classes makes the built-in classes, in the order of [Names]; made anew for each caller, who may change them.
var classes = []func() Class{casual, shopper, power, api, bot, nat, mobile, websocket, custom}

// Lookup returns the built-in class called name. The copy is the caller's own.
func Lookup(name string) (Class, bool) {
	for _, make := range classes {
		if c := make(); c.Name == name {
			return c, true
		}
	}
	return Class{}, false
}

// Names lists the built-in classes.
func Names() []string {
	names := make([]string, len(classes))
	for i, make := range classes {
		names[i] = make().Name
	}
	return names
}

// Mix returns the classes that make up ordinary traffic, with their shares of session arrivals, which sum to 1. Few
// sessions of power users, integrations and bots carry most of the work: by Little's law 65 % of the active sessions
// are power users, and the work splits 5, 21, 40, 12 and 22 %.
func Mix() []Class {
	var mix []Class
	for _, make := range classes {
		if c := make(); c.Share > 0 {
			mix = append(mix, c)
		}
	}
	return mix
}

// custom is the class without assumptions.
func custom() Class {
	return Class{
		Name:     "custom",
		Summary:  "nothing assumed: every field is up to the scenario, but that clients keep cookies",
		Defaults: sim.Population{Name: "custom", Cookies: 1},
	}
}

// The laws below have constant parameters, so an error is a mistake in this package.

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

// patience is what every client does about a request without an answer: it waits 30 s and tries once more, after
// 100 ms to 2 s.
func patience(p sim.Population) sim.Population {
	p.Timeout = must(dist.NewDeterministic(30))
	p.Retries = 1
	p.Backoff = uniform(0.1, 2)
	return p
}

var patienceSource = Source{"timeout, retries, backoff", Assumption, "30 s, one retry after a jittered 100 ms to 2 s"}
