package reports

import (
	"cmp"
	"image/color"
	"math"
	"slices"
)

// Figure is a plot before it is drawn.
type Figure struct {
	Name  string // of its files, without extension
	Title string // says what it shows; serves as a description for readers who cannot see it

	subtitle string
	legend   []key
	panels   []panel
	columns  int // of panels
	height   float64
	note     string
}

// key is an entry of the legend: a line, a dot on it, or a filled box.
type key struct {
	label   string
	stroke  Stroke
	glyph   glyph
	dotted  bool
	hollow  bool
	fill    color.NRGBA // a box where it is not transparent
	pattern pattern     // of that box
}

// panel is one coordinate system of a figure.
type panel struct {
	title  string
	x, y   axis
	marks  []mark
	events []event // on the axis of time
	empty  string  // text in the middle if there is nothing to draw
	height float64 // where it differs from the figure's; only in a single column
}

// event is something that happens at a time: a line across the panel, named above it.
type event struct {
	at    float64
	label string
}

// The measures of a figure, in points.
const (
	figureWidth = 640
	margin      = 16
	between     = 22 // panels side by side
	keyWidth    = 22
	mostLegend  = 300 // of an entry
)

// Size is the figure's width and height in points. The height depends on the length of texts, so r must measure like the
// canvas that the figure will be drawn on.
func (f *Figure) Size(r Ruler) (width, height float64) { return figureWidth, f.tall(r) }

// Draw draws the figure on white paper of its size.
func (f *Figure) Draw(c Canvas) {
	tall := f.tall(c)
	c.Fill([]Point{{0, 0}, {figureWidth, 0}, {figureWidth, tall}, {0, tall}}, white)
	top := f.head(c)
	width := (figureWidth - 2*margin - float64(f.columns-1)*between) / float64(f.columns)
	titles, gutter := f.titles(c, width), f.gutter(c)
	for i := range f.panels {
		f.panels[i].draw(c, titles[i], gutter, margin+float64(i%f.columns)*(width+between), top+f.above(i), width, f.heightOf(i))
	}
	y := top + f.above(len(f.panels)+f.columns-1)
	for _, line := range lines(f.note, bodyText, figureWidth-2*margin) {
		y += bodyText.Size * 1.4
		c.Text(Point{margin, y}, line, bodyText)
	}
}

// fitNames shortens texts to a length in points so that they stay different.
func fitNames(r Ruler, texts []string, s TextStyle, length float64) []string {
	widest := 0
	for _, t := range texts {
		widest = max(widest, textWidth(t))
	}
	for n := min(widest, figureWidth/2); ; n-- {
		short := shortNames(texts, n)
		if n <= 8 || !slices.ContainsFunc(short, func(t string) bool { return r.Length(t, s) > length }) {
			return short
		}
	}
}

// titles are what stands over the panels.
func (f *Figure) titles(r Ruler, width float64) []string {
	list := make([]string, len(f.panels))
	for i := range f.panels {
		list[i] = f.panels[i].title
	}
	return fitNames(r, list, panelText, width)
}

// fitText shortens a text to a length in points.
func fitText(r Ruler, text string, s TextStyle, length float64) string {
	text = shorten(clean(text), figureWidth/2) // no letter is narrower than two points
	for n := textWidth(text); n > 0 && r.Length(text, s) > length; n-- {
		text = shorten(text, n-1)
	}
	return text
}

// lines wraps a text to a length in points.
func lines(text string, s TextStyle, length float64) []string {
	if text == "" {
		return nil
	}
	return wrap(text, int(length/(s.Size*.5)))
}

// head draws title, subtitle and legend, and returns where they end.
func (f *Figure) head(c Canvas) float64 {
	y := margin + headingText.Size
	c.Text(Point{margin, y}, fitText(c, f.Title, headingText, figureWidth-2*margin), headingText)
	for _, line := range lines(f.subtitle, bodyText, figureWidth-2*margin) {
		y += bodyText.Size * 1.4
		c.Text(Point{margin, y}, line, bodyText)
	}
	if len(f.legend) > 0 {
		y += 18
	}
	x := float64(margin)
	labels := make([]string, len(f.legend))
	for i := range f.legend {
		labels[i] = f.legend[i].label
	}
	labels = fitNames(c, labels, labelText, mostLegend)
	for i, k := range f.legend {
		label := labels[i]
		long := keyWidth + 5 + c.Length(label, labelText) + 16
		if x > margin && x+long-16 > figureWidth-margin {
			x, y = margin, y+14
		}
		k.draw(c, Point{x, y - 3})
		c.Text(Point{x + keyWidth + 5, y}, label, labelText)
		x += long
	}
	return y + 12
}

func (k *key) draw(c Canvas, at Point) {
	if k.fill.A > 0 {
		k.pattern.fill(c, at.X+4, at.Y-5, at.X+keyWidth, at.Y+5, k.fill)
	}
	if k.stroke.Width > 0 {
		c.Line([]Point{at, {at.X + keyWidth, at.Y}}, k.stroke)
	}
	if k.dotted {
		k.glyph.draw(c, Point{at.X + keyWidth/2, at.Y}, 3.2, k.stroke.Color, k.hollow)
	}
}

// gutter is the room for the labels of the y axes in a single column, where the panels' axes stand below each other.
func (f *Figure) gutter(r Ruler) float64 {
	gutter := 0.0
	for i := range f.panels {
		for _, t := range f.panels[i].y.ticks {
			if f.columns == 1 {
				gutter = max(gutter, r.Length(t.label, tickText))
			}
		}
	}
	return gutter
}

// heightOf is how high a panel is.
func (f *Figure) heightOf(i int) float64 { return cmp.Or(f.panels[i].height, f.height) }

// above is how high the rows above the one of a panel are together.
func (f *Figure) above(i int) float64 {
	sum := 0.0
	for k := 0; k < i/f.columns*f.columns; k += f.columns {
		sum += f.heightOf(k)
	}
	return sum
}

// tall is the height of the figure, measured on a canvas that draws nothing.
func (f *Figure) tall(r Ruler) float64 {
	foot := float64(len(lines(f.note, bodyText, figureWidth-2*margin))) * bodyText.Size * 1.4
	return f.head(blank{r}) + f.above(len(f.panels)+f.columns-1) + foot + margin
}

// draw puts a panel into a rectangle: title, the label of y above its axis, the plot, ticks, the label of x.
func (n *panel) draw(c Canvas, title string, gutter, left, top, width, height float64) {
	if n.empty != "" {
		c.Text(Point{left, top + 9}, title, panelText)
		c.Text(Point{left + width/2, top + height/2}, fitText(c, n.empty, emptyText, width), emptyText.centred())
		return
	}
	for _, t := range n.y.ticks {
		gutter = max(gutter, c.Length(t.label, tickText))
	}
	bottom := 12.0
	if n.x.label != "" {
		bottom += 13
	}
	if title != "" {
		top, height = top+14, height-14
		c.Text(Point{left, top - 2}, title, panelText)
	}
	above := 6.0
	if n.y.label != "" {
		above = 16
		c.Text(Point{left, top + 9}, fitText(c, n.y.label, tickText, width), tickText)
	}
	if len(n.events) > 0 {
		above += 12
	}
	a := &area{canvas: c, left: left + gutter + 6, top: top + above, width: width - gutter - 6, height: height - above - bottom - 12, x: &n.x, y: &n.y}
	n.axes(a)
	n.drawEvents(a)
	for _, m := range n.marks {
		m.draw(a)
	}
}

// eventLine is across a panel where something happens.
var eventLine = Stroke{Color: ash, Width: .9, Dash: []float64{1, 2}}

// drawEvents draws a line for each event, with its name where there is room behind that of the one before.
func (n *panel) drawEvents(a *area) {
	end := math.Inf(-1)
	for _, e := range n.events {
		q := a.at(e.at, n.y.min)
		a.canvas.Line([]Point{{q.X, a.top - 3}, {q.X, a.top + a.height}}, eventLine)
		long := a.canvas.Length(e.label, tickText)
		if from := max(min(q.X-2, a.left+a.width-long), end); from < q.X+2 || from == end && from < q.X+12 {
			a.canvas.Text(Point{from, a.top - 5}, e.label, tickText)
			end = from + long + 5
		}
	}
}

// axes draws lines at ticks, the frame's left and lower side, and the ticks' labels.
func (n *panel) axes(a *area) {
	thin, frame := Stroke{Color: mist, Width: .8}, Stroke{Color: silver, Width: .8}
	for _, t := range n.y.ticks {
		q := a.at(n.x.min, t.at)
		if n.y.lines {
			a.canvas.Line([]Point{q, {a.left + a.width, q.Y}}, thin)
		}
		a.canvas.Text(Point{a.left - 5, q.Y + tickText.Size*.35}, t.label, tickText.ending())
	}
	end := math.Inf(-1)
	base := a.top + a.height
	for _, t := range n.x.ticks {
		q := a.at(t.at, n.y.min)
		if n.x.lines {
			a.canvas.Line([]Point{{q.X, a.top}, {q.X, base}}, thin)
		}
		a.canvas.Line([]Point{{q.X, base}, {q.X, base + 3}}, frame)
		long := a.canvas.Length(t.label, tickText)
		from := min(q.X-long/2, a.left+a.width+margin-2-long) // the last label must not leave the paper
		if from > end {
			a.canvas.Text(Point{from, base + 12}, t.label, tickText)
			end = from + long + 3
		}
	}
	a.canvas.Line([]Point{{a.left, a.top}, {a.left, base}, {a.left + a.width, base}}, frame)
	if n.x.label != "" {
		a.canvas.Text(Point{a.left + a.width/2, base + 25}, fitText(a.canvas, n.x.label, tickText, a.width), tickText.centred())
	}
}
