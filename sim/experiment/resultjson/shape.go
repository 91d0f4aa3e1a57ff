package resultjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// The types below are what Read reads and Schema describes. Their doc tags are the schema's descriptions.

// estimateJSON is a number with its interval.
type estimateJSON struct {
	Mean     number   `json:"mean" doc:"the figure over all replications: of a ratio or a quantile that of all of them together, else their mean; null where it is undefined"`
	Lo       number   `json:"lo" doc:"lower end of the confidence interval; null where there is none"`
	Hi       number   `json:"hi" doc:"upper end of the confidence interval; null where there is none"`
	N        int      `json:"n" doc:"replications in which the figure is defined: those whose values are not null; of a difference, a ratio or a margin those in which both figures are"`
	Kind     string   `json:"kind,omitempty" doc:"what lo and hi are: bound = nothing, or everything, was seen, one end is the mean and the other a confidence limit; range = smallest and largest replication, too few for an interval; none; left out = a confidence interval"`
	VRF      number   `json:"vrf,omitempty" doc:"with control variates: variance that the mean would have without them over the one it has; so many times as many replications would say as much"`
	Unit     string   `json:"unit,omitempty" doc:"s, B, 1, 1/s, ratio, h or min"`
	Warnings []string `json:"warnings,omitempty" doc:"why the interval may be wrong"`
	Values   numbers  `json:"values,omitempty" doc:"one figure per replication, in order; null where it is undefined"`
}

func toEstimate(e stats.Estimate, unit string) estimateJSON {
	kind := ""
	if e.Kind != stats.KindInterval {
		kind = e.Kind.String()
	}
	return estimateJSON{Mean: number(e.Mean), Lo: number(e.Lo), Hi: number(e.Hi), N: e.N, Kind: kind, VRF: number(e.VRF), Unit: unit, Warnings: e.Warnings}
}

// MarshalJSON writes an estimate within another value.
func (e estimateJSON) MarshalJSON() ([]byte, error) { return e.appendTo(nil), nil }

func (e estimateJSON) appendTo(b []byte) []byte {
	b = e.Mean.appendTo(append(b, `{"mean":`...))
	b = e.Lo.appendTo(append(b, `,"lo":`...))
	b = e.Hi.appendTo(append(b, `,"hi":`...))
	b = strconv.AppendInt(append(b, `,"n":`...), int64(e.N), 10)
	if e.Kind != "" {
		b = appendString(append(b, `,"kind":`...), e.Kind)
	}
	if e.VRF != 0 {
		b = e.VRF.appendTo(append(b, `,"vrf":`...))
	}
	if e.Unit != "" {
		b = appendString(append(b, `,"unit":`...), e.Unit)
	}
	if len(e.Warnings) > 0 {
		b = appendStrings(append(b, `,"warnings":`...), e.Warnings)
	}
	if len(e.Values) > 0 {
		b = e.Values.appendTo(append(b, `,"values":`...))
	}
	return append(b, '}')
}

func (e estimateJSON) estimate(confidence float64) stats.Estimate {
	kind := stats.KindInterval
	if e.Kind != "" {
		kind = stats.ParseKind(e.Kind)
	}
	return stats.Estimate{Mean: float64(e.Mean), Lo: float64(e.Lo), Hi: float64(e.Hi), Confidence: confidence, N: e.N, Kind: kind, VRF: float64(e.VRF), Warnings: e.Warnings}
}

// serverJSON is a rank of servers, or one by name, and an estimate for each figure of the registry.
type serverJSON struct {
	experiment.ServerEstimate
}

func (j serverJSON) appendTo(b []byte) []byte {
	b = appendString(append(b, `{"name":`...), j.Label())
	b = strconv.AppendInt(append(b, `,"rank":`...), int64(j.Rank), 10)
	b = strconv.AppendInt(append(b, `,"zone":`...), int64(j.Zone), 10)
	for _, f := range metric.ServerFigures() {
		b = toEstimate(j.Of(f), "").appendTo(appendKey(b, f.Name))
	}
	return append(b, '}')
}

// UnmarshalJSON reads the figures that are registered. One that is not there is undefined.
func (j *serverJSON) UnmarshalJSON(text []byte) error {
	var head struct {
		Name string `json:"name"`
		Rank int    `json:"rank"`
		Zone int    `json:"zone"`
	}
	members, err := readMembers(text, &head)
	if err != nil {
		return err
	}
	j.Name, j.Rank, j.Zone = head.Name, max(head.Rank, 0), head.Zone
	if j.Rank > 0 {
		j.Name = ""
	}
	for _, f := range metric.ServerFigures() {
		var e estimateJSON
		if text, ok := members[f.Name]; ok {
			if err := json.Unmarshal(text, &e); err != nil {
				return fmt.Errorf("servers: %s: %w", f.Name, err)
			}
			j.Set(f, e.estimate(0))
		}
	}
	return nil
}

// readMembers reads an object: into head, and what is not there as it is written.
func readMembers(text []byte, head any) (members map[string]json.RawMessage, err error) {
	if err := json.Unmarshal(text, head); err != nil {
		return nil, err
	}
	return members, json.Unmarshal(text, &members)
}

// firstJSON is a server in the first replication, and each figure of the registry.
type firstJSON struct {
	experiment.FirstServer
}

// overTime is the member with the server's utilization on the grid of the series.
const overTime = "utilization_over_time"

func (j firstJSON) appendTo(b []byte) []byte {
	b = appendString(append(b, `{"name":`...), j.Name)
	b = strconv.AppendInt(append(b, `,"zone":`...), int64(j.Zone), 10)
	b = strconv.AppendInt(append(b, `,"rank":`...), int64(j.Rank), 10)
	for _, f := range metric.ServerFigures() {
		b = appendNumber(appendKey(b, f.Name), j.Of(f))
	}
	return append(numbers(j.Utilization).appendTo(appendKey(b, overTime)), '}')
}

// UnmarshalJSON reads the figures that are registered. One that is not there is undefined.
func (j *firstJSON) UnmarshalJSON(text []byte) error {
	var head struct {
		Name     string  `json:"name"`
		Zone     int     `json:"zone"`
		Rank     int     `json:"rank"`
		OverTime numbers `json:"utilization_over_time"`
	}
	members, err := readMembers(text, &head)
	if err != nil {
		return err
	}
	j.Name, j.Zone, j.Rank, j.Utilization = head.Name, head.Zone, head.Rank, head.OverTime
	for _, f := range metric.ServerFigures() {
		if text, ok := members[f.Name]; ok {
			var v number
			if err := json.Unmarshal(text, &v); err != nil {
				return fmt.Errorf("first_replication: %s: %w", f.Name, err)
			}
			j.Set(f, float64(v))
		}
	}
	return nil
}

// seriesJSON is the mean time series: step, points, and a column for each series of the registry. Columns of servers hold
// the points of the first rank, then of the second, and so on, then of the first server by name.
type seriesJSON struct {
	experiment.SeriesMean
	ranked bool // false: of a version that had servers by name
}

// UnmarshalJSON reads the series that are registered.
func (j *seriesJSON) UnmarshalJSON(text []byte) error {
	var head struct {
		Step   float64  `json:"step"`
		Points int      `json:"points"`
		Ranks  *int     `json:"ranks"`
		Names  []string `json:"names"`
	}
	members, err := readMembers(text, &head)
	if err != nil {
		return err
	}
	j.Step, j.Points, j.Names = head.Step, head.Points, head.Names
	if j.ranked = head.Ranks != nil; j.ranked {
		j.Ranks = *head.Ranks
	}
	for _, s := range metric.AllSeries() {
		if text, ok := members[s.Name]; ok {
			var column numbers
			if err := json.Unmarshal(text, &column); err != nil {
				return fmt.Errorf("series: %s: %w", s.Name, err)
			}
			j.Set(s, column)
		}
	}
	return nil
}

// hotspotJSON is an episode of an overloaded server.
type hotspotJSON struct {
	Server    sim.ServerID `json:"server" doc:"position in first_replication, from 0"`
	Name      string       `json:"name,omitempty" doc:"the server's name"`
	From      float64      `json:"from" doc:"seconds since the end of the warm-up"`
	To        float64      `json:"to" doc:"seconds since the end of the warm-up"`
	Peak      number       `json:"peak" doc:"highest utilization"`
	Hidden    number       `json:"hidden" doc:"share of the time in which neither the fleet's mean utilization nor its median latency looks alarming"`
	OpenEnded bool         `json:"open_ended,omitempty" doc:"the run ended first"`
}

// logJSON is a line of the event log.
type logJSON struct {
	At     float64      `json:"at" doc:"seconds since the start of the measured part; negative in the warm-up"`
	Event  string       `json:"event" doc:"what happened"`
	Server sim.ServerID `json:"server" doc:"position in first_replication, from 0; negative: no server"`
	Name   string       `json:"name,omitempty" doc:"the server's name"`
	Detail string       `json:"detail,omitempty" doc:"more about it"`
	Count  int64        `json:"count,omitempty" doc:"what the event is about: sessions or servers"`
	*sim.Impact
}

// comparisonJSON is a paired difference to the baseline.
type comparisonJSON struct {
	Variant    string       `json:"variant" doc:"the alternative"`
	Metric     string       `json:"metric" doc:"name of the metric"`
	Unit       string       `json:"unit" doc:"of the difference"`
	Difference estimateJSON `json:"difference" doc:"alternative minus baseline, replication by replication"`
	Ratio      estimateJSON `json:"ratio" doc:"alternative divided by baseline; null where a value is not positive"`
	VRF        number       `json:"vrf" doc:"variance of an unpaired comparison over that of this one; below 1, pairing made it less precise, or it was chance"`
	Widened    bool         `json:"widened,omitempty" doc:"pairing made it less precise, beyond chance over all comparisons"`
	Decided    bool         `json:"decided" doc:"the difference is not 0, beyond chance: its interval excludes 0"`
	Level      float64      `json:"level,omitempty" doc:"confidence level of the intervals of this comparison: that of the decision, after Holm's correction over the figures of the first screen, or over the other figures"`
	Equal      bool         `json:"equal,omitempty" doc:"the same in every replication"`
	Needs      int          `json:"needs,omitempty" doc:"replications that would decide it, if it stays as it is; left out: it is decided or equal; -1: more than 1000, or it cannot be known"`
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
		*m = append(*m, experiment.Metric{ID: metric.Read(name), Unit: e.Unit, Estimate: e.estimate(0), Values: e.Values})
	}
	return nil
}

type variantJSON struct {
	Name         string        `json:"name" doc:"unique in the result"`
	Policy       string        `json:"policy" doc:"with its parameters as written"`
	State        string        `json:"state" doc:"where session state is kept"`
	Timeline     []eventJSON   `json:"timeline" doc:"what the scenario makes happen, in its order; of a long recording the beginning"`
	Replications int           `json:"replications" doc:"complete ones"`
	Events       int64         `json:"events" doc:"simulated, all replications"`
	Metrics      metricsJSON   `json:"metrics" doc:"by name, in a fixed order"`
	Kinds        []kindJSON    `json:"kinds,omitempty" doc:"replications that differ from the others in kind, by the metrics in which they do"`
	Victims      []victimsJSON `json:"victims,omitempty" doc:"replications by the rank of the server that a scripted action struck, where that differs"`
	Servers      []serverJSON  `json:"servers" doc:"by rank, the hottest first; then the servers that the timeline names, by name"`
	First        []firstJSON   `json:"first_replication" doc:"every server of the first replication"`
	Series       seriesJSON    `json:"series" doc:"time series, means over the replications"`
	Hotspots     []hotspotJSON `json:"hotspots" doc:"overloaded servers of the first replication"`
	Log          []logJSON     `json:"log,omitempty" doc:"event log of the first replication, where it was asked for"`
}

// kindJSON is replications that differ from the others in kind.
type kindJSON struct {
	Metric       string `json:"metric" doc:"in which they differ"`
	Replications []int  `json:"replications" doc:"the fewer, numbered from 0"`
	Mean         number `json:"mean" doc:"over these replications"`
	Others       number `json:"others" doc:"mean over the others"`
}

// victimsJSON is replications in which an action struck servers of one rank.
type victimsJSON struct {
	Action       int        `json:"action" doc:"place in the scenario's timeline, from 0"`
	Rank         int        `json:"rank" doc:"of the server struck, by the work it had done before: 1 = the hottest"`
	Servers      []string   `json:"servers" doc:"their names"`
	Replications []int      `json:"replications" doc:"numbered from 0"`
	Metrics      []meanJSON `json:"metrics" doc:"figures of the first screen over these replications"`
	Matters      bool       `json:"matters" doc:"which server is struck changes one of the figures, beyond chance"`
}

// meanJSON is a mean over some replications.
type meanJSON struct {
	Metric string `json:"metric" doc:"name of the metric"`
	Mean   number `json:"mean" doc:"over these replications"`

	Matters bool `json:"matters" doc:"it depends on which server is struck, beyond chance"`
}

func toKinds(in []experiment.Kind) []kindJSON {
	var out []kindJSON
	for _, k := range in {
		out = append(out, kindJSON{k.Metric.String(), k.Replications, number(k.Mean), number(k.Others)})
	}
	return out
}

func (j kindJSON) kind() experiment.Kind {
	return experiment.Kind{Metric: metric.Read(j.Metric), Replications: j.Replications, Mean: float64(j.Mean), Others: float64(j.Others)}
}

func toVictims(in []experiment.Victims) []victimsJSON {
	var out []victimsJSON
	for _, v := range in {
		j := victimsJSON{Action: v.Action, Rank: v.Rank, Servers: v.Servers, Replications: v.Replications, Metrics: []meanJSON{}, Matters: v.Matters}
		for _, m := range v.Metrics {
			j.Metrics = append(j.Metrics, meanJSON{m.Metric.String(), number(m.Value), m.Matters})
		}
		out = append(out, j)
	}
	return out
}

func (j victimsJSON) victims() experiment.Victims {
	v := experiment.Victims{Action: j.Action, Rank: j.Rank, Servers: j.Servers, Replications: j.Replications, Matters: j.Matters}
	for _, m := range j.Metrics {
		v.Metrics = append(v.Metrics, experiment.Mean{Metric: metric.Read(m.Metric), Value: float64(m.Mean), Matters: m.Matters})
	}
	return v
}

// eventJSON is an entry of the timeline.
type eventJSON struct {
	At     float64 `json:"at" doc:"seconds since the start of the measured part, negative in the warm-up; of a recurring event, the first possible"`
	Kind   string  `json:"kind" doc:"what happens: crash, deploy, ..."`
	Name   string  `json:"name,omitempty" doc:"what the scenario calls it"`
	Recurs bool    `json:"recurs,omitempty" doc:"it happens again and again"`
}

// replayJSON is a log that is replayed.
type replayJSON struct {
	Population        string    `json:"population" doc:"that comes from the log"`
	File              string    `json:"file" doc:"of the log"`
	Loop              string    `json:"loop" doc:"when requests are sent. causal: what followed an answer follows it here, and nothing comes before the first answer of a session; closed: one request of a client at a time, with the recorded pauses; open: at the recorded times"`
	Speed             float64   `json:"speed" doc:"recorded seconds per simulated second, of pauses and the times between sessions; service times, timeouts, TTLs and idle timeouts keep their length"`
	Scale             float64   `json:"scale" doc:"clients replayed per client of the log"`
	Requests          int       `json:"requests" doc:"that are replayed: due before the end of the run"`
	AfterEnd          int       `json:"after_end,omitempty" doc:"requests that the run ends before, of those that would be replayed; missing: none"`
	Clients           int       `json:"clients" doc:"that send them"`
	BeforeFirstAnswer int       `json:"before_first_answer" doc:"requests that the log has before the first answer of their session"`
	UnknownOrder      int       `json:"unknown_order" doc:"requests of which the log does not say whether they came before it: its clock is too coarse, or it has no times of answers"`
	AssumedAnswers    int       `json:"assumed_answers" doc:"requests of which the log does not say when they were answered; each is taken to have lasted its mean service time"`
	KeepsTimes        bool      `json:"keeps_times" doc:"the log does not say how long requests waited: clients send at its times as far as their answers permit"`
	Log               foundJSON `json:"log,omitzero" doc:"what was found in the log"`
}

// Warning is a reason to doubt a figure, or the answer as a whole, in every JSON document that has some.
type Warning struct {
	Code         string `json:"code" doc:"what kind of warning it is; stickysim explain CODE"`
	Severity     string `json:"severity" doc:"note, caution or severe"`
	Place        string `json:"place" doc:"field of the scenario it is about; may be empty"`
	Alternative  string `json:"alternative,omitempty" doc:"the alternative it is about; missing: all"`
	Metric       string `json:"metric,omitempty" doc:"the figure it is about"`
	Message      string `json:"message" doc:"what is wrong"`
	Hint         string `json:"hint,omitempty" doc:"what would help"`
	Replications int    `json:"replications,omitempty" doc:"in how many replications it was met; missing: it is not about single ones"`
}

// WarningOf is a warning as it is written.
func WarningOf(w diag.Warning) Warning {
	return Warning{w.Code, w.Severity.String(), w.Place, w.Alternative, w.Metric, w.Message, w.Hint, w.Replications}
}

// UnmarshalJSON also reads a bare text: older results have nothing else.
func (j *Warning) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte{'"'}) {
		*j = Warning{Severity: diag.Caution.String()}
		return json.Unmarshal(text, &j.Message)
	}
	type plain Warning
	return json.Unmarshal(text, (*plain)(j))
}

// warning is the warning that was read. A severity that is unknown here counts as severe.
func (j Warning) warning() diag.Warning {
	severity, ok := diag.ParseSeverity(j.Severity)
	if !ok {
		severity = diag.Severe
	}
	return diag.Warning{Code: j.Code, Severity: severity, Place: j.Place, Alternative: j.Alternative, Metric: j.Metric, Message: j.Message, Hint: j.Hint,
		Replications: j.Replications}
}

type resultJSON struct {
	Schema       string           `json:"schema"`
	Name         string           `json:"name" doc:"of the scenario"`
	Description  string           `json:"description" doc:"of the scenario"`
	Question     string           `json:"question" doc:"what the scenario answers"`
	Seed         uint64           `json:"seed" doc:"of the random numbers"`
	Confidence   float64          `json:"confidence" doc:"level of all intervals, such as 0.95"`
	Baseline     string           `json:"baseline" doc:"name of the alternative that the others are compared with"`
	Warmup       float64          `json:"warmup" doc:"seconds simulated and not counted"`
	WarmupMethod string           `json:"warmup_method" doc:"where the warm-up comes from: none; given; equilibrium: pilot runs show no transient; mser-5: they show one so long; sessions: five mean sessions fill an empty start; queues: five relaxation times of the busiest server; events: the first event is so early"`
	Duration     float64          `json:"duration" doc:"seconds counted in each replication"`
	Interrupted  bool             `json:"interrupted" doc:"stopped early: these are the replications that were complete"`
	Resampled    bool             `json:"resampled,omitempty" doc:"replications draw the clients or hours of a log anew: intervals are as wide as the replications vary, however many they are"`
	Replays      []replayJSON     `json:"replays,omitempty" doc:"logs that are replayed"`
	Warnings     []Warning        `json:"warnings" doc:"what may change the answer, the most severe first"`
	Variants     []variantJSON    `json:"variants" doc:"the alternatives, in the order of the scenario"`
	Comparisons  []comparisonJSON `json:"comparisons" doc:"every alternative but the baseline, metric by metric; empty for a single one"`
	Objectives   []objectiveJSON  `json:"objectives,omitempty" doc:"what must hold, in the order of the scenario; missing: nothing"`
	Verdicts     []verdictJSON    `json:"verdicts,omitempty" doc:"what the replications say of it, by objective, then by alternative"`
}
