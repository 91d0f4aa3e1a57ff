package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
)

// event is a line of the file of --events.
type event struct {
	Variant string  `json:"variant"`
	Time    float64 `json:"t"`  // seconds since the start of the measured part; negative in the warm-up
	At      string  `json:"at"` // the same for people: 31m04s
	Event   string  `json:"event"`
	Server  string  `json:"server,omitempty"`
	Detail  string  `json:"detail,omitempty"`
	Count   int64   `json:"count,omitempty"`
	*sim.Impact
}

// writeEvents writes the event log of the first replication of every alternative.
func writeEvents(w io.Writer, r *experiment.Result) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(diag.JSON(out))
	lines.SetEscapeHTML(false)
	for i := range r.Variants {
		v := &r.Variants[i]
		for _, entry := range v.Log {
			e := event{v.Name, entry.At.Seconds(), clock(entry.At), entry.Event, v.ServerName(entry.Server), entry.Detail, entry.Count, entry.Impact}
			if err := lines.Encode(e); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// clock writes an instant as hours, minutes and seconds: 31m04s, 2h05m00s, -9m30s.
func clock(t sim.Time) string {
	if t < 0 {
		return "-" + clock(-t)
	}
	h, m, s := t/sim.Hour, t/sim.Minute%60, t/sim.Second%60
	if h > 0 {
		return fmt.Sprintf("%dh%02dm%02ds", h, m, s)
	}
	return fmt.Sprintf("%dm%02ds", m, s)
}
