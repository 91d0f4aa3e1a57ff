package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// layout is the room for the tables of a sweep, and how they name points.
type layout struct {
	width, gap int
	most       int  // rows
	numbered   bool // points have numbers, and a table says what they are: their names leave too little room for figures
}

// figureRoom is the least width that the names of points leave for figures.
const figureRoom = 24

// layout chooses how the tables name points.
func (s *Sweep) layout(width, gap, most int) layout {
	taken, paths := 0, s.varyingPaths()
	for _, path := range paths {
		taken += gap + max(narrowest, textWidth(path))
	}
	return layout{width, gap, most, len(paths) > 1 && taken > width-figureRoom}
}

// keys is how many columns name a point.
func (s *Sweep) keys(l layout) int {
	if l.numbered {
		return 1
	}
	return len(s.varying())
}

// parts are the tables: how the alternatives stand to their objectives, and a part for each figure.
func (s *Sweep) parts(l layout) (list []section) {
	if l.numbered {
		list = append(list, section{title: "points", tables: l.split(s.numbers(l), 1)})
	}
	if g := s.standTable(l); g != nil {
		list = append(list, section{title: "objectives", tables: l.split(g, s.keys(l))})
	}
	for _, id := range s.shown() {
		list = append(list, section{title: s.titleOf(id), tables: s.tables(id, l)})
	}
	return list
}

// tables are a figure's values: a row per point, a column per alternative, in tables that fit the width.
func (s *Sweep) tables(id metric.ID, l layout) []*grid {
	list := l.split(s.table(id, true, l), s.keys(l))
	if len(list) > 1 {
		list = l.split(s.table(id, false, l), s.keys(l))
	}
	return list
}

// split is a table whose first columns name its rows, in tables that fit.
func (l layout) split(g *grid, keys int) []*grid {
	list := g.split(keys, l.width, l.gap)
	for _, one := range list {
		one.fit(l.width, l.gap)
	}
	return list
}

// split is blocks where the first k columns are names.
func (g *grid) split(k, width, gap int) []*grid {
	w := g.widths()
	names := 0
	for _, n := range w[:k] {
		names += n + gap
	}
	var out []*grid
	for from := k; from < len(w); {
		to, total := from, names-gap
		for to < len(w) && (to == from || total+gap+w[to] <= width) {
			total += gap + w[to]
			to++
		}
		b := &grid{escape: g.escape, head: slices.Concat(g.head[:k], g.head[from:to]), figures: slices.Concat(g.figures[:k], g.figures[from:to])}
		for _, row := range g.rows {
			b.rows = append(b.rows, slices.Concat(row[:k], row[from:to]))
		}
		out = append(out, b)
		from = to
	}
	return out
}

// table is a figure's values, with half-widths or without.
func (s *Sweep) table(id metric.ID, exact bool, l layout) *grid {
	g, rows := s.pointGrid(l)
	var list []stats.Estimate
	for _, i := range rows {
		for _, name := range s.names {
			if i >= 0 {
				list = append(list, s.points[i].estimate(name, id))
			}
		}
	}
	zero := none
	if f := id.Of(); f != nil && f.Better == metric.Neither || f.Kind == metric.Time {
		zero = "0"
	}
	column := newColumn(list, s.scales(id), zero)
	cells := make([][]string, len(s.names))
	for v, name := range s.names {
		cells[v] = s.column(rows, name, id, column, exact)
	}
	for at, i := range rows {
		for v, name := range s.names {
			if i >= 0 {
				g.rows[at][len(g.head)-len(s.names)+v] = cell{cells[v][at], s.toneOf(&s.points[i], sweepCell{name, id})}
			}
		}
	}
	return g
}

// pointGrid is a table with the names of points and an empty column per alternative; rows are the points, with a -1 where
// some are left out.
func (s *Sweep) pointGrid(l layout) (g *grid, rows []int) {
	head := s.varyingPaths()
	if l.numbered {
		head = []string{"point"}
	}
	g = newGrid(append(head, shortNames(s.names, mostName)...)...).text(len(head))
	rows = s.rows(l.most)
	for _, i := range rows {
		switch {
		case i < 0:
			g.row(fmt.Sprintf("… %d more", len(s.points)-len(rows)+1))
		case l.numbered:
			g.row(strconv.Itoa(i + 1))
		default:
			g.row(s.valuesAt(i)...)
		}
	}
	return g, rows
}

// varyingPaths are the fields that vary.
func (s *Sweep) varyingPaths() (list []string) {
	for _, k := range s.varying() {
		list = append(list, clean(s.Axes[k].Path))
	}
	return list
}

// valuesAt are the values of these fields at a point.
func (s *Sweep) valuesAt(i int) (list []string) {
	for _, k := range s.varying() {
		list = append(list, clean(s.points[i].settings[k].Value))
	}
	return list
}

// numbers says which point has which number.
func (s *Sweep) numbers(l layout) *grid {
	head := append([]string{"point"}, s.varyingPaths()...)
	g, rows := newGrid(head...).text(len(head)), s.rows(l.most)
	for _, i := range rows {
		if i < 0 {
			g.row(fmt.Sprintf("… %d more", len(s.points)-len(rows)+1))
			continue
		}
		g.row(append([]string{strconv.Itoa(i + 1)}, s.valuesAt(i)...)...)
	}
	return g
}

// rows are the points to show, with a -1 for those that are left out.
func (s *Sweep) rows(most int) []int {
	var list []int
	for i := range s.points {
		if n := len(s.points); n > most && i >= most-1-lastSweepRows && i < n-lastSweepRows {
			if i == most-1-lastSweepRows {
				list = append(list, -1)
			}
			continue
		}
		list = append(list, i)
	}
	return list
}

// column is the cells of an alternative, with figures, half-widths and marks below each other.
func (s *Sweep) column(rows []int, name string, id metric.ID, c unitColumn, exact bool) []string {
	values, ranges := make([]string, len(rows)), make([]string, len(rows))
	wide, marked := 0, false
	for at, i := range rows {
		if i < 0 {
			continue
		}
		p := &s.points[i]
		if _, has := p.figures[sweepCell{name, id}]; !has {
			continue
		}
		if values[at], ranges[at] = c.cell(p.estimate(name, id)); !exact {
			ranges[at] = ""
		}
		wide = max(wide, textWidth(ranges[at]))
		marked = marked || p.best[sweepCell{name, id}]
	}
	for at, i := range rows {
		if wide > 0 && values[at] != "" {
			values[at] += " " + ranges[at] + strings.Repeat(" ", wide-textWidth(ranges[at]))
		}
		switch {
		case i >= 0 && s.points[i].best[sweepCell{name, id}]:
			values[at] += " " + bestMark
		case marked:
			values[at] += "  "
		}
	}
	return values
}
