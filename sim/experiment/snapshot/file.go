package snapshot

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// File is a set of scenarios by name.
type File struct{ list []Scenario }

// Scenario finds a scenario; nil if the file has none of the name.
func (f *File) Scenario(name string) *Scenario {
	for i := range f.list {
		if f.list[i].Name == name {
			return &f.list[i]
		}
	}
	return nil
}

// Put adds a scenario, in place of one of the same name.
func (f *File) Put(s Scenario) {
	at, found := slices.BinarySearchFunc(f.list, s.Name, func(o Scenario, name string) int { return strings.Compare(o.Name, name) })
	if found {
		f.list[at] = s
		return
	}
	f.list = slices.Insert(f.list, at, s)
}

// The shape of the file. Undefined numbers are null.
type (
	fileJSON struct {
		Schema    string         `json:"schema"`
		Scenarios []scenarioJSON `json:"scenarios"`
	}
	scenarioJSON struct {
		Name     string       `json:"name"`
		Seed     uint64       `json:"seed"`
		Duration float64      `json:"duration"`
		Figures  []figureJSON `json:"figures"`
	}
	figureJSON struct {
		Alternative string   `json:"alternative"`
		Metric      string   `json:"metric"`
		Unit        string   `json:"unit"`
		Mean        *float64 `json:"mean"`
		Lo          *float64 `json:"lo"`
		Hi          *float64 `json:"hi"`
		N           int      `json:"n"`
		Kind        string   `json:"kind"`
	}
)

// Write writes the file with a line for each figure. The same figures give the same bytes.
func (f *File) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "{\n \"schema\": %q,\n \"scenarios\": [", Schema)
	for i, s := range f.list {
		fmt.Fprintf(out, "%s\n  {\"name\": %s, \"seed\": %d, \"duration\": %v, \"figures\": [", comma(i), text(s.Name), s.Seed, s.Duration)
		for k, g := range s.Figures {
			e := g.Estimate
			line := text(figureJSON{g.Alternative, g.Metric.String(), g.Unit, number(e.Mean), number(e.Lo), number(e.Hi), e.N, e.Kind.String()})
			fmt.Fprintf(out, "%s\n   %s", comma(k), line)
		}
		out.WriteString("\n  ]}")
	}
	out.WriteString("\n ]\n}\n")
	return out.Flush()
}

func comma(i int) string {
	if i > 0 {
		return ","
	}
	return ""
}

// text is a value as JSON on one line.
func text(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // texts and finite numbers only
	return strings.TrimSuffix(b.String(), "\n")
}

func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// mostFile bounds the bytes that Read takes in.
const mostFile = 64 << 20

// Read reads what Write wrote.
func Read(r io.Reader) (*File, error) {
	data, err := io.ReadAll(io.LimitReader(r, mostFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > mostFile {
		return nil, fmt.Errorf("a snapshot must not be larger than %d MiB", mostFile>>20)
	}
	var j fileJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return nil, fmt.Errorf("not a snapshot: %w", err)
	}
	if j.Schema != Schema {
		return nil, fmt.Errorf("schema: must be %q, got %q: not a snapshot of this version of stickysim", Schema, j.Schema)
	}
	f := &File{}
	for _, in := range j.Scenarios {
		if f.Scenario(in.Name) != nil {
			return nil, fmt.Errorf("scenarios: the name %q occurs twice", in.Name)
		}
		s := Scenario{Name: in.Name, Seed: in.Seed, Duration: in.Duration}
		for _, g := range in.Figures {
			if mean, lo, hi := value(g.Mean), value(g.Lo), value(g.Hi); lo > hi || mean < lo || mean > hi {
				return nil, fmt.Errorf("%s of %s in %s: the mean %g is not between %g and %g; --update writes the file anew", g.Metric, g.Alternative, in.Name, mean, lo, hi)
			}
			s.Figures = append(s.Figures, Figure{g.Alternative, metric.Read(g.Metric), g.Unit,
				stats.Estimate{Mean: value(g.Mean), Lo: value(g.Lo), Hi: value(g.Hi), N: g.N, Kind: stats.ParseKind(g.Kind)}})
		}
		f.Put(s)
	}
	return f, nil
}

func value(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
