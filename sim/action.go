package sim

import (
	"cmp"
	"fmt"
	"slices"

	"stickysim/sim/diag"
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// Action is an entry of the timeline. Which fields besides the first ones mean something depends on its kind.
type Action struct {
	Kind   *ActionKind // Crash, Pause, ...: one of ActionKinds
	Name   string      // for the event log; may be empty
	Entry  int         // the element of a scenario that it is written in, from 1: all events of a recording share one; 0 = one of its own
	Off    bool        // it never happens. Its place in the timeline stays, so the draws of the others are the same as with it
	At     Time        // first time; of a recurring action, when the recurrence begins; LongAgo: with the run
	Every  dist.Dist   // seconds between recurrences; nil = once
	AtOnce bool        // of a recurring action: it first happens At, instead of one Every later
	Until  Time        // no recurrence at or after this; 0 = until the run ends
	Each   bool        // it recurs for each server independently, in running time

	Targets []ServerID // the servers hit; empty: Servers of them drawn at random
	Places  bool       // Targets are places in the list of servers in service at the time, modulo its length
	Rank    int        // without targets: hit servers of consecutive ranks by the work they have done so far, from this one (1 = the hottest) or else the coolest; 0 = drawn
	Servers int        // how many; ignored with a zone
	All     bool       // all that are in the fleet at the time, however many
	Zone    int        // all servers of this zone are hit; negative: none

	Host     bool      // of a crash: the host is gone, and not only the process
	Repair   dist.Dist // seconds until it is over; nil: immediately with Each, otherwise never
	Deadline Time      // longest drain, or notice
	Factor   float64   // of a speed or rate
	Replace  bool      // a new server is ordered for each that leaves
	Strategy Strategy
}

// ActionKind is something that can happen in a run. Each kind lies in a file of its own, which registers it: that makes it
// known to scenarios, with its parameters, and to the engine.
type ActionKind struct {
	Name    string        // its key in a scenario's timeline
	Doc     string        // what it does, in one line
	Also    []string      // other words that people look for
	Params  []ActionParam // what may be written about it, besides the servers it hits
	Default Action        // values of the parameters that are left out
	Each    bool          // it can happen to each server independently
	Policy  bool          // its value is a policy; Action.Servers is the policy's place in Model.Later

	// What it does is one of these: once per occurrence, with draws addressed by the key, or to each server that it hits,
	// until over (Never: permanently; the present: it is over at once).
	once func(r *run, a *Action, draw rng.Key)
	hit  func(r *run, a *Action, s ServerID, over Time)

	removes    bool                                                 // the servers it hits leave: draws are among those in service, and it is never over
	complete   func(*Action)                                        // see Action.Complete; nil: nothing to do
	noEffect   func(*Model, *Action) (why, hint string)             // see Action.NoEffect; nil: it always has one
	newServers func(m *Model, a *Action, peak, hit float64) float64 // see Action.NewServers; nil: none
	fleetSize  func(*Action) int                                    // see Action.FleetSize; nil: it sets none
	lasts      func(*Model, *Action) (least, most Time)             // see Action.Lasts; nil: as long as Repair
	check      func(*Model, *Action) error                          // what makes an action impossible in a model; nil: nothing
}

// ActionParam is a parameter of an action. Exactly one of its functions is set: it says what is written, and where in the
// Action the value goes.
type ActionParam struct {
	Key, Doc string
	Required bool

	Seconds func(*Action) *dist.Dist // a distribution of durations
	Span    func(*Action) *Time      // a duration
	Factor  func(*Action) *float64   // a positive number, or percentage
	Flag    func(*Action) *bool      // true or false
	Count   func(*Action) *int       // a whole number from 1 to Max
	Max     int
	Part    func(*Action) *int // a number of servers, or a share of the fleet, rounded up if RoundUp
	RoundUp bool
	Choice  func(*Action, int) // the place of a word in Words
	Words   []string
}

var actionKinds []*ActionKind

// registerAction makes a kind of action known.
func registerAction(k *ActionKind) *ActionKind {
	k.Default.Kind = k
	actionKinds = append(actionKinds, k)
	diag.Also(k.Name, k.Also...)
	return k
}

// ActionKinds returns all kinds of action, sorted by name.
func ActionKinds() []*ActionKind {
	return slices.SortedFunc(slices.Values(actionKinds), func(a, b *ActionKind) int { return cmp.Compare(a.Name, b.Name) })
}

// OpenEnded reports whether an action of the kind that does not say how long it lasts is never over.
func (k *ActionKind) OpenEnded() bool {
	return slices.ContainsFunc(k.Params, func(p ActionParam) bool { return p.Key == "for" && !p.Required })
}

// HitsServers reports whether an action of the kind is done to servers: Targets, Servers and Zone of the Action say which.
func (k *ActionKind) HitsServers() bool { return k.hit != nil }

// String is the name.
func (k *ActionKind) String() string { return k.Name }

// Scripted reports whether the action first happens at a time that is written, instead of one that is drawn.
func (a *Action) Scripted() bool { return a.Every == nil || a.AtOnce && !a.Each }

// Lasts is how long the action lasts at least, in the mean where that is drawn, and at most. A permanent one is over at
// once.
func (a *Action) Lasts(m *Model) (least, most Time) {
	switch {
	case a.Kind.lasts != nil:
		return a.Kind.lasts(m, a)
	case a.Repair != nil:
		least = FromSeconds(a.Repair.Mean())
	}
	return least, least
}

// Complete fills in what the parameters leave open, when all of them are set.
func (a *Action) Complete() {
	if a.Kind.complete != nil {
		a.Kind.complete(a)
	}
}

// NoEffect says why an action changes nothing in a model, and what to write instead; why is "" if it changes something.
func (a *Action) NoEffect(m *Model) (why, hint string) {
	switch {
	case a.Kind.noEffect != nil:
		return a.Kind.noEffect(m, a)
	case a.Kind.HitsServers() && a.Zone >= 0 && !m.Inhabited(a.Zone):
		return fmt.Sprintf("hits zone %d, and no server is in it", a.Zone), "servers: {zones: 3} has zones 0, 1 and 2"
	}
	return "", ""
}

// Inhabited reports whether a server of the fleet, or one made during the run, is in the zone.
func (m *Model) Inhabited(zone int) bool {
	return m.Template.Cores > 0 && m.Template.Info.Zone == zone ||
		slices.ContainsFunc(m.Servers, func(s Server) bool { return s.Info.Zone == zone })
}

// NewServers bounds how many servers one occurrence makes, in a fleet of peak servers of which it hits some.
func (a *Action) NewServers(m *Model, peak, hit float64) float64 {
	if a.Kind.newServers == nil {
		return 0
	}
	return a.Kind.newServers(m, a, peak, hit)
}

// FleetSize is the number of servers the action brings the fleet to; 0 if it does not set one.
func (a *Action) FleetSize() int {
	if a.Kind.fleetSize == nil {
		return 0
	}
	return a.Kind.fleetSize(a)
}

// How long an action lasts, for kinds that take it.
func lasting(key, doc string) ActionParam {
	return ActionParam{Key: key, Doc: doc, Seconds: func(a *Action) *dist.Dist { return &a.Repair }}
}

// required makes a parameter required.
func required(p ActionParam) ActionParam {
	p.Required = true
	return p
}

var (
	speedFactor = ActionParam{Key: "factor", Doc: "speed while it lasts, as a share of the usual", Required: true, Factor: func(a *Action) *float64 { return &a.Factor }}
	replacement = ActionParam{Key: "replace", Doc: "a new server is ordered for each that leaves", Flag: func(a *Action) *bool { return &a.Replace }}
)

// deadline is the parameter that goes into Action.Deadline.
func deadline(key, doc string) ActionParam {
	return ActionParam{Key: key, Doc: doc, Span: func(a *Action) *Time { return &a.Deadline }}
}
