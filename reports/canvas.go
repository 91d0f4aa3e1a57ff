package reports

import "image/color"

// Canvas is what a figure is drawn on. All lengths are points; the origin is the upper left corner. Colours are opaque
// unless their alpha says otherwise. reports/plot implements it for SVG and PNG.
type Canvas interface {
	Ruler
	// Line joins points; fewer than two draw nothing.
	Line(points []Point, s Stroke)
	// Fill fills a polygon, without an outline; fewer than three points draw nothing.
	Fill(polygon []Point, c color.NRGBA)
	// Text writes one line whose baseline starts at a point, moved left by the style's Shift.
	Text(at Point, text string, s TextStyle)
}

// Ruler measures text.
type Ruler interface {
	// Length is how long a text is, in points.
	Length(text string, s TextStyle) float64
}

// Point is a place on a canvas, in points from its upper left corner.
type Point struct{ X, Y float64 }

// Stroke is how a line looks.
type Stroke struct {
	Color color.NRGBA
	Width float64   // points
	Dash  []float64 // lengths of dashes and gaps in turn, in points; empty: a solid line
}

// TextStyle is how a text looks.
type TextStyle struct {
	Size  float64 // of the font, in points
	Bold  bool
	Color color.NRGBA
	Shift float64 // moves the text left by this share of its length: 0 starts at the point, 1 ends there
}

func (s TextStyle) centred() TextStyle { s.Shift = .5; return s }
func (s TextStyle) ending() TextStyle  { s.Shift = 1; return s }

// blank is a canvas that only measures.
type blank struct{ Ruler }

func (blank) Line([]Point, Stroke)          {}
func (blank) Fill([]Point, color.NRGBA)     {}
func (blank) Text(Point, string, TextStyle) {}
