package experiment

import (
	"math"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

// WarmupMethod says where the warm-up of a study comes from.
type WarmupMethod string

// The methods. Of several reasons for a warm-up, the longest counts.
const (
	NoWarmup         WarmupMethod = "none"        // runs are measured from their start, which is empty
	GivenWarmup      WarmupMethod = "given"       // the scenario says it
	FromEquilibrium  WarmupMethod = "equilibrium" // runs start in equilibrium, and pilot runs show no transient
	MSER             WarmupMethod = "mser-5"      // the transient that pilot runs show, by MSER-5
	FillingSessions  WarmupMethod = "sessions"    // runs start empty, and five mean sessions fill them
	RelaxingQueues   WarmupMethod = "queues"      // five relaxation times of the busiest server's queue (Odoni & Roth, 1983)
	BeforeFirstEvent WarmupMethod = "events"      // as early as the first event of the timeline
)

var (
	transient = diag.Register(diag.Code{Name: "transient", Severity: diag.Severe,
		Doc: "The run is measured before it has settled, so figures depend on how it started. A longer warm-up helps."})
	untested = diag.Register(diag.Code{Name: "warmup-untested", Severity: diag.Caution,
		Doc: "The replications are too few or too noisy to tell whether the run has settled when it is measured. More replications or a longer duration help."})
)

const (
	pilots      = 5
	pilotPoints = 400
	lengthen    = 4 // times the duration that pilots may last
	enough      = 5 // mean sessions, or relaxation times, after which what is left of a start is below 1 %
	busiest     = 0.98
)

// LongestWarmup is how many times the duration a warm-up may last that is found by pilot runs, or made for the timeline.
const LongestWarmup = 20

// settleWarmup sets the warm-up of all variants: the longest that one of them needs.
func (x *execution) settleWarmup() error {
	m := x.models[0]
	x.method = NoWarmup
	if m.Equilibrium {
		x.method = FromEquilibrium
	}
	if !x.study.AutoWarmup {
		if m.Warmup > 0 {
			x.method = GivenWarmup
		}
		return nil
	}
	w, err := x.warmup()
	if err != nil || x.stopped {
		return err
	}
	x.method, x.warnings = w.Method, append(x.warnings, w.Warnings...)
	for _, m := range x.models {
		m.SetWarmup(w.Span)
	}
	return nil
}

// findWarmup finds the longest warm-up that a variant needs. It is nil where the study was stopped.
func (x *execution) findWarmup() (*Warmup, error) {
	found := &Warmup{Method: x.method}
	for v, m := range x.models {
		need, err := x.needs(v)
		if err != nil || x.stopped {
			return nil, err
		}
		need.atLeast(-firstEvent(m), BeforeFirstEvent)
		if most := LongestWarmup * m.Duration; need.span > most {
			need.span, need.unsettled = most, true
		}
		if need.unsettled {
			w := transient.At("warmup", "no warm-up of up to %d times the duration is long enough", LongestWarmup)
			w.Alternative, w.Hint = x.study.Variants[v].Name, "write a longer duration, or start: equilibrium"
			found.Warnings = append(found.Warnings, w)
		}
		if need.span > found.Span {
			found.Span, found.Method = need.span, need.method
		}
	}
	return found, nil
}

// firstEvent is when the first event of the timeline happens whose time is written; never after 0.
func firstEvent(m *sim.Model) sim.Time {
	first := sim.Time(0)
	for i := range m.Timeline {
		if a := &m.Timeline[i]; a.Scripted() {
			first = min(first, a.At)
		}
	}
	return first
}

// warmupNeed is the warm-up a variant needs, and why.
type warmupNeed struct {
	span      sim.Time
	method    WarmupMethod
	unsettled bool // no end of the transient was found
}

func (n *warmupNeed) atLeast(span sim.Time, method WarmupMethod) {
	if span > n.span {
		n.span, n.method = span, method
	}
}

// needs finds the warm-up of one variant from pilot runs of the time before the measured part.
func (x *execution) needs(v int) (warmupNeed, error) {
	m := beforehand(x.models[v])
	need := warmupNeed{}
	if len(m.Populations) == 0 {
		return need, nil
	}
	if !m.Equilibrium {
		fill, finite := m.Filling()
		need.atLeast(enough*fill, FillingSessions)
		need.unsettled = !finite
	}
	for length := m.Duration; ; length *= 2 {
		p, err := x.pilot(m, length)
		if err != nil || x.stopped {
			return need, err
		}
		cut, found := p.transient()
		if !found && length < lengthen*m.Duration {
			continue
		}
		need.unsettled = need.unsettled || !found
		need.atLeast(cut, MSER)
		need.atLeast(enough*m.Relaxation(min(p.utilization(), busiest)), RelaxingQueues)
		return need, nil
	}
}

// beforehand is the model of a variant before the measured part: without the timeline and the autoscaler, whose work is what
// is studied, and without logs, which begin there.
func beforehand(of *sim.Model) *sim.Model {
	m := *of
	m.Warmup, m.Timeline, m.Autoscaler = 0, nil, nil
	m.Populations = nil
	for _, p := range of.Populations {
		if p.Trace == nil {
			m.Populations = append(m.Populations, p)
		}
	}
	return &m
}

// pilot is what pilot runs show.
type pilot struct {
	step  sim.Time
	load  [pilots][]float64 // requests in all servers together
	held  [pilots][]float64 // sessions on all servers together
	hot   []float64         // utilization of the busiest server in the second half
	empty bool              // the runs start empty
}

// pilot runs the time of the given length before the measured part.
func (x *execution) pilot(of *sim.Model, length sim.Time) (*pilot, error) {
	m := *of
	m.Duration, m.Grid = length, max(length/pilotPoints, 1)
	m.Populations = append([]sim.Population(nil), of.Populations...)
	for i := range m.Populations {
		if p := &m.Populations[i]; p.Sessions != nil {
			p.Sessions = shift(p.Sessions, length)
		}
	}
	p := &pilot{step: m.Grid, empty: !m.Equilibrium}
	err := x.parallel(pilots, func(i int, w *sim.Workspace) (*sim.Result, error) {
		return sim.Run(&m, x.study.Seed, -1-i, sim.Options{Stop: x.options.Stop, Workspace: w}), nil
	}, func(i int, r *sim.Result) {
		p.load[i], p.held[i] = loadOf(&r.Series), heldOf(&r.Series)
		p.hot = append(p.hot, busiestIn(&r.Series))
	})
	return p, err
}

// transient is how long the slowest series takes to settle, by MSER-5 over all pilots; found is false where they are too
// short to tell. What runs that start in equilibrium show first must differ from the rest by more than chance.
func (p *pilot) transient() (span sim.Time, found bool) {
	found = true
	for _, runs := range [][pilots][]float64{p.load, p.held} {
		mean := make([]float64, len(runs[0]))
		for _, run := range runs {
			for i := range mean {
				mean[i] += run[i]
			}
		}
		d, ok := stats.MSER5(mean)
		if d == 0 || !p.empty && !differs(runs[:], d) {
			continue
		}
		span, found = max(span, sim.Time(d)*p.step), found && ok
	}
	return span, found
}

// differs reports whether the first d points of runs differ from the others.
func differs(runs [][]float64, d int) bool {
	var change []float64
	for _, run := range runs {
		change = append(change, average(run[d:])-average(run[:d]))
	}
	return stats.OfMean(change).P() < 0.05
}

// utilization is that of the busiest server.
func (p *pilot) utilization() float64 { return average(p.hot) }

func average(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / max(float64(len(x)), 1)
}

func loadOf(s *sim.Series) []float64 {
	out := make([]float64, s.Points)
	for i, v := range s.Of(sim.LoadSeries) {
		out[i] = float64(v)
	}
	return out
}

// heldOf adds the sessions up over the servers, point by point.
func heldOf(s *sim.Series) []float64 {
	out := make([]float64, s.Points)
	for i := range s.Rows {
		for _, v := range s.Rows[i].Of(sim.SessionsSeries) {
			out[i] += float64(v)
		}
	}
	return out
}

// busiestIn is the utilization of the busiest server in the second half of a run.
func busiestIn(s *sim.Series) float64 {
	var sums, n []float64 // by server
	for i := s.Points / 2; i < len(s.Rows); i++ {
		row := &s.Rows[i]
		values := row.Of(sim.UtilizationSeries)
		for at, id := range row.Servers {
			for len(sums) <= int(id) {
				sums, n = append(sums, 0), append(n, 0)
			}
			if v := values[at]; v == v {
				sums[id] += float64(v)
				n[id]++
			}
		}
	}
	most := 0.0
	for id, sum := range sums {
		most = max(most, sum/max(n[id], 1))
	}
	return most
}

// shifted is an arrival process that does between 0 and by what the process beneath does between -by and 0.
type shifted struct {
	sim.ArrivalProcess
	by sim.Time
}

// shift shows the time before the measured part.
func shift(p sim.ArrivalProcess, by sim.Time) sim.ArrivalProcess {
	if planned, ok := p.(sim.PlannedRate); ok {
		return shiftedPlan{shifted{p, by}, planned}
	}
	return shifted{p, by}
}

func (s shifted) Start(k rng.Key) sim.Arrivals {
	return shiftedArrivals{s.ArrivalProcess.Start(k), s.by}
}

type shiftedArrivals struct {
	sim.Arrivals
	by sim.Time
}

func (a shiftedArrivals) Next(t sim.Time) sim.Time {
	return min(a.Arrivals.Next(t-a.by)+a.by, sim.Never)
}

type shiftedPlan struct {
	shifted
	planned sim.PlannedRate
}

func (s shiftedPlan) RateAt(t sim.Time) float64 { return s.planned.RateAt(t - s.by) }
func (s shiftedPlan) Peak() float64             { return s.planned.Peak() }

// halves are what the replications of a variant show before the first event, in the first half of that time and in the second.
type halves struct {
	load, held [][2]float64
}

// leastPoints is how many points of the series a comparison of halves needs.
const leastPoints = 10

// add takes in a replication.
func (h *halves) add(r *sim.Result, m *sim.Model) {
	points := min(int(calm(m)/r.Series.Step), r.Series.Points)
	if points < leastPoints {
		return
	}
	split := func(x []float64) [2]float64 {
		return [2]float64{average(x[:points/2]), average(x[points/2 : points])}
	}
	h.load = append(h.load, split(loadOf(&r.Series)))
	h.held = append(h.held, split(heldOf(&r.Series)))
}

// calm is how long nothing happens in the measured part that would set its beginning apart from the rest.
func calm(m *sim.Model) sim.Time {
	until := m.Duration
	for i := range m.Timeline {
		if a := &m.Timeline[i]; a.Scripted() {
			until = min(until, max(a.At, 0))
		}
	}
	for i := range m.Populations {
		p := &m.Populations[i]
		if p.Trace != nil || m.Autoscaler != nil {
			return 0
		}
		planned, ok := p.Sessions.(sim.PlannedRate)
		const looks = 100
		for i := sim.Time(0); ok && i <= looks; i++ {
			if t := until / looks * i; planned.RateAt(t) != planned.RateAt(0) {
				until = t
				break
			}
		}
	}
	return until
}

// checkWarmup warns of variants whose first half differs from the second, or that are too noisy to tell.
func (x *execution) checkWarmup() {
	for v := range x.halves {
		h := &x.halves[v]
		load, held := h.load[:min(len(h.load), x.done)], h.held[:min(len(h.held), x.done)]
		if len(load) < enough {
			continue
		}
		level := 5e-3 / float64(2*len(x.halves))
		for _, test := range []struct {
			what string
			of   [][2]float64
		}{{"requests in the servers", load}, {"sessions", held}} {
			if first, second, unlike := compareHalves(test.of, level); unlike {
				w := transient.At("warmup", "before the first event the second half of the measured part has %.3g %s, the first %.3g", second, test.what, first)
				w.Alternative, w.Hint = x.study.Variants[v].Name, "write a longer warmup"
				x.warnings = append(x.warnings, w)
				break
			}
		}
		if noise := noiseOfHalves(load); x.study.AutoWarmup && noise > 0.3 {
			w := untested.At("warmup", "whether the run has settled is unclear: requests in the servers differ between its halves by up to %.0f %% by chance", 100*noise)
			w.Alternative, w.Hint = x.study.Variants[v].Name, "more replications, or a longer duration, would tell"
			x.warnings = append(x.warnings, w)
		}
	}
}

// compareHalves reports the means of the halves, and whether they differ by more than chance and by more than 2 %.
func compareHalves(list [][2]float64, level float64) (first, second float64, unlike bool) {
	var change []float64
	for _, h := range list {
		first, second = first+h[0]/float64(len(list)), second+h[1]/float64(len(list))
		change = append(change, h[1]-h[0])
	}
	return first, second, math.Abs(second-first) > 0.02*max(first, second) && stats.OfMean(change).P() < level
}

// noiseOfHalves is the half-width of the interval of the change between the halves, relative to the mean.
func noiseOfHalves(list [][2]float64) float64 {
	var change []float64
	mean := 0.0
	for _, h := range list {
		change = append(change, h[1]-h[0])
		mean += (h[0] + h[1]) / 2 / float64(len(list))
	}
	if mean == 0 {
		return 0
	}
	return stats.TInterval(change, 0.95).HalfWidth() / mean
}
