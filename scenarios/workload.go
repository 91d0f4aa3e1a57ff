package scenarios

import (
	"fmt"
	"maps"
	"path"
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/workloads"
	"stickysim/workloads/accesslog"
)

// source is an element of the workload: a population, and the origin of its clients.
type source struct {
	sim.Population
	class  string
	replay replay
}

// replay is a log to replay; without a file, there is none.
type replay struct {
	file    string
	client  []string
	format  string
	scale   float64
	options workloads.ReplayOptions
}

var entry = append(object[source]{
	at("population", "built-in class of clients that gives the defaults; custom has none", class(), func(s *source) *string { return &s.class }),
	at("name", "name of the population; default: its class", label(), func(s *source) *string { return &s.Name }),
	at("users", "a fixed number of users; this, sessions or replay", integer(1, maxUsers), func(s *source) *int { return &s.Users }),
	at("sessions", "arrivals of new sessions; this, users or replay", arrivals(), func(s *source) *sim.ArrivalProcess { return &s.Sessions }),
	at("replay", "access log whose requests are replayed, in the order that loop says; this, users or sessions", label(), func(s *source) *string { return &s.replay.file }),
	at("format", logFormats(), text(2000), func(s *source) *string { return &s.replay.format }),
	at("client", "fields of a log line that identify a client; default: address, user-agent", list(label(), 1, 8), func(s *source) *[]string { return &s.replay.client }),
	at("speed", "recorded seconds per simulated second, of the times between sessions and the pauses of clients. Service times, timeouts, lifetimes of cookies and idle timeouts keep their length. Default: 1", number(0.001, 1e6), func(s *source) *float64 { return &s.replay.options.Speed }),
	at("gap", "pause in a client's requests after which a new session begins; default: 30m", span(1), func(s *source) *sim.Time { return &s.replay.options.Gap }),
	at("recorded_service", "take service times from the log where it has them; default: false", truth(), func(s *source) *bool { return &s.replay.options.UseDemand }),
	at("resample", "what each replication draws anew from the log, with replacement: as many of its clients, or its hours; intervals then say how far another log like this could be off, however many replications there are. Default: none, every replication replays the log as it is",
		choice([]string{"none", "clients", "hours"}, sim.AsRecorded, sim.DrawClients, sim.DrawHours), func(s *source) *sim.Resampling { return &s.Resample }),
	at("scale", "clients per client of the log, from 0.001 to 1000: of half as many, the same are always kept; the further ones of 2 are others, at addresses of their own, who do the same at other times. Default: 1", number(0.001, 1000), func(s *source) *float64 { return &s.replay.scale }),
	at("limit", "replay at most this many requests, from the start of the log; default: all", integer(1, 1e9), func(s *source) *int { return &s.replay.options.Limit }),
}, within(behaviour, func(s *source) *sim.Population { return &s.Population })...)

// logFormats describes format.
func logFormats() string {
	names, _ := accesslog.Formats()
	return "format of the log: " + strings.Join(names, ", ") + ", an nginx log_format, or a LogFormat of Apache; default: detected. Prefixes of collectors, such as Kubernetes or syslog, are always detected"
}

// class is the name of a built-in class; population reports one that is unknown.
func class() kind[string] {
	s := func() schema {
		var docs []string
		for _, name := range workloads.Names() {
			c, _ := workloads.Lookup(name)
			docs = append(docs, c.Summary)
		}
		return schema{"enum": workloads.Names(), "enumDescriptions": docs}
	}
	return kind[string]{schema: s, read: text(200).read}
}

// mix is the ordinary traffic of [workloads.Mix].
type mix struct{ sessions sim.ArrivalProcess }

var mixed = object[mix]{at("mix", "session arrivals of ordinary traffic, divided over the built-in classes; a rate such as 5/s; this instead of a population", arrivals(), func(m *mix) *sim.ArrivalProcess { return &m.sessions })}

var included = object[string]{at("include", "a file with a list of workload elements, as `stickysim fit` writes it; this instead of a population", label(), func(s *string) *string { return s })}

const maxPopulations = 1000

func workloadSchema() schema {
	population := byClass(behaviour)()["properties"].(schema)
	one := entry.schema(nil)
	maps.Copy(one["properties"].(schema), population)
	one = keyed("mix", mixed.schema(nil), keyed("include", included.schema(nil), one))
	return schema{"type": "array", "minItems": 1, "items": one}
}

// workload reads the populations, and says where each is written. clients, which may be nil, overrides the defaults of each.
func (d *decoder) workload(n, clients *tree.Node) (all []sim.Population, written []*tree.Node) {
	for _, item := range d.elements(n) {
		switch {
		case item.Get("mix") != nil:
			all = append(all, d.mix(item, clients)...)
		default:
			all = d.population(item, clients, all)
		}
		if len(all) > maxPopulations {
			d.fail(item, "out-of-range", fmt.Sprintf("is one population too many (the limit is %d)", maxPopulations), "")
			return nil, nil
		}
		for len(written) < len(all) {
			written = append(written, item)
		}
	}
	d.uniquePopulations(n, all)
	return all, written
}

// elements returns the mappings of a workload list; an include is replaced by the mappings of its file.
func (d *decoder) elements(n *tree.Node) []*tree.Node {
	if n.Kind != tree.List || len(n.Items) == 0 {
		d.fail(n, "wrong-type", "must be a list of populations, got "+describe(n), "write - population: shopper")
		return nil
	}
	var all []*tree.Node
	for _, item := range n.Items {
		if item.Get("include") == nil {
			all = append(all, item)
			continue
		}
		var file string
		included.read(d, item, &file)
		if file != "" {
			all = append(all, d.include(item.Get("include"), file)...)
		}
	}
	return all
}

func (d *decoder) include(n *tree.Node, file string) []*tree.Node {
	root := d.files.scenario(d, n, file)
	if root == nil {
		return nil
	}
	inner := root.Get("workload")
	if inner == nil || inner.Kind != tree.List {
		d.fail(n, "bad-file", quote(file)+" has no list called workload", "")
		return nil
	}
	for _, item := range inner.Items {
		if at := item.Get("include"); at != nil {
			d.fail(at, "include-in-include", "an included file cannot include another", "")
			return nil
		}
	}
	return inner.Items
}

func (d *decoder) mix(n, clients *tree.Node) []sim.Population {
	var m mix
	mixed.read(d, n, &m)
	if m.sessions == nil {
		return nil
	}
	if _, poisson := m.sessions.(workloads.Poisson); !poisson {
		d.fail(n.Get("mix"), "bad-value", "must be a Poisson process, which can be divided over the classes, got "+quote(m.sessions.String()), "write a rate such as 5/s, or one population for each class")
		return nil
	}
	var all []sim.Population
	for _, class := range workloads.Mix() {
		p := class.Defaults
		p.Sessions, _ = workloads.NewPoisson(m.sessions.Rate() * class.Share)
		if clients != nil {
			retrying.fields(d, clients, &p)
		}
		all = append(all, p)
	}
	return all
}

func (d *decoder) population(n, clients *tree.Node, all []sim.Population) []sim.Population {
	s := source{class: "custom", replay: replay{scale: 1}}
	if n.Kind != tree.Map {
		d.fail(n, "wrong-type", "must be a population, got "+describe(n), "write population: "+clip(n.Text))
		return all
	}
	before := len(d.problems.Errors())
	if at := n.Get("population"); at != nil && at.Kind == tree.Scalar {
		s.class = at.Text
	}
	class, ok := workloads.Lookup(s.class)
	if !ok {
		known := workloads.Names()
		d.fail(n.Get("population"), "unknown-population", "unknown class "+quote(s.class)+didYouMean(s.class, known), "known: "+strings.Join(known, ", "))
		class, _ = workloads.Lookup("custom")
	}
	s.Population = class.Defaults
	if clients != nil {
		retrying.fields(d, clients, &s.Population)
	}
	entry.read(d, n, &s)
	d.origin(n, &s)
	if len(d.problems.Errors()) == before {
		d.playable(n, &s.Population)
		d.lintPopulation(n, &s.Population)
	}
	return append(all, s.Population)
}

// origin checks that the clients come from exactly one of users, sessions and replay, and reads the log of a replay.
func (d *decoder) origin(n *tree.Node, s *source) {
	var given []string
	for _, key := range []string{"users", "sessions", "replay"} {
		if n.Get(key) != nil {
			given = append(given, key)
		}
	}
	switch {
	case len(given) == 0:
		d.fail(n, "missing-field", "needs users, sessions or replay", "write users: 100, sessions: poisson(2/s), or replay: access.log")
	case len(given) > 1:
		d.fail(n.Get(given[1]), "conflict", "has "+strings.Join(given, " and "), "write one of them, or make it two populations")
	}
	if s.replay.file == "" {
		for _, key := range []string{"format", "client", "speed", "gap", "recorded_service", "resample", "scale", "limit"} {
			if at := n.Get(key); at != nil {
				d.fail(at, "conflict", "applies only to a replay", "add replay: FILE, or remove it")
			}
		}
		if s.Loop == sim.Causal {
			d.fail(n.Get("loop"), "conflict", "is causal, which applies only to a replay", "write closed")
		}
		return
	}
	if n.Get("name") == nil && n.Get("population") == nil {
		s.Name = path.Base(s.replay.file)
	}
	if n.Get("state") == nil && s.class == "custom" {
		s.Stateful = true // logged-in users, so that the cost of the state's placement shows
	}
	if s.Demand != nil {
		s.replay.options.Answer = sim.FromSeconds(s.Demand.Mean())
	}
	s.Trace = d.files.trace(d, n.Get("replay"), s.replay)
	s.Requests, s.Life = nil, nil
	switch at := n.Get("loop"); {
	case at == nil:
		s.Loop = sim.Causal
	case s.Loop == sim.Connection:
		d.fail(at, "conflict", "has no meaning for a log, which says nothing of connections", "write causal, closed or open")
	}
	if s.Trace != nil && s.Resample == sim.DrawHours && s.Trace.Hours() < fewestHours {
		d.fail(n.Get("resample"), "out-of-range", fmt.Sprintf("needs a log of at least %d hours; this one has %d", fewestHours, s.Trace.Hours()), "write resample: clients")
	}
}

// fewestHours is how many hours a log needs that are drawn from.
const fewestHours = 5

// playable refuses populations that would send infinitely many requests at one instant, or whose requests do no work.
func (d *decoder) playable(n *tree.Node, p *sim.Population) {
	switch {
	case p.Demand == nil && (p.Trace == nil || !recordedAll(p.Trace)):
		d.fail(n, "missing-field", "needs service, the server time per request", "write service: exp(50ms)")
	case p.Trace != nil || n.Get("replay") != nil: // or there is no log, which has been said
	case p.Loop != sim.ClosedLoop && p.Think == nil:
		d.fail(n, "missing-field", "does not wait for answers, so it needs think, the time between requests", "write think: exp(1s)")
	case p.Users > 0 && p.Think == nil && p.Demand.Mean() < 1e-6:
		d.fail(n, "missing-field", "would send infinitely many requests at one instant: it needs think, or a longer service", "write think: exp(10s)")
	case p.Sessions != nil && p.Requests == nil && p.Life == nil:
		d.fail(n, "missing-field", "has sessions that never end", "write requests: geometric(mean=20), or life: exp(1h)")
	case p.Requests != nil && p.Requests.Mean() < 1:
		d.fail(n, "out-of-range", "must have a mean of at least 1 request per session, got "+decimal(p.Requests.Mean()), "the first request counts")
	}
}

func recordedAll(t *sim.Trace) bool {
	for i := range t.Requests {
		if t.Requests[i].Demand < 0 {
			return false
		}
	}
	return true
}

func (d *decoder) uniquePopulations(n *tree.Node, all []sim.Population) {
	seen := map[string]bool{}
	users := 0
	for _, p := range all {
		if seen[p.Name] {
			d.fail(n, "duplicate-name", "has two populations called "+quote(p.Name), "give one of them a name: {population: ..., name: ...}")
			return
		}
		seen[p.Name] = true
		users += p.Users
	}
	if users > maxUsers {
		d.fail(n, "out-of-range", fmt.Sprintf("has %d users, the limit is %d", users, maxUsers), "")
	}
}
