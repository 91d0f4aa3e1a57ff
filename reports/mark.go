package reports

import (
	"image/color"
	"math"
)

// mark is something drawn in a panel, in the panel's values. The kinds are few and closed: curve, band, box, dot, rule
// and caption.
type mark interface{ draw(a *area) }

// area is where a panel's marks go.
type area struct {
	canvas                   Canvas
	left, top, width, height float64
	x, y                     *axis
}

func (a *area) at(x, y float64) Point {
	return Point{a.left + a.x.place(x)*a.width, a.top + (1-a.y.place(y))*a.height}
}

// curve joins points; where one is undefined there is a gap.
type curve struct {
	x, y   []float64
	stroke Stroke
}

func (c curve) draw(a *area) {
	var run []Point
	for i := range c.x {
		if drawable(c.x[i]) && drawable(c.y[i]) {
			run = append(run, a.at(c.x[i], c.y[i]))
			continue
		}
		a.canvas.Line(run, c.stroke)
		run = nil
	}
	a.canvas.Line(run, c.stroke)
}

// band fills between two curves.
type band struct {
	x, lo, hi []float64
	color     color.NRGBA
}

func (b band) draw(a *area) {
	var upper, lower []Point
	flush := func() {
		for i := len(lower) - 1; i >= 0; i-- {
			upper = append(upper, lower[i])
		}
		a.canvas.Fill(upper, b.color)
		upper, lower = nil, nil
	}
	for i := range b.x {
		if !drawable(b.lo[i]) || !drawable(b.hi[i]) {
			flush()
			continue
		}
		upper, lower = append(upper, a.at(b.x[i], b.hi[i])), append(lower, a.at(b.x[i], b.lo[i]))
	}
	flush()
}

// box is a filled rectangle: a bar, or a part of one.
type box struct {
	x0, y0, x1, y1 float64
	color          color.NRGBA
	pattern        pattern
}

func (b box) draw(a *area) {
	if !drawable(b.x0) || !drawable(b.y0) || !drawable(b.x1) || !drawable(b.y1) {
		return
	}
	low, high := a.at(b.x0, b.y0), a.at(b.x1, b.y1)
	b.pattern.fill(a.canvas, low.X, high.Y, high.X, low.Y, b.color)
}

// rule is a line across the panel.
type rule struct {
	at       float64
	vertical bool
	stroke   Stroke
}

func (r rule) draw(a *area) {
	if r.vertical {
		a.canvas.Line([]Point{a.at(r.at, a.y.min), a.at(r.at, a.y.max)}, r.stroke)
		return
	}
	a.canvas.Line([]Point{a.at(a.x.min, r.at), a.at(a.x.max, r.at)}, r.stroke)
}

// dot is a value with its interval along one axis; undefined ends mean no interval. Size 0 means no glyph.
type dot struct {
	x, y     float64
	lo, hi   float64
	vertical bool // the interval runs along y
	color    color.NRGBA
	glyph    glyph
	hollow   bool
	size     float64
}

func (d dot) draw(a *area) {
	if !drawable(d.x) || !drawable(d.y) {
		return
	}
	if drawable(d.lo) && drawable(d.hi) && d.hi > d.lo {
		from, to := a.at(d.lo, d.y), a.at(d.hi, d.y)
		cap := Point{0, 2.5}
		if d.vertical {
			from, to = a.at(d.x, d.lo), a.at(d.x, d.hi)
			cap = Point{2.5, 0}
		}
		s := Stroke{Color: d.color, Width: 1.1}
		a.canvas.Line([]Point{from, to}, s)
		for _, end := range []Point{from, to} {
			a.canvas.Line([]Point{{end.X - cap.X, end.Y - cap.Y}, {end.X + cap.X, end.Y + cap.Y}}, s)
		}
	}
	if d.size > 0 {
		d.glyph.draw(a.canvas, a.at(d.x, d.y), d.size, d.color, d.hollow)
	}
}

// caption is a text in the panel: beside a point, or in the middle of it.
type caption struct {
	x, y  float64
	right float64 // points to the right of it
	text  string
	style TextStyle
}

func (c caption) draw(a *area) {
	if drawable(c.x) && drawable(c.y) {
		p := a.at(c.x, c.y)
		a.canvas.Text(Point{p.X + c.right, p.Y + c.style.Size*.35}, c.text, c.style)
	}
}

// glyph is the shape of a dot.
type glyph int

const (
	circle glyph = iota
	square
	triangle
	diamond
	wedge
	glyphs
)

// outline is the glyph's polygon of about the area of a circle of the radius.
func (g glyph) outline(c Point, r float64) []Point {
	corners, turn, grow := 24, 0.0, 1.0
	switch g {
	case square:
		corners, turn, grow = 4, math.Pi/4, 1.25
	case triangle:
		corners, turn, grow = 3, math.Pi/2, 1.45
	case diamond:
		corners, grow = 4, 1.35
	case wedge:
		corners, turn, grow = 3, -math.Pi/2, 1.45
	}
	out := make([]Point, corners)
	for i := range out {
		angle := turn + 2*math.Pi*float64(i)/float64(corners)
		out[i] = Point{c.X + grow*r*math.Cos(angle), c.Y - grow*r*math.Sin(angle)}
	}
	return out
}

func (g glyph) draw(p Canvas, c Point, r float64, ink color.NRGBA, hollow bool) {
	shape := g.outline(c, r)
	if !hollow {
		p.Fill(shape, ink)
		return
	}
	p.Fill(shape, white)
	p.Line(append(shape, shape[0], shape[1]), Stroke{Color: ink, Width: 1.2})
}
