package resultjson

import (
	"io"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// Write writes a result completely, as result.json: its shape is versioned by "schema", times are in seconds, undefined
// and infinite numbers are null, and metrics keep their order. `values` are the replications' own figures, in order, so
// that later runs can be compared pair by pair. The same result gives the same bytes.
func Write(w io.Writer, r *experiment.Result) error {
	variants := make(list, len(r.Variants))
	for i := range r.Variants {
		variants[i] = variantObject(&r.Variants[i])
	}
	comparisons := make(list, len(r.Comparisons))
	for i, c := range r.Comparisons {
		comparisons[i] = comparisonJSON{Variant: c.Variant, Metric: c.Metric.String(), Unit: c.Unit, Difference: toEstimate(c.Difference, ""),
			Ratio: toEstimate(c.Ratio, ""), VRF: number(c.VRF), Decided: c.Decided,
			Widened: c.Widened, Level: c.Difference.Confidence, Equal: c.Equal, Needs: c.Needs}
	}
	warnings := make(list, len(r.Warnings))
	for i, w := range r.Warnings {
		warnings[i] = WarningOf(w)
	}
	l := &layout{w: w}
	o := object{
		{"schema", experiment.Schema},
		{"name", r.Name},
		{"description", r.Description},
		{"question", r.Question},
		{"seed", r.Seed},
		{"confidence", r.Confidence},
		{"baseline", r.Baseline},
		{"warmup", number(r.Warmup)},
		{"warmup_method", r.WarmupMethod},
		{"duration", number(r.Duration)},
		{"interrupted", r.Interrupted},
	}
	if r.Resampled {
		o = append(o, member{"resampled", true})
	}
	if len(r.Replays) > 0 {
		logs := make(list, len(r.Replays))
		for i, one := range r.Replays {
			logs[i] = toReplay(one)
		}
		o = append(o, member{"replays", logs})
	}
	o = append(o, object{{"warnings", warnings}, {"variants", variants}, {"comparisons", comparisons}}...)
	l.value(append(o, judgedMembers(r)...))
	return l.finish()
}

func variantObject(v *experiment.VariantResult) object {
	metrics := make(object, len(v.Metrics))
	for i := range v.Metrics {
		m := &v.Metrics[i]
		e := toEstimate(m.Estimate, m.Unit)
		e.Values = m.Values
		metrics[i] = member{m.Name(), e}
	}
	servers := make(list, len(v.Servers))
	for i := range v.Servers {
		servers[i] = serverJSON{v.Servers[i]}
	}
	events := make(list, len(v.Timeline))
	for i, e := range v.Timeline {
		events[i] = eventJSON(e)
	}
	first := make(list, len(v.First))
	for i := range v.First {
		first[i] = firstJSON{v.First[i]}
	}
	o := object{{"name", v.Name}, {"policy", v.Policy}, {"state", v.State}, {"timeline", events}, {"replications", v.Replications}, {"events", v.Events},
		{"metrics", metrics}}
	if len(v.Kinds) > 0 {
		o = append(o, member{"kinds", toKinds(v.Kinds)})
	}
	if len(v.Victims) > 0 {
		o = append(o, member{"victims", toVictims(v.Victims)})
	}
	o = append(o, object{{"servers", servers}, {"first_replication", first}, {"series", seriesObject(&v.Series)}, {"hotspots", hotspotList(v)}}...)
	if len(v.Log) > 0 {
		o = append(o, member{"log", logList(v)})
	}
	return o
}

// names is a list that is [] where it is empty.
func names(list []string) []string { return append([]string{}, list...) }

func seriesObject(s *experiment.SeriesMean) object {
	o := object{{"step", number(s.Step)}, {"points", s.Points}, {"ranks", s.Ranks}, {"names", names(s.Names)}}
	for _, h := range metric.AllSeries() {
		o = append(o, member{h.Name, numbers(s.Of(h))})
	}
	return o
}

func hotspotList(v *experiment.VariantResult) list {
	out := make(list, len(v.Hotspots))
	for i, h := range v.Hotspots {
		out[i] = hotspotJSON{Server: h.Server, Name: v.ServerName(h.Server), From: h.From.Seconds(), To: h.To.Seconds(), Peak: number(h.Peak), Hidden: number(h.Hidden),
			OpenEnded: h.OpenEnded}
	}
	return out
}

func logList(v *experiment.VariantResult) list {
	out := make(list, len(v.Log))
	for i, e := range v.Log {
		out[i] = logJSON{At: e.At.Seconds(), Event: e.Event, Server: e.Server, Name: v.ServerName(e.Server), Detail: e.Detail, Count: e.Count, Impact: e.Impact}
	}
	return out
}
