package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"stickysim/reports"
)

// Names in it begin as formulas do, and hold what reverses text and what has no width. Control characters are refused.
const hostileNames = `name: "=HYPER\u202eRED\u200bx"
description: "desc \u202e\u0085"
question: "why \u2066?"
servers: [{name: "=1+1\u202e"}, {name: "@SUM(A1)\u200d"}]
duration: 4s
warmup: 0
replications: 2
workload: [{population: nat, name: "+cmd|x!A0\u2066", users: 3}, {population: nat, name: "-two\u200f", users: 2}]
policies: [{variant: "-2+3\u202e", policy: random}, {variant: "\u202e=1|2\u009b", policy: cookie}]
timeline: [{at: 2s, name: "@boom\u202e", crash: {servers: 1, repair: 1s}}]
objectives: [latency.p95 < 1h]
`

// unseen reports characters that no text may have but its lines and tabs. The word joiner after @ in Markdown is ours.
func unseen(text string) bool {
	text = strings.ReplaceAll(text, "@\u200b", "@")
	return strings.ContainsFunc(text, func(r rune) bool {
		return r != '\n' && r != '\t' && !unicode.IsPrint(r) && !unicode.IsSpace(r) || r == '\u0085'
	})
}

// Whatever names a scenario has, no report and no message of any command and format hands them to a terminal, a browser or a
// spreadsheet as they are.
func TestNamesAreCleaned(t *testing.T) {
	t.Parallel()
	at := in(t, map[string]string{"evil.yaml": hostileNames})
	evil := at("evil.yaml")
	check := func(text string, isCSV bool, what ...string) {
		t.Helper()
		if unseen(text) {
			t.Errorf("%v prints characters that cannot be seen: %.300q", what, text)
		}
		if !isCSV {
			return
		}
		rows := csv.NewReader(strings.NewReader(text))
		rows.FieldsPerRecord = -1
		all, err := rows.ReadAll()
		if err != nil {
			t.Errorf("%v: %v", what, err)
		}
		for _, row := range all {
			for _, cell := range row {
				if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
					t.Errorf("%v: a spreadsheet carries out %q", what, cell)
				}
			}
		}
	}
	for _, args := range [][]string{
		append([]string{"run", "--show", "all"}, formatNames()...), append([]string{"gate"}, gateFormats...), append([]string{"sweep", "--set", "servers.0.cores=1,2"}, sweepFormatNames()...),
		append([]string{"cost", "--all"}, reportFormatNames(costFormats)...), append([]string{"sweep", "--factors", "nothing"}, reportFormatNames(factorFormats)...),
		append([]string{"plan", "--find", "clients.timeout=1s,2s", "--max", "2"}, strings.Split(planFormats, ", ")...),
	} {
		flags, n := 1, len(args)
		for flags < n && (strings.HasPrefix(args[flags], "-") || strings.HasPrefix(args[flags-1], "-") && args[flags-1] != "--all") {
			flags++
		}
		for _, format := range args[flags:] {
			line := append(append([]string{args[0], evil}, args[1:flags]...), "--format", format)
			out, errOut, _ := command(line...)
			check(out, format == "csv", line...)
			check(errOut, false, append(line, "standard error")...)
		}
	}
	for _, line := range [][]string{{"validate", evil}, {"run", evil, "--set", "policies.x=1"}, {"run", evil, "--baseline-policy", "x\u202e"}, {"scenarios", "show", "x\u202e"},
		{"run", evil, "-q", "--out", at("run"), "--events", at("events.txt")}, {"gate", evil, "-q", "--junit", at("gate.xml"), "--markdown", at("gate.md")},
		{"sweep", evil, "-q", "--set", "servers.0.cores=1,2", "--out", at("sweep")}, {"cost", evil, "-q", "--out", at("cost")}} {
		out, errOut, _ := command(line...)
		check(out, false, line...)
		check(errOut, false, line...)
	}
	seen := 0
	for _, dir := range []string{".", "run", "sweep", "cost"} {
		files, err := os.ReadDir(at(dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			ext := filepath.Ext(f.Name())
			if ext == ".csv" || ext == ".svg" || ext == ".xml" || ext == ".md" || ext == ".txt" {
				text, err := os.ReadFile(filepath.Join(at(dir), f.Name()))
				if err != nil {
					t.Fatal(err)
				}
				seen++
				check(string(text), ext == ".csv", f.Name())
			}
		}
	}
	if seen < 20 || len(reports.Formats()) < 4 {
		t.Errorf("only %d files were looked at", seen)
	}
}
