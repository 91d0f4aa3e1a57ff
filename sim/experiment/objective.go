package experiment

import (
	"slices"
	"strconv"

	"stickysim/sim"
	"stickysim/sim/metric"
)

// Objective is what must hold: a metric compared with a value, with a metric of another alternative, or with itself in a
// saved result.
//
//	objective = side relation side .               at least one side is a term
//	relation  = "<" | "<=" | ">" | ">=" .
//	side      = value | term | baseline .
//	baseline  = "baseline" [ "*" number ] .         the other side's metric, of the same alternative in the saved result
//	term      = [ "policy(" name ")." ] metric [ "*" number ] .
//	metric    = family [ "{" label "=" text "}" ] .
//	value     = number                            count, factor; of any other kind only 0, of a share up to 1
//	          | number "%"                        share
//	          | duration                          time: 300ms, 1m30s
//	          | size                              bytes: 50MiB
//	          | number "/" unit .                 rate: 100/s, 5/min
//
// Examples:
//
//	latency.p95 < 300ms
//	sessions.lost{cause=crash} <= 10
//	policy(cookie).latency.p99 <= policy(stateless).latency.p99 * 1.1
//	latency.p95 <= baseline * 1.05
type Objective struct {
	Subject  Term
	Relation Relation
	Limit    Limit
	Warn     bool     // a miss is reported and fails no gate
	On       []string // alternatives that are judged, where the subject names none; empty = all
}

// Term is a metric of one alternative, or of every one.
type Term struct {
	Policy string // the alternative's name; "" = every alternative, each on its own
	Metric metric.ID
}

// Limit is what a subject is compared with: Value where Of is nil, otherwise Of × Factor.
type Limit struct {
	Value  float64 // in the unit of the subject's family
	Of     *Term   // of the same kind as the subject
	Factor float64 // positive
	Saved  bool    // Of is a figure of Study.Against; of the subject's alternative, where Of names none
}

// Relation is how a subject must compare with its limit.
type Relation uint8

// The relations.
const (
	Less Relation = iota
	AtMost
	More
	AtLeast
)

var relations = [...]string{Less: "<", AtMost: "<=", More: ">", AtLeast: ">="}

// String is the relation as it is written.
func (c Relation) String() string { return relations[c] }

// mirrored is the relation with its sides exchanged.
func (c Relation) mirrored() Relation {
	return [...]Relation{Less: More, AtMost: AtLeast, More: Less, AtLeast: AtMost}[c]
}

// upper reports whether the relation is met below its limit.
func (c Relation) upper() bool { return c == Less || c == AtMost }

// Excludes reports whether no figure that both objectives judge can meet both.
func (o Objective) Excludes(p Objective) bool {
	if o.Subject.Metric != p.Subject.Metric || o.Limit.Of != nil || p.Limit.Of != nil || o.Relation.upper() == p.Relation.upper() {
		return false
	}
	if a, b := o.judged(), p.judged(); a != nil && b != nil && !slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) }) {
		return false
	}
	low, high := o, p
	if o.Relation.upper() {
		low, high = p, o
	}
	return low.Limit.Value > high.Limit.Value || low.Limit.Value == high.Limit.Value && (low.Relation == More || high.Relation == Less)
}

// judged are the alternatives that the objective is about; nil = all.
func (o Objective) judged() []string {
	if o.Subject.Policy != "" {
		return []string{o.Subject.Policy}
	}
	return o.On
}

// String is the objective as it could be written, the subject first.
func (o Objective) String() string {
	right := ""
	if o.Limit.Of != nil {
		if right = o.Limit.Of.String(); o.Limit.Saved {
			right = baselineWord
		}
		if o.Limit.Factor != 1 {
			right += " * " + strconv.FormatFloat(o.Limit.Factor, 'g', -1, 64)
		}
	} else {
		right = formatValue(o.Subject.Metric.Of(), o.Limit.Value)
	}
	return o.Subject.String() + " " + o.Relation.String() + " " + right
}

// String is the term as it could be written.
func (t Term) String() string {
	if t.Policy == "" {
		return t.Metric.String()
	}
	return "policy(" + t.Policy + ")." + t.Metric.String()
}

// Scope is what objectives may name besides metrics.
type Scope struct {
	Policies    []string // the alternatives
	Populations []string // of alternatives with several; only those have figures by population
	Servers     []string // of alternatives with few enough for figures by server
	MoreServers bool     // servers made during the run have names that are not known before
	Ranks       int      // the most servers that an alternative can have; 0: not known

	Reported func(policy string, f *metric.Family) bool // whether the alternative has a metric; "" = any has. nil: all have
}

// Scope returns what objectives of the study may name.
func (s *Study) Scope() Scope {
	sc := Scope{Reported: s.reported}
	add := func(list *[]string, name string) {
		if !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	for i := range s.Variants {
		m := s.Variants[i].Model
		sc.Policies = append(sc.Policies, s.Variants[i].Name)
		for k := range m.Populations {
			if len(m.Populations) > 1 {
				add(&sc.Populations, m.Populations[k].Name)
			}
		}
		sc.Ranks = max(sc.Ranks, len(m.Servers), m.MaxServers)
		if len(m.Servers) > sim.ListedServers {
			continue
		}
		for k := range m.Servers {
			add(&sc.Servers, m.Servers[k].Info.Name)
		}
		sc.MoreServers = sc.MoreServers || m.MaxServers > len(m.Servers)
	}
	return sc
}

// reported reports whether an alternative has a metric; "" stands for any of them.
func (s *Study) reported(policy string, f *metric.Family) bool {
	return slices.ContainsFunc(s.Variants, func(v Variant) bool { return (policy == "" || policy == v.Name) && v.Model.Reports(f) })
}
