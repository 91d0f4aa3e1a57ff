package reports

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"testing"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/experimenttest"
	"stickysim/sim/metric"
)

// marksOf are a panel's marks of one kind.
func marksOf[M mark](n panel) []M {
	var out []M
	for _, m := range n.marks {
		if m, ok := m.(M); ok {
			out = append(out, m)
		}
	}
	return out
}

// outage bounds the sum of shares: a server that is dead for a minute of ten has its share of the other nine.
const outage = 1.025

func TestSharesOfAVariantAddUp(t *testing.T) {
	f := shareFigure(experimenttest.Three())
	bars := marksOf[box](f.panels[0])
	servers := len(experimenttest.Three().Variants[0].Servers)
	if len(bars) != 3*servers {
		t.Fatalf("%d bars for 3 variants on %d servers", len(bars), servers)
	}
	for v := range 3 {
		sum := 0.0
		for _, b := range bars[v*servers : (v+1)*servers] {
			sum += b.y1 - b.y0
		}
		if sum < 1 || sum > outage {
			t.Errorf("variant %d: the bars add up to %g", v, sum)
		}
	}
	if r := marksOf[rule](f.panels[0]); len(r) != 1 || r[0].at != .2 {
		t.Errorf("equal shares of five servers are drawn at %v", r)
	}
}

func TestShareProfile(t *testing.T) {
	for _, c := range marksOf[curve](shareFigure(experimenttest.Wide()).panels[0]) {
		if !slices.IsSortedFunc(c.y, func(a, b float64) int { return -compare(a, b) }) {
			t.Error("the profile rises")
		}
		if mean(c.y) < 1 || mean(c.y) > outage || len(c.y) != 40 {
			t.Errorf("%d servers have %g equal shares on average", len(c.y), mean(c.y))
		}
	}
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestLostBarsAreStacked(t *testing.T) {
	r := experimenttest.Three()
	p := lostFigure(r).panels[0]
	for v := range r.Variants {
		y, end := float64(len(r.Variants)-1-v), 0.0
		for _, b := range marksOf[box](p) {
			if b.y0 > y || b.y1 < y {
				continue
			}
			if b.x0 != end {
				t.Errorf("%s: a part begins at %g where the last ended at %g", r.Variants[v].Name, b.x0, end)
			}
			end = b.x1
		}
		if want := r.Variants[v].Metric(lost.ID()).Estimate.Mean; math.Abs(end-want) > 1e-9*want {
			t.Errorf("%s: the bar ends at %g; sessions.lost is %g", r.Variants[v].Name, end, want)
		}
	}
}

func TestNoSessionWasLost(t *testing.T) {
	if f := lostFigure(experimenttest.Alone()); f.panels[0].empty != "No session was lost." {
		t.Errorf("the plot says %q", f.panels[0].empty)
	}
	if f := lostFigure(experimenttest.Broken()); f.panels[0].empty != "lost sessions are undefined" {
		t.Errorf("the plot of an undefined figure says %q", f.panels[0].empty)
	}
}

func TestManyCausesShareTheLastColour(t *testing.T) {
	r := &experiment.Result{Variants: []experiment.VariantResult{{Name: "a"}}}
	total := 0.0
	for i := range 12 {
		v := float64(i + 1)
		total += v
		r.Variants[0].Metrics = append(r.Variants[0].Metrics, counted("sessions.lost{cause="+string(rune('a'+i))+"}", v))
	}
	r.Variants[0].Metrics = append(r.Variants[0].Metrics, counted("sessions.lost", total))
	f := lostFigure(r)
	if len(f.legend) != len(palette) || f.legend[len(palette)-1].label != "other causes" {
		t.Errorf("the legend is %v", f.legend)
	}
	bars := marksOf[box](f.panels[0])
	if end := bars[len(bars)-1].x1; math.Abs(end-total) > 1e-9 {
		t.Errorf("the causes add up to %g; want %g", end, total)
	}
}

func counted(name string, v float64) experiment.Metric {
	m := experiment.Metric{ID: metric.Read(name), Unit: "1"}
	m.Estimate.Mean, m.Estimate.Lo, m.Estimate.Hi, m.Estimate.N = v, v-.5, v+.5, 5
	return m
}

func TestLoadFigure(t *testing.T) {
	few := loadFigure(experimenttest.Three()).panels[0]
	if n := len(marksOf[curve](few)); n != 6 {
		t.Errorf("%d curves for five servers and their mean", n)
	}
	many := loadFigure(experimenttest.Wide()).panels[0]
	bands, curves := marksOf[band](many), marksOf[curve](many)
	if len(bands) != 1 || len(curves) != 2 {
		t.Fatalf("%d bands and %d curves for forty servers", len(bands), len(curves))
	}
	for i := range bands[0].x {
		lo, hi, peak, middle := bands[0].lo[i], bands[0].hi[i], curves[0].y[i], curves[1].y[i]
		if !(lo <= hi && hi <= peak && lo <= middle && middle <= peak) {
			t.Fatalf("at %g s: 10th percentile %g, 90th %g, maximum %g, mean %g", bands[0].x[i], lo, hi, peak, middle)
		}
	}
	if x := grouped(make([]float64, 100_001)); len(x) > mostPoints {
		t.Errorf("%d points are drawn", len(x))
	}
}

func TestLatencyRises(t *testing.T) {
	for name, r := range experimenttest.All() {
		for _, c := range marksOf[curve](latencyFigure(r).panels[0]) {
			for i := 1; i < len(c.y); i++ {
				if c.y[i] < c.y[i-1] {
					t.Errorf("%s: %s is below %s", name, metric.Quantiles[i].Name, metric.Quantiles[i-1].Name)
				}
			}
		}
	}
}

// What is drawn filled is exactly what is decided, and every interval is on the paper.
func TestDifferenceFigure(t *testing.T) {
	r := experimenttest.Three()
	x := newIndex(r)
	f := differenceFigure(r)
	if len(f.panels) != len(metric.Shown(func(s metric.Show) int { return s.Plot })) {
		t.Fatalf("%d panels", len(f.panels))
	}
	for _, p := range f.panels {
		dots := marksOf[dot](p)
		if len(dots) != 2 {
			t.Fatalf("%s: %d rows", p.title, len(dots))
		}
		for i, d := range dots {
			c := x.diffs[pair{r.Variants[i+1].Name, metric.Read(p.title)}]
			if d.hollow == c.Decided || d.x != c.Difference.Mean {
				t.Errorf("%s, %s: drawn %+v; the comparison is %+v", p.title, c.Variant, d, c)
			}
			if d.lo < p.x.min || d.hi > p.x.max || p.x.min >= 0 || p.x.max <= 0 {
				t.Errorf("%s: %g to %g on an axis from %g to %g", p.title, d.lo, d.hi, p.x.min, p.x.max)
			}
		}
	}
	if len(differenceFigure(experimenttest.Alone()).panels) != 0 {
		t.Error("differences are drawn where nothing was compared")
	}
}

func TestAxes(t *testing.T) {
	values := []float64{0, 1e-300, 1e-9, .001, .3, 1, 7, 1234, 1e9, 1e15, 1e300, math.Inf(1), math.NaN(), -5}
	check := func(a axis, what string, low, high float64) {
		t.Helper()
		if !(a.max > a.min) || len(a.ticks) > 100 {
			t.Errorf("%s from %g to %g: the axis is %+v", what, low, high, a)
		}
		for i, k := range a.ticks {
			if k.at < a.min-1e-9*math.Abs(a.min) || k.at > a.max*(1+1e-9) || i > 0 && k.at <= a.ticks[i-1].at {
				t.Errorf("%s from %g to %g: tick %g of %v", what, low, high, k.at, a.ticks)
			}
		}
	}
	for _, low := range values {
		for _, high := range values {
			check(linear("x", low, high, timeScales, 5, true), "linear", low, high)
			check(logarithmic("x", low, high, timeScales), "logarithmic", low, high)
		}
		if low >= 1e-9 && low < 1e9 {
			a := timeAxis(low, 6)
			check(a, "time", 0, low)
			if len(a.ticks) < 2 || len(a.ticks) > 8 {
				t.Errorf("%d ticks for %g s", len(a.ticks), low)
			}
		}
	}
}

// sketch is a canvas that remembers whether a figure left its paper or has undefined coordinates.
type sketch struct {
	width, height float64
	marks         int
	wrong         string
}

func (s *sketch) Length(text string, style TextStyle) float64 {
	return float64(textWidth(text)) * style.Size / 2
}

func (s *sketch) Line(points []Point, _ Stroke)        { s.see(points...) }
func (s *sketch) Fill(points []Point, _ color.NRGBA)   { s.see(points...) }
func (s *sketch) Text(at Point, _ string, _ TextStyle) { s.see(at) }

func (s *sketch) see(points ...Point) {
	s.marks++
	for _, p := range points {
		if !(p.X >= 0 && p.X <= s.width && p.Y >= 0 && p.Y <= s.height) {
			s.wrong = fmt.Sprintf("%v on paper of %g × %g", p, s.width, s.height)
		}
	}
}

func (s *sketch) draw(f *Figure) *sketch {
	s.width, s.height = f.Size(s)
	f.Draw(s)
	return s
}

// Every figure of every result stays on its paper, at any measure of text.
func TestFiguresStayOnPaper(t *testing.T) {
	for name, r := range experimenttest.All() {
		for _, f := range Figures(r) {
			s := new(sketch).draw(&f)
			if s.wrong != "" || s.marks < 2 {
				t.Errorf("%s, %s: %d marks; %s", name, f.Name, s.marks, s.wrong)
			}
		}
	}
}
