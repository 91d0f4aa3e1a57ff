package reports

import "image/color"

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

func faded(c color.NRGBA, alpha uint8) color.NRGBA { c.A = alpha; return c }

// Colours that people with colour blindness can distinguish (Okabe & Ito 2008), and greys.
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

// palette is for alternatives and causes, in order. Olive replaces yellow, which is too faint on white.
var palette = []color.NRGBA{blue, vermillion, bluish, orange, purple, sky, black, olive}

var dashes = [][]float64{nil, {5, 2}, {1.5, 1.5}, {6, 2, 1.5, 2}}

// look is how an alternative is drawn in all plots: colour, dash and glyph, so that colour is never the only difference.
type look struct {
	color color.NRGBA
	dash  []float64
	glyph glyph
}

func lookOf(i int) look {
	return look{palette[i%len(palette)], dashes[(i+i/len(palette))%len(dashes)], glyph((i + i/len(palette)) % int(glyphs))}
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
