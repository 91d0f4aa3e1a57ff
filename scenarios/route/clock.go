package route

import (
	"bytes"
	"encoding/base64"
	"io"
	"strconv"
	"strings"

	"stickysim/policies/replay"
	"stickysim/sim"
)

// HAProxy writes dates into cookies that have a limit on age or idleness: "s1|last|first", each five base64 digits that
// count units of 4 s since 1970, rounded up. A trace has times since its start only, so the wall clock at its start is
// worked out from the cookies that clients present: one that was not there at the client's line before was set by
// the answer to that line.

// dateUnit is the grain of HAProxy's dates.
const dateUnit = 4 * sim.Second

// bounds is what is known of the wall clock at the start of a trace.
type bounds struct{ lo, hi sim.Time }

// wallClock returns the middle of what the dated cookies of a trace allow. It reports false when there are none.
func wallClock(trace []byte) (sim.Time, bool) {
	in := replay.NewRecords(bytes.NewReader(trace))
	header, err := in.Next()
	if err != nil {
		return 0, false
	}
	tms, key, cookie := -1, -1, -1
	for i, name := range header {
		switch string(name) {
		case "t_ms":
			tms = i
		case "key":
			key = i
		case "cookie_in":
			cookie = i
		}
	}
	if tms < 0 || key < 0 || cookie < 0 {
		return 0, false
	}
	type client struct {
		at   sim.Time
		sent string
	}
	clients := map[string]client{}
	b := bounds{hi: sim.Never}
	for {
		f, err := in.Next()
		if err != nil || len(f) != len(header) {
			break
		}
		ms, err := strconv.ParseFloat(string(f[tms]), 64)
		if err != nil {
			continue
		}
		now, sent := sim.FromSeconds(ms/1000), string(f[cookie])
		before, known := clients[string(f[key])]
		if last := lastUse(sent); last > 0 && known && before.sent != sent {
			b.set(last, before.at)
		} else if last > 0 && !known {
			b.after(last, now)
		}
		clients[string(f[key])] = client{now, sent}
	}
	if b.lo == 0 {
		return 0, false
	}
	if b.hi == sim.Never {
		return b.lo, true
	}
	return b.lo + (b.hi-b.lo)/2, true
}

// set notes that a cookie of date last was written at time t. Contradictions, of traces that were edited, are ignored.
func (b *bounds) set(last, t sim.Time) {
	lo, hi := max(b.lo, last-dateUnit+sim.Second-t), min(b.hi, last+sim.Second-t)
	if lo < hi {
		b.lo, b.hi = lo, hi
	}
}

// after notes that a cookie of date last was written at time t or before.
func (b *bounds) after(last, t sim.Time) {
	if lo := max(b.lo, last-dateUnit+sim.Second-t); lo < b.hi {
		b.lo = lo
	}
}

// lastUse reads the first date of a cookie; 0 where it has none.
func lastUse(cookie string) sim.Time {
	_, dates, dated := strings.Cut(cookie, "|")
	if !dated || len(dates) < 5 {
		return 0
	}
	raw, err := base64.StdEncoding.DecodeString("AAA" + dates[:5])
	if err != nil {
		return 0
	}
	var units sim.Time
	for _, c := range raw {
		units = units<<8 | sim.Time(c)
	}
	return units * dateUnit
}

// maxTrace bounds a trace that must be read twice, in bytes.
const maxTrace = 64 << 20

// twice reads a trace into memory and returns a reader of all of it; what is beyond maxTrace has no say in the clock.
func twice(in io.Reader) (text []byte, all io.Reader, err error) {
	text, err = io.ReadAll(io.LimitReader(in, maxTrace))
	return text, io.MultiReader(bytes.NewReader(text), in), err
}
