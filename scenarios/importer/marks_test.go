package importer_test

import (
	"bytes"
	"fmt"
	"path"
	"testing"

	"stickysim/scenarios/importer"
)

// A byte order mark in front and line ends of Windows change nothing.
func TestMarksOfEditors(t *testing.T) {
	samples(t, func(product, file string, data []byte) {
		read := func(data []byte) string {
			found := importer.Detect(path.Base(file), data)
			c, err := importer.Import(importer.File(path.Base(file), data), "", path.Base(file))
			if err != nil {
				return fmt.Sprint(err)
			}
			text := found
			for _, p := range c.Pools {
				text += fmt.Sprintf("\n%s: %s, %d servers", p.Name, p.Policy, len(p.Servers))
			}
			return text
		}
		want := read(data)
		if got := read(append([]byte("\ufeff"), data...)); got != want {
			t.Errorf("%s with a byte order mark: %s\nwithout: %s", file, got, want)
		}
		if got := read(bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))); got != want {
			t.Errorf("%s with line ends of Windows: %s\nwithout: %s", file, got, want)
		}
	})
}
