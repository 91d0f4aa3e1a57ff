package reports

import (
	"image/color"
	"io"
	"math"
)

// Figure is a plot: what it shows, before it is drawn.
type Figure struct {
	Name  string // of its files, without extension
	Title string // says what it shows; serves as a description for readers who do not see it

	subtitle string
	legend   []key
	panels   []panel
	columns  int // of panels
	height   float64
	note     string
}

// key is an entry of the legend: a line, a dot on it, or a filled box.
type key struct {
	label  string
	stroke stroke
	glyph  glyph
	dotted bool
	hollow bool
	fill   color.NRGBA // a box where it is not transparent
}

// panel is one coordinate system of a figure.
type panel struct {
	title string
	x, y  axis
	marks []mark
	empty string // said in the middle where there is nothing to draw
}

// The measures of a figure, in points.
const (
	figureWidth = 640
	margin      = 16
	between     = 22 // panels side by side
	keyWidth    = 22
)

// WriteSVG draws the figure as SVG; the same figure gives the same bytes.
func (f *Figure) WriteSVG(w io.Writer) error { return writeSVG(w, figureWidth, f.tall(), f.draw) }

// WritePNG draws the figure as PNG at 144 dots per inch; the same figure gives the same bytes.
func (f *Figure) WritePNG(w io.Writer) error { return writePNG(w, figureWidth, f.tall(), f.draw) }

// fitText shortens a text to a length in points.
func fitText(text string, w writing, length float64) string {
	text = shorten(clean(text), figureWidth/2) // no letter is narrower than two points
	for n := textWidth(text); n > 0 && lengthOf(text, w.size, w.strong) > length; n-- {
		text = shorten(text, n-1)
	}
	return text
}

// lines wraps a text to a length in points.
func lines(text string, w writing, length float64) []string {
	if text == "" {
		return nil
	}
	return wrap(text, int(length/(w.size*.5)))
}

// head draws title, subtitle and legend, or measures them when the pen is nil; it returns where they end.
func (f *Figure) head(p *pen) float64 {
	y := margin + headingText.size
	if p != nil {
		p.write(point{margin, y}, fitText(f.Title, headingText, figureWidth-2*margin), headingText)
	}
	for _, line := range lines(f.subtitle, bodyText, figureWidth-2*margin) {
		y += bodyText.size * 1.4
		if p != nil {
			p.write(point{margin, y}, line, bodyText)
		}
	}
	if len(f.legend) > 0 {
		y += 18
	}
	x := float64(margin)
	for _, k := range f.legend {
		label := fitText(k.label, labelText, 260)
		long := keyWidth + 5 + lengthOf(label, labelText.size, false) + 16
		if x > margin && x+long-16 > figureWidth-margin {
			x, y = margin, y+14
		}
		if p != nil {
			k.draw(p, point{x, y - 3})
			p.write(point{x + keyWidth + 5, y}, label, labelText)
		}
		x += long
	}
	return y + 12
}

func (k *key) draw(p *pen, at point) {
	if k.fill.A > 0 {
		p.fill([]point{{at.x + 4, at.y - 5}, {at.x + keyWidth, at.y - 5}, {at.x + keyWidth, at.y + 5}, {at.x + 4, at.y + 5}}, k.fill)
	}
	if k.stroke.width > 0 {
		p.line([]point{at, {at.x + keyWidth, at.y}}, k.stroke)
	}
	if k.dotted {
		k.glyph.draw(p, point{at.x + keyWidth/2, at.y}, 3.2, k.stroke.color, k.hollow)
	}
}

func (f *Figure) rows() int { return (len(f.panels) + f.columns - 1) / f.columns }

func (f *Figure) tall() float64 {
	foot := float64(len(lines(f.note, bodyText, figureWidth-2*margin))) * bodyText.size * 1.4
	return f.head(nil) + float64(f.rows())*f.height + foot + margin
}

func (f *Figure) draw(p *pen) {
	tall := f.tall()
	p.fill([]point{{0, 0}, {figureWidth, 0}, {figureWidth, tall}, {0, tall}}, white)
	top := f.head(p)
	width := (figureWidth - 2*margin - float64(f.columns-1)*between) / float64(f.columns)
	for i := range f.panels {
		column, row := i%f.columns, i/f.columns
		f.panels[i].draw(p, margin+float64(column)*(width+between), top+float64(row)*f.height, width, f.height)
	}
	y := top + float64(f.rows())*f.height
	for _, line := range lines(f.note, bodyText, figureWidth-2*margin) {
		y += bodyText.size * 1.4
		p.write(point{margin, y}, line, bodyText)
	}
}

// draw puts a panel into a rectangle: title, the label of y above its axis, the plot, ticks, the label of x.
func (n *panel) draw(p *pen, left, top, width, height float64) {
	if n.empty != "" {
		p.write(point{left, top + 9}, fitText(n.title, panelText, width), panelText)
		p.write(point{left + width/2, top + height/2}, fitText(n.empty, emptyText, width), emptyText.centred())
		return
	}
	gutter := 0.0
	for _, t := range n.y.ticks {
		gutter = max(gutter, lengthOf(t.label, tickText.size, false))
	}
	bottom := 12.0
	if n.x.label != "" {
		bottom += 13
	}
	if n.title != "" {
		top, height = top+14, height-14
		p.write(point{left, top - 2}, fitText(n.title, panelText, width), panelText)
	}
	above := 6.0
	if n.y.label != "" {
		above = 16
		p.write(point{left, top + 9}, fitText(n.y.label, tickText, width), tickText)
	}
	a := &area{pen: p, left: left + gutter + 6, top: top + above, width: width - gutter - 6, height: height - above - bottom - 12, x: &n.x, y: &n.y}
	n.axes(a)
	for _, m := range n.marks {
		m.draw(a)
	}
}

// axes draws lines at ticks, the frame's left and lower side, and the ticks' labels.
func (n *panel) axes(a *area) {
	thin, frame := stroke{color: mist, width: .8}, stroke{color: silver, width: .8}
	for _, t := range n.y.ticks {
		q := a.at(n.x.min, t.at)
		if n.y.lines {
			a.pen.line([]point{q, {a.left + a.width, q.y}}, thin)
		}
		a.pen.write(point{a.left - 5, q.y + tickText.size*.35}, t.label, tickText.ending())
	}
	end := math.Inf(-1)
	base := a.top + a.height
	for _, t := range n.x.ticks {
		q := a.at(t.at, n.y.min)
		if n.x.lines {
			a.pen.line([]point{{q.x, a.top}, {q.x, base}}, thin)
		}
		a.pen.line([]point{{q.x, base}, {q.x, base + 3}}, frame)
		long := lengthOf(t.label, tickText.size, false)
		from := min(q.x-long/2, a.left+a.width+margin-2-long) // the last label must not leave the paper
		if from > end {
			a.pen.write(point{from, base + 12}, t.label, tickText)
			end = from + long + 3
		}
	}
	a.pen.line([]point{{a.left, a.top}, {a.left, base}, {a.left + a.width, base}}, frame)
	if n.x.label != "" {
		a.pen.write(point{a.left + a.width/2, base + 25}, fitText(n.x.label, tickText, a.width), tickText.centred())
	}
}
