package reports

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/cost"
	"stickysim/sim/experiment/factorial"
	"stickysim/sim/experiment/resultjson"
)

// FactorsSchema is the version of what WriteFactorsJSON writes.
const FactorsSchema = "stickysim/factors/1"

var factorTitles = map[experiment.Figure]string{factorial.Visits: "VISITS HIT", factorial.People: "PEOPLE", factorial.Failed: "FAILED", factorial.P95: "P95", factorial.P99: "P99"}

// WriteFactors writes what factors do, for a terminal: per alternative whether they do more together than each alone, and a
// row per factor and pair.
func WriteFactors(w io.Writer, res *factorial.Result, o Options) error {
	t := &textWriter{w: bufio.NewWriter(w), width: o.columns(screenWidth), color: o.Color}
	t.write([]styled{{shorten(factorsHeadline(res), t.width), bold}})
	for i := range res.Alternatives {
		t.paragraph(compounds(&res.Alternatives[i]), "")
	}
	t.w.WriteByte('\n')
	for _, g := range factorsTable(res, space{width: t.width, gap: textGap}) {
		if err := drawText(t.w, g, t.paint()); err != nil {
			return err
		}
	}
	t.w.WriteByte('\n')
	t.paragraph(factorsLegend(res), dim)
	for _, x := range res.Warnings {
		t.paragraph(alarm(x), yellow)
	}
	return t.w.Flush()
}

// WriteFactorsMarkdown is WriteFactors as GitHub's Markdown.
func WriteFactorsMarkdown(w io.Writer, res *factorial.Result) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "## %s\n\n", escapeMarkdown(factorsHeadline(res)))
	for i := range res.Alternatives {
		fmt.Fprintf(out, "%s\n\n", escapeMarkdown(compounds(&res.Alternatives[i])))
	}
	for _, g := range factorsTable(res, space{width: mostWidth - 2*2, gap: markdownGap, escape: escapeMarkdown}) {
		if err := drawMarkdown(out, g); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\n%s\n", escapeMarkdown(factorsLegend(res)))
	for _, x := range res.Warnings {
		fmt.Fprintf(out, "\n> %s\n", escapeMarkdown(alarm(x)))
	}
	return out.Flush()
}

func factorsHeadline(res *factorial.Result) string {
	return fmt.Sprintf("%s: %s on and off; %d %s of %s, seed %d", shorten(clean(res.Name), 30), clean(strings.Join(res.Factors, ", ")), res.Replications,
		plural(res.Replications, "replication", "replications"), FormatSpan(res.Duration), res.Seed)
}

// compounds says whether the factors of an alternative do more together than the sum of each alone, to people or, where
// none are affected, to p95.
func compounds(a *factorial.Alternative) string {
	f := factorial.People
	if e := a.Together.Of(f); e == nil || e.None() {
		f = factorial.P95
	}
	all, beyond := a.Together.Of(f), a.Beyond.Of(f)
	if all == nil || math.IsNaN(all.Estimate.Mean) {
		return ""
	}
	thing := " people"
	if f == factorial.P95 {
		thing = " of p95"
	}
	sum := all.Estimate.Mean - beyond.Estimate.Mean
	size := func(v float64) string { return strings.TrimPrefix(magnitude(v, effectScales(f)), "+") }
	t := fmt.Sprintf("%s: together %s%s, sum of each alone %s", clean(a.Name), size(all.Estimate.Mean), thing, size(sum))
	share := beyond.Estimate.Mean / math.Abs(sum)
	switch {
	case beyond.None():
		return t + ": they add up exactly."
	case !beyond.Decided:
		return t + ": not separable from adding up."
	case share > 0:
		return t + fmt.Sprintf(": they compound, %s beyond the sum.", formatValue(share, percent))
	}
	return t + fmt.Sprintf(": they overlap, %s less than the sum.", formatValue(-share, percent))
}

func factorsTable(res *factorial.Result, s space) []*grid {
	head := []string{"EFFECT", "ALTERNATIVE"}
	for _, f := range res.Figures {
		head = append(head, factorTitles[f])
	}
	g := newGrid(head...).text(2)
	g.spare = []string{"P99", "P95"}
	for i := range res.Alternatives {
		a := &res.Alternatives[i]
		left := 0
		for k := range a.Rows {
			row := &a.Rows[k]
			if len(a.Rows) > mostEffects && len(row.Factors) > 1 && !slices.ContainsFunc(row.Effects, func(e experiment.Effect) bool { return e.Decided }) {
				left++
				continue
			}
			g.rows = append(g.rows, append([]cell{{text: clean(row.Label())}, {text: clean(a.Name)}}, cells(cost.Effects(row.Effects), res.Figures)...))
		}
		if left > 0 {
			g.row(fmt.Sprintf("… %d more, all ~", left), clean(a.Name))
		}
	}
	if len(res.Alternatives) == 1 {
		g.drop(1)
	}
	return fitEffects(s, g)
}

// mostEffects is from how many rows of an alternative on only those pairs are shown that are separable from chance.
const mostEffects = 21

func factorsLegend(res *factorial.Result) string {
	part := ""
	if all := 1 << len(res.Factors); res.Runs < all {
		part = fmt.Sprintf("Of %s combinations, %d ran, beside all off and each alone: effects that need three or more factors are mixed with these. "+
			"a × b + c × d: pairs that these runs cannot separate, the sum of both. ", thousands(fmt.Sprint(all)), res.Runs)
	}
	return part + fmt.Sprintf("A factor: on less off, in mean over all combinations of the others; per run of %s. a × b: how much more a does where b is on than where b is off. "+
		"±: %s interval, over the rows of a column together, where it is a twentieth or more; ~: not separable from chance.", FormatSpan(res.Duration), formatValue(res.Confidence, percent))
}

type factorRowJSON struct {
	Factors []string    `json:"factors"`
	Mixed   [][]string  `json:"mixed_with,omitempty"` // further pairs, of which effects is the sum with that of factors
	Effects effectsJSON `json:"effects"`
}

type factorAlternativeJSON struct {
	Name     string          `json:"name"`
	Effects  []factorRowJSON `json:"effects"`
	Alone    []factorRowJSON `json:"alone"`
	Together effectsJSON     `json:"together"`
	Beyond   effectsJSON     `json:"beyond_the_sum"`
}

type factorsJSON struct {
	Schema       string                  `json:"schema"`
	Name         string                  `json:"name"`
	Seed         uint64                  `json:"seed"`
	Confidence   float64                 `json:"confidence"`
	Replications int                     `json:"replications"`
	Duration     float64                 `json:"duration"`
	Interrupted  bool                    `json:"interrupted"`
	Factors      []string                `json:"factors"`
	Runs         int                     `json:"runs"`
	Variants     []factorAlternativeJSON `json:"variants"`
	Warnings     []resultjson.Warning    `json:"warnings"`
}

// WriteFactorsJSON writes what factors do for programs.
func WriteFactorsJSON(w io.Writer, res *factorial.Result) error {
	j := factorsJSON{Schema: FactorsSchema, Name: res.Name, Seed: res.Seed, Confidence: res.Confidence, Replications: res.Replications, Duration: res.Duration,
		Interrupted: res.Interrupted, Factors: res.Factors, Runs: res.Runs, Variants: []factorAlternativeJSON{}, Warnings: []resultjson.Warning{}}
	rows := func(list []factorial.Row) []factorRowJSON {
		out := []factorRowJSON{}
		for _, r := range list {
			out = append(out, factorRowJSON{r.Factors, r.Mixed, effectsOf(cost.Effects(r.Effects))})
		}
		return out
	}
	for _, a := range res.Alternatives {
		j.Variants = append(j.Variants, factorAlternativeJSON{a.Name, rows(a.Rows), rows(a.Alone), effectsOf(cost.Effects(a.Together)), effectsOf(cost.Effects(a.Beyond))})
	}
	for _, x := range res.Warnings {
		j.Warnings = append(j.Warnings, resultjson.WarningOf(x))
	}
	return writeJSON(w, &j)
}

// WriteFactorsCSV writes a line per alternative, effect and figure.
func WriteFactorsCSV(w io.Writer, res *factorial.Result) error {
	t := newTable(w, "variant", "what", "factors", "metric", "unit", "mean", "lo", "hi", "kind", "decided")
	for i := range res.Alternatives {
		a := &res.Alternatives[i]
		write := func(what, factors string, list factorial.Effects) {
			for _, e := range list {
				t.row(a.Name, what, factors, figureName(e.Figure), figureUnit(e.Figure), figure(e.Estimate.Mean), figure(e.Estimate.Lo), figure(e.Estimate.Hi),
					e.Estimate.Kind.String(), strconv.FormatBool(e.Decided))
			}
		}
		for k := range a.Rows {
			write("effect", a.Rows[k].Label(), a.Rows[k].Effects)
		}
		for k := range a.Alone {
			write("alone", a.Alone[k].Label(), a.Alone[k].Effects)
		}
		write("together", "", a.Together)
		write("beyond", "", a.Beyond)
	}
	return t.finish()
}
