//go:build linux

package live

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"stickysim/scenarios/importer/ir"
	"stickysim/scenarios/route"
)

// trial is one random configuration with what happens to it.
type trial struct {
	name   string // of its pool
	config string // its part of the configuration
	seed   uint64
	cookie string // name of the cookie that the balancer sets; empty = none
	steps  []step
}

// step is a line of a trace: a request, or an event between requests.
type step struct {
	op    string     // req, kill, revive or admin
	key   string     // the key that the pool hashes, the server's address as written, or the command
	send  request    // of req
	given string     // of req: cookie value presented, where it is not the client's own
	who   int        // of req: whose cookies are presented; 0 = none
	hit   []*backend // of kill and revive
}

// record is a trace with the product's answers.
type record struct {
	lines   [][]string // as route.Trace takes them
	replies []reply
}

// column numbers of lines
const (
	colOp = iota
	colKey
	colCookieIn
	colServer
	colStatus
	colCookieOut
)

var header = []string{"op", "key", "cookie_in", "server", "status", "cookie_out"}

// play does the steps to the real balancer.
func (x *trial) play(c *client, f *fleet, admin func(string) error) (*record, error) {
	defer c.close()
	defer func() { // for the trials behind this one
		for _, b := range f.backends {
			f.revive(b)
		}
	}()
	jar := map[int]string{}
	r := &record{}
	for _, s := range x.steps {
		line := []string{s.op, s.key, "", "", "", ""}
		var a reply
		var err error
		switch s.op {
		case "req":
			sent := s.given
			if sent == "" {
				sent = jar[s.who]
			}
			q := s.send
			if sent != "" {
				line[colCookieIn] = x.cookie + "=" + sent
				q.headers = append(q.headers[:len(q.headers):len(q.headers)], "Cookie: other=1; "+line[colCookieIn])
			}
			a, err = c.send(q)
			if name, value, _ := strings.Cut(a.cookie, "="); name == x.cookie && s.who != 0 && err == nil {
				jar[s.who], _, _ = strings.Cut(value, ";")
			}
		case "kill":
			for _, b := range s.hit {
				b.kill()
			}
		case "revive":
			for _, b := range s.hit {
				if err == nil {
					err = f.revive(b)
				}
			}
		case "admin":
			err = admin(s.key)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d, %s %q: %w", len(r.lines)+2, s.op, s.key, err)
		}
		r.lines, r.replies = append(r.lines, line), append(r.replies, a)
	}
	return r, nil
}

// expect has route answer the same steps, by the imported pool.
func (x *trial) expect(r *record, product string, p ir.Pool) ([][]string, error) {
	var in, out bytes.Buffer
	w := csv.NewWriter(&in)
	w.Write(header)
	w.WriteAll(r.lines)
	if err := route.Trace(&out, &in, route.FromPool(product, p), route.Changes{}); err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err == nil && len(rows) != len(r.lines)+1 {
		err = fmt.Errorf("%d lines for %d", len(rows), len(r.lines)+1)
	}
	if err != nil {
		return nil, err
	}
	return rows[1:], nil
}

// compare reports the first difference between the product and route, and how to see it again.
func (x *trial) compare(t *testing.T, r *record, f *fleet, product string, p ir.Pool) (requests int, same bool) {
	t.Helper()
	rows, err := x.expect(r, product, p)
	if err != nil {
		t.Errorf("route: %v\n%s", err, x.config)
		return 0, false
	}
	place := map[string]string{} // of a server's name: the back end behind it
	for _, s := range p.Servers {
		if b := f.byText[s.Info.Addr]; b != nil {
			place[s.Info.Name] = b.name
		}
	}
	for i, s := range x.steps {
		if s.op != "req" {
			continue
		}
		requests++
		got, row := r.replies[i], rows[i]
		want := reply{server: place[row[colServer]], cookie: row[colCookieOut]}
		want.status, _ = strconv.Atoi(row[colStatus])
		if strings.HasPrefix(got.cookie, x.cookie+"=;") { // the client shall drop it
			got.cookie = ""
		}
		if got != want {
			t.Errorf("%s, line %d: key %q, cookie %q\n%s picked %+v\nroute picked %+v (server %s)\n%s\nThe steps up to there:\n%s"+
				"To see this again: STICKYSIM_LIVE_SEED=%d go test ./scenarios/route/live -run '%s'",
				x.name, i+2, row[colKey], row[colCookieIn], product, got, want, row[colServer], x.config, r.text(i), x.seed, t.Name())
			return requests, false
		}
	}
	return requests, true
}

// text is the steps up to line i with the product's answers.
func (r *record) text(i int) string {
	var b strings.Builder
	for j := max(0, i-40); j <= i; j++ {
		fmt.Fprintf(&b, "  %d: %q %+v\n", j+2, r.lines[j][:3], r.replies[j])
	}
	return b.String()
}
