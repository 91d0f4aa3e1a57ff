package main

import (
	"bufio"
	"encoding/json"
	"io"

	"stickysim/sim"
	"stickysim/sim/experiment"
)

// event is a line of --events.
type event struct {
	Variant string  `json:"variant"`
	Time    float64 `json:"t"` // seconds since the run began, warm-up included
	Event   string  `json:"event"`
	Server  string  `json:"server,omitempty"`
	Detail  string  `json:"detail,omitempty"`
	Count   int64   `json:"count,omitempty"`
}

// writeEvents writes the event log of replication 0 of every variant.
func writeEvents(w io.Writer, r *experiment.Result) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for i := range r.Variants {
		v := &r.Variants[i]
		for _, entry := range v.Log {
			e := event{v.Name, entry.At.Seconds(), entry.Event, serverName(v, entry.Server), entry.Detail, entry.Count}
			if err := lines.Encode(e); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// serverName is empty for events that happen to no server.
func serverName(v *experiment.VariantResult, id sim.ServerID) string {
	if id < 0 || int(id) >= len(v.Servers) {
		return ""
	}
	return v.Servers[id].Name
}
