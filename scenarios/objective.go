package scenarios

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// writtenObjective is an objective as it stands in a file: a line, or a mapping that says more about it.
type writtenObjective struct {
	that line
	warn bool
	on   []line
}

// line is a text with its place.
type line struct {
	text string
	at   *tree.Node
}

// placed is a kind of text that keeps its place.
func placed(k kind[string]) kind[line] {
	return kind[line]{schema: k.schema, read: func(d *decoder, n *tree.Node) (line, bool) {
		s, ok := k.read(d, n)
		return line{s, n}, ok
	}}
}

// objectiveLine knows the names of metrics; labels, units and alternatives are left to validate.
func objectiveLine() kind[line] {
	k := placed(text(500))
	k.schema = func() schema {
		return schema{"type": "string", "examples": []string{"latency.p95 < 300ms", "policy(cookie).latency.p99 <= policy(stateless).latency.p99 * 1.1", "latency.p95 <= baseline * 1.05"},
			"pattern": `^(policy\([^()]+\)\.)?` + metricPattern() + `\s*(\*\s*[0-9.]+\s*)?[<>]|[<>]=?\s*(policy\([^()]+\)\.)?[a-z]`}
	}
	return k
}

var objectiveObject = object[writtenObjective]{
	needed(at("that", "what must hold", objectiveLine(), func(o *writtenObjective) *line { return &o.that })),
	at("severity", "fail: a miss fails a gate; warn: it is only reported", choice([]string{"fail", "warn"}, false, true), func(o *writtenObjective) *bool { return &o.warn }),
	at("on", "the alternatives that are judged; default: all", list(placed(label()), 1, maxVariants), func(o *writtenObjective) *[]line { return &o.on }),
}

// written is an element of the list of objectives.
func written() kind[writtenObjective] {
	short, full := objectiveLine(), objectiveObject.kind(writtenObjective{})
	return kind[writtenObjective]{schema: either("object", full.schema, short.schema), read: func(d *decoder, n *tree.Node) (writtenObjective, bool) {
		if n.Kind == tree.Map {
			return full.read(d, n)
		}
		that, ok := short.read(d, n)
		return writtenObjective{that: that}, ok
	}}
}

func objectivesSchema() schema { return list(written(), 0, mostObjectives).schema() }

// gated are the names of alternatives that can fail a gate.
func gated() kind[[]line] { return list(placed(label()), 1, maxVariants) }

// metricPattern matches the names of metrics, with or without a label.
func metricPattern() string {
	names := metric.Names()
	for i, name := range names {
		names[i] = regexp.QuoteMeta(name)
	}
	return "(" + strings.Join(names, "|") + `)(\{[a-z_]+=[^{}]+\})?`
}

const mostObjectives = 1000

// objectives reads what must hold. It comes after the alternatives, whose names and populations objectives may speak of.
func (d *decoder) objectives(n *tree.Node, study *experiment.Study) {
	all, ok := list(written(), 0, mostObjectives).read(d, n)
	if !ok {
		return
	}
	scope := study.Scope()
	reported := scope.Reported
	scope.Policies = append(scope.Policies, d.left...)
	scope.Reported = func(policy string, f *metric.Family) bool {
		return slices.Contains(d.left, policy) || reported(policy, f)
	}
	for _, w := range all {
		o, err := experiment.ParseObjective(w.that.text, scope)
		var e *experiment.ObjectiveError
		switch {
		case !errors.As(err, &e):
			o.Warn = w.warn
			if on, ok := d.judged(&w, &o, scope); ok {
				o.On = on
				if i := slices.IndexFunc(study.Objectives, o.Excludes); i >= 0 {
					d.failAt(w.that.at, 0, "bad-objective", "cannot be met together with "+study.Objectives[i].String(), "write limits between which a value can lie, or leave one out")
				}
				if slices.ContainsFunc(study.Objectives, func(p experiment.Objective) bool { return p.String() == o.String() && slices.Equal(p.On, o.On) }) {
					d.failAt(w.that.at, 0, "bad-objective", "is given twice", "leave one out: each objective takes its part of the error rate, also one that decides nothing")
				}
				study.Objectives = append(study.Objectives, o)
			}
		case len(d.left) > 0 && (e.Rule == "not-reported" || e.Rule == "unknown-label"): // a part of what is left out may have it
			d.leftOut(w.that.at, e.Message)
		default:
			d.failAt(w.that.at, e.Offset, e.Rule, e.Message, e.Hint)
		}
	}
}

// judged are the alternatives that an objective names. It reports false where it names wrong ones, or only ones that
// are left out.
func (d *decoder) judged(w *writtenObjective, o *experiment.Objective, scope experiment.Scope) (on []string, ok bool) {
	ok = true
	for _, name := range w.on {
		f := o.Subject.Metric.Of()
		switch {
		case !d.alternativeNamed(name, scope.Policies):
			ok = false
		case o.Subject.Policy != "":
			d.fail(name.at, "bad-objective", "is about one alternative already, "+quote(o.Subject.Policy), "write the metric without policy(...), or leave out on")
			return nil, false
		case !scope.Reported(name.text, f):
			d.fail(name.at, "not-reported", f.Name+" is not reported by "+quote(name.text)+": it needs "+f.Needs, "")
			ok = false
		default:
			on = append(on, name.text)
		}
	}
	missing := func(name string) bool { return slices.Contains(d.left, name) }
	switch of := o.Limit.Of; {
	case !ok:
		return nil, false
	case missing(o.Subject.Policy):
		d.leftOut(w.that.at, "is about "+quote(o.Subject.Policy))
	case of != nil && missing(of.Policy):
		d.leftOut(w.that.at, "compares with "+quote(of.Policy))
	case len(on) > 0 && !slices.ContainsFunc(on, func(name string) bool { return !missing(name) }):
		d.leftOut(w.on[0].at, "is about "+strings.Join(on, ", "))
	default:
		return on, true
	}
	return nil, false
}

// leftOut warns of an objective that is not judged because of --policies.
func (d *decoder) leftOut(n *tree.Node, why string) {
	d.warn(n, notJudged, why+", and --policies leaves out "+strings.Join(d.left, ", ")+": this objective is not judged", "")
}

// alternativeNamed refuses a name that no alternative has.
func (d *decoder) alternativeNamed(name line, known []string) bool {
	if slices.Contains(known, name.text) {
		return true
	}
	d.fail(name.at, "unknown-policy", "no alternative is called "+quote(name.text)+didYouMean(name.text, known), "known: "+strings.Join(known, ", "))
	return false
}

// gate reads whom objectives may fail.
func (d *decoder) gate(n *tree.Node, study *experiment.Study) {
	names, _ := gated().read(d, n)
	known := append(study.Scope().Policies, d.left...)
	for _, name := range names {
		if d.alternativeNamed(name, known) {
			study.Gate = append(study.Gate, name.text)
		}
	}
}

// figure is the name of a metric, with a label where one is meant.
func figure() kind[metric.ID] {
	return kind[metric.ID]{schema: func() schema { return schema{"type": "string", "pattern": "^" + metricPattern() + "$"} }, read: func(d *decoder, n *tree.Node) (metric.ID, bool) {
		s, ok := scalar(d, n, "the name of a metric")
		if !ok {
			return metric.ID{}, false
		}
		id, err := metric.Parse(s)
		var e *metric.Error
		if errors.As(err, &e) {
			message := e.Message + didYouMean(e.Word, e.Known)
			if e.Nearest != "" {
				message = e.Message + "; did you mean " + quote(e.Nearest) + "?"
			}
			d.failAt(n, e.Offset, "unknown-metric", message, cmp.Or(e.Hint, "see stickysim metrics list"))
			return metric.ID{}, false
		}
		return id, true
	}}
}
