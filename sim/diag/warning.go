package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says how much a warning may change the answer.
type Severity uint8

// The severities.
const (
	Note    Severity = iota + 1 // worth knowing; the figures are what they say
	Caution                     // probably not what was meant, or less precise than it looks
	Severe                      // the answer to the question may be wrong
)

var severities = [...]string{Note: "note", Caution: "caution", Severe: "severe"}

// String is the severity's name in results.
func (s Severity) String() string { return severities[s] }

// ParseSeverity is the severity of a name.
func ParseSeverity(name string) (Severity, bool) {
	i := slices.Index(severities[1:], name)
	return Severity(i + 1), i >= 0
}

// Code is a kind of warning. Codes are stable: tools may look for them in results.
type Code struct {
	Name     string // words joined by hyphens: event-outside-run
	Severity Severity
	Doc      string // what it means and what to do; sentences
}

var (
	codes  []*Code // by name
	byName = map[string]*Code{}
)

// Register adds a code. It is called from package variables; a name used twice, or a code without severity or
// definition, is a programming error and panics.
func Register(c Code) *Code {
	if c.Name == "" || byName[c.Name] != nil || c.Severity == 0 || c.Doc == "" {
		panic(fmt.Sprintf("diag: the code %q is registered twice, or is incomplete", c.Name))
	}
	i, _ := slices.BinarySearchFunc(codes, c.Name, func(o *Code, name string) int { return cmp.Compare(o.Name, name) })
	codes = slices.Insert(codes, i, &c)
	byName[c.Name] = &c
	return &c
}

// Codes returns all codes by name.
func Codes() []*Code { return slices.Clone(codes) }

// Warning is a reason to doubt a figure or the answer as a whole. It is part of the result.
type Warning struct {
	Code         string // name of a Code
	Severity     Severity
	Place        string // the field of the scenario it is about, or that would change it: timeline[0].at
	Alternative  string // the alternative it is about; empty: all
	Metric       string // the figure it is about; empty: none in particular
	Message      string // what is wrong, with the values
	Hint         string // what would help; may be empty
	Replications int    // in how many replications it was met; 0: it is not about single replications
}

// At makes a warning about a field of the scenario.
func (c *Code) At(place, format string, args ...any) Warning {
	return Warning{Code: c.Name, Severity: c.Severity, Place: place, Message: fmt.Sprintf(format, args...)}
}

// AsWarning is the problem, whose rule is a registered code, as a part of the result. Its place is the field, without the
// line: the same scenario laid out otherwise has the same result.
func (p Problem) AsWarning() Warning {
	return Warning{Code: p.Rule, Severity: byName[p.Rule].Severity, Place: p.Path, Alternative: p.Alternative, Message: p.Message, Hint: p.Hint}
}

// Merge adds a warning of a replication to those of earlier ones: one with the same code, place, alternative and metric
// counts as met once more, and keeps the words of the first.
func Merge(list []Warning, w Warning) []Warning {
	w.Replications = max(w.Replications, 1)
	for i := range list {
		if o := &list[i]; o.Code == w.Code && o.Place == w.Place && o.Alternative == w.Alternative && o.Metric == w.Metric {
			o.Replications += w.Replications
			return list
		}
	}
	return append(list, w)
}

// SortWarnings puts the most severe first; warnings of one severity keep their order.
func SortWarnings(list []Warning) {
	slices.SortStableFunc(list, func(a, b Warning) int { return cmp.Compare(b.Severity, a.Severity) })
}
