package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// explained are the metrics that explainsEvery has seen, in any result.
var explained sync.Map

// explainsEvery fails unless `metrics show` explains every metric of a result by its name. The results of the catalogue
// are given to it where they are made, in checksum.
func explainsEvery(t *testing.T, r *experiment.Result) {
	t.Helper()
	for i := range r.Variants {
		for k := range r.Variants[i].Metrics {
			m := &r.Variants[i].Metrics[k]
			if _, already := explained.LoadOrStore(m.ID, true); already {
				continue
			}
			if text := printed(t, "metrics", "show", m.Name()); !strings.HasPrefix(text, m.ID.Family+"\n") || !strings.Contains(text, "formula") {
				t.Errorf("metrics show %s: %s", m.Name(), text)
			}
			if f := m.ID.Of(); f == nil || f.Unit != m.Unit {
				t.Errorf("%s is in %s, unlike its definition", m.Name(), m.Unit)
			}
		}
	}
}

// printed is what a command prints.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	s := newStreams(strings.NewReader(""), &out, &errs)
	if err := execute(t.Context(), s, args); err != nil {
		t.Fatalf("stickysim %s: %v", strings.Join(args, " "), err)
	}
	return out.String()
}

// meaning is what the program says of a word, without the time that reading a command line takes.
func meaning(t *testing.T, word string) string {
	t.Helper()
	var out bytes.Buffer
	if err := explain(newStreams(strings.NewReader(""), &out, io.Discard), word); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestMetricsListHasALineEach(t *testing.T) {
	lines := strings.Split(printed(t, "metrics", "list"), "\n")
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n > width {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	has := func(name, short string) {
		for _, line := range lines {
			if strings.HasPrefix(line, name+" ") && strings.HasSuffix(line, " "+short) {
				return
			}
		}
		t.Errorf("no line for %s", name)
	}
	for _, f := range metric.All() {
		has(f.Name, f.Short)
	}
	for _, x := range metric.AllSeries() {
		has(x.Name, x.Short)
	}
	for _, x := range metric.ServerFigures() {
		has(x.Name, x.Short)
	}
	var all struct {
		Metrics, Series, Servers []struct{ Name, Kind, Unit string }
	}
	if err := json.Unmarshal([]byte(printed(t, "metrics", "list", "--format", "json")), &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Metrics) != len(metric.All()) || len(all.Series) != len(metric.AllSeries()) || len(all.Servers) != len(metric.ServerFigures()) {
		t.Errorf("JSON lists %d metrics, %d series and %d figures of servers", len(all.Metrics), len(all.Series), len(all.Servers))
	}
}

// Every word that can be explained is, and other words are refused with the nearest that can.
func TestExplain(t *testing.T) {
	t.Parallel()
	for _, word := range allWords() {
		if text := meaning(t, word); len(strings.Split(text, "\n")) < 3 || !strings.HasPrefix(text, word) {
			t.Errorf("explain %s: %q", word, text)
		}
	}
	for _, c := range []struct{ word, want string }{
		{"latency.p94", `"latency.p95"`}, {"latncy.p95", `"latency.p95"`}, {"sessions.lost{cause=crahs}", `"crash"`}, {"shoper", `"shopper"`},
		{"5min", `5m`}, {"drain-cutt", `"drain-cut"`}, {"cokie", `"cookie"`},
	} {
		var out, errs bytes.Buffer
		err := execute(t.Context(), newStreams(strings.NewReader(""), &out, &errs), []string{"explain", c.word})
		if err == nil || !strings.Contains(err.Error(), "did you mean "+c.want) {
			t.Errorf("explain %s: %v, want %s", c.word, err, c.want)
		}
	}
	for word, want := range map[string]string{
		"redis": "(field state.store)", "p2c": "two-choices", "least_conn": "least-connections", "leastconn": "haproxy/leastconn", "JSESSIONID": "cookie",
		"RollingUpdate": "(field timeline.deploy)", "websockets": "websocket (population)", "sticky": "also said for: cookie", "affinity": "affinity.broken",
		"percentile": "latency.p95", "simulate": "run (command)", "fall": "(field health.fall)", "health.fall": "default           3",
		"spike": "flash (arrival process)", "exponential": "exp (distribution)", "ttl": "policies.cookie.ttl", "backends": "servers (field)",
	} {
		if text := meaning(t, word); !strings.Contains(text, want) {
			t.Errorf("explain %s: %q, want %q", word, text, want)
		}
	}
	if text := printed(t, "explain", "sessions.lost{cause=drain-cut}"); !strings.Contains(text, "was drained") {
		t.Errorf("the cause is not explained: %s", text)
	}
}
