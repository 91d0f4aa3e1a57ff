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
	"stickysim/sim/experiment/resultjson"
)

// screenOf is the first screen of a short run of a catalogue entry, the names of its alternatives, and its result.json.
func screenOf(t *testing.T, name string) (text string, names []string, doc []byte) {
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
		v.Model.Warmup, v.Model.Duration = 0, min(v.Model.Duration, sim.Minute)
	}
	res, err := experiment.Run(study, experiment.Options{Jobs: 1, Log: true})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := reports.WriteTable(&b, res, reports.Options{}); err != nil {
		t.Fatal(err)
	}
	var plain bytes.Buffer
	if err := resultjson.Write(&plain, res); err != nil {
		t.Fatal(err)
	}
	return b.String(), names, plain.Bytes()
}

var figuresOfColumn = regexp.MustCompile(`\d+(?:\.(\d+))? (ms|s|min|µs)\b`)

// The first screen of every entry of the catalogue fits a terminal, asks its question, has a row for every alternative and
// one unit and one number of decimals for their latencies. Its result.json is as `stickysim schema --result` says.
func TestCatalogScreens(t *testing.T) {
	t.Parallel()
	results := compiled(t, resultjson.SchemaName, resultjson.Schema())
	for _, e := range List() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			text, names, doc := screenOf(t, e.Name)
			if err := results.Validate(plainJSON(t, doc)); err != nil {
				t.Errorf("result.json does not follow its schema: %v", err)
			}
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
