package scenarios

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"stickysim/scenarios/catalog"
)

// Entry is a scenario of the built-in catalogue.
type Entry struct {
	Name        string
	Description string
	Question    string
}

// first is the entry that shows what this program is about.
const first = "nat-hotspot"

// List returns the catalogue, nat-hotspot first, then by name.
func List() []Entry {
	var all []Entry
	for _, name := range builtin() {
		spec, _, err := Open(name)
		if err != nil {
			panic(err) // every entry is read by a test
		}
		b := Build(spec, nil)
		all = append(all, Entry{name, b.Description, b.Question})
	}
	return all
}

func builtin() []string {
	files, err := fs.Glob(catalog.Files, "*.yaml")
	if err != nil {
		panic(err)
	}
	names := []string{first}
	for _, file := range files {
		if name := strings.TrimSuffix(file, ".yaml"); name != first {
			names = append(names, name)
		}
	}
	return names
}

// Open returns an entry of the catalogue with the files it names. The error says which entries there are.
func Open(name string) (*Spec, fs.FS, error) {
	names := builtin()
	if !slices.Contains(names, name) {
		return nil, nil, fmt.Errorf("no built-in scenario is called %s%s (known: %s)", quote(name), didYouMean(name, names), strings.Join(names, ", "))
	}
	spec, err := Load(catalog.Files, name+".yaml")
	return spec, catalog.Files, err
}

// Source returns an entry of the catalogue as it is written, and the names of the files it comes with, for copying.
func Source(name string) (yaml []byte, files []string, err error) {
	spec, all, err := Open(name)
	if err != nil {
		return nil, nil, err
	}
	yaml, err = fs.ReadFile(all, spec.File())
	for _, n := range spec.named() {
		files = append(files, path.Clean(n))
	}
	return yaml, files, err
}
