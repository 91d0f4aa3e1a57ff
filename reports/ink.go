package reports

import "image/color"

type point struct{ x, y float64 }

// stroke is how a line looks; lengths in points.
type stroke struct {
	color color.NRGBA
	width float64
	dash  []float64
}

// writing is how a text looks. shift moves it left by a share of its length: 0 starts at the point, 1 ends there.
type writing struct {
	size   float64
	strong bool
	color  color.NRGBA
	shift  float64
}

func (w writing) centred() writing { w.shift = .5; return w }
func (w writing) ending() writing  { w.shift = 1; return w }

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

func faded(c color.NRGBA, alpha uint8) color.NRGBA { c.A = alpha; return c }

// The colours that people with colour blindness tell apart (Okabe & Ito 2008), and greys.
var (
	orange     = rgb(0xE69F00)
	sky        = rgb(0x56B4E9)
	bluish     = rgb(0x009E73)
	olive      = rgb(0x8A7F00)
	blue       = rgb(0x0072B2)
	vermillion = rgb(0xD55E00)
	purple     = rgb(0xCC79A7)
	black      = rgb(0x1A1A1A)
	grey       = rgb(0x6B6B6B)
	silver     = rgb(0xB4B8BC)
	mist       = rgb(0xE6E8EA)
	white      = rgb(0xFFFFFF)
)

// palette is for variants and causes, in order. Olive stands for the yellow, which is too faint on white.
var palette = []color.NRGBA{blue, vermillion, bluish, orange, purple, sky, black, olive}

var dashes = [][]float64{nil, {5, 2}, {1.5, 1.5}, {6, 2, 1.5, 2}}

// look is a variant's place in all plots: colour, dash and glyph, so that colour is never the only difference.
type look struct {
	color color.NRGBA
	dash  []float64
	glyph glyph
}

func lookOf(i int) look {
	return look{palette[i%len(palette)], dashes[(i+i/len(palette))%len(dashes)], glyph((i + i/len(palette)) % int(glyphs))}
}

// The writings of plots.
var (
	headingText = writing{size: 13, strong: true, color: black}
	panelText   = writing{size: 9.5, strong: true, color: black}
	bodyText    = writing{size: 9, color: grey}
	tickText    = writing{size: 8, color: grey}
	labelText   = writing{size: 8.5, color: black}
	emptyText   = writing{size: 11, color: grey}
)
