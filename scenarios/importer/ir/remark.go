package ir

import "fmt"

// Drawer says what became of a piece of the configuration.
type Drawer uint8

// The drawers, from the one that needs no attention to the one that needs most.
const (
	Translated Drawer = iota // became part of the scenario
	Harmless                 // has no influence on routing, load or sessions
	Assumed                  // the configuration does not say it; a default stands in
	NotCarried               // matters, or may matter, and is not part of the scenario
)

// Drawers returns all drawers, in order.
func Drawers() []Drawer { return []Drawer{Translated, Harmless, Assumed, NotCarried} }

var drawers = [...]struct{ name, heading string }{
	Translated: {"translated", "Translated"},
	Harmless:   {"harmless", "Harmless: no influence on routing, load or sessions"},
	Assumed:    {"assumed", "Assumed: the configuration does not say it"},
	NotCarried: {"not carried over", "Not carried over: matters, and is not part of the scenario"},
}

// String is the drawer's name.
func (d Drawer) String() string { return drawers[d].name }

// Heading says in a report what the remarks below it mean.
func (d Drawer) Heading() string { return drawers[d].heading }

// Remark says what became of one piece of the configuration.
type Remark struct {
	Place
	Drawer Drawer
	Text   string // "ip_hash: policy nginx/ip_hash", "keepalive 32: connection reuse does not change routing"
}

// In returns the remarks of one drawer, in their order.
func (c *Config) In(d Drawer) []Remark {
	var out []Remark
	for _, r := range c.Remarks {
		if r.Drawer == d {
			out = append(out, r)
		}
	}
	return out
}

// String is "file:line: text"; the text alone where there is no place.
func (r Remark) String() string {
	if r.File == "" {
		return r.Text
	}
	return fmt.Sprintf("%s:%d: %s", r.File, r.Line, r.Text)
}
