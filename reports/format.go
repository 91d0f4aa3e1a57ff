package reports

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"stickysim/sim/experiment"
)

// Format is a way to write a result for --format.
type Format struct {
	Name  string // as --format takes it
	Doc   string // a few words for help and completion: what it is for
	Prose bool   // text for people: an empty line separates several results
	Write func(w io.Writer, res *experiment.Result, o Options) error
}

var formats = map[string]Format{}

// Register adds a format. It is called from package variables, so that a format is one file; a name used twice is a
// programming error and panics.
func Register(f Format) Format {
	if _, dup := formats[f.Name]; dup {
		panic(fmt.Sprintf("reports: the format %q is registered twice", f.Name))
	}
	formats[f.Name] = f
	return f
}

// Formats returns the registered formats, sorted by name.
func Formats() []Format {
	list := make([]Format, 0, len(formats))
	for _, name := range slices.Sorted(maps.Keys(formats)) {
		list = append(list, formats[name])
	}
	return list
}

// Lookup finds a format by name.
func Lookup(name string) (Format, bool) {
	f, ok := formats[name]
	return f, ok
}
