package metric

import (
	"fmt"
	"slices"
	"strings"
)

// Label is a dimension and a value of it: cause, crash. The zero Label stands for the whole.
type Label struct{ Key, Value string }

// ID is one figure: a family, and the label of the part that is meant. IDs can be compared and used as keys.
type ID struct {
	Family string
	Label  Label
}

// String is the figure's name in results: latency.p95, sessions.lost{cause=crash}.
func (id ID) String() string {
	if id.Label.Key == "" {
		return id.Family
	}
	return id.Family + "{" + id.Label.Key + "=" + id.Label.Value + "}"
}

// Of is the definition of the figure's family; nil where none is registered, as in results of another version.
func (id ID) Of() *Family { return Lookup(id.Family) }

// Read takes a name in a result apart. It accepts any text: results of other versions may hold names that are unknown
// here. Read(id.String()) is id.
func Read(name string) ID {
	family, label, ok := strings.Cut(name, "{")
	key, value, pair := strings.Cut(label, "=")
	value, closed := strings.CutSuffix(value, "}")
	if !ok || !pair || !closed || key == "" {
		return ID{Family: name}
	}
	return ID{family, Label{key, value}}
}

// Parse reads the name of a figure that is registered. The error is an *Error.
func Parse(name string) (ID, error) {
	id := Read(name)
	if base, _, labelled := strings.Cut(name, "{"); labelled && id.Label.Key == "" {
		return ID{}, &Error{Offset: len(base), Message: fmt.Sprintf("%q is not a label", name[len(base):]), Hint: "write {cause=crash}"}
	}
	f := id.Of()
	if f == nil {
		return ID{}, unknown("metric", id.Family, 0, Names(), nearestQuantile(id.Family))
	}
	return id, f.check(id.Label)
}

// check holds a label to those that the family has.
func (f *Family) check(l Label) error {
	at := len(f.Name) + 1
	switch d := f.dimension(l.Key); {
	case l.Key == "" && f.OnlyParts:
		return &Error{Message: f.Name + " exists only with a label", Hint: "write " + f.Name + "{" + f.Labels[0].Name + "=…}"}
	case l.Key == "":
		return nil
	case len(f.Labels) == 0:
		return &Error{Offset: at, Message: f.Name + " has no labels", Hint: "write " + f.Name}
	case d == nil:
		return unknown("label", l.Key, at, f.keys(), "")
	case d.Values != nil && !slices.Contains(d.Names(), l.Value):
		return unknown(l.Key, l.Value, at+len(l.Key)+1, d.Names(), "")
	}
	return nil
}

func (f *Family) keys() []string {
	keys := make([]string, len(f.Labels))
	for i, d := range f.Labels {
		keys[i] = d.Name
	}
	return keys
}

// Error is what is wrong with the name of a figure.
type Error struct {
	Offset  int    // bytes before the word that is wrong
	Message string // without the offset
	Hint    string // the repair; may be empty
	Word    string // an unknown word; "" where something else is wrong
	Known   []string
	Nearest string // what was meant, where more than the spelling says so
}

func (e *Error) Error() string { return e.Message }

func unknown(what, word string, at int, known []string, nearest string) *Error {
	return &Error{Offset: at, Message: fmt.Sprintf("unknown %s %q", what, word), Word: word, Known: known, Nearest: nearest}
}
