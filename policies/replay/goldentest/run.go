package goldentest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/sim"
)

// Build turns a recorded configuration into a policy, its servers (usually Case.ReplayServers) and the kind of its key
// (usually Case.KeyKind).
type Build func(c Case) (cfg policies.Config, servers []replay.Server, key string, err error)

// Run replays the cases of a mechanism ("nginx.ip_hash"), or of all mechanisms of a product ("nginx"), and fails where
// a decision differs: server, status, cookie, servers tried, where requests queue and where they arrive.
//
// Three kinds of mechanism depend on luck. Their first choices are free: haproxy.random, nginx.random and
// nginx.random_two must spread requests as the recording does; caddy.cookie and traefik.sticky_cookie may choose any
// usable server for a client without a valid cookie, and must follow and write cookies as recorded; traefik.wrr must
// give the recorded sequence for one order of the servers.
func Run(t *testing.T, mechanism string, build Build) {
	t.Helper()
	tally := map[string]*count{}
	var order []string
	for _, c := range Cases(t, mechanism) {
		if tally[c.Mechanism] == nil {
			tally[c.Mechanism] = new(count)
			order = append(order, c.Mechanism)
		}
		t.Run(c.Name, func(t *testing.T) {
			cfg, servers, key, err := build(c)
			if err != nil {
				t.Fatal(err)
			}
			r := rig{Case: c, cfg: cfg, servers: servers, key: key}
			tally[c.Mechanism].add(r.judge(t))
		})
	}
	for _, m := range order {
		n := tally[m]
		t.Logf("%-28s %3d cases %6d decisions %6d match", m, n.cases, n.decisions, n.matches)
	}
}

type count struct{ cases, decisions, matches int }

func (n *count) add(decisions, matches int) {
	n.cases, n.decisions, n.matches = n.cases+1, n.decisions+decisions, n.matches+matches
}

// rig is a case about to be replayed.
type rig struct {
	Case
	cfg     policies.Config
	servers []replay.Server
	key     string
}

// judge replays the case, fails the test where it differs, and counts.
func (r rig) judge(t *testing.T) (decisions, matches int) {
	t.Helper()
	switch r.Mechanism {
	case "nginx.random", "nginx.random_two", "haproxy.random":
		return r.spread(t)
	case "traefik.wrr":
		return r.someOrder(t)
	}
	diffs, decisions, err := r.differences(r.servers, 1)
	if err != nil {
		t.Fatal(err)
	}
	r.report(t, diffs, decisions)
	return decisions, decisions - len(diffs)
}

func (r rig) report(t *testing.T, diffs []string, decisions int) {
	t.Helper()
	if len(diffs) == 0 {
		return
	}
	const most = 8
	t.Errorf("%d of %d decisions differ from %s %s:\n%s", len(diffs), decisions, r.Product, r.Version,
		strings.Join(diffs[:min(most, len(diffs))], "\n"))
}

// router starts the case.
func (r rig) router(servers []replay.Server, seed uint64) (*replay.Router, error) {
	router := replay.New(r.cfg, servers, seed)
	router.Product(r.Product)
	for _, name := range r.Dead {
		id, err := router.Find(name)
		if err != nil {
			return nil, err
		}
		router.SetDead(id, true)
	}
	return router, nil
}

// differences replays the case and describes every decision that is not the recorded one.
func (r rig) differences(servers []replay.Server, seed uint64) (diffs []string, decisions int, err error) {
	router, err := r.router(servers, seed)
	if err != nil {
		return nil, 0, err
	}
	if r.Kind == "trace" {
		return r.trace(router, seed)
	}
	key, backend, tried := r.column("key"), r.column("backend"), r.column("tried")
	for i, row := range r.Rows {
		k, err := replay.KeyOf(r.key, row[key])
		if err != nil {
			return nil, 0, fmt.Errorf("line %d: %w", i+2, err)
		}
		a := router.Request(k)
		got := place(router, a)
		if tried >= 0 {
			got += " after " + names(router, a.Tried)
		}
		want := row[backend]
		if tried >= 0 {
			want += " after " + row[tried]
		}
		if got != want {
			diffs = append(diffs, fmt.Sprintf("line %d, key %q: %s, recorded %s", i+2, row[key], got, want))
		}
	}
	return diffs, len(r.Rows), nil
}

// place is where a request went, as the column backend says it.
func place(r *replay.Router, a replay.Answer) string {
	if a.Server < 0 {
		return fmt.Sprintf("!%d", a.Status)
	}
	return r.Name(a.Server)
}

func names(r *replay.Router, list []sim.ServerID) string {
	text := make([]string, len(list))
	for i, s := range list {
		text[i] = r.Name(s)
	}
	return strings.Join(text, " ")
}

// trace replays the case through Router.Trace and compares line by line.
func (r rig) trace(router *replay.Router, seed uint64) (diffs []string, decisions int, err error) {
	tried := map[int]string{}
	options := replay.TraceOptions{Key: r.key, Cookie: r.CookieName, Observe: func(line int, a replay.Answer) {
		tried[line] = names(router, a.Tried)
	}}
	var out bytes.Buffer
	if err := router.Trace(bytes.NewReader(r.CSV), &out, options); err != nil {
		return nil, 0, err
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		return nil, 0, err
	}
	server := slices.Index(rows[0], "server")
	texts := r.cookieTexts(seed)
	for i, row := range r.Rows {
		line := r.line(row)
		if !line.decides() {
			continue
		}
		decisions++
		got := r.line(rows[i+1])
		got.backend = rows[i+1][server]
		if got.tried = ""; line.tried != "" && r.Product != "haproxy" { // HAProxy's is the Cookie header passed on
			got.tried = tried[i+2]
		} else {
			line.tried = ""
		}
		if r.same(got, line, texts) {
			continue
		}
		diffs = append(diffs, fmt.Sprintf("line %d, %s %s%s: %v, recorded %v", i+2, line.op, line.req, line.key, got, line))
	}
	return diffs, decisions, nil
}
