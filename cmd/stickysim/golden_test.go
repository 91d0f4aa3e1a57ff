package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stickysim/policies/replay/goldentest"
)

// TestRecordedDecisions gives the lines of every recorded configuration to the command line, as a file, with the keys
// or the trace of the recording, and expects its answers: which server, and of traces status and cookie too. Where the
// product leaves a choice to luck, what luck does not decide. With -v it prints a table.
func TestRecordedDecisions(t *testing.T) {
	t.Parallel()
	tally := map[string]*tallied{}
	var order []string
	for _, c := range goldentest.Cases(t, "") {
		if tally[c.Mechanism] == nil {
			tally[c.Mechanism] = new(tallied)
			order = append(order, c.Mechanism)
		}
		t.Run(c.Name, func(t *testing.T) { tally[c.Mechanism].add(newRecording(t, c).judge()) })
	}
	all := new(tallied)
	t.Logf("%-28s %5s %7s %7s", "mechanism", "cases", "lines", "match")
	for _, m := range order {
		t.Logf("%-28s %5d %7d %7d", m, tally[m].cases, tally[m].lines, tally[m].match)
		all.cases, all.lines, all.match = all.cases+tally[m].cases, all.lines+tally[m].lines, all.match+tally[m].match
	}
	t.Logf("%-28s %5d %7d %7d", "all", all.cases, all.lines, all.match)
}

type tallied struct{ cases, lines, match int }

func (n *tallied) add(lines, match int) {
	n.cases, n.lines, n.match = n.cases+1, n.lines+lines, n.match+match
}

// recording is a recorded case as files and flags of the command line.
type recording struct {
	goldentest.Case
	t      *testing.T
	config string
	keys   string
	flags  []string
	names  map[string]string // what the product calls a server: what the recording calls it
}

func newRecording(t *testing.T, c goldentest.Case) *recording {
	r := &recording{Case: c, t: t, names: map[string]string{}}
	dir := t.TempDir()
	r.config, r.keys = filepath.Join(dir, "config"), filepath.Join(dir, "keys.csv")
	r.write(r.config, []byte(strings.Join(r.fragment(), "\n")+"\n"))
	called := map[string]string{} // the other way round
	for _, s := range c.Servers {
		r.names[s.Name], r.names[s.Addr] = s.Name, s.Name
		for _, addr := range s.Listen {
			r.names[s.Addr+"@"+addr] = s.Name + "@" + addr
		}
		if called[s.Name] = s.Addr; c.Product == "haproxy" {
			called[s.Name] = s.Name
		}
	}
	r.write(r.keys, r.rewritten(called))
	r.flags = []string{"--type", c.Product}
	if c.Product == "caddy" {
		r.flags = append(r.flags, "--product-version", c.Version)
	}
	for _, name := range c.Dead {
		r.flags = append(r.flags, "--dead", called[name])
	}
	addresses := map[string]string{}
	for _, h := range c.Hosts {
		addresses[h[1]] += "," + h[0]
	}
	for _, host := range slices.Sorted(maps.Keys(addresses)) {
		r.flags = append(r.flags, "--resolve", host+"="+addresses[host][1:])
	}
	return r
}

// fragment is the recorded configuration. The number of retries was set outside of the block.
func (r *recording) fragment() []string {
	if r.Retries == nil {
		return r.Config
	}
	return slices.Insert(slices.Clone(r.Config), 1, fmt.Sprintf("    retries %d", *r.Retries))
}

func (r *recording) write(name string, data []byte) {
	r.t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// route runs the command and returns the lines of its answer by column, with the recording's names of servers.
func (r *recording) route(keys string, more ...string) []map[string]string {
	r.t.Helper()
	input := "--keys"
	if r.Kind == "trace" {
		input = "--trace"
	}
	var out, errOut bytes.Buffer
	args := slices.Concat([]string{"route", r.config, input, keys, "--quiet"}, r.flags, more)
	if code := run(context.Background(), nil, &out, &errOut, args); code != 0 {
		r.t.Fatalf("stickysim %s: exit code %d: %s", strings.Join(args, " "), code, errOut.String())
	}
	lines := r.table(out.Bytes())
	for _, l := range lines {
		if name, known := r.names[l["server"]]; known {
			l["server"] = name
		}
	}
	return lines
}

// table reads CSV by the names of its columns.
func (r *recording) table(data []byte) []map[string]string {
	r.t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		r.t.Fatal(err)
	}
	var lines []map[string]string
	for _, row := range rows[1:] {
		l := map[string]string{}
		for i, name := range rows[0] {
			l[name] = row[i]
		}
		lines = append(lines, l)
	}
	return lines
}
