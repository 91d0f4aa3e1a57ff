package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"stickysim/policies/replay/goldentest"
	"stickysim/testdata/golden"
)

// movesRecorded are the entries of moves.json by group: what share of the keys moved when a server came or went.
func movesRecorded(t *testing.T) map[string]map[string]json.RawMessage {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(golden.Zip), int64(len(golden.Zip)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("moves.json")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	groups := map[string]map[string]json.RawMessage{}
	for _, m := range list {
		groups[strings.Trim(string(m["group"]), `"`)] = m
	}
	return groups
}

var (
	movedLine  = regexp.MustCompile(`(?m)^(\d+) moved, (\d+) of them needlessly$`)
	serverLine = regexp.MustCompile(`(?m)^( +server (s\d).*)$`)
)

// moved runs route --compare and returns the shares of keys that moved and that moved needlessly.
func moved(t *testing.T, keys int, args ...string) (all, needless float64) {
	t.Helper()
	_, errOut, code := command(append([]string{"route", "--compare"}, args...)...)
	m := movedLine.FindStringSubmatch(errOut)
	if code != exitFine || m == nil {
		t.Fatalf("%v: exit code %d: %s", args, code, errOut)
	}
	a, _ := strconv.Atoi(m[1])
	n, _ := strconv.Atoi(m[2])
	return float64(a) / float64(keys), float64(n) / float64(keys)
}

// TestMovesAsRecorded changes five servers by --add, --remove and --down, with --compare, and expects the shares that
// moved on the real products, to the key.
func TestMovesAsRecorded(t *testing.T) {
	recorded, checks := movesRecorded(t), 0
	for _, c := range goldentest.Cases(t, "") {
		if c.Group == "" || !strings.HasSuffix(c.Name, "-eq5") {
			continue
		}
		r := newRecording(t, c)
		third, added := c.Servers[2].Addr, "127.0.0.1:19006"
		switch c.Product {
		case "haproxy":
			third, added = c.Servers[2].Name, "s6=127.0.0.1:19006"
		case "lighttpd":
			added = "127.0.1.26:19106"
		}
		for what, change := range map[string][]string{
			"added": {"--add", added}, "removed": {"--remove", third}, "down": {"--down", third}, "removed-ids": {"--remove", third},
		} {
			var want struct{ Moved, Needless float64 }
			raw, ok := recorded[c.Group][what]
			if !ok || json.Unmarshal(raw, &want) != nil {
				continue
			}
			config := r.config
			if what == "removed-ids" { // each server line says its own id
				config += "-ids"
				r.write(config, serverLine.ReplaceAll([]byte(strings.Join(c.Config, "\n")), []byte("$1 id $2")))
				text, _ := os.ReadFile(config)
				r.write(config, []byte(strings.ReplaceAll(string(text), " id s", " id ")))
			}
			all, needless := moved(t, len(c.Rows), append(append([]string{config, "--keys", r.keys}, r.flags...), change...)...)
			if checks++; math.Abs(all-want.Moved) > 1e-4 || math.Abs(needless-want.Needless) > 1e-4 {
				t.Errorf("%s, %s: %.4f moved, %.4f needlessly; recorded %.4f, %.4f", c.Mechanism, what, all, needless, want.Moved, want.Needless)
			}
			t.Logf("%-22s %-12s moved %.4f (recorded %.4f) needlessly %.4f (%.4f)", c.Mechanism, what, all, want.Moved, needless, want.Needless)
		}
	}
	if checks < 35 {
		t.Errorf("%d comparisons with recordings, want 35 or more", checks)
	}
}

// TestMovesByTheory changes ten servers under the textbook policies. Modulo moves 1-1/N of the keys when a server goes
// and N/(N+1) when one comes; consistent hashing moves the keys of the server alone, about 1/N or 1/(N+1).
func TestMovesByTheory(t *testing.T) {
	dir := t.TempDir()
	scenario, keys := filepath.Join(dir, "s.yaml"), filepath.Join(dir, "keys")
	text := "version: 1\nname: ten\nduration: 1m\nservers: {count: 10, cores: 4}\nworkload: [{population: casual, sessions: poisson(1/s)}]\n" +
		"policies: [header-hash, {consistent-hash: {replicas: 160}}, rendezvous, jump, maglev]\n"
	if err := os.WriteFile(scenario, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const n = 20_000
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "user-%d\n", i)
	}
	if err := os.WriteFile(keys, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		policy         string
		change         []string
		want, needless float64 // shares
		slack          float64 // beyond chance: a server's share of a ring is not 1/N, Maglev moves a few more
	}{
		{"header-hash", []string{"--remove", "server-10"}, 1 - 1.0/10, 1 - 2.0/10, 0},
		{"header-hash", []string{"--add", "new"}, 10.0 / 11, 9.0 / 11, 0},
		{"consistent-hash", []string{"--remove", "server-4"}, 1.0 / 10, 0, 0.03},
		{"consistent-hash", []string{"--add", "new"}, 1.0 / 11, 0, 0.03},
		{"rendezvous", []string{"--remove", "server-4"}, 1.0 / 10, 0, 0},
		{"rendezvous", []string{"--add", "new"}, 1.0 / 11, 0, 0},
		{"jump", []string{"--remove", "server-10"}, 1.0 / 10, 0, 0},
		{"jump", []string{"--add", "new"}, 1.0 / 11, 0, 0},
		{"maglev", []string{"--remove", "server-4"}, 1.0/10 + 0.00269, 0.00269, 0.001},
	} {
		all, needless := moved(t, n, append([]string{scenario, "--policy", c.policy, "--keys", keys}, c.change...)...)
		chance := 4*math.Sqrt(c.want*(1-c.want)/n) + c.slack
		few := 4*math.Sqrt(c.needless*(1-c.needless)/n) + c.slack
		if c.needless == 0 {
			few = 0
		}
		if math.Abs(all-c.want) > chance || math.Abs(needless-c.needless) > few {
			t.Errorf("%s %v: %.4f moved, %.4f needlessly; want %.4f ± %.4f, %.4f ± %.4f", c.policy, c.change, all, needless, c.want, chance, c.needless, few)
		}
		t.Logf("%-16s %-20s moved %.4f (theory %.4f) needlessly %.4f (%.4f)", c.policy, strings.Join(c.change, " "), all, c.want, needless, c.needless)
	}
}
