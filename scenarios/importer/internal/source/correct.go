package source

import (
	"strings"

	"stickysim/scenarios/importer/ir"
)

// Correct remarks that a setting is not used as the file has it. It withdraws the remark that the setting was translated,
// whose text begins with the setting's name, and takes its place. Without one, the remark is on from. Remarks before from, in
// other files and from the line until on (0 = none) are about something else.
func (n *Notes) Correct(from Part, until int, name, format string, args ...any) {
	at := from.Where()
	for i := 0; i < len(n.remarks) && n.counts[ir.NotCarried] < maxRemarks; i++ { // no search for what is only counted
		if r := &n.remarks[i]; r.Drawer == ir.Translated && r.File == at.File && r.Line >= at.Line && (until == 0 || r.Line < until) && names(r.Text, name) {
			at = r.Place
			n.remarks = append(n.remarks[:i], n.remarks[i+1:]...)
			n.counts[ir.Translated]--
			break
		}
	}
	n.NotCarried(at, format, args...)
}

// names reports whether the text of a remark begins with the name of a setting, whichever way its words are joined.
func names(text, name string) bool {
	first := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ':' || r == '=' })
	return name != "" && len(first) > 0 && strings.ReplaceAll(first[0], "-", "_") == name
}
