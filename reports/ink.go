package reports

import "image/color"

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

func faded(c color.NRGBA, alpha uint8) color.NRGBA { c.A = alpha; return c }

// The colours of alternatives. Each has a contrast of at least 3 to 1 on white, and any two differ clearly, also for people
// who do not see red or green.
var palette = []color.NRGBA{rgb(0x015EC8), rgb(0xE07319), rgb(0x369E8B), rgb(0x903383), rgb(0x3799D7), rgb(0x805602), rgb(0x1A1A1A), rgb(0x88463F)}

// Greys: for texts and lines of data, which need contrast, and for frames.
var (
	black  = rgb(0x1A1A1A)
	grey   = rgb(0x6B6B6B)
	ash    = rgb(0x8D9296)
	silver = rgb(0xB4B8BC)
	mist   = rgb(0xE6E8EA)
	white  = rgb(0xFFFFFF)
)

var dashes = [][]float64{nil, {5, 2}, {1.5, 1.5}, {6, 2, 1.5, 2}}

// look is how an alternative is drawn in all plots: colour, dash and glyph, so that colour is never the only difference, and
// a colour that comes back has another dash and glyph.
type look struct {
	color color.NRGBA
	dash  []float64
	glyph glyph
}

func lookOf(i int) look {
	return look{palette[i%len(palette)], dashes[(i+i/len(palette))%len(dashes)], glyph((i + i/len(palette)) % int(glyphs))}
}

// pattern is how a part of a bar is filled. Bars have the colour of their alternative, their parts differ in pattern.
type pattern int

const (
	solid pattern = iota
	rising
	falling
	upright
	crossed
	level
	dotted
	open
	patterns
)

// fill fills a rectangle.
func (p pattern) fill(c Canvas, left, top, right, bottom float64, ink color.NRGBA) {
	corners := []Point{{left, top}, {right, top}, {right, bottom}, {left, bottom}}
	if p == solid {
		c.Fill(corners, ink)
		return
	}
	const gap = 4.0
	s := Stroke{Color: ink, Width: 1}
	high := bottom - top
	if p == rising || p == crossed {
		for k := left - high + gap; k < right; k += gap {
			from, to := max(k, left), min(k+high, right)
			c.Line([]Point{{from, bottom - from + k}, {to, bottom - to + k}}, s)
		}
	}
	if p == falling || p == crossed {
		for k := left - high + gap; k < right; k += gap {
			from, to := max(k, left), min(k+high, right)
			c.Line([]Point{{from, top + from - k}, {to, top + to - k}}, s)
		}
	}
	if p == upright {
		for x := left + gap/2; x < right; x += gap {
			c.Line([]Point{{x, top}, {x, bottom}}, s)
		}
	}
	for y := top + gap/2; y < bottom && (p == level || p == dotted); y += gap {
		if p == dotted {
			s.Dash = []float64{1.5, gap - 1.5}
		}
		c.Line([]Point{{left, y}, {right, y}}, s)
	}
	c.Line(append(corners, corners[0]), Stroke{Color: ink, Width: 1})
}

// The text styles of figures.
var (
	headingText = TextStyle{Size: 13, Bold: true, Color: black}
	panelText   = TextStyle{Size: 9.5, Bold: true, Color: black}
	bodyText    = TextStyle{Size: 9, Color: grey}
	tickText    = TextStyle{Size: 8, Color: grey}
	labelText   = TextStyle{Size: 8.5, Color: black}
	emptyText   = TextStyle{Size: 11, Color: grey}
)
