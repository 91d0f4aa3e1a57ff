package resultjson

import (
	"bytes"
	"encoding/json"
	"fmt"

	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/stats"
)

// estimateJSON is a number with its interval.
type estimateJSON struct {
	Mean     number   `json:"mean"`
	Lo       number   `json:"lo"`
	Hi       number   `json:"hi"`
	N        int      `json:"n"`
	Unit     string   `json:"unit,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
	Values   numbers  `json:"values,omitempty"`
}

func toEstimate(e stats.Estimate, unit string) estimateJSON {
	return estimateJSON{Mean: number(e.Mean), Lo: number(e.Lo), Hi: number(e.Hi), N: e.N, Unit: unit, Warnings: e.Warnings}
}

func (e estimateJSON) estimate(confidence float64) stats.Estimate {
	return stats.Estimate{Mean: float64(e.Mean), Lo: float64(e.Lo), Hi: float64(e.Hi), Confidence: confidence, N: e.N, Warnings: e.Warnings}
}

// serverJSON is one server. Times are seconds, memory bytes, requests per second in service.
type serverJSON struct {
	Name        string       `json:"name"`
	Zone        int          `json:"zone"`
	Share       estimateJSON `json:"share"`
	Utilization estimateJSON `json:"utilization"`
	Requests    estimateJSON `json:"requests"`
	Sessions    estimateJSON `json:"sessions"`
	Memory      estimateJSON `json:"memory"`
	Errors      estimateJSON `json:"errors"`
	Down        estimateJSON `json:"down"`
	Mean        estimateJSON `json:"latency.mean"`
	P50         estimateJSON `json:"latency.p50"`
	P95         estimateJSON `json:"latency.p95"`
	P99         estimateJSON `json:"latency.p99"`
}

// pairs lists a server's figures beside where they are kept in JSON.
func (j *serverJSON) pairs(s *experiment.ServerEstimate) [11]struct {
	text  *estimateJSON
	value *stats.Estimate
} {
	type pair = struct {
		text  *estimateJSON
		value *stats.Estimate
	}
	return [11]pair{{&j.Share, &s.Share}, {&j.Utilization, &s.Utilization}, {&j.Requests, &s.Requests}, {&j.Sessions, &s.Sessions},
		{&j.Memory, &s.Memory}, {&j.Errors, &s.Errors}, {&j.Down, &s.Down}, {&j.Mean, &s.LatencyMean}, {&j.P50, &s.LatencyP50},
		{&j.P95, &s.LatencyP95}, {&j.P99, &s.LatencyP99}}
}

// seriesJSON is the mean time series. Server columns hold the first server's points, then the second's, and so on.
type seriesJSON struct {
	Step         float64 `json:"step"`
	Points       int     `json:"points"`
	Utilization  numbers `json:"utilization"`
	Requests     numbers `json:"requests"`
	InSystem     numbers `json:"in_system"`
	Sessions     numbers `json:"sessions"`
	Errors       numbers `json:"errors"`
	LostSessions numbers `json:"lost_sessions"`
	Servers      numbers `json:"servers"`
	Load         numbers `json:"load"`
	Median       numbers `json:"median"`
	Answered     numbers `json:"answered"`
	Failed       numbers `json:"failed"`
}

func (s *seriesJSON) series() experiment.SeriesMean {
	return experiment.SeriesMean{Step: s.Step, Points: s.Points, Utilization: s.Utilization, Requests: s.Requests, InSystem: s.InSystem,
		Sessions: s.Sessions, Errors: s.Errors, LostSessions: s.LostSessions, Servers: s.Servers, Load: s.Load, Median: s.Median,
		Answered: s.Answered, Failed: s.Failed}
}

// hotspotJSON is an episode of an overloaded server; times in seconds since counting began.
type hotspotJSON struct {
	Server    sim.ServerID `json:"server"`
	From      float64      `json:"from"`
	To        float64      `json:"to"`
	Peak      number       `json:"peak"`
	Hidden    number       `json:"hidden"`
	OpenEnded bool         `json:"open_ended,omitempty"`
}

// logJSON is a line of the event log; the time in seconds since the start of the run, warm-up included.
type logJSON struct {
	At     float64      `json:"at"`
	Event  string       `json:"event"`
	Server sim.ServerID `json:"server"`
	Detail string       `json:"detail,omitempty"`
	Count  int64        `json:"count,omitempty"`
	*sim.Impact
}

// comparisonJSON is a paired difference to the baseline.
type comparisonJSON struct {
	Variant    string       `json:"variant"`
	Metric     string       `json:"metric"`
	Unit       string       `json:"unit"`
	Difference estimateJSON `json:"difference"`
	Ratio      estimateJSON `json:"ratio"`
	VRF        number       `json:"vrf"`
	Decided    bool         `json:"decided"`
}

// metricsJSON keeps the metrics' order, which an object read into a map would lose.
type metricsJSON []experiment.Metric

// UnmarshalJSON reads an object of metrics by name. A name that occurs twice is an error.
func (m *metricsJSON) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("metrics: must be an object of metrics by name")
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		name := key.(string)
		if seen[name] {
			return fmt.Errorf("metrics: %q occurs twice", name)
		}
		seen[name] = true
		var e estimateJSON
		if err := d.Decode(&e); err != nil {
			return fmt.Errorf("metrics: %s: %w", name, err)
		}
		*m = append(*m, experiment.Metric{Name: name, Unit: e.Unit, Estimate: e.estimate(0), Values: e.Values})
	}
	return nil
}

type variantJSON struct {
	Name         string        `json:"name"`
	Policy       string        `json:"policy"`
	State        string        `json:"state"`
	Replications int           `json:"replications"`
	Events       int64         `json:"events"`
	Metrics      metricsJSON   `json:"metrics"`
	Servers      []serverJSON  `json:"servers"`
	Series       seriesJSON    `json:"series"`
	Hotspots     []hotspotJSON `json:"hotspots"`
	Log          []logJSON     `json:"log"`
}

type resultJSON struct {
	Schema       string           `json:"schema"`
	Name         string           `json:"name"`
	Description  string           `json:"description"`
	Seed         uint64           `json:"seed"`
	Confidence   float64          `json:"confidence"`
	Baseline     string           `json:"baseline"`
	Warmup       float64          `json:"warmup"`
	WarmupMethod string           `json:"warmup_method"`
	Duration     float64          `json:"duration"`
	Interrupted  bool             `json:"interrupted"`
	Warnings     []string         `json:"warnings"`
	Variants     []variantJSON    `json:"variants"`
	Comparisons  []comparisonJSON `json:"comparisons"`
}
