package importer

import "stickysim/scenarios/importer/ir"

// OfLevel returns the remarks of one level, in their order.
func OfLevel(c *ir.Config, level ir.Level) []ir.Remark {
	var out []ir.Remark
	for _, r := range c.Remarks {
		if r.Level == level {
			out = append(out, r)
		}
	}
	return out
}

// Heading says what remarks of a level mean.
func Heading(level ir.Level) string {
	return [...]string{
		ir.Translated:  "Translated",
		ir.Ignored:     "Ignored: has no influence on routing, load or sessions",
		ir.Default:     "Default: the configuration does not say it",
		ir.Unsupported: "Unsupported: matters, and could not be carried over",
	}[level]
}
