package scenarios

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"stickysim/reports"
	"stickysim/sim"
	"stickysim/sim/experiment"
)

// screenOf is the first screen of a short run of a catalogue entry, and the names of its alternatives.
func screenOf(t *testing.T, name string) (text string, names []string) {
	t.Helper()
	spec, files, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	study := Build(spec, files).Study
	study.Replications = experiment.Replications{Min: 2, Max: 2}
	for i := range study.Variants {
		v := &study.Variants[i]
		names = append(names, v.Name)
		v.Model.Warmup, v.Model.Duration = 0, min(v.Model.Duration, 90*sim.Second)
	}
	res, err := experiment.Run(study, experiment.Options{Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := reports.WriteTable(&b, res, reports.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String(), names
}

var figuresOfColumn = regexp.MustCompile(`\d+(?:\.(\d+))? (ms|s|min|µs)\b`)

// The first screen of every entry of the catalogue fits a terminal, asks its question, has a row for every alternative and
// one unit and one number of decimals for their latencies.
func TestCatalogScreens(t *testing.T) {
	t.Parallel()
	for _, e := range List() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			text, names := screenOf(t, e.Name)
			lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
			if len(lines) > 25 {
				t.Errorf("%d lines:\n%s", len(lines), text)
			}
			for _, l := range lines {
				if utf8.RuneCountInString(l) > 80 {
					t.Errorf("%d columns: %s", utf8.RuneCountInString(l), l)
				}
			}
			head, table, _ := strings.Cut(text, "\n\n")
			if asked := strings.Join(strings.Fields(head), " "); !strings.Contains(asked, strings.Join(strings.Fields(e.Question), " ")) {
				t.Errorf("the question is not asked in full:\n%s", head)
			}
			table, _, _ = strings.Cut(table, "\n\n")
			rows := strings.Split(table, "\n")[1:]
			if len(rows) != len(names) {
				t.Errorf("%d rows for %d alternatives:\n%s", len(rows), len(names), table)
			}
			unit, decimals := "", 0
			for _, row := range rows {
				if m := figuresOfColumn.FindStringSubmatch(row); m != nil {
					if unit != "" && (m[2] != unit || len(m[1]) != decimals) {
						t.Errorf("units or decimals are mixed:\n%s", table)
					}
					unit, decimals = m[2], len(m[1])
				}
			}
			for _, name := range names {
				if !strings.Contains(table, name) {
					t.Errorf("no row for %s:\n%s", name, table)
				}
			}
		})
	}
}
