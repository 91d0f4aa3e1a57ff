package reports

import "slices"

// tone is what a cell's colour says.
type tone uint8

const (
	neutral tone = iota
	good         // better than the baseline, decided
	bad          // worse, decided
	faint        // undecided
	unsure       // undecided, where that is a warning
)

type cell struct {
	text string
	tone tone
}

// grid is a table before it is drawn: columns with a heading, rows of cells. Text columns align left and are shortened if
// the table is too wide; figures align right and are never shortened.
type grid struct {
	head    []string
	figures []bool // which columns hold figures
	rows    [][]cell
	escape  func(string) string // how cells are written; nil: as they are
	spare   []string            // headings of columns that are dropped if there is no room, first to last
}

func newGrid(columns ...string) *grid {
	return &grid{head: columns, figures: make([]bool, len(columns))}
}

// text makes the first columns text and the others figures.
func (g *grid) text(columns int) *grid {
	for i := range g.figures {
		g.figures[i] = i >= columns
	}
	return g
}

func (g *grid) row(cells ...string) {
	row := make([]cell, len(g.head))
	for i, c := range cells {
		row[i].text = c
	}
	g.rows = append(g.rows, row)
}

func (g *grid) escaped(text string) string {
	if g.escape == nil {
		return text
	}
	return g.escape(text)
}

func (g *grid) escapedHead() []string {
	out := make([]string, len(g.head))
	for i, h := range g.head {
		out[i] = g.escaped(h)
	}
	return out
}

// widths of the columns as they will be written.
func (g *grid) widths() []int {
	w := make([]int, len(g.head))
	for i, h := range g.head {
		w[i] = textWidth(g.escaped(h))
	}
	for _, row := range g.rows {
		for i, c := range row {
			w[i] = max(w[i], textWidth(g.escaped(c.text)))
		}
	}
	return w
}

// shorten makes a text at most n columns wide as it will be written.
func (g *grid) shorten(text string, n int) string {
	for k := n; ; k-- {
		if short := shorten(text, k); k <= 0 || textWidth(g.escaped(short)) <= n {
			return short
		}
	}
}

// Least widths of text columns: while there is a spare column to drop, and always.
const (
	readable  = 14
	narrowest = 8
)

// fit makes the table, with gaps between its columns, at most width wide if possible: it shortens texts that stay
// readable, drops spare columns, and then shortens further.
func (g *grid) fit(width, gap int) {
	w, over := g.squeeze(width, gap, readable)
	for len(g.spare) > 0 && over {
		g.drop(slices.Index(g.head, g.spare[0]))
		g.spare = g.spare[1:]
		w, over = g.squeeze(width, gap, readable)
	}
	if over {
		w, _ = g.squeeze(width, gap, narrowest)
	}
	for i := range w {
		if !g.figures[i] {
			g.narrow(i, w[i])
		}
	}
}

// squeeze finds widths for the columns: it narrows the widest text column step by step, none below least or its heading.
// over is set if the table is still too wide.
func (g *grid) squeeze(width, gap, least int) (w []int, over bool) {
	w = g.widths()
	total := gap * (len(w) - 1)
	for _, n := range w {
		total += n
	}
	for ; total > width; total-- {
		widest := -1
		for i := range w {
			if !g.figures[i] && w[i] > max(least, textWidth(g.head[i])) && (widest < 0 || w[i] > w[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return w, true
		}
		w[widest]--
	}
	return w, false
}

func (g *grid) drop(column int) {
	g.head = slices.Delete(g.head, column, column+1)
	g.figures = slices.Delete(g.figures, column, column+1)
	for i := range g.rows {
		g.rows[i] = slices.Delete(g.rows[i], column, column+1)
	}
}

// narrow shortens a column's texts to n columns; different ones stay different.
func (g *grid) narrow(column, n int) {
	g.head[column] = g.shorten(g.head[column], n)
	var names []string
	place := map[string]int{}
	for _, row := range g.rows {
		if t := row[column].text; t != "" {
			if _, seen := place[t]; !seen {
				place[t] = len(names)
				names = append(names, t)
			}
		}
	}
	short := g.shortNames(names, n)
	for _, row := range g.rows {
		if t := row[column].text; t != "" {
			row[column].text = short[place[t]]
		}
	}
}

// shortNames shortens names so that they are at most n columns wide as they will be written.
func (g *grid) shortNames(names []string, n int) []string {
	for k := n; ; k-- {
		short, fits := shortNames(names, k), true
		for _, s := range short {
			fits = fits && textWidth(g.escaped(s)) <= n
		}
		if fits || k <= 0 {
			return short
		}
	}
}

// blocks splits a table with a column per alternative beside the names of its rows into tables that fit.
func (g *grid) blocks(width, gap int) []*grid {
	w := g.widths()
	var out []*grid
	for from := 1; from < len(w); {
		to, total := from, w[0]
		for to < len(w) && (to == from || total+gap+w[to] <= width) {
			total += gap + w[to]
			to++
		}
		b := &grid{escape: g.escape, head: append([]string{g.head[0]}, g.head[from:to]...), figures: append([]bool{false}, g.figures[from:to]...)}
		for _, row := range g.rows {
			b.rows = append(b.rows, append([]cell{row[0]}, row[from:to]...))
		}
		out = append(out, b)
		from = to
	}
	return out
}
