package resultjson

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// mostMissing bounds the undefined values that stand for a missing series: a small file must not take much memory.
const mostMissing = 1 << 16

// maxResult bounds the bytes that Read takes in: a fleet of a thousand servers with eight alternatives fits.
const maxResult = 256 << 20

// Read reads what Write wrote. It refuses other schemas, files over 256 MiB, and results that contradict themselves;
// errors say where and what. Fields it does not know are skipped, so that results of later versions with the same
// schema can be read.
func Read(r io.Reader) (*experiment.Result, error) { return read(r, maxResult) }

func read(r io.Reader, limit int64) (*experiment.Result, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading the result: %w", err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("the result is larger than %d MiB", limit>>20)
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, placed(text, err)
	}
	if head.Schema != experiment.Schema {
		return nil, fmt.Errorf("schema: must be %q, got %q: not a result of this version of stickysim", experiment.Schema, head.Schema)
	}
	var j resultJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return nil, placed(text, err)
	}
	res := j.result()
	if err := check(res); err != nil {
		return nil, err
	}
	return res, j.judged(res)
}

// placed adds the line to an error of the JSON reader.
func placed(text []byte, err error) error {
	at := int64(-1)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	} else if errors.As(err, &kind) {
		at = kind.Offset
	}
	if at < 0 || at > int64(len(text)) {
		return fmt.Errorf("not a result: %w", err)
	}
	line := 1
	for _, c := range text[:at] {
		if c == '\n' {
			line++
		}
	}
	return fmt.Errorf("line %d: not a result: %w", line, err)
}

func (j *resultJSON) result() *experiment.Result {
	r := &experiment.Result{Schema: j.Schema, Name: j.Name, Description: j.Description, Question: j.Question, Seed: j.Seed, Confidence: j.Confidence,
		Baseline: j.Baseline, Warmup: j.Warmup, WarmupMethod: j.WarmupMethod, Duration: j.Duration, Interrupted: j.Interrupted, Resampled: j.Resampled}
	for _, one := range j.Replays {
		r.Replays = append(r.Replays, one.replay())
	}
	for _, w := range j.Warnings {
		r.Warnings = append(r.Warnings, w.warning())
	}
	for i := range j.Variants {
		r.Variants = append(r.Variants, j.Variants[i].result(j.Confidence))
	}
	for _, c := range j.Comparisons {
		level := cmp.Or(c.Level, j.Confidence)
		r.Comparisons = append(r.Comparisons, experiment.Comparison{Variant: c.Variant, Metric: metric.Read(c.Metric), Unit: c.Unit,
			Difference: c.Difference.estimate(level), Ratio: c.Ratio.estimate(level), VRF: float64(c.VRF), Decided: c.Decided,
			Widened: c.Widened, Equal: c.Equal, Needs: c.Needs})
	}
	return r
}

func (j *variantJSON) result(confidence float64) experiment.VariantResult {
	v := experiment.VariantResult{Name: j.Name, Policy: j.Policy, State: j.State, Replications: j.Replications, Events: j.Events,
		Metrics: j.Metrics, Series: j.Series.SeriesMean}
	for i := range v.Metrics {
		v.Metrics[i].Estimate.Confidence = confidence
	}
	for _, k := range j.Kinds {
		v.Kinds = append(v.Kinds, k.kind())
	}
	for _, w := range j.Victims {
		v.Victims = append(v.Victims, w.victims())
	}
	for i := range j.Servers {
		s := j.Servers[i].ServerEstimate
		for k := range s.Figures {
			s.Figures[k].Confidence = confidence
		}
		v.Servers = append(v.Servers, s)
		if !j.Series.ranked {
			v.Series.Names = append(v.Series.Names, s.Name)
		}
	}
	for i := range j.First {
		v.First = append(v.First, j.First[i].FirstServer)
	}
	for _, e := range j.Timeline {
		v.Timeline = append(v.Timeline, experiment.Event(e))
	}
	for _, h := range j.Hotspots {
		v.Hotspots = append(v.Hotspots, sim.Hotspot{Server: h.Server, From: sim.FromSeconds(h.From), To: sim.FromSeconds(h.To),
			Peak: float64(h.Peak), Hidden: float64(h.Hidden), OpenEnded: h.OpenEnded})
	}
	for _, e := range j.Log {
		v.Log = append(v.Log, sim.LogEntry{At: sim.Instant(e.At), Event: e.Event, Server: e.Server, Detail: e.Detail, Count: e.Count, Impact: e.Impact})
	}
	return v
}

// check holds a result that was read to what renderers rely on.
func check(r *experiment.Result) error {
	if !(r.Confidence > 0 && r.Confidence < 1) {
		return fmt.Errorf("confidence: must be between 0 and 1, got %g", r.Confidence)
	}
	known := map[string]bool{}
	for i := range r.Variants {
		v := &r.Variants[i]
		if known[v.Name] {
			return fmt.Errorf("variants: the name %q occurs twice", v.Name)
		}
		known[v.Name] = true
		if err := checkSeries(v); err != nil {
			return fmt.Errorf("variants: %q: %w", v.Name, err)
		}
		if err := checkServers(v); err != nil {
			return fmt.Errorf("variants: %q: %w", v.Name, err)
		}
		if err := checkFigures(v); err != nil {
			return fmt.Errorf("variants: %q: %w", v.Name, err)
		}
	}
	if len(r.Variants) == 0 {
		return fmt.Errorf("variants: must not be empty")
	}
	if !known[r.Baseline] {
		return fmt.Errorf("baseline: there is no variant %q", r.Baseline)
	}
	for i := range r.Comparisons {
		c := &r.Comparisons[i]
		if !known[c.Variant] {
			return fmt.Errorf("comparisons: there is no variant %q", c.Variant)
		}
		if err := checkComparison(c); err != nil {
			return fmt.Errorf("comparisons: %s of %q: %w", c.Metric, c.Variant, err)
		}
	}
	return nil
}

// checkServers demands that ranks count upwards from 1 and come first, and that hot spots are on servers that there were: those
// of the first replication or, in results of a version without ranks, all.
func checkServers(v *experiment.VariantResult) error {
	ranks := 0
	for i := range v.Servers {
		if rank := v.Servers[i].Rank; rank == ranks+1 && ranks == i {
			ranks++
		} else if rank != 0 {
			return fmt.Errorf("servers: rank %d after %d", rank, ranks)
		}
	}
	servers := len(v.First)
	if servers == 0 {
		servers = len(v.Servers) - ranks
	}
	for _, h := range v.Hotspots {
		if h.Server < 0 || int(h.Server) >= servers {
			return fmt.Errorf("hotspots: server %d, but there are %d servers", h.Server, servers)
		}
	}
	return nil
}

// mostRows bounds the points and ranks of time series.
const mostRows = 1 << 26

// checkSeries demands columns of Points values: one for the fleet, or one for each row. A column that is missing, as in
// results of a version without it, is undefined.
func checkSeries(v *experiment.VariantResult) error {
	s := &v.Series
	if s.Points < 0 || s.Points > 0 && !(s.Step > 0) || s.Ranks < 0 || s.Points > mostRows || s.Ranks > mostRows {
		return fmt.Errorf("series: %d points %g s apart of %d ranks", s.Points, s.Step, s.Ranks)
	}
	for _, h := range metric.AllSeries() {
		want := 1
		if h.PerServer {
			want = s.Rows()
		}
		switch column := s.Of(h); {
		case column == nil && s.Points*want <= mostMissing:
			s.Set(h, slices.Repeat([]float64{math.NaN()}, s.Points*want))
		case len(column) != s.Points*want:
			return fmt.Errorf("series: %s has %d values; want %d points of %d", h.Name, len(column), s.Points, want)
		}
	}
	return nil
}
