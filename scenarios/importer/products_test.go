package importer_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

// samples calls f with the real configurations of every registered product.
func samples(t *testing.T, f func(product, file string, data []byte)) {
	t.Helper()
	files := os.DirFS("../../testdata/configs")
	for _, product := range importer.Products() {
		entries, err := fs.ReadDir(files, product)
		if err != nil {
			t.Errorf("%s: no sample configurations: %v", product, err)
		}
		for _, e := range entries {
			file := path.Join(product, e.Name())
			if e.IsDir() || strings.Contains(strings.ToLower(file), "license") || strings.HasSuffix(file, "INDEX.json") {
				continue
			}
			data, err := fs.ReadFile(files, file)
			if err != nil {
				t.Fatal(err)
			}
			f(product, file, data)
		}
	}
}

// Real configurations are recognized by their content alone.
func TestDetect(t *testing.T) {
	samples(t, func(product, file string, data []byte) {
		if got := importer.Detect("some.file", data); got != product {
			t.Errorf("Detect(%s) = %q, want %q", file, got, product)
		}
	})
	for name, want := range map[string]string{
		"main.tf": "terraform", "/etc/HTTPD.conf": "apache", "my-nginx.conf": "nginx", "Caddyfile": "caddy", "config": "",
	} {
		if got := importer.Detect(name, nil); got != want {
			t.Errorf("Detect(%s) = %q, want %q", name, got, want)
		}
	}
}

// Whatever a file of a product holds, pools, servers, remarks and errors have a place in it.
func TestPlaces(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	samples(t, func(product, file string, data []byte) {
		places(t, product, file, data)
		for range 5 {
			damaged := bytes.Clone(data[:r.IntN(len(data))+1])
			for range 3 {
				const marks = "{}();\"'\n <>=#:[]\\$a\x00\xff"
				damaged[r.IntN(len(damaged))] = marks[r.IntN(len(marks))]
			}
			places(t, product, file, damaged)
		}
	})
}

func places(t *testing.T, product, file string, data []byte) {
	t.Helper()
	lines := bytes.Count(data, []byte("\n")) + 2 // the end of the file may be called a line of its own
	inside := func(what string, p ir.Place, least int) {
		t.Helper()
		if p.File != file || p.Line < least || p.Line > lines || p.Col < 0 {
			t.Errorf("%s: the place of %s is %+v\n%.2000s", file, what, p, data)
		}
	}
	c, err := importer.Import(importer.File(file, data), product, file)
	var placed *ir.Error
	switch {
	case errors.As(err, &placed):
		inside("an error", placed.Place, 0)
		return
	case err != nil:
		t.Errorf("%s: an error without a place: %v", file, err)
		return
	}
	for _, p := range c.Pools {
		inside("a pool", p.Place, 1)
		for _, s := range p.Servers {
			inside("a server", s.Place, 1)
		}
	}
	for _, r := range c.Remarks {
		inside("remark "+r.Text, r.Place, 1)
	}
}

// Every line of a real configuration is mentioned in a remark, or is part of a piece that is. No remark says that a
// statement was not understood. Indentation shows what is part of what: a line belongs to the last line before it that
// is indented less. Lines that only contain others need no remark, and neither do comments and brackets.
func TestEveryLineIsMentioned(t *testing.T) {
	samples(t, func(product, file string, data []byte) {
		c, err := importer.Import(importer.File(file, data), product, file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			return
		}
		mentioned := map[int]bool{}
		for _, r := range c.Remarks {
			mentioned[r.Line] = true
			if strings.HasSuffix(r.Text, ": not understood") {
				t.Errorf("%s", r)
			}
		}
		text, _, _ := strings.Cut(string(data), "\n----------\n") // what follows is another form of it
		lines := strings.Split(text, "\n")
		for i, own := range lines {
			if meaningful(own) && !mentioned[i+1] && !covered(lines, i, mentioned) && !holds(lines, i) {
				t.Errorf("%s:%d: no remark on %q", file, i+1, own)
			}
		}
	})
}

var comment = regexp.MustCompile(`^\s*(#|//|\*|/\*)|^[^\pL\d]*$|^\s*</`)

func meaningful(line string) bool {
	return !comment.MatchString(line) && strings.TrimSpace(line) != "EOF"
}

// depth grows with indentation. An item of a list is deeper than a key with the same indentation.
func depth(line string) int {
	line = strings.ReplaceAll(line, "\t", "        ")
	text := strings.TrimLeft(line, " ")
	n := 2 * (len(line) - len(text))
	if strings.HasPrefix(text, "- ") {
		n++
	}
	return n
}

// covered reports whether a line that is less deep, up to the left margin, is mentioned.
func covered(lines []string, i int, mentioned map[int]bool) bool {
	least := depth(lines[i])
	for ; i >= 0; i-- {
		if n := depth(lines[i]); n < least && strings.TrimSpace(lines[i]) != "" {
			if least = n; mentioned[i+1] {
				return true
			}
		}
	}
	return false
}

// holds reports whether the next line is deeper.
func holds(lines []string, i int) bool {
	for _, next := range lines[i+1:] {
		if meaningful(next) {
			return depth(next) > depth(lines[i])
		}
	}
	return false
}

// Every folder that registers a product is linked by the package all.
func TestAllIsComplete(t *testing.T) {
	source, err := os.ReadFile("all/all.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no product folders: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Base(filepath.Dir(file))
		if bytes.Contains(text, []byte("= importer.Register(")) && !bytes.Contains(source, []byte("importer/"+folder+`"`)) {
			t.Errorf("all.go does not import %s, which registers a product in %s", folder, file)
		}
	}
}
