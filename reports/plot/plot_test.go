package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"testing"

	"stickysim/reports"
	"stickysim/sim/experiment/experimenttest"
)

// Every figure of every result can be drawn, is well-formed, says the same twice, and leaves its margins white: nothing
// is clipped.
func TestFiguresAreDrawn(t *testing.T) {
	for name, r := range experimenttest.All() {
		for _, f := range reports.Figures(r) {
			var svg, again, pixels bytes.Buffer
			if err := errors.Join(WriteSVG(&svg, &f), WriteSVG(&again, &f), WritePNG(&pixels, &f)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(svg.Bytes(), again.Bytes()) {
				t.Errorf("%s, %s: drawn twice, the SVG differs", name, f.Name)
			}
			if err := wellFormed(svg.Bytes()); err != nil {
				t.Errorf("%s, %s: %v", name, f.Name, err)
			}
			if bytes.Contains(svg.Bytes(), []byte("NaN")) || bytes.Contains(svg.Bytes(), []byte("Inf")) {
				t.Errorf("%s, %s: undefined coordinates", name, f.Name)
			}
			img, err := png.Decode(&pixels)
			if err != nil {
				t.Fatal(err)
			}
			if p, found := inkAtTheEdge(img); found {
				t.Errorf("%s, %s: ink at %v, on the edge of the paper", name, f.Name, p)
			}
		}
	}
	f := reports.Figures(experimenttest.Three())[0]
	var a, b bytes.Buffer
	if err := errors.Join(WritePNG(&a, &f), WritePNG(&b, &f)); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("drawn twice, the PNG differs (%v)", err)
	}
}

func wellFormed(text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func inkAtTheEdge(img image.Image) (image.Point, bool) {
	const edge = 4
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if x >= edge && x < b.Max.X-edge && y >= edge && y < b.Max.Y-edge {
				x = b.Max.X - edge
			}
			if r, g, bl, _ := img.At(x, y).RGBA(); r&g&bl != 0xffff {
				return image.Point{X: x, Y: y}, true
			}
		}
	}
	return image.Point{}, false
}
