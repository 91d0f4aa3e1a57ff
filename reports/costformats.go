package reports

import (
	"io"
	"strconv"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/cost"
	"stickysim/sim/experiment/resultjson"
)

// CostSchema is the version of what WriteCostJSON writes.
const CostSchema = "stickysim/cost/1"

// effectJSON is an effect; undefined numbers are null.
type effectJSON struct {
	Unit    string   `json:"unit"`
	Mean    *float64 `json:"mean"`
	Lo      *float64 `json:"lo"`
	Hi      *float64 `json:"hi"`
	Kind    string   `json:"kind"` // of lo and hi: interval, bound, range, none
	Decided bool     `json:"decided"`
	None    bool     `json:"none"`
	Needs   int      `json:"needs"`
}

type effectsJSON map[string]effectJSON

type costTrialJSON struct {
	With string      `json:"with"`
	Cost effectsJSON `json:"cost"`
}

type costVictimJSON struct {
	Name    string      `json:"name"`
	Rank    int         `json:"rank,omitempty"`
	Servers []string    `json:"servers"`
	Cost    effectsJSON `json:"cost"`
}

type costRowJSON struct {
	Entry   string           `json:"entry"`
	Kind    string           `json:"kind"`
	Cost    effectsJSON      `json:"cost"`
	Alone   effectsJSON      `json:"alone,omitempty"`
	Trial   *costTrialJSON   `json:"trial,omitempty"`
	Short   string           `json:"does_not_fit,omitempty"` // what should have been tried and is longer than the run
	Victims []costVictimJSON `json:"victims,omitempty"`
}

type costAlternativeJSON struct {
	Name     string        `json:"name"`
	Visits   *float64      `json:"visits"`
	People   *float64      `json:"people"`
	Entries  []costRowJSON `json:"entries"`
	Together effectsJSON   `json:"together,omitempty"`
	Beyond   effectsJSON   `json:"beyond_the_sum,omitempty"`
}

type costDoubtJSON struct {
	Variant string `json:"variant"`
	Entry   string `json:"entry"`
	Metric  string `json:"metric"`
}

type costJSON struct {
	Schema       string                `json:"schema"`
	Name         string                `json:"name"`
	Seed         uint64                `json:"seed"`
	Confidence   float64               `json:"confidence"`
	Replications int                   `json:"replications"`
	Duration     float64               `json:"duration"`
	Interrupted  bool                  `json:"interrupted"`
	Until        string                `json:"until,omitempty"` // decided
	Undecided    []costDoubtJSON       `json:"undecided,omitempty"`
	Objectives   []string              `json:"objectives"`
	Variants     []costAlternativeJSON `json:"variants"`
	Warnings     []resultjson.Warning  `json:"warnings"`
}

// figureName is the key of a figure: visits.hit.ratio, or visits.hit.ratio.count for how many it counts.
func figureName(f experiment.Figure) string {
	if f.Count {
		return f.ID.String() + ".count"
	}
	return f.ID.String()
}

// figureUnit is the unit of a figure in results.
func figureUnit(f experiment.Figure) string {
	if f.Count {
		return "1"
	}
	return f.ID.Of().Unit
}

func effectsOf(list cost.Effects) effectsJSON {
	if list == nil {
		return nil
	}
	out := effectsJSON{}
	for i := range list {
		e := &list[i]
		out[figureName(e.Figure)] = effectJSON{Unit: figureUnit(e.Figure), Mean: number(e.Estimate.Mean), Lo: number(e.Estimate.Lo), Hi: number(e.Estimate.Hi),
			Kind: e.Estimate.Kind.String(), Decided: e.Decided, None: e.None(), Needs: e.Needs}
	}
	return out
}

// WriteCostJSON writes costs for programs: figures by name in the units of result.json, means per run.
func WriteCostJSON(w io.Writer, res *cost.Result) error {
	j := costJSON{Schema: CostSchema, Name: res.Name, Seed: res.Seed, Confidence: res.Confidence, Replications: res.Replications, Duration: res.Duration,
		Interrupted: res.Interrupted, Objectives: append([]string{}, res.Objectives...), Variants: []costAlternativeJSON{}, Warnings: []resultjson.Warning{}}
	if res.Until {
		j.Until = "decided"
	}
	for _, d := range res.Doubts {
		j.Undecided = append(j.Undecided, costDoubtJSON{d.Alternative, d.Entry, figureName(d.Figure)})
	}
	for i := range res.Alternatives {
		a := &res.Alternatives[i]
		v := costAlternativeJSON{Name: a.Name, Visits: number(a.Visits), People: number(a.People), Together: effectsOf(a.Together), Beyond: effectsOf(a.Beyond)}
		for k := range a.Rows {
			r := &a.Rows[k]
			row := costRowJSON{Entry: r.Entry, Kind: r.Kind, Short: r.Short, Cost: effectsOf(r.Cost), Alone: effectsOf(r.Alone)}
			if r.Trial != nil {
				row.Trial = &costTrialJSON{r.Trial.With, effectsOf(r.Trial.Cost)}
			}
			for _, x := range r.Victims {
				row.Victims = append(row.Victims, costVictimJSON{x.Name, x.Rank, append([]string{}, x.Servers...), effectsOf(x.Cost)})
			}
			v.Entries = append(v.Entries, row)
		}
		j.Variants = append(j.Variants, v)
	}
	for _, x := range res.Warnings {
		j.Warnings = append(j.Warnings, resultjson.WarningOf(x))
	}
	return writeJSON(w, &j)
}

// WriteCostCSV writes a line per entry, alternative, figure, and kind of cost: cost, alone, trial, victim, together, beyond.
func WriteCostCSV(w io.Writer, res *cost.Result) error {
	t := newTable(w, "variant", "entry", "what", "detail", "metric", "unit", "mean", "lo", "hi", "kind", "decided")
	for i := range res.Alternatives {
		a := &res.Alternatives[i]
		write := func(entry, what, detail string, list cost.Effects) {
			for _, e := range list {
				t.row(a.Name, entry, what, detail, figureName(e.Figure), figureUnit(e.Figure), figure(e.Estimate.Mean), figure(e.Estimate.Lo), figure(e.Estimate.Hi),
					e.Estimate.Kind.String(), strconv.FormatBool(e.Decided))
			}
		}
		for k := range a.Rows {
			r := &a.Rows[k]
			write(r.Entry, "cost", "", r.Cost)
			write(r.Entry, "alone", "", r.Alone)
			if r.Trial != nil {
				write(r.Entry, "trial", r.Trial.With, r.Trial.Cost)
			}
			for _, v := range r.Victims {
				write(r.Entry, "victim", v.Name, v.Cost)
			}
		}
		write("", "together", "", a.Together)
		write("", "beyond", "", a.Beyond)
	}
	return t.finish()
}
