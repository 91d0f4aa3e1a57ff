package reports

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"stickysim/sim/experiment"
)

// large is a gate over so many alternatives and objectives, of which every third is missed.
func large(t testing.TB, name string, alternatives, objectives int) *Gated {
	r := *saved(t)
	r.Name = name
	scope := experiment.Scope{Populations: []string{"shopper"}}
	from := r.Variants[1]
	from.Metrics = slices.DeleteFunc(slices.Clone(from.Metrics), func(m experiment.Metric) bool { return m.ID.Of().Quantile == 0 })
	r.Variants = nil
	for i := range alternatives {
		v := from
		v.Name = fmt.Sprintf("an <alternative> & its | very long name, number %d", i)
		r.Variants = append(r.Variants, v)
	}
	for i := range objectives {
		o, err := experiment.ParseObjective(fmt.Sprintf("latency.p95{population=shopper} < %dms", 100+i), scope)
		if err != nil {
			t.Fatal(err)
		}
		r.Objectives = append(r.Objectives, o)
		for k := range r.Variants {
			v := verdictOn(i, r.Variants[k].Name, o, from.Metric(o.Subject.Metric).Estimate)
			v.State = [...]experiment.VerdictState{experiment.Met, experiment.Missed, experiment.NotDecided}[(i+k)%3]
			r.Verdicts = append(r.Verdicts, v)
		}
	}
	return &Gated{Name: r.Name, Result: &r}
}

// The report of 50 scenarios with 10 alternatives and 10 objectives each is below what GitHub takes in, begins with the verdict
// and names every scenario; whatever the limit, the report keeps it and ends in a line.
func TestMarkdownIsSmallEnough(t *testing.T) {
	var list []*Gated
	for i := range 50 {
		list = append(list, large(t, fmt.Sprintf("scenario-%d", i), 10, 10))
	}
	for _, limit := range []int{SummaryLimit, 60_000, 5_000, 10} {
		var b bytes.Buffer
		if err := WriteGateMarkdown(&b, list, limit); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if b.Len() > limit || limit > 0 && b.Len() > 0 && !strings.HasSuffix(text, "\n") {
			t.Errorf("limit %d: %d bytes that end in %q", limit, b.Len(), text[max(0, len(text)-40):])
		}
		if limit >= 5000 && !strings.HasPrefix(text, "## ❌ FAIL: 50 of 50 scenarios fail\n") {
			t.Errorf("limit %d: begins with %.60q", limit, text)
		}
		if limit >= 60_000 && strings.Count(text, "\n- ❌ FAIL scenario-") != 50 {
			t.Errorf("limit %d: names %d scenarios", limit, strings.Count(text, "\n- ❌ FAIL scenario-"))
		}
	}
}

// Rows that are left out are those that are met, as far as possible, and they are counted.
func TestMarkdownKeepsWhatIsNotMet(t *testing.T) {
	g := large(t, "x", 10, 3)
	var b bytes.Buffer
	if err := gateMarkdown(&b, []page{g.page()}, "", 20); err != nil {
		t.Fatal(err)
	}
	if missed, met := strings.Count(b.String(), "❌ missed"), strings.Count(b.String(), "✅ met"); missed != 10 || met != 0 || !strings.Contains(b.String(), "… and 10 more.") {
		t.Errorf("%d missed and %d met rows:\n%s", missed, met, b.String())
	}
}

// No name breaks out of its cell, and a baseline adds a column and what has changed.
func TestGateMarkdown(t *testing.T) {
	g := hostile(t)
	g.Before = saved(t)
	var b bytes.Buffer
	if err := WriteGateMarkdown(&b, []*Gated{g}, SummaryLimit); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	columns := 0
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(strings.ReplaceAll(line, `\\`, ""), `\|`, ""), "|")
		if columns > 0 && n != columns {
			t.Errorf("%d bars where the head has %d: %s", n, columns, line)
		}
		columns = n
	}
	if strings.Contains(text, "<b>") || !strings.Contains(text, "| BEFORE | VALUE |") || strings.ContainsAny(text, "\x00\x1b") {
		t.Errorf("a name became markup, or there is no column for the baseline:\n%s", text)
	}
}
