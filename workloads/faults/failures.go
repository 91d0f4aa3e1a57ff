package faults

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"stickysim/sim"
)

// Log is a recorded history of failures.
type Log struct {
	Began    time.Time // the first failure, in the log's own time zone
	Failures []Failure // by time, then as recorded
	Rows     int       // of the file, without its heading
	Bad      Bad
}

// Failure is one outage of one node.
type Failure struct {
	System string // the cluster it belongs to; may be empty
	Node   int    // -1: not recorded
	At     sim.Time
	Down   sim.Time
}

// The columns, by the names of LANL's release and plainer ones.
var columns = [...][]string{
	colSystem:  {"system"},
	colNode:    {"nodenum", "node"},
	colStarted: {"prob started", "started"},
	colFixed:   {"prob fixed", "fixed"},
	colDown:    {"down time", "down"},
}

const (
	colSystem = iota
	colNode
	colStarted
	colFixed
	colDown
)

// ReadLog reads a failure log: a CSV with a heading and the columns System (optional), nodenum or node, Prob Started or
// started, and Prob Fixed or fixed, or Down Time or down in minutes, which has the last word. Dates are written
// 6/21/2005 10:54, 2005-06-21 10:54[:00] or as RFC 3339. system, where not empty, leaves out all other clusters.
//
// The format is that of LA-UR-05-7318, "The raw data for failures of LANL's systems 1996-2005".
func ReadLog(r io.Reader, system string) (*Log, error) {
	in, err := unpack(r)
	if err != nil {
		return nil, err
	}
	table := csv.NewReader(in)
	table.FieldsPerRecord, table.ReuseRecord, table.LazyQuotes = -1, true, true
	head, err := table.Read()
	if err != nil {
		return nil, fmt.Errorf("has no heading: %w", err)
	}
	at, err := locate(head)
	if err != nil {
		return nil, err
	}
	l := &Log{}
	var starts []time.Time
	for row := 1; ; row++ {
		record, err := table.Read()
		if err == io.EOF {
			break
		}
		if l.Rows++; l.Rows > MaxRows {
			return nil, fmt.Errorf("has more than %d rows", MaxRows)
		}
		var syntax *csv.ParseError
		if err != nil && !errors.As(err, &syntax) {
			return nil, err
		}
		f, start := Failure{}, time.Time{}
		if err == nil {
			f, start, err = at.failure(record)
		}
		switch {
		case system != "" && f.System != system && f.System != "":
		case err != nil:
			l.Bad.add(row, err)
		case system == "" || f.System == system:
			l.Failures, starts = append(l.Failures, f), append(starts, start)
		}
	}
	if len(l.Failures) == 0 {
		return nil, l.nothing(system)
	}
	l.order(starts)
	return l, nil
}

func (l *Log) nothing(system string) error {
	switch {
	case l.Bad.Total > 0:
		return errors.New("has no failures: " + l.Bad.String())
	case system != "":
		return fmt.Errorf("has no failures of system %s", clip(system))
	}
	return errors.New("has no failures")
}

// order sorts the failures by time and counts it from the first.
func (l *Log) order(starts []time.Time) {
	l.Began = slices.MinFunc(starts, time.Time.Compare)
	for i := range l.Failures {
		l.Failures[i].At = sim.Time(starts[i].Sub(l.Began))
	}
	slices.SortStableFunc(l.Failures, func(a, b Failure) int { return cmp.Compare(a.At, b.At) })
}

// place is where each column is; -1: nowhere.
type place [len(columns)]int

func locate(head []string) (place, error) {
	var p place
	for c, names := range columns {
		p[c] = slices.IndexFunc(head, func(cell string) bool {
			return slices.Contains(names, strings.ToLower(strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff"))))
		})
	}
	switch {
	case p[colStarted] < 0:
		return p, errors.New(`row 0: the heading has no column "Prob Started" or "started"`)
	case p[colFixed] < 0 && p[colDown] < 0:
		return p, errors.New(`row 0: the heading has neither "Prob Fixed" or "fixed" nor "Down Time" or "down"`)
	}
	return p, nil
}

func (p *place) cell(record []string, c int) string {
	if p[c] < 0 || p[c] >= len(record) {
		return ""
	}
	return strings.TrimSpace(record[p[c]])
}

func (p *place) failure(record []string) (Failure, time.Time, error) {
	f := Failure{System: strings.Clone(p.cell(record, colSystem)), Node: -1}
	start, err := date(p.cell(record, colStarted))
	if err != nil {
		return f, start, fmt.Errorf("started: %w", err)
	}
	if n := p.cell(record, colNode); n != "" {
		if f.Node, err = strconv.Atoi(n); err != nil || f.Node < 0 {
			return f, start, fmt.Errorf("node: must be a number from 0, got %s", clip(n))
		}
	}
	f.Down, err = p.down(record, start)
	return f, start, err
}

// tenYears is longer than any repair, and than any run.
const tenYears = 10 * 365 * 24 * time.Hour

func (p *place) down(record []string, start time.Time) (sim.Time, error) {
	if text := p.cell(record, colDown); text != "" {
		minutes, err := strconv.ParseFloat(text, 64)
		if err != nil || !(minutes >= 0 && minutes <= tenYears.Minutes()) {
			return 0, fmt.Errorf("down time: must be minutes, got %s", clip(text))
		}
		return sim.FromSeconds(minutes * 60), nil
	}
	end, err := date(p.cell(record, colFixed))
	if err != nil {
		return 0, fmt.Errorf("fixed: %w", err)
	}
	if span := end.Sub(start); span >= 0 && span <= tenYears {
		return sim.Time(span), nil
	}
	return 0, errors.New("fixed: is before the start, or ten years after it")
}

func date(s string) (time.Time, error) {
	for _, layout := range []string{"1/2/2006 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("must be a date such as 6/21/2005 10:54, got %s", clip(s))
}
