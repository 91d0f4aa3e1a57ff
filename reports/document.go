package reports

import (
	"fmt"

	"stickysim/sim/experiment"
)

// section is a part of a report: a heading, tables, and lines below them.
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

// space is what tables may take: columns in all, and between two columns.
type space struct {
	width, gap int
	escape     func(string) string
}

// fit makes a grid of names and figures fit.
func (s space) fit(g *grid) []*grid {
	g.escape = s.escape
	g.fit(s.width, s.gap)
	return []*grid{g}
}

// split makes a grid with a column per variant fit, by splitting it.
func (s space) split(g *grid) []*grid {
	g.escape = s.escape
	return g.blocks(s.width, s.gap)
}

// columns are the variants' names as headings of columns beside a first column of the given width: as long as there
// is room for all of them side by side, at least 16.
func (s space) columns(names []string, first int) []string {
	n := min(max((s.width-first)/max(len(names), 1)-s.gap, 16), 32)
	return shortNames(names, n)
}

// compose puts a report together.
func compose(res *experiment.Result, s space) *document {
	x := newIndex(res)
	d := &document{title: clean(res.Name), about: clean(res.Description), answers: x.answers(), facts: []string{x.conditions()}}
	for _, w := range res.Warnings {
		d.warnings = append(d.warnings, clean(w))
	}
	for _, add := range []func(*index, space) (section, bool){glance, differences, lostByCause, summary, populations, servers, hotspots} {
		if part, ok := add(x, s); ok {
			d.sections = append(d.sections, part)
		}
	}
	return d
}

// glance compares the variants in a row each.
func glance(x *index, s space) (section, bool) {
	if len(x.res.Variants) < 2 {
		return section{}, false
	}
	head := []string{"VARIANT"}
	for _, h := range headline {
		head = append(head, h.title)
	}
	g := newGrid(head...).text(1)
	g.spare = []string{"P50", "HOTTEST", "P99", "AFFINITY"}
	for i, name := range shortNames(x.names(), 40) {
		row := []string{name}
		for _, h := range headline {
			row = append(row, formatMean(x.estimate(i, h.metric), scalesOf(x.unit(h.metric), h.metric)))
		}
		g.row(row...)
	}
	return section{title: "Policies", tables: s.fit(g), notes: []string{
		"P50, P95, P99: latency. AVAILABLE: requests answered. LOST: of the sessions that ended. HOTTEST: its utilization;" +
			" PEAK/MEAN: over the fleet's mean. AFFINITY: requests that met their session's server."}}, true
}

// rows fills a table of metrics by variants.
func rows(x *index, s space, title string, metrics []string, format func(variant int, metric string) cell) *grid {
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
func rowLabel(metric string) string { return shorten(clean(metric), 36) }

// interval prints a variant's metric with its interval.
func (x *index) interval(variant int, metric string) cell {
	return cell{text: formatEstimate(x.estimate(variant, metric), scalesOf(x.unit(metric), metric))}
}

func summary(x *index, s space) (section, bool) {
	var metrics []string
	for _, m := range summarized {
		if !m.optional || x.known(m.metric) && !x.allZero(m.metric) {
			metrics = append(metrics, m.metric)
		}
	}
	return section{title: "Summary", tables: s.split(rows(x, s, "METRIC", metrics, x.interval)),
		notes: []string{"Counts are means per replication."}}, true
}

// populations repeats the most important figures for each population, where there are several.
func populations(x *index, s space) (section, bool) {
	g := newGrid("POPULATION", "VARIANT", "P95", "AVAILABLE", "LOST").text(2)
	g.spare = []string{"AVAILABLE"}
	all := x.labelled("latency.p95", "population")
	variants := shortNames(x.names(), 40)
	names := shortNames(all, 32)
	for i, population := range all[:min(len(all), mostRows)] {
		label := "{population=" + population + "}"
		for v, variant := range variants {
			name := names[i]
			if v > 0 {
				name = ""
			}
			g.row(name, variant, x.interval(v, "latency.p95"+label).text, x.interval(v, "availability.requests"+label).text,
				x.interval(v, "sessions.lost.ratio"+label).text)
		}
	}
	if more := len(all) - mostRows; more > 0 {
		g.row(fmt.Sprintf("… %d more", more))
	}
	return section{title: "Populations", tables: s.fit(g)}, len(all) > 0
}

// lostByCause breaks the lost sessions down; causes that never occurred are left out.
func lostByCause(x *index, s space) (section, bool) {
	const metric = "sessions.lost"
	if !x.known(metric) {
		return section{}, false
	}
	part := section{title: "Sessions lost by cause"}
	if x.allZero(metric) {
		part.notes = []string{"No session was lost."}
		return part, true
	}
	var metrics []string
	for _, cause := range x.labelled(metric, "cause") {
		if m := metric + "{cause=" + cause + "}"; !x.allZero(m) {
			metrics = append(metrics, m)
		}
	}
	metrics = append(metrics, metric)
	g := rows(x, s, "CAUSE", metrics, x.interval)
	for i := range g.rows {
		g.rows[i][0].text = rowLabel(causeOf(metrics[i]))
	}
	part.tables = s.split(g)
	part.notes = []string{"Sessions per replication."}
	return part, true
}
