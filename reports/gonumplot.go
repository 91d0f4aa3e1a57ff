package reports

import (
	"bytes"
	"image/color"
	"io"
	"sync"

	xfont "golang.org/x/image/font"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// pngResolution is in dots per inch: sharp on today's screens.
const pngResolution = 144

// fonts are Liberation Sans, which every machine draws alike because it is compiled in.
var fonts = sync.OnceValue(func() *font.Cache { return font.NewCache(liberation.Collection()) })

func faceOf(size float64, strong bool) font.Face {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if strong {
		f.Weight = xfont.WeightBold
	}
	return fonts().Lookup(f, vg.Length(size))
}

// lengthOf is how long a text is in points.
func lengthOf(text string, size float64, strong bool) float64 {
	face := faceOf(size, strong)
	return float64(face.Width(text))
}

// pen draws on paper whose origin is the upper left corner; all lengths are points.
type pen struct {
	canvas vg.Canvas
	height float64
}

func (p *pen) at(q point) vg.Point { return vg.Point{X: vg.Length(q.x), Y: vg.Length(p.height - q.y)} }

func (p *pen) path(points []point) vg.Path {
	var path vg.Path
	for i, q := range points {
		if i == 0 {
			path.Move(p.at(q))
		} else {
			path.Line(p.at(q))
		}
	}
	return path
}

// line draws through points.
func (p *pen) line(points []point, s stroke) {
	if len(points) < 2 {
		return
	}
	dashes := make([]vg.Length, len(s.dash))
	for i, d := range s.dash {
		dashes[i] = vg.Length(d)
	}
	p.canvas.SetColor(s.color)
	p.canvas.SetLineWidth(vg.Length(s.width))
	p.canvas.SetLineDash(dashes, 0)
	p.canvas.Stroke(p.path(points))
}

// fill draws a polygon without outline.
func (p *pen) fill(points []point, c color.NRGBA) {
	if len(points) < 3 {
		return
	}
	path := p.path(points)
	path.Close()
	p.canvas.SetColor(c)
	p.canvas.Fill(path)
}

// write puts a text with its baseline at a point: starting there, or shifted left by a share of its length.
func (p *pen) write(q point, text string, w writing) {
	face := faceOf(w.size, w.strong)
	q.x -= w.shift * float64(face.Width(text))
	p.canvas.SetColor(w.color)
	p.canvas.FillString(face, p.at(q), text)
}

// writeSVG draws on white paper of the given size. Text stays text; where Liberation Sans is not installed, fonts of
// the same measures step in.
func writeSVG(w io.Writer, width, height float64, draw func(*pen)) error {
	c := vgsvg.New(vg.Length(width), vg.Length(height))
	draw(&pen{c, height})
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	_, err := w.Write(bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans;"),
		[]byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;")))
	return err
}

// writePNG is writeSVG for pixels.
func writePNG(w io.Writer, width, height float64, draw func(*pen)) error {
	c := vgimg.NewWith(vgimg.UseWH(vg.Length(width), vg.Length(height)), vgimg.UseDPI(pngResolution))
	draw(&pen{c, height})
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}
