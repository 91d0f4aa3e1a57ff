// Package plot draws the figures of reports as SVG and PNG. It is the only package that links gonum/plot, so that a
// program that draws nothing, or draws figures on a canvas of its own, does without it and the packages it needs.
//
// Floor 6.
package plot

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"sync"

	"git.sr.ht/~sbinet/gg"
	xfont "golang.org/x/image/font"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"stickysim/reports"
)

// pngResolution is in dots per inch: sharp on today's screens.
const pngResolution = 144

// fonts are Liberation Sans, which every machine draws alike because it is compiled in.
var fonts = sync.OnceValue(func() *font.Cache { return font.NewCache(liberation.Collection()) })

func faceOf(s reports.TextStyle) font.Face {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if s.Bold {
		f.Weight = xfont.WeightBold
	}
	return fonts().Lookup(f, vg.Length(s.Size))
}

// ruler measures text in the fonts that are drawn.
type ruler struct{}

// Length is how long a text is, in points.
func (ruler) Length(text string, s reports.TextStyle) float64 {
	face := faceOf(s)
	return float64(face.Width(text))
}

// paper is a reports.Canvas on gonum's, whose origin is the lower left corner.
type paper struct {
	ruler
	canvas vg.Canvas
	height float64
}

func (p *paper) at(q reports.Point) vg.Point {
	return vg.Point{X: vg.Length(q.X), Y: vg.Length(p.height - q.Y)}
}

func (p *paper) path(points []reports.Point) vg.Path {
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

// Line joins points.
func (p *paper) Line(points []reports.Point, s reports.Stroke) {
	if len(points) < 2 {
		return
	}
	dashes := make([]vg.Length, len(s.Dash))
	for i, d := range s.Dash {
		dashes[i] = vg.Length(d)
	}
	p.canvas.SetColor(s.Color)
	p.canvas.SetLineWidth(vg.Length(s.Width))
	p.canvas.SetLineDash(dashes, 0)
	p.canvas.Stroke(p.path(points))
}

// Fill fills a polygon without an outline.
func (p *paper) Fill(polygon []reports.Point, c color.NRGBA) {
	if len(polygon) < 3 {
		return
	}
	path := p.path(polygon)
	path.Close()
	p.canvas.SetColor(c)
	p.canvas.Fill(path)
}

// Text writes a text with its baseline at a point.
func (p *paper) Text(q reports.Point, text string, s reports.TextStyle) {
	q.X -= s.Shift * p.Length(text, s)
	p.canvas.SetColor(s.Color)
	p.canvas.FillString(faceOf(s), p.at(q), text)
}

// WriteSVG draws a figure as SVG; the same figure gives the same bytes. Text stays text; where Liberation Sans is not
// installed, fonts of the same measures step in.
func WriteSVG(w io.Writer, f *reports.Figure) error {
	width, height := f.Size(ruler{})
	c := vgsvg.New(vg.Length(width), vg.Length(height))
	f.Draw(&paper{canvas: c, height: height})
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	_, err := w.Write(bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans;"),
		[]byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;")))
	return err
}

// WritePNG draws a figure as PNG at 144 dots per inch; the same figure gives the same bytes.
func WritePNG(w io.Writer, f *reports.Figure) error {
	width, height := f.Size(ruler{})
	img := newImage(dots(width), dots(height))
	defer pixels.Put(&img.Pix)
	c := gg.NewContextForRGBA(img)
	c.SetLineCapButt()
	c.InvertY()
	f.Draw(&paper{canvas: vgimg.NewWith(vgimg.UseImageWithContext(img, c), vgimg.UseDPI(pngResolution)), height: height})
	return fast.Encode(w, img)
}

func dots(points float64) int { return int(vg.Length(points).Dots(pngResolution) + .5) }

// pixels are what images were drawn in: to fault in the pages of a new one takes longer than to draw the figure.
var pixels sync.Pool // of *[]uint8

func newImage(width, height int) *image.RGBA {
	const step = 1 << 22 // bytes; most figures take less, so that one image serves them all
	size := 4 * width * height
	pix, _ := pixels.Get().(*[]uint8)
	if pix == nil || cap(*pix) < size {
		fresh := make([]uint8, (size+step-1)/step*step)
		pix = &fresh
	}
	return &image.RGBA{Pix: (*pix)[:size], Stride: 4 * width, Rect: image.Rect(0, 0, width, height)}
}

// fast takes half the time of the default; files are a twentieth larger.
var fast = png.Encoder{CompressionLevel: png.BestSpeed}
