package reports

import (
	"bytes"
	"strings"
	"testing"

	"stickysim/sim/experiment/experimenttest"
	"stickysim/sim/experiment/resultjson"
)

// Whatever can be read as a result can be rendered in every way, within the width and on the paper.
func FuzzRender(f *testing.F) {
	var text bytes.Buffer
	if err := resultjson.Write(&text, experimenttest.Broken()); err != nil {
		f.Fatal(err)
	}
	for _, text := range experimenttest.Texts(text.Bytes()) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := resultjson.Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, format := range Formats() {
			var b bytes.Buffer
			if err := format.Write(&b, r, Options{}); err != nil {
				t.Errorf("%s: %v", format.Name, err)
			}
		}
		for _, line := range strings.Split(tableOf(t, r, Options{}), "\n") {
			if textWidth(line) > mostWidth {
				t.Errorf("%d columns: %q", textWidth(line), line)
			}
		}
		for _, fig := range Figures(r) {
			if s := new(sketch).draw(&fig); s.wrong != "" {
				t.Errorf("%s: %s", fig.Name, s.wrong)
			}
		}
	})
}
