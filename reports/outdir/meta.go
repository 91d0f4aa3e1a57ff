package outdir

import (
	"encoding/json"
	"io"
)

// Meta says how a result was made. The result does not depend on it, so it is a file of its own, meta.json. The caller, who
// owns the clock and the machine, fills it in; empty fields are left out.
type Meta struct {
	Command  string  `json:"command,omitempty"`  // as typed
	Version  string  `json:"version,omitempty"`  // of stickysim
	Go       string  `json:"go,omitempty"`       // version of the toolchain
	Platform string  `json:"platform,omitempty"` // operating system and architecture
	Host     string  `json:"host,omitempty"`
	Jobs     int     `json:"jobs,omitempty"`    // threads used
	Started  string  `json:"started,omitempty"` // RFC 3339
	Seconds  float64 `json:"seconds,omitempty"` // wall clock
	Events   int64   `json:"events,omitempty"`  // simulated

	// Files are what was written to the directory, by name: a later result removes those that it lacks. WriteAll fills it in.
	Files []string `json:"files,omitempty"`
}

// write writes meta.json.
func (m Meta) write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(m)
}
