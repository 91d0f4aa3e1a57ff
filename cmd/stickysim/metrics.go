package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/sim/diag"
	"stickysim/sim/metric"
)

func newMetrics(s *streams) *cobra.Command {
	format := "table"
	list := &cobra.Command{
		Use: "list", Short: "List all metrics, time series and figures of servers", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch format {
			case "table":
				return listMetrics(s)
			case "json":
				return metricsJSON(s)
			}
			return usagef("unknown format %q%s", format, didYouMean(format, []string{"table", "json"}))
		},
	}
	list.Flags().StringVar(&format, "format", format, "output `format`: table, json (json has the whole definitions)")
	show := &cobra.Command{
		Use: "show NAME...", Short: "Show the meaning, formula, unit and labels of metrics", Args: cobra.MinimumNArgs(1),
		Example:           "  stickysim metrics show latency.p95\n  stickysim metrics show 'sessions.lost{cause=crash}' server.utilization",
		ValidArgsFunction: completeMetrics,
		RunE:              func(_ *cobra.Command, names []string) error { return showEach(s, names, showFigure) },
	}
	return group("metrics", "List metrics and show what they mean", list, show)
}

func completeMetrics(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return metric.Names(), cobra.ShellCompDirectiveNoFileComp
}

// showEach shows one thing after the other, with an empty line between them.
func showEach(s *streams, names []string, show func(s *streams, name string) error) error {
	for i, name := range names {
		if i > 0 {
			fmt.Fprintln(s.out)
		}
		if err := show(s, name); err != nil {
			return err
		}
	}
	return nil
}

func listMetrics(s *streams) error {
	t := newTable(s.out)
	t.row("METRIC", "KIND", "DESCRIPTION")
	for _, f := range metric.All() {
		t.row(f.Name, f.Kind.String(), f.Short)
	}
	t.row("", "", "")
	t.row("TIME SERIES", "KIND", "DESCRIPTION")
	for _, x := range metric.AllSeries() {
		t.row(x.Name, x.Kind.String(), x.Short)
	}
	t.row("", "", "")
	t.row("FIGURE PER SERVER", "KIND", "DESCRIPTION")
	for _, x := range metric.ServerFigures() {
		t.row(x.Name, x.Kind.String(), x.Short)
	}
	return t.end()
}

// showFigure explains a metric, with or without a label, a time series, or a figure per server. Of names that are more
// than one it explains each.
func showFigure(s *streams, name string) error {
	id, parts := metric.Read(name), startingWith(name+".")
	f := id.Of()
	shown := f != nil
	if shown {
		if err := showMetric(s, f, id.Label); err != nil {
			return err
		}
	} else if len(parts) > 0 {
		shown = true
		fmt.Fprintf(s.out, "%s\n  several metrics: %s\n", name, strings.Join(parts, ", "))
	}
	for _, x := range metric.AllSeries() {
		if x.Name == name {
			separate(s, shown)
			shown = true
			showSeries(s, x)
		}
	}
	for _, x := range metric.ServerFigures() {
		if x.Name == name {
			separate(s, shown)
			shown = true
			showServerFigure(s, x)
		}
	}
	if shown {
		return nil
	}
	_, err := metric.Parse(name)
	return unknownMetric(err)
}

func startingWith(prefix string) []string {
	var names []string
	for _, name := range metric.Names() {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	return names
}

func separate(s *streams, before bool) {
	if before {
		fmt.Fprintln(s.out)
	}
}

// unknownMetric adds what was probably meant.
func unknownMetric(err error) error {
	e, ok := err.(*metric.Error)
	if !ok {
		return usageError{err}
	}
	near := e.Nearest
	if near == "" {
		near = diag.Suggest(e.Word, e.Known)
	}
	guess := ""
	if near != "" {
		guess = fmt.Sprintf("; did you mean %q?", near)
	}
	return usagef("%s%s (see stickysim metrics list)", e.Message, guess)
}

// showMetric prints the definition of a family, and of the part that a label stands for.
func showMetric(s *streams, f *metric.Family, label metric.Label) error {
	if label != (metric.Label{}) {
		if _, err := metric.Parse((metric.ID{Family: f.Name, Label: label}).String()); err != nil {
			return unknownMetric(err)
		}
	}
	fmt.Fprintf(s.out, "%s\n", f.Name)
	paragraph(s, f.Short+". "+f.Doc)
	fmt.Fprintln(s.out)
	fact(s, "kind", kindText(f.Kind, f.Unit))
	fact(s, "better", f.Better.String())
	fact(s, "formula", f.Formula)
	fact(s, "undefined", f.Undefined)
	fact(s, "only with", f.Needs)
	for _, d := range f.Labels {
		text := d.Doc
		if names := d.Names(); names != nil {
			text += ": " + strings.Join(names, ", ")
		}
		fact(s, "{"+d.Name+"=…}", text)
		if d.Name == label.Key && d.Values != nil {
			for _, t := range d.Values() {
				if t.Name == label.Value {
					fact(s, t.Name, t.Doc)
				}
			}
		}
	}
	if f.Show.Compare > 0 {
		fact(s, "compared", "with the baseline, as one of the metrics that share an error rate")
	}
	return nil
}

func showSeries(s *streams, x *metric.Series) {
	of := "the fleet"
	if x.PerServer {
		of = "each server"
	}
	fmt.Fprintf(s.out, "%s (time series of %s)\n", x.Name, of)
	paragraph(s, x.Short+".")
	fmt.Fprintln(s.out)
	fact(s, "kind", kindText(x.Kind, x.Unit))
	fact(s, "sampled", x.Sampled)
	fact(s, "undefined", x.Undefined)
}

func showServerFigure(s *streams, x *metric.ServerFigure) {
	fmt.Fprintf(s.out, "%s (figure per server)\n", x.Name)
	paragraph(s, x.Short+".")
	fmt.Fprintln(s.out)
	fact(s, "kind", kindText(x.Kind, x.Unit))
	fact(s, "formula", x.Formula)
	fact(s, "undefined", x.Undefined)
	fact(s, "in CSV", x.CSV())
}

// kindText is a kind with the unit of results, where there is one.
func kindText(k metric.Kind, unit string) string {
	switch k {
	case metric.Count, metric.Factor:
		return k.String()
	case metric.Share:
		return k.String() + ", from 0 to 1 in results"
	}
	return k.String() + ", in " + unit
}

// paragraph prints text, indented, with a capital letter at the beginning.
func paragraph(s *streams, text string) {
	text = strings.TrimSpace(text)
	for _, line := range wrap(strings.ToUpper(text[:1])+text[1:], s.columnsUpTo(width)-2) {
		fmt.Fprintln(s.out, "  "+line)
	}
}

// fact prints a line of a definition; nothing where there is nothing to say.
func fact(s *streams, name, text string) {
	if text == "" {
		return
	}
	for _, line := range wrap(text, s.columnsUpTo(width)-20) {
		fmt.Fprintf(s.out, "  %-16s  %s\n", name, line)
		name = ""
	}
}

type definitionJSON struct {
	Name      string      `json:"name"`
	Kind      string      `json:"kind"`
	Unit      string      `json:"unit"`
	Better    string      `json:"better,omitempty"`
	Short     string      `json:"short"`
	Doc       string      `json:"doc,omitempty"`
	Formula   string      `json:"formula,omitempty"`
	Sampled   string      `json:"sampled,omitempty"`
	PerServer bool        `json:"per_server,omitempty"`
	Undefined string      `json:"undefined,omitempty"`
	Needs     string      `json:"only_with,omitempty"`
	OnlyParts bool        `json:"only_with_label,omitempty"`
	Compared  bool        `json:"compared,omitempty"`
	Labels    []labelJSON `json:"labels,omitempty"`
}

type labelJSON struct {
	Name   string   `json:"name"`
	Doc    string   `json:"doc"`
	Values []string `json:"values,omitempty"` // empty: chosen by the scenario
}

func metricsJSON(s *streams) error {
	var out struct {
		Metrics []definitionJSON `json:"metrics"`
		Series  []definitionJSON `json:"series"`
		Servers []definitionJSON `json:"servers"`
	}
	for _, f := range metric.All() {
		d := definitionJSON{Name: f.Name, Kind: f.Kind.String(), Unit: f.Unit, Better: f.Better.String(), Short: f.Short, Doc: f.Doc, Formula: f.Formula,
			Undefined: f.Undefined, Needs: f.Needs, OnlyParts: f.OnlyParts, Compared: f.Show.Compare > 0}
		for _, l := range f.Labels {
			d.Labels = append(d.Labels, labelJSON{l.Name, l.Doc, l.Names()})
		}
		out.Metrics = append(out.Metrics, d)
	}
	for _, x := range metric.AllSeries() {
		out.Series = append(out.Series, definitionJSON{Name: x.Name, Kind: x.Kind.String(), Unit: x.Unit, Short: x.Short, Sampled: x.Sampled,
			PerServer: x.PerServer, Undefined: x.Undefined})
	}
	for _, x := range metric.ServerFigures() {
		out.Servers = append(out.Servers, definitionJSON{Name: x.Name, Kind: x.Kind.String(), Unit: x.Unit, Short: x.Short, Formula: x.Formula, Undefined: x.Undefined})
	}
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(out)
}
