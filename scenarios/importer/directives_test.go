package importer_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
)

// schemas are the lists of names that a product documents, each with a configuration that has one of them.
var schemas = []struct{ file, product, configuration string }{
	{"apache-directives.txt", "apache", "%s a b\n"},
	{"apache-modjk.txt", "apache", "%s a b\n"},
	{"apache-workers.txt", "apache", "worker.list=a\nworker.a.%s=1\n"},
}

// names are the lines of a list that are no comments.
func names(t *testing.T, file string) (list []string) {
	t.Helper()
	data, err := os.ReadFile("testdata/schemas/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			list = append(list, line)
		}
	}
	return list
}

// Every name that a product documents is in a drawer that says what becomes of it.
func TestDocumentedNamesAreKnown(t *testing.T) {
	for _, x := range schemas {
		t.Run(x.file, func(t *testing.T) {
			t.Parallel()
			for _, name := range names(t, x.file) {
				text := fmt.Sprintf(x.configuration, name)
				c, err := importer.Import(importer.File("file", []byte(text)), x.product, "file")
				if err != nil { // it wants other words
					continue
				}
				for _, r := range c.Remarks {
					if strings.Contains(r.Text, "not understood") {
						t.Errorf("%s: %s", name, r)
					}
				}
			}
		})
	}
}

// A name that no list has is not understood where a documented one is.
func TestUndocumentedNamesAreNotUnderstood(t *testing.T) {
	for _, x := range schemas {
		text := fmt.Sprintf(x.configuration, "invented_name")
		c, err := importer.Import(importer.File("file", []byte(text)), x.product, "file")
		if err != nil {
			t.Errorf("%s: %v", x.file, err)
			continue
		}
		found := false
		for _, r := range c.Remarks {
			found = found || strings.Contains(r.Text, "not understood")
		}
		if !found {
			t.Errorf("%s: no remark says that %q was not understood: %v", x.file, text, c.Remarks)
		}
	}
}
