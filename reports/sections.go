package reports

import "stickysim/sim/diag"

// Section is a part of a report that can be asked for by name.
type Section struct {
	Name string // as --show takes it
	Doc  string // a few words for help and completion: what it shows

	add func(*index, space) (section, bool)
}

// sections are in the order of a report.
var sections = []Section{
	{"objectives", "objectives: met, missed or undecided, with the interval against the limit", objectives},
	{"alternatives", "more figures of each alternative, side by side", glance},
	{"differences", "paired differences from the baseline", differences},
	{"lost", "lost sessions by cause", lostByCause},
	{"metrics", "the most important metrics, with intervals", summary},
	{"populations", "figures of each population", populations},
	{"servers", "the busiest servers of each alternative", servers},
	{"hotspots", "overloaded servers of the first replication", hotspots},
	{"logs", "logs that are replayed: format, lines, clients, clock and durations", logs},
	{"warnings", "what may change the answer, in full", warnings},
}

// Everything is the name that stands for all sections.
const Everything = "all"

// Sections are the parts of a report in its order, without the first screen.
func Sections() []Section { return sections }

// SectionNames are the names that Options.Show takes.
func SectionNames() []string {
	var names []string
	for _, s := range sections {
		names = append(names, s.Name)
	}
	return append(names, Everything)
}

// warnings shows each with its code, severity and place.
func warnings(x *index, _ space) (section, bool) {
	part := section{title: "Warnings, most severe first"}
	for _, w := range x.res.Warnings {
		head := w.Severity.String()
		if w.Code != "" {
			head += " " + clean(w.Code)
		}
		part.notes = append(part.notes, head+": "+WarningText(w))
	}
	if len(part.notes) == 0 {
		part.notes = []string{"None."}
	}
	return part, true
}

// WarningText is a warning on one line: what it is about, what is wrong, what would help.
func WarningText(w diag.Warning) string {
	text := clean(w.Message)
	for _, about := range []string{w.Metric, w.Alternative, w.Place} {
		if about != "" {
			text = clean(about) + ": " + text
		}
	}
	if w.Hint != "" {
		text += "; " + clean(w.Hint)
	}
	return text
}
