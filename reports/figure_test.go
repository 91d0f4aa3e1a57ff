package reports

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"stickysim/sim"
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
	for i, c := range marksOf[curve](shareFigure(experimenttest.Wide()).panels[0]) {
		ranks := experimenttest.Wide().Variants[i].Ranks()
		for k := range c.y {
			if share := ranks[k].Of(sim.ShareFigure).Mean * meanFleet(experimenttest.Wide(), &experimenttest.Wide().Variants[i]); c.x[k] != float64(k+1) || c.y[k] != share {
				t.Fatalf("rank %d is drawn at %g with %g equal shares; it has %g", k+1, c.x[k], c.y[k], share)
			}
		}
		if math.Abs(mean(c.y)-1) > .01 || len(c.y) != 40 {
			t.Errorf("%d servers have %g equal shares on average", len(c.y), mean(c.y))
		}
	}
}

// barsOf are the bars of the figure of lost sessions by the alternatives' names as they are written beside them.
func barsOf(f Figure) map[string][]box {
	bars := map[string][]box{}
	for _, p := range f.panels {
		for _, b := range marksOf[box](p) {
			for _, k := range p.y.ticks {
				if b.y0 < k.at && k.at < b.y1 {
					bars[k.label] = append(bars[k.label], b)
				}
			}
		}
	}
	return bars
}

// A bar is as long as the share of the visits that met a lost session, its parts have different patterns and the colour of
// the alternative.
func TestLostBarsAreStacked(t *testing.T) {
	r := experimenttest.Three()
	bars := barsOf(lostFigure(r))
	for v := range r.Variants {
		end, seen := 0.0, map[pattern]bool{}
		for _, b := range bars[r.Variants[v].Name] {
			if b.x0 != end || b.color != lookOf(v).color || seen[b.pattern] {
				t.Errorf("%s: a part begins at %g where the last ended at %g: %+v", r.Variants[v].Name, b.x0, end, b)
			}
			end, seen[b.pattern] = b.x1, true
		}
		if want := r.Variants[v].Metric(visitsHit.ID()).Estimate.Mean; math.Abs(end-want) > 1e-9 {
			t.Errorf("%s: the bar ends at %g; visits.hit.ratio is %g", r.Variants[v].Name, end, want)
		}
	}
}

// lossesOf is a result in which alternatives hit shares of the visits.
func lossesOf(shares ...float64) *experiment.Result {
	r := &experiment.Result{}
	for i, share := range shares {
		r.Variants = append(r.Variants, experiment.VariantResult{Name: string(rune('a' + i)), Replications: 5, Metrics: []experiment.Metric{
			counted("sessions.lost", 1000*share), counted("sessions.lost{cause=crash}", 1000*share), counted("visits.hit.ratio", share)}})
	}
	return r
}

// Alternatives that lose many times more have a panel of their own; otherwise one would hide the others.
func TestLossesFarApart(t *testing.T) {
	for _, c := range []struct {
		shares []float64
		panels string
	}{{[]float64{.027, .15, 0, .95}, "abc d"}, {[]float64{.95, .9, .01, .02}, "cd ab"}, {[]float64{.1, .3, .9}, "abc"}, {[]float64{.03, .02, .0005, .005}, "abcd"}, {[]float64{0, .5}, "ab"}, {[]float64{.5}, "a"}} {
		var got []string
		for _, p := range lostFigure(lossesOf(c.shares...)).panels {
			names := ""
			for _, k := range p.y.ticks {
				names += k.label
			}
			got = append(got, names)
		}
		if strings.Join(got, " ") != c.panels {
			t.Errorf("%v: panels %q, want %q", c.shares, got, c.panels)
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

func TestManyCausesShareTheLastPattern(t *testing.T) {
	r := lossesOf(.5)
	for i := range 12 {
		r.Variants[0].Metrics = append(r.Variants[0].Metrics, counted("sessions.lost{cause="+string(rune('a'+i))+"}", 500./12))
	}
	r.Variants[0].Metrics = slices.Delete(r.Variants[0].Metrics, 1, 2)
	f := lostFigure(r)
	if len(f.legend) != int(patterns) || f.legend[patterns-1].label != "other causes" {
		t.Errorf("the legend is %v", f.legend)
	}
	bars := marksOf[box](f.panels[0])
	if end := bars[len(bars)-1].x1; math.Abs(end-.5) > 1e-9 {
		t.Errorf("the causes add up to %g", end)
	}
}

func counted(name string, v float64) experiment.Metric {
	m := experiment.Metric{ID: metric.Read(name), Unit: "1"}
	m.Estimate.Mean, m.Estimate.Lo, m.Estimate.Hi, m.Estimate.N = v, v-.5, v+.5, 5
	return m
}

// The line called hottest is the hottest at every point, in the colour of its alternative, and as hot as the metrics say,
// also where the hot server is another one in each replication.
func TestLoadFigure(t *testing.T) {
	for name, r := range experimenttest.All() {
		for v, p := range loadFigure(r).panels {
			curves := marksOf[curve](p)
			hot := slices.IndexFunc(curves, func(c curve) bool { return c.stroke.Color == lookOf(v).color })
			if p.empty != "" {
				continue
			}
			for _, c := range curves {
				for i, y := range c.y {
					if y > curves[hot].y[i]+1e-9 {
						t.Fatalf("%s, %s: at %g s the hottest server has %g and another line %g", name, p.title, c.x[i], curves[hot].y[i], y)
					}
				}
			}
			for _, b := range marksOf[band](p) {
				for i := range b.x {
					if !(b.lo[i] <= b.hi[i] && b.hi[i] <= curves[hot].y[i]+1e-9) {
						t.Fatalf("%s, %s: at %g s the band is from %g to %g", name, p.title, b.x[i], b.lo[i], b.hi[i])
					}
				}
			}
			most, mean := r.Variants[v].Metric(hottest.ID()).Estimate.Mean, mean(curves[hot].y)
			if !(mean >= most*.99) {
				t.Errorf("%s, %s: the hottest server is drawn at %g on average, and is at %g", name, p.title, mean, most)
			}
		}
	}
	if n := len(marksOf[curve](loadFigure(experimenttest.Three()).panels[0])); n != 6 {
		t.Errorf("%d curves for five servers and their mean", n)
	}
	many := loadFigure(experimenttest.Wide()).panels[0]
	if bands, curves := marksOf[band](many), marksOf[curve](many); len(bands) != 1 || len(curves) != 2 {
		t.Errorf("%d bands and %d curves for forty servers", len(bands), len(curves))
	}
	if x := grouped(make([]float64, 100_001)); len(x) > mostPoints {
		t.Errorf("%d points are drawn", len(x))
	}
}

// Events of the timeline are marked at their time, and changes of the fleet where they were in the first replication.
func TestEventsAreMarked(t *testing.T) {
	for v, p := range loadFigure(experimenttest.Three()).panels {
		crash := experimenttest.Three().Variants[v].Timeline[0].At
		if len(p.events) != 1 || p.events[0] != (event{crash, "crash"}) {
			t.Errorf("events: %v", p.events)
		}
		changes := marksOf[dot](p)
		if len(changes) != 2 || math.Abs(changes[0].x-crash) > 5 || math.Abs(changes[1].x-crash-60) > 5 || changes[0].glyph != wedge || changes[1].glyph != triangle {
			t.Errorf("changes of the fleet: %+v", changes)
		}
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

// What is drawn filled is exactly what is decided, in the colour of its alternative, and every interval is on the paper.
func TestDifferenceFigure(t *testing.T) {
	r := experimenttest.Three()
	x := newIndex(r)
	f := differenceFigure(r)
	if len(f.panels) != len(metric.Shown(func(s metric.Show) int { return s.Plot })) {
		t.Fatalf("%d panels", len(f.panels))
	}
	for _, p := range f.panels {
		for _, d := range marksOf[dot](p) {
			v := len(r.Variants) - 1 - int(d.y)
			c := x.diffs[pair{r.Variants[v].Name, metric.Read(p.title)}]
			if d.hollow == c.Decided || d.x != c.Difference.Mean || d.color != lookOf(v).color {
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

// compared is a result with decided differences of p95 from the baseline.
func compared(differences ...float64) *experiment.Result {
	r := &experiment.Result{Baseline: "base", Variants: []experiment.VariantResult{{Name: "base", Replications: 5}}}
	for i, d := range differences {
		name := string(rune('a' + i))
		c := experiment.Comparison{Variant: name, Metric: latencyP95.ID(), Unit: "s", Decided: d != 0, Equal: d == 0}
		c.Difference.Mean, c.Difference.Lo, c.Difference.Hi = d, d*.9, d*1.1
		r.Variants = append(r.Variants, experiment.VariantResult{Name: name, Replications: 5})
		r.Comparisons = append(r.Comparisons, c)
	}
	return r
}

// A difference of 12 ms is seen beside one of 3 s, to both sides of 0; equality is not drawn as undecided.
func TestDifferencesFarApart(t *testing.T) {
	for _, c := range [][]float64{{.012, 3, 0, .17}, {-.012, 3}, {-3, .012}, {.012, .1}, {1e-9, 3}} {
		p := differenceFigure(compared(c...)).panels[0]
		dots, zero := marksOf[dot](p), p.x.place(0)
		for i := range dots {
			if off := math.Abs(p.x.place(dots[i].x) - zero); off < .05 && dots[i].x != 1e-9 {
				t.Errorf("%v: %g is drawn at %.3f of the axis from 0", c, dots[i].x, off)
			}
		}
		if slices.Contains(c, 0) && (len(dots) != len(c)-1 || len(marksOf[caption](p)) != 1) {
			t.Errorf("%v: %d dots, and %v", c, len(dots), marksOf[caption](p))
		}
		if len(p.x.ticks) < 3 || len(p.x.ticks) > 12 {
			t.Errorf("%v: ticks %v", c, p.x.ticks)
		}
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
			if low >= 1e-9 && high >= low && high < 1e16 {
				check(bothWays("x", -high, high, low, timeScales), "both ways", -high, high)
			}
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

// written is a canvas that remembers the texts.
type written struct {
	sketch
	texts []string
}

func (w *written) Text(at Point, text string, s TextStyle) { w.texts = append(w.texts, text) }

// Long names are shortened so that they stay different, in legends and over panels.
func TestShortenedNamesStayDifferent(t *testing.T) {
	long := strings.Repeat("WWWW ", 12)
	var names []string
	for _, middle := range []string{"a", "b", "c"} {
		names = append(names, long+middle+" "+long)
	}
	f := Figure{columns: 2, height: 100}
	for _, name := range names {
		f.legend = append(f.legend, key{label: name})
		f.panels = append(f.panels, panel{title: name, empty: "nothing"})
	}
	w := &written{}
	f.Draw(w)
	seen := map[string]int{}
	for _, text := range w.texts {
		if text != "nothing" && text != "" {
			seen[text]++
		}
		if w.Length(text, labelText) > mostLegend {
			t.Errorf("%q is too long", text)
		}
	}
	for text, n := range seen { // in the legend, and over a panel
		if n > 2 || len(seen) < 3 {
			t.Errorf("three names are written as %v: %q %d times", seen, text, n)
		}
	}
}

// contrast is the contrast of a colour with white, by the definition of WCAG 2.
func contrast(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		if x := float64(v) / 255; x > .04045 {
			return math.Pow((x+.055)/1.055, 2.4)
		}
		return float64(v) / 255 / 12.92
	}
	return 1.05 / (.2126*linear(c.R) + .7152*linear(c.G) + .0722*linear(c.B) + .05)
}

// Colours of data have a contrast of 3 to 1 on white, and differ from each other for everybody: seen without the red or the
// green cones (Machado, Oliveira & Fernandes 2009), too. What has the same colour differs in dash and glyph.
func TestColours(t *testing.T) {
	for _, c := range append(slices.Clone(palette), grey, ash) {
		if contrast(c) < 3 {
			t.Errorf("%v has a contrast of %.2f on white", c, contrast(c))
		}
	}
	for _, eyes := range [][9]float64{{1, 0, 0, 0, 1, 0, 0, 0, 1},
		{.152286, 1.052583, -.204868, .114503, .786281, .099216, -.003882, -.048116, 1.051998},
		{.367322, .860646, -.227968, .280085, .672501, .047413, -.011820, .042940, .968881}} {
		for i := range palette {
			for k := range i {
				if d := distance(seen(palette[i], eyes), seen(palette[k], eyes)); d < 20 {
					t.Errorf("%v and %v are %.1f apart", palette[i], palette[k], d)
				}
			}
		}
	}
	looks := map[string]int{}
	for i := range 40 {
		l := lookOf(i)
		if at, known := looks[fmt.Sprint(l)]; known {
			t.Errorf("alternatives %d and %d look the same", at, i)
		}
		looks[fmt.Sprint(l)] = i
		if j := i + len(palette); fmt.Sprint(l.dash) == fmt.Sprint(lookOf(j).dash) || l.glyph == lookOf(j).glyph {
			t.Errorf("alternatives %d and %d differ in nothing but one mark", i, j)
		}
	}
}

// seen is a colour in CIELAB as eyes see it.
func seen(c color.NRGBA, eyes [9]float64) (lab [3]float64) {
	var v [3]float64
	for i, x := range []uint8{c.R, c.G, c.B} {
		v[i] = math.Pow((float64(x)/255+.055)/1.055, 2.4)
	}
	var s [3]float64
	for i := range s {
		s[i] = min(max(eyes[3*i]*v[0]+eyes[3*i+1]*v[1]+eyes[3*i+2]*v[2], 0), 1)
	}
	f := func(x float64) float64 { return math.Cbrt(max(x, .001)) }
	x, y, z := f((.4124*s[0]+.3576*s[1]+.1805*s[2])/.95047), f(.2126*s[0]+.7152*s[1]+.0722*s[2]), f((.0193*s[0]+.1192*s[1]+.9505*s[2])/1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func distance(a, b [3]float64) float64 {
	return math.Hypot(math.Hypot(a[0]-b[0], a[1]-b[1]), a[2]-b[2])
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
