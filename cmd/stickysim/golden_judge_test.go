package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"stickysim/policies/replay/goldentest"
)

// judge answers the recording's lines and returns how many are answered as recorded. It fails the test if not all are.
func (r *recording) judge() (lines, match int) {
	r.t.Helper()
	switch r.Mechanism {
	case "nginx.random", "nginx.random_two", "haproxy.random":
		return r.spread()
	case "traefik.wrr":
		return r.someSeed()
	case "caddy.cookie", "traefik.sticky_cookie":
		texts := r.cookieTexts()
		return r.compare(r.route(r.keys), func(got, want map[string]string) bool { return sameByCookie(got, want, texts) })
	}
	return r.compare(r.route(r.keys), r.same)
}

func (r *recording) compare(got []map[string]string, same func(got, want map[string]string) bool) (lines, match int) {
	r.t.Helper()
	want := r.table(r.CSV)
	if len(got) != len(want) {
		r.t.Fatalf("%d lines, recorded %d", len(got), len(want))
	}
	var diffs []string
	for i := range want {
		if !same(got[i], want[i]) {
			diffs = append(diffs, fmt.Sprintf("line %d: %v\nrecorded %v", i+2, got[i], want[i]))
		}
	}
	if len(diffs) > 0 {
		r.t.Errorf("%d of %d lines differ:\n%s", len(diffs), len(want), strings.Join(diffs[:min(3, len(diffs))], "\n"))
	}
	return len(want), len(want) - len(diffs)
}

// same compares an answer with what was recorded. Lines of keys have neither status nor cookie.
func (r *recording) same(got, want map[string]string) bool {
	return got["server"] == want["backend"] && got["status"] == want["status"] && r.sameCookie(got["cookie_out"], want["cookie_out"])
}

// date is the one thing in a cookie of nginx that its trace does not decide: when it was recorded.
var date = regexp.MustCompile(`; expires=[^;]*`)

// sameCookie compares Set-Cookie headers, but for what the application writes into its own cookie.
func (r *recording) sameCookie(got, want string) bool {
	if r.Mechanism == "nginx.sticky_learn" { // the application's, all of it
		return got == ""
	}
	if own, _, ok := strings.Cut(want, "~"); ok { // behind the server's prefix
		return got == "" || got == own+"~"
	}
	return got == date.ReplaceAllString(want, "") || want == "" && strings.HasSuffix(got, "~")
}

// sameByCookie compares where a client without a valid cookie may go anywhere: a cookie is followed, or set anew, as
// recorded, and is that of the server.
func sameByCookie(got, want map[string]string, texts map[string]string) bool {
	switch {
	case got["status"] != want["status"] || (got["cookie_out"] == "") != (want["cookie_out"] == ""):
		return false
	case want["cookie_out"] == "":
		return got["server"] == want["backend"]
	}
	return want["cookie_out"] == texts[want["backend"]] && got["cookie_out"] == texts[got["server"]]
}

// cookieTexts asks for the cookie of every server.
func (r *recording) cookieTexts() map[string]string {
	r.t.Helper()
	trace := "op,key\n"
	for i := range 64 * len(r.Servers) {
		trace += "creq,new" + strconv.Itoa(i) + "\n"
	}
	name := filepath.Join(filepath.Dir(r.keys), "new.csv")
	r.write(name, []byte(trace))
	texts := map[string]string{}
	for _, l := range r.route(name) {
		texts[l["server"]] = l["cookie_out"]
	}
	return texts
}

// someSeed looks for a seed with which the luck is the recording's.
func (r *recording) someSeed() (lines, match int) {
	r.t.Helper()
	for seed := range 64 {
		got, same := r.route(r.keys, "--seed", strconv.Itoa(seed)), true
		for i, want := range r.table(r.CSV) {
			same = same && r.same(got[i], want)
		}
		if same {
			return len(got), len(got)
		}
	}
	return r.compare(r.route(r.keys), r.same)
}

// spread compares how often each server was chosen and, where requests are held, how uneven they were in flight, with
// the recording. Chance explains less than 1 in 10 000 of what is not accepted.
func (r *recording) spread() (lines, match int) {
	r.t.Helper()
	got, want := r.route(r.keys), r.table(r.CSV)
	g, uneven := r.chosen(got, "server")
	w, recorded := r.chosen(want, "backend")
	if p := goldentest.SameShares(g, w); p < 1e-4 || uneven < 0.6*recorded || uneven > 1.6*recorded {
		r.t.Errorf("chosen %v, recorded %v (p = %.2g); uneven in flight by %.2f, recorded %.2f", g, w, p, uneven, recorded)
		return len(want), 0
	}
	return len(want), len(want)
}

// chosen counts new requests by server, and the mean difference in flight between the busiest and the idlest.
func (r *recording) chosen(lines []map[string]string, column string) (counts []int, uneven float64) {
	counts = make([]int, len(r.Servers))
	flight := make([]int, len(r.Servers))
	at := map[string]int{}
	for i, s := range r.Servers {
		at[s.Name] = i
	}
	for _, l := range lines {
		i, ok := at[l[column]]
		if !ok {
			continue
		}
		switch l["op"] {
		case "open":
			flight[i]++
			fallthrough
		case "", "req":
			counts[i]++
		case "close":
			flight[i]--
		}
		lo, hi := flight[0], flight[0]
		for _, n := range flight {
			lo, hi = min(lo, n), max(hi, n)
		}
		uneven += float64(hi-lo) / float64(len(lines))
	}
	return counts, uneven
}

// rewritten is the recording's trace with servers called as the product calls them.
func (r *recording) rewritten(called map[string]string) []byte {
	rows, err := csv.NewReader(bytes.NewReader(r.CSV)).ReadAll()
	if err != nil {
		r.t.Fatal(err)
	}
	op, key := -1, -1
	for i, name := range rows[0] {
		switch name {
		case "op":
			op = i
		case "key":
			key = i
		}
	}
	for _, row := range rows[1:] {
		if op >= 0 && (row[op] == "kill" || row[op] == "revive") && called[row[key]] != "" {
			row[key] = called[row[key]]
		}
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		r.t.Fatal(err)
	}
	return out.Bytes()
}
