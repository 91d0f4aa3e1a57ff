package reports

import (
	"io"
	"math"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/resultjson"
	"stickysim/sim/stats"
)

// SweepSchema is the version of the JSON of a sweep.
const SweepSchema = "stickysim/sweep/1"

type sweepJSON struct {
	Schema     string             `json:"schema"`
	Name       string             `json:"name"`
	Seed       uint64             `json:"seed"`
	Confidence float64            `json:"confidence"`
	Duration   float64            `json:"duration"`
	Design     string             `json:"design"`
	Objectives []string           `json:"objectives,omitempty"`
	Points     []sweepPointJSON   `json:"points"`
	Missing    int                `json:"missing,omitempty"`
	Warnings   []sweepWarningJSON `json:"warnings"`
}

type sweepPointJSON struct {
	Set      []string           `json:"set"`
	Variants []sweepVariantJSON `json:"variants"`
}

type sweepVariantJSON struct {
	Name     string                     `json:"name"`
	Metrics  map[string]sweepMetricJSON `json:"metrics"`
	State    string                     `json:"state,omitempty"` // to all objectives but warnings: met, missed, undecided; left out: none judges it
	Verdicts []sweepVerdictJSON         `json:"verdicts,omitempty"`
}

type sweepVerdictJSON struct {
	That   string       `json:"that"` // the objective
	State  string       `json:"state"`
	Counts bool         `json:"counts"`
	Value  intervalJSON `json:"value"`
	Limit  *float64     `json:"limit"`
	Margin intervalJSON `json:"margin"`
	Level  float64      `json:"level"` // confidence of the intervals: that of the decision
	Needs  int          `json:"needs,omitempty"`
	Why    string       `json:"why,omitempty"`
}

type intervalJSON struct {
	Mean *float64 `json:"mean"`
	Lo   *float64 `json:"lo"`
	Hi   *float64 `json:"hi"`
}

type sweepMetricJSON struct {
	Mean *float64 `json:"mean"`
	Lo   *float64 `json:"lo"`
	Hi   *float64 `json:"hi"`
	Kind string   `json:"kind"`
	N    int      `json:"n"`
	Unit string   `json:"unit"`
	Best bool     `json:"best,omitempty"`
}

type sweepWarningJSON struct {
	resultjson.Warning
	Points int `json:"points"` // that have it
}

// WriteSweepJSON writes the figures that the tables show, and the others of Wanted and of objectives.
func WriteSweepJSON(w io.Writer, s *Sweep, _ Options) error {
	out := sweepJSON{Schema: SweepSchema, Name: s.name, Seed: s.seed, Confidence: s.confidence, Duration: s.duration, Design: s.Design.String(),
		Missing: s.Total - len(s.points), Points: []sweepPointJSON{}, Warnings: []sweepWarningJSON{}}
	for _, o := range s.objectives {
		out.Objectives = append(out.Objectives, o.String())
	}
	for i := range s.points {
		p := &s.points[i]
		point := sweepPointJSON{Set: settingTexts(p.settings)}
		for _, name := range s.names {
			v := sweepVariantJSON{Name: name, Metrics: map[string]sweepMetricJSON{}}
			for _, id := range s.candidates() {
				c := sweepCell{name, id}
				if e, has := p.figures[c]; has && id.Of() != nil {
					v.Metrics[id.String()] = sweepMetricJSON{number(e.Mean), number(e.Lo), number(e.Hi), e.Kind.String(), e.N, id.Of().Unit, p.best[c]}
				}
			}
			s.judgedJSON(&v, p)
			if len(v.Metrics) > 0 {
				point.Variants = append(point.Variants, v)
			}
		}
		out.Points = append(out.Points, point)
	}
	for _, x := range s.warnings {
		out.Warnings = append(out.Warnings, sweepWarningJSON{resultjson.WarningOf(x.Warning), x.points})
	}
	return writeJSON(w, out)
}

// judgedJSON adds how an alternative stands at a point.
func (s *Sweep) judgedJSON(out *sweepVariantJSON, p *sweepPoint) {
	if list := s.verdictsOn(p, out.Name); len(list) > 0 {
		out.State = joint(list).String()
	}
	interval := func(e stats.Estimate) intervalJSON { return intervalJSON{number(e.Mean), number(e.Lo), number(e.Hi)} }
	for i := range p.verdicts {
		if v := &p.verdicts[i]; v.Alternative == out.Name {
			out.Verdicts = append(out.Verdicts, sweepVerdictJSON{That: s.objectives[v.Objective].String(), State: v.State.String(), Counts: v.Counts,
				Value: interval(v.Value), Limit: number(v.Limit), Margin: interval(v.Margin), Level: v.Value.Confidence, Needs: v.Needs, Why: v.Why})
		}
	}
}

func settingTexts(settings []experiment.Setting) []string {
	list := make([]string, len(settings))
	for i, x := range settings {
		list[i] = x.String()
	}
	return list
}

// number is nil where JSON has no number for it.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
