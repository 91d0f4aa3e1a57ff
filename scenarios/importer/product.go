package importer

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// Product is a kind of configuration that can be imported.
type Product struct {
	Name string // in --type and Config.Product, "nginx"

	// Signs match text of the product's configurations. Where the signs of several products match, the highest Precedence
	// decides. Formats that can contain text of others have a high one: a Kubernetes manifest can contain lines for nginx.
	Signs      func() *regexp.Regexp
	Precedence int
	FileNames  []string // further patterns of lower-case file names, beside "*name*"; they count where no signs match
	Folders    []string // extensions of the files that the name of a folder stands for; nil: folders are not read

	// Import reads the named files as one configuration. See [Each] for files that are a configuration each.
	Import func(in *source.Input, names []string) error
}

var products = map[string]Product{}

// Register adds a product. It is called from package variables; a name used twice is a programming error and panics.
func Register(p Product) Product {
	if _, dup := products[p.Name]; dup {
		panic(fmt.Sprintf("importer: %q is registered twice", p.Name))
	}
	products[p.Name] = p
	return p
}

// Products are the names of the products that can be imported, sorted.
func Products() []string { return slices.Sorted(maps.Keys(products)) }

// Each is a [Product.Import] for products whose files are a configuration each, with what they include. A remark says
// so if there is no pool in a file.
func Each(read func(in *source.Input, name string) error) func(*source.Input, []string) error {
	return func(in *source.Input, names []string) error {
		for _, name := range names {
			pools := len(in.Pools)
			if err := read(in, name); err != nil {
				return err
			}
			if len(in.Pools) == pools {
				in.NotCarried(ir.Place{File: name, Line: 1}, "no pool of servers: nothing to balance")
			}
		}
		return nil
	}
}

// Detect returns the product of a configuration, found by its content, or else by the name of the file; "" if neither
// identifies it.
func Detect(name string, data []byte) string {
	data = source.WithoutMark(data)
	byPrecedence := slices.SortedStableFunc(maps.Values(products), func(a, b Product) int {
		return cmp.Or(cmp.Compare(b.Precedence, a.Precedence), cmp.Compare(a.Name, b.Name))
	})
	for _, p := range byPrecedence {
		if p.Signs().Match(data) {
			return p.Name
		}
	}
	base := strings.ToLower(path.Base(name))
	for _, p := range byPrecedence {
		for _, pattern := range append([]string{"*" + p.Name + "*"}, p.FileNames...) {
			if ok, _ := path.Match(pattern, base); ok {
				return p.Name
			}
		}
	}
	return ""
}

// detectFile is Detect for a file, or for a folder.
func detectFile(fsys fs.FS, name string) (string, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return "", err
	}
	at := ir.Place{File: name}
	if info.IsDir() {
		return detectFolder(fsys, name)
	}
	data, err := readSome(fsys, name, topOfFile)
	if err != nil {
		return "", err
	}
	data = source.WithoutMark(data)
	if scenario().Match(data) {
		return "", at.Errorf("this is a stickysim scenario: run it, with stickysim run %s", name)
	}
	product := Detect(name, data)
	if what := foreignTo(data); product == "" && what != "" {
		return "", at.Errorf("this is a %s", what)
	}
	if product == "" {
		return "", at.Errorf("cannot tell which product's configuration this is; say --type %s", strings.Join(Products(), "|"))
	}
	return product, nil
}

// topOfFile is how much of a file shows whose it is: more than comments at the top take.
const topOfFile = 1 << 20

// detectFolder is Detect for a folder: by the content of the files in it that a product reads, else by their extensions.
func detectFolder(fsys fs.FS, name string) (product string, err error) {
	entries, err := fs.ReadDir(fsys, name)
	if err != nil {
		return "", err
	}
	for _, p := range Products() {
		for _, e := range entries {
			if e.IsDir() || !slices.Contains(products[p].Folders, path.Ext(e.Name())) {
				continue
			}
			file := path.Join(name, e.Name())
			data, err := readSome(fsys, file, topOfFile)
			if err == nil && Detect(file, data) == p {
				return p, nil
			}
			product = cmp.Or(product, p)
		}
	}
	if product == "" {
		return "", ir.Place{File: name}.Errorf("is a directory without files that a product is known to keep in one; name the files")
	}
	return product, nil
}
