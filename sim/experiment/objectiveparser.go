package experiment

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/dist"
	"stickysim/sim/metric"
)

// ObjectiveError is what is wrong with an objective.
type ObjectiveError struct {
	Offset  int    // bytes before the place
	Rule    string // "bad-objective", "unknown-metric", "unknown-label", "unknown-policy", "not-reported", "wrong-unit"
	Message string
	Hint    string // the repair; may be empty
}

func (e *ObjectiveError) Error() string { return e.Message }

const objectiveHint = "write latency.p95 < 300ms, or policy(a).latency.p99 <= policy(b).latency.p99 * 1.1"

// ParseObjective reads an objective, which may name what is in scope. The error is an *ObjectiveError.
func ParseObjective(text string, sc Scope) (Objective, error) {
	return parseObjective(text, objectiveParser{scope: sc})
}

// ReadObjective reads an objective of a saved result, whatever it names. The error is an *ObjectiveError.
func ReadObjective(text string) (Objective, error) {
	return parseObjective(text, objectiveParser{saved: true})
}

func parseObjective(text string, p objectiveParser) (Objective, error) {
	at := relationAt(text)
	if at < 0 {
		return Objective{}, &ObjectiveError{Rule: "bad-objective", Message: "must compare a metric with a value by <, <=, > or >=, got " + shown(text), Hint: objectiveHint}
	}
	op, rest := p.relation(text[at:])
	left, right := side{text: text[:at]}, side{text: rest, offset: len(text) - len(rest)}
	p.term(&left)
	p.term(&right)
	var o Objective
	switch {
	case p.err != nil:
	case left.saved && right.saved:
		p.fail(left.offset, "bad-objective", "compares the baseline with itself", objectiveHint)
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
	saved bool // of a saved result: names are what they are
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

// side is one side of an objective: a term or the baseline times a factor, or the text of a value.
type side struct {
	text   string
	offset int // of text in the objective
	term   *Term
	saved  bool // the baseline
	factor float64
}

// baselineWord stands for the other side's figure in a saved result.
const baselineWord = "baseline"

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
	switch name = strings.TrimSpace(name); {
	case name == baselineWord && t.Policy == "":
		s.saved = true
		return
	case name == baselineWord || strings.HasPrefix(name, baselineWord+"."):
		p.fail(offset, "bad-objective", "must be the word baseline alone: the same figure of the same alternative, got "+shown(s.text), "write latency.p95 <= baseline * 1.05")
		return
	}
	t.Metric = p.metric(name, offset)
	if f := t.Metric.Of(); p.err == nil && p.scope.Reported != nil && !p.scope.Reported(t.Policy, f) {
		p.fail(offset, "not-reported", f.Name+" is not reported here: it needs "+f.Needs, "")
	}
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
	case sim.Rank:
		if rank, err := strconv.Atoi(id.Label.Value); err == nil && p.scope.Ranks > 0 && rank > p.scope.Ranks {
			p.fail(at, "unknown-label", fmt.Sprintf("no alternative has more than %d servers, got rank %d", p.scope.Ranks, rank), "known: 1 to "+strconv.Itoa(p.scope.Ranks)+", median, last")
		}
	}
	return id
}

// known refuses a name that is not in a list.
func (p *objectiveParser) known(offset int, what, message, name string, list []string) {
	switch {
	case p.saved || slices.Contains(list, name):
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
	if limit.saved {
		o.Limit.Of, o.Limit.Saved = &Term{Metric: s.term.Metric}, true
		return o
	}
	if limit.term == nil {
		o.Limit.Factor = 1
		o.Limit.Value = p.value(f, op, limit) / s.factor
		p.decides(f, op, o.Limit.Value, limit)
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
func (p *objectiveParser) value(f *metric.Family, op Relation, s side) float64 {
	v, err := units[f.Kind].parse(s.text)
	if err == nil {
		return v / perUnit[f.Unit]
	}
	offset, message := s.offset, ""
	var e *dist.Error
	if errors.As(err, &e) {
		offset, message = offset+e.Offset, ": "+e.Message
	}
	example := units[f.Kind].example
	if meant := s.text + strings.TrimLeft(example, "0123456789."); len(meant) < 20 {
		if _, err := units[f.Kind].parse(meant); err == nil {
			example = meant
		}
	}
	p.fail(offset, "wrong-unit", fmt.Sprintf("%s is a %s and must be compared with one, got %s%s", f.Name, f.Kind, shown(s.text), message),
		"write "+f.Name+" "+op.String()+" "+example)
	return 0
}

// decides refuses a limit that no figure of a family can miss, and one that none can meet.
func (p *objectiveParser) decides(f *metric.Family, op Relation, limit float64, s side) {
	met, bound := op.beyond(f, limit)
	if bound == "" || p.saved {
		return
	}
	is := "never"
	if met {
		is = "always"
	}
	least, most := f.Bounds()
	hint := "write a limit above " + formatValue(f, least)
	if !math.IsInf(most, 1) {
		hint = "write a limit between " + formatValue(f, least) + " and " + formatValue(f, most)
	}
	p.fail(s.offset, "bad-objective", fmt.Sprintf("is %s met, so that it decides nothing: %s is %s", is, f.Name, bound), hint)
}

// beyond reports that all figures of a family are on one side of a limit: whether they meet it, and which bound of theirs is
// why. bound is empty where figures can be on both sides.
func (c Relation) beyond(f *metric.Family, limit float64) (met bool, bound string) {
	least, most := f.Bounds()
	switch {
	case limit < least || limit == least && (c == Less || c == AtLeast):
		return !c.upper(), "at least " + formatValue(f, least)
	case limit > most || limit == most && (c == More || c == AtMost):
		return c.upper(), "at most " + formatValue(f, most)
	}
	return false, ""
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
