package reports

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// Whatever ReadJSON accepts can be rendered in every way, within the width, and read again.
func FuzzReadJSON(f *testing.F) {
	text := string(jsonOf(f, broken()))
	f.Add([]byte(text))
	f.Add([]byte(strings.ReplaceAll(text, "null", "1e308")))
	f.Add([]byte(strings.ReplaceAll(text, "null", "-1e-320")))
	f.Add([]byte(strings.ReplaceAll(text, "null", "3")))
	f.Add([]byte(`{"schema":"stickysim/result/1","confidence":0.5,"baseline":"a","duration":1e300,"variants":[{"name":"a"}]}`))
	f.Add([]byte(`{"schema":"stickysim/result/1","confidence":0.5,"baseline":"","duration":-1,"variants":[{},{"name":"b"}],
		"comparisons":[{"variant":"b","metric":"latency.p95","difference":{"mean":-1e308,"lo":-1e308,"hi":1e308},"decided":true}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ReadJSON(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, line := range strings.Split(tableOf(t, r, Options{}), "\n") {
			if textWidth(line) > mostWidth {
				t.Errorf("%d columns: %q", textWidth(line), line)
			}
		}
		if err := WriteMarkdown(io.Discard, r); err != nil {
			t.Error(err)
		}
		for _, fig := range Figures(r) {
			var b bytes.Buffer
			if err := fig.WriteSVG(&b); err != nil {
				t.Error(err)
			}
			if err := wellFormed(b.Bytes()); err != nil {
				t.Errorf("%s: %v", fig.Name, err)
			}
		}
		again := jsonOf(t, r)
		if back, err := ReadJSON(bytes.NewReader(again)); err != nil || !bytes.Equal(jsonOf(t, back), again) {
			t.Errorf("what was read cannot be written and read again: %v", err)
		}
	})
}
