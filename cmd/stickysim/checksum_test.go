package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"stickysim/scenarios"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/resultjson"
)

var update = flag.Bool("update", false, "write testdata/checksums.txt and the floors in package comments anew")

const checksumFile = "testdata/checksums.txt"

// shortened are catalogue scenarios that take too long whole; each keeps all kinds of its events.
var shortened = map[string]string{
	"everything-at-once": "8h", "heavy-users": "10m", "bots": "5m", "mobile-churn": "10m", "flash-crowd": "20m", "retry-storm": "8m", "nat-hotspot": "18m",
}

// TestResultsAreUnchanged runs every catalogue scenario with two seeds and compares checksums of result.json and of the
// event log with a committed list. A change that is meant to move a figure edits the list (go test ./cmd/stickysim -run
// ResultsAreUnchanged -update) and says why.
//
// Both leave out wording. That of an event log covers when each event happens, to which server, and its counts. The second
// seed, with two replications, is run with STICKYSIM_FULL, as .ci/run does.
func TestResultsAreUnchanged(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("floating point may differ in the last digit elsewhere; the list is of amd64")
	}
	type line struct{ name, text string }
	var got []*line
	seeds := []string{"1"}
	if os.Getenv("STICKYSIM_FULL") != "" || *update {
		seeds = append(seeds, "2")
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
	list.WriteString("# scenario seed sha256(result.json) sha256(event log), both without their wording\n")
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
	if n := len(want); n > 0 && len(seeds) > 1 {
		t.Errorf("%s has %d lines too many: %v", checksumFile, n, want)
	}
}

// checksum runs a scenario with a replication of each alternative, and with the first seed two, so that intervals and
// differences are covered too.
func checksum(t *testing.T, scenario, seed string) string {
	s := newStreams(strings.NewReader(""), new(bytes.Buffer), new(bytes.Buffer))
	o := &selection{seed: seed, replications: "1", duration: shortened[scenario]}
	if seed == "2" && scenario != "everything-at-once" {
		o.replications = "2"
	}
	b, err := s.build(scenario, o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.simulate(context.Background(), b.Study, &effort{jobs: 1}, true)
	if err != nil {
		t.Fatal(err)
	}
	if seed == "1" { // another seed has other figures, and no other names
		explainsEvery(t, r)
	}
	log := logSum(r)
	unworded(r)
	var doc bytes.Buffer
	if err := resultjson.Write(&doc, r); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %s %x %x", scenario, seed, sha256.Sum256(doc.Bytes()), log)
}

// unworded leaves out what is only wording: a text that is put better moves no figure.
func unworded(r *experiment.Result) {
	r.Description, r.Question = "", ""
	for i := range r.Warnings {
		r.Warnings[i].Message, r.Warnings[i].Hint = "", ""
	}
	for i := range r.Verdicts {
		r.Verdicts[i].Why = ""
	}
	for i := range r.Variants {
		r.Variants[i].Log = nil
	}
}

// logSum is the checksum of the event logs. The events' names count only as different from each other.
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
