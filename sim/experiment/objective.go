package experiment

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/dist"
	"stickysim/sim/metric"
)

// Objective is what must hold: a metric compared with a value, or with a metric of another alternative.
//
//	objective = side relation side .               at least one side is a term
//	relation  = "<" | "<=" | ">" | ">=" .
//	side      = value | term .
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
type Objective struct {
	Subject  Term
	Relation Relation
	Limit    Limit
}

// Term is a metric of one alternative, or of every one.
type Term struct {
	Policy string // the alternative's name; "" = every alternative, each by itself
	Metric metric.ID
}

// Limit is what a subject is compared with: Value where Of is nil, otherwise Of × Factor.
type Limit struct {
	Value  float64 // in the unit of the subject's family
	Of     *Term   // of the same kind as the subject
	Factor float64 // positive
}

// Relation is how a subject must lie to its limit.
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

// String is the objective as it could be written, the subject first.
func (o Objective) String() string {
	right := ""
	if o.Limit.Of != nil {
		right = o.Limit.Of.String()
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
}

// Scope returns what objectives of the study may name.
func (s *Study) Scope() Scope {
	var sc Scope
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

// ObjectiveError is what is wrong with an objective.
type ObjectiveError struct {
	Offset  int    // bytes before the place
	Rule    string // "bad-objective", "unknown-metric", "unknown-label", "unknown-policy", "wrong-unit"
	Message string
	Hint    string // the repair; may be empty
}

func (e *ObjectiveError) Error() string { return e.Message }

const objectiveHint = "write latency.p95 < 300ms, or policy(a).latency.p99 <= policy(b).latency.p99 * 1.1"

// ParseObjective reads an objective. The error is an *ObjectiveError.
func ParseObjective(text string, sc Scope) (Objective, error) {
	at := relationAt(text)
	if at < 0 {
		return Objective{}, &ObjectiveError{Rule: "bad-objective", Message: "must compare a metric with a value by <, <=, > or >=, got " + shown(text), Hint: objectiveHint}
	}
	p := objectiveParser{scope: sc}
	op, rest := p.relation(text[at:])
	left, right := side{text: text[:at]}, side{text: rest, offset: len(text) - len(rest)}
	p.term(&left)
	p.term(&right)
	var o Objective
	switch {
	case p.err != nil:
	case left.term == nil && right.term == nil:
		p.fail(left.offset, "bad-objective", "has no metric, got "+shown(text), objectiveHint)
	case left.term == nil:
		o = p.objective(right, op.mirrored(), left)
	default:
		o = p.objective(left, op, right)
	}
	return o, p.error()
}

// relationAt is where the relation begins; names in brackets may hold < and >. It is −1 where there is none.
func relationAt(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		case '<', '>':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// objectiveParser keeps the first error.
type objectiveParser struct {
	scope Scope
	err   *ObjectiveError
}

func (p *objectiveParser) fail(offset int, rule, message, hint string) {
	if p.err == nil {
		p.err = &ObjectiveError{Offset: offset, Rule: rule, Message: message, Hint: hint}
	}
}

func (p *objectiveParser) error() error {
	if p.err == nil {
		return nil
	}
	return p.err
}

// relation reads the sign that text begins with.
func (p *objectiveParser) relation(text string) (Relation, string) {
	for _, c := range []Relation{AtMost, AtLeast, Less, More} {
		if rest, ok := strings.CutPrefix(text, c.String()); ok {
			return c, rest
		}
	}
	return Less, text
}

// side is one side of an objective: a term times a factor, or the text of a value.
type side struct {
	text   string
	offset int // of text in the objective
	term   *Term
	factor float64
}

// term reads a side that does not begin like a value.
func (p *objectiveParser) term(s *side) {
	s.offset += len(s.text) - len(strings.TrimLeft(s.text, " \t\n"))
	s.text = strings.TrimSpace(s.text)
	s.factor = 1
	if s.text == "" {
		p.fail(s.offset, "bad-objective", "must have a metric or a value on both sides", objectiveHint)
		return
	}
	if strings.IndexByte("+-.0123456789", s.text[0]) >= 0 {
		return
	}
	name, offset := s.text, s.offset
	t := &Term{}
	if inner, ok := strings.CutPrefix(name, "policy("); ok {
		policy, after, closed := strings.Cut(inner, ").")
		if !closed {
			p.fail(offset, "bad-objective", "must name a metric, got "+shown(s.text), objectiveHint)
			return
		}
		t.Policy = strings.TrimSpace(policy)
		p.known(offset+len("policy("), "policy", "no alternative is called "+shown(t.Policy), t.Policy, p.scope.Policies)
		offset, name = offset+len(name)-len(after), after
	}
	star := strings.LastIndexByte(name, '*')
	if brace := strings.LastIndexByte(name, '}'); star > brace {
		factor, err := strconv.ParseFloat(strings.TrimSpace(name[star+1:]), 64)
		if err != nil || !(factor > 0 && factor < 1e12) {
			p.fail(offset+star+1, "bad-objective", "must multiply by a positive number, got "+shown(name[star+1:]), "write latency.p99 * 1.1")
			return
		}
		s.factor, name = factor, name[:star]
	}
	t.Metric = p.metric(strings.TrimSpace(name), offset)
	s.term = t
}

// metric reads the name of a figure and holds its label to the scope.
func (p *objectiveParser) metric(name string, offset int) metric.ID {
	id, err := metric.Parse(name)
	var e *metric.Error
	if errors.As(err, &e) {
		rule := "unknown-label"
		if e.Offset == 0 {
			rule = "unknown-metric"
		}
		near := cmp.Or(e.Nearest, diag.Suggest(e.Word, e.Known))
		hint := e.Hint
		if hint == "" {
			hint = "see stickysim metrics list"
			if rule == "unknown-label" {
				hint = "known: " + strings.Join(e.Known, ", ")
			}
		}
		p.fail(offset+e.Offset, rule, e.Message+guess(near), hint)
		return id
	}
	at := offset + len(id.Family) + len(id.Label.Key) + 2
	switch id.Label.Key {
	case metric.Population.Name:
		p.known(at, "label", "no population is called "+shown(id.Label.Value), id.Label.Value, p.scope.Populations)
	case metric.Server.Name:
		if !p.scope.MoreServers {
			p.known(at, "label", "no server is called "+shown(id.Label.Value), id.Label.Value, p.scope.Servers)
		}
	}
	return id
}

// known refuses a name that is not in a list.
func (p *objectiveParser) known(offset int, what, message, name string, list []string) {
	switch {
	case slices.Contains(list, name):
	case len(list) == 0 && what == "label":
		p.fail(offset, "unknown-label", "this scenario has no figures with that label", "figures by population need several populations; figures by server need a fleet of up to "+strconv.Itoa(sim.ListedServers)+" servers")
	default:
		p.fail(offset, "unknown-"+what, message+guess(diag.Suggest(name, list)), "known: "+shortList(list))
	}
}

// objective compares a term with the other side.
func (p *objectiveParser) objective(s side, op Relation, limit side) Objective {
	o := Objective{Subject: *s.term, Relation: op, Limit: Limit{Of: limit.term, Factor: limit.factor / s.factor}}
	f := s.term.Metric.Of()
	if limit.term == nil {
		o.Limit.Factor = 1
		o.Limit.Value = p.value(f, limit) / s.factor
		return o
	}
	if g := limit.term.Metric.Of(); f.Kind != g.Kind || f.Unit != g.Unit {
		p.fail(limit.offset, "wrong-unit", fmt.Sprintf("compares a %s (%s) with a %s (%s)", f.Kind, f.Name, g.Kind, g.Name), "")
	} else if *limit.term == o.Subject {
		p.fail(limit.offset, "bad-objective", "compares a metric with itself", "name the alternatives: "+objectiveHint)
	}
	return o
}

// value reads a limit in the unit of a family.
func (p *objectiveParser) value(f *metric.Family, s side) float64 {
	v, err := units[f.Kind].parse(s.text)
	if err == nil {
		return v / perUnit[f.Unit]
	}
	offset, message := s.offset, ""
	var e *dist.Error
	if errors.As(err, &e) {
		offset, message = offset+e.Offset, ": "+e.Message
	}
	p.fail(offset, "wrong-unit", fmt.Sprintf("%s is a %s and must be compared with one, got %s%s", f.Name, f.Kind, shown(s.text), message),
		"write "+f.Name+" < "+units[f.Kind].example)
	return 0
}

func guess(near string) string {
	if near == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", near)
}

// shown is a piece of input for a message.
func shown(text string) string {
	if len(text) > 60 {
		text = strings.ToValidUTF8(text[:60], "") + "..."
	}
	return strconv.Quote(text)
}

// shortList is at most ten names.
func shortList(names []string) string {
	if len(names) > 10 {
		return strings.Join(names[:10], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
