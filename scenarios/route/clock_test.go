package route

import (
	"bytes"
	"encoding/csv"
	"testing"

	"stickysim/policies/haproxy"
	"stickysim/policies/replay/goldentest"
	"stickysim/sim"
)

// TestWallClockComesFromCookies replays dated cookies without a given time: every server and
// cookie is the recorded one, and the clock is right to the grain of the dates.
func TestWallClockComesFromCookies(t *testing.T) {
	limits := map[string]haproxy.Cookie{
		"haproxy-cookie-maxidle":      {MaxIdle: 5 * sim.Second},
		"haproxy-cookie-maxlife":      {MaxIdle: 60 * sim.Second, MaxLife: 6 * sim.Second},
		"haproxy-cookie-maxlife-only": {MaxLife: 5 * sim.Second},
	}
	for _, c := range goldentest.Cases(t, "haproxy.cookie") {
		limit, ok := limits[c.Name]
		if !ok {
			continue
		}
		clock, found := wallClock(c.CSV)
		if !found || clock < c.Clock()-2*sim.Second || clock > c.Clock()+2*sim.Second {
			t.Errorf("%s: clock %v (%v), want %v", c.Name, clock, found, c.Clock())
		}
		limit.Options, limit.Hashing = haproxy.DefaultOptions(), haproxy.DefaultHashing()
		limit.Balance, limit.Mode = "roundrobin", "insert"
		s := Source{Policy: limit, Servers: c.ReplayServers(), Key: "none", Product: "haproxy", Cookie: c.CookieName}
		var out bytes.Buffer
		if err := Trace(&out, bytes.NewReader(c.CSV), s, Changes{}); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range c.Rows {
			got := rows[i+1]
			if server := got[len(got)-1]; row[5] != server {
				t.Errorf("%s, line %d: %s, recorded %s", c.Name, i+2, server, row[5])
			}
			if got[8] != row[8] {
				t.Errorf("%s, line %d: cookie %q, recorded %q", c.Name, i+2, got[8], row[8])
			}
		}
	}
}
