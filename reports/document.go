package reports

import (
	"fmt"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// section is a part of a report: a heading, tables, and notes below them.
type section struct {
	title  string
	tables []*grid
	notes  []string
}

// document is a report before it is written as text or Markdown.
type document struct {
	title    string
	about    string
	answers  []string
	facts    []string
	sections []section
	warnings []string
}

// space is the room for tables.
type space struct {
	width, gap int // characters of a table, and between two of its columns
	escape     func(string) string
}

// fit shortens a grid of names and figures to the width.
func (s space) fit(g *grid) []*grid {
	g.escape = s.escape
	g.fit(s.width, s.gap)
	return []*grid{g}
}

// split splits a grid with a column per alternative into grids that fit.
func (s space) split(g *grid) []*grid {
	g.escape = s.escape
	return g.blocks(s.width, s.gap)
}

// columns are the alternatives' names as headings of columns beside a first column of the given width. They are shortened
// so that all fit side by side, but not below 16 characters.
func (s space) columns(names []string, first int) []string {
	n := min(max((s.width-first)/max(len(names), 1)-s.gap, 16), 32)
	return shortNames(names, n)
}

// compose makes the document of a result.
func compose(res *experiment.Result, s space) *document {
	x := newIndex(res)
	d := &document{title: clean(res.Name), about: clean(res.Description), answers: x.verdict(), facts: []string{x.conditions()}}
	if stand := x.objectivesStand(); stand != "" {
		d.answers = append([]string{stand}, d.answers...)
	}
	if logs := x.replayed(); logs != "" {
		d.facts = append(d.facts, logs)
	}
	if worth := x.controlled(); worth != "" {
		d.facts = append(d.facts, worth)
	}
	for _, w := range res.Warnings {
		d.warnings = append(d.warnings, WarningText(w))
	}
	for _, of := range sections {
		if of.Name == "warnings" {
			continue // they follow the sections, one paragraph each
		}
		if part, ok := of.add(x, s); ok {
			d.sections = append(d.sections, part)
		}
	}
	return d
}

// glance compares the alternatives, one row each.
func glance(x *index, s space) (section, bool) {
	if len(x.res.Variants) < 2 {
		return section{}, false
	}
	head := []string{"ALTERNATIVE"}
	columns := metric.Shown(func(s metric.Show) int { return s.Column })
	for _, f := range columns {
		head = append(head, f.Show.Title)
	}
	g := newGrid(head...).text(1)
	g.spare = []string{"P50", "HOTTEST", "P99", "AFFINITY"}
	for i, name := range shortNames(x.names(), 40) {
		row := []string{name}
		for _, f := range columns {
			row = append(row, formatMean(x.estimate(i, f.ID()), x.scales(f.ID())))
		}
		g.row(row...)
	}
	note := "P50, P95, P99: latency. AVAILABLE: share of requests answered. LOST: share of the sessions that lived in the run and were lost." +
		" HOTTEST: utilization of the hottest server; PEAK/MEAN: that over the fleet's mean. AFFINITY: share of requests" +
		" that reached their session's server."
	if len(x.where(func(v int) bool { return x.of(v, opened.ID()) >= 0 })) > 0 {
		note += " Of clients that hold a connection open, requests are its opening and its messages; AFFINITY counts openings after the first."
	}
	return section{title: "Alternatives", tables: s.fit(g), notes: []string{note}}, true
}

// rows fills a table with a row per metric and a column per alternative.
func rows(x *index, s space, title string, metrics []metric.ID, format func(variant int, id metric.ID) cell) *grid {
	widest := textWidth(title)
	for _, m := range metrics {
		widest = max(widest, textWidth(rowLabel(m)))
	}
	g := newGrid(append([]string{title}, s.columns(x.names(), widest)...)...).text(1)
	for _, m := range metrics {
		row := []cell{{text: rowLabel(m)}}
		for v := range x.res.Variants {
			row = append(row, format(v, m))
		}
		g.rows = append(g.rows, row)
	}
	return g
}

// rowLabel is a metric's name at the beginning of a row.
func rowLabel(id metric.ID) string { return shorten(clean(id.String()), 36) }

// interval prints an alternative's metric with its interval.
func (x *index) interval(variant int, id metric.ID) cell {
	return cell{text: formatEstimate(x.estimate(variant, id), x.scales(id))}
}

// summary shows the metrics with a place in it. Those that are undefined or zero everywhere are left out, unless the
// registry says Always.
func summary(x *index, s space) (section, bool) {
	var metrics []metric.ID
	for _, f := range metric.Shown(func(s metric.Show) int { return s.Summary }) {
		for _, id := range f.Summarized() {
			if f.Show.Always || x.known(id) && !x.allZero(id) {
				metrics = append(metrics, id)
			}
		}
	}
	return section{title: "Summary", tables: s.split(rows(x, s, "METRIC", metrics, x.interval)),
		notes: []string{"Counts are means per replication."}}, true
}

// populations shows the most important metrics of each population, if there are several.
func populations(x *index, s space) (section, bool) {
	g := newGrid("POPULATION", "ALTERNATIVE", "P95", "AVAILABLE", "LOST").text(2)
	g.spare = []string{"AVAILABLE"}
	all := x.parts(latencyP95, metric.Population.Name)
	variants := shortNames(x.names(), 40)
	names := make([]string, len(all))
	for i, id := range all {
		names[i] = id.Label.Value
	}
	names = shortNames(names, 32)
	for i, id := range all[:min(len(all), mostRows)] {
		of := func(v int, f *metric.Family) string {
			return x.interval(v, metric.ID{Family: f.Name, Label: id.Label}).text
		}
		for v, variant := range variants {
			name := names[i]
			if v > 0 {
				name = ""
			}
			g.row(name, variant, of(v, latencyP95), of(v, available), of(v, lostRatio))
		}
	}
	if more := len(all) - mostRows; more > 0 {
		g.row(fmt.Sprintf("… %d more", more))
	}
	return section{title: "Populations", tables: s.fit(g)}, len(all) > 0
}

// lostByCause shows the lost sessions by cause, without causes that never occurred.
func lostByCause(x *index, s space) (section, bool) {
	total := lost.ID()
	if !x.known(total) {
		return section{}, false
	}
	part := section{title: "Sessions lost by cause"}
	if x.allZero(total) {
		part.notes = []string{"No session was lost."}
		return part, true
	}
	var metrics []metric.ID
	for _, id := range x.parts(lost, "cause") {
		if !x.allZero(id) {
			metrics = append(metrics, id)
		}
	}
	metrics = append(metrics, total)
	g := rows(x, s, "CAUSE", metrics, x.interval)
	for i := range g.rows {
		g.rows[i][0].text = shorten(causeOf(metrics[i]), 36)
	}
	part.tables = s.split(g)
	part.notes = []string{"Sessions per replication."}
	return part, true
}
