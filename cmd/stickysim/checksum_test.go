package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"stickysim/scenarios"
	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/resultjson"
)

var update = flag.Bool("update", false, "write testdata/checksums.txt and the floors in package comments anew")

const checksumFile = "testdata/checksums.txt"

// shortened are catalogue scenarios that take too long whole; each keeps all kinds of its events.
var shortened = map[string]string{"everything-at-once": "8h"}

// TestResultsAreUnchanged runs every catalogue scenario with two seeds and compares checksums of result.json and of the
// event log with a committed list. A change that is meant to move a figure edits the list (go test ./cmd/stickysim -run
// ResultsAreUnchanged -update) and says why.
//
// The checksum of an event log covers when each event happens, to which server, and its counts. It leaves out wording:
// the events' names count only as different from each other. With -short only the first seed is run.
func TestResultsAreUnchanged(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("floating point may differ in the last digit elsewhere; the list is of amd64")
	}
	type line struct{ name, text string }
	var got []*line
	seeds := []string{"1", "2"}
	if testing.Short() {
		seeds = seeds[:1]
	}
	t.Run("run", func(t *testing.T) {
		for _, e := range scenarios.List() {
			for _, seed := range seeds {
				l := &line{name: e.Name}
				got = append(got, l)
				t.Run(e.Name+"/"+seed, func(t *testing.T) {
					t.Parallel()
					l.text = checksum(t, e.Name, seed)
				})
			}
		}
	})
	if t.Failed() {
		return
	}
	var list strings.Builder
	list.WriteString("# scenario seed sha256(result.json) sha256(event log without its wording)\n")
	for _, l := range got {
		list.WriteString(l.text + "\n")
	}
	if *update {
		if err := os.WriteFile(checksumFile, []byte(list.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	committed, err := os.ReadFile(checksumFile)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for text := range strings.Lines(string(committed)) {
		if f := strings.Fields(text); f[0] != "#" {
			want[f[0]+" "+f[1]] = strings.TrimSpace(text)
		}
	}
	for _, l := range got {
		key := strings.Join(strings.Fields(l.text)[:2], " ")
		if want[key] != l.text {
			t.Errorf("%s has changed:\n got %s\nwant %s", key, l.text, want[key])
		}
		delete(want, key)
	}
	if n := len(want); n > 0 && !testing.Short() {
		t.Errorf("%s has %d lines too many: %v", checksumFile, n, want)
	}
}

// checksum runs a scenario once per alternative, twice where that is cheap, so that paired differences are covered too.
func checksum(t *testing.T, scenario, seed string) string {
	s := newStreams(strings.NewReader(""), new(bytes.Buffer), new(bytes.Buffer))
	o := &selection{seed: seed, replications: "2", duration: shortened[scenario]}
	if o.duration != "" {
		o.replications = "1"
	}
	b, err := s.build(scenario, o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.simulate(context.Background(), b.Study, &effort{jobs: 1}, true)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Variants {
		for k := range r.Variants[i].Log {
			reword(&r.Variants[i].Log[k])
		}
	}
	var doc bytes.Buffer
	if err := resultjson.Write(&doc, r); err != nil {
		t.Fatal(err)
	}
	if seed == "1" { // another seed has other figures, and no other names
		followsSchema(t, doc.Bytes())
		explainsEvery(t, r)
	}
	return fmt.Sprintf("%s %s %x %x", scenario, seed, sha256.Sum256(doc.Bytes()), logSum(r))
}

// reword gives a line of the log in result.json the words with which the list was made, so that a sum depends on figures
// and not on wording.
func reword(e *sim.LogEntry) {
	if words, ok := listedEvents[e.Event]; ok {
		e.Event = words
	}
	if f := e.Impact; f != nil {
		words := fmt.Sprintf("%d sessions pinned: %d lost, %d had no state there", f.Pinned, f.Lost, f.Stateless)
		if rest := f.Pinned - f.Lost - f.Stateless; rest > 0 {
			words += fmt.Sprintf(", %d saved or over before they noticed", rest)
		}
		e.Detail = impact.ReplaceAllString(e.Detail, words)
	}
}

// listedEvents are the names of events in the list, where the log has others.
var listedEvents = map[string]string{
	"server paused": "server stands still", "server resumed": "server goes on", "server repaired": "server back",
	"deployment started": "deployment began", "switched to the new fleet": "switched",
	"arrival rate changed": "arrivals change", "balancer up": "balancer back", "store up": "store back",
}

var impact = regexp.MustCompile(`\d+ sessions (on|in) .*$`)

func logSum(r *experiment.Result) []byte {
	h := sha256.New()
	add := func(numbers ...int64) { _ = binary.Write(h, binary.LittleEndian, numbers) }
	for i := range r.Variants {
		kinds := map[string]int64{}
		for _, e := range r.Variants[i].Log {
			if _, known := kinds[e.Event]; !known {
				kinds[e.Event] = int64(len(kinds))
			}
			add(int64(i), int64(e.At), kinds[e.Event], int64(e.Server), e.Count)
			if e.Impact != nil {
				add(e.Impact.Pinned, e.Impact.Stateless, e.Impact.Lost)
			}
		}
	}
	return h.Sum(nil)
}
