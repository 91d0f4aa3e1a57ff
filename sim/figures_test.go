package sim

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// figures are a run and its metrics.
type figures struct {
	m      *Model
	res    *Result
	values map[metric.ID]float64
}

func figuresOf(m *Model, seed uint64) *figures {
	x := &figures{m, Run(m, seed, 0, Options{}), map[metric.ID]float64{}}
	for _, v := range x.res.Metrics {
		x.values[v.ID] = v.Value
	}
	return x
}

// of is the figure of a family; NaN where it was not reported.
func (x *figures) of(f *metric.Family) float64 { return x.at(f.ID()) }

func (x *figures) at(id metric.ID) float64 {
	if v, ok := x.values[id]; ok {
		return v
	}
	return math.NaN()
}

// sum adds up the parts of a figure.
func (x *figures) sum(f *metric.Family, key string) float64 {
	sum := 0.0
	for _, v := range x.res.Metrics {
		if v.ID.Family == f.Name && v.ID.Label.Key == key {
			sum += v.Value
		}
	}
	return sum
}

// atStart is the number of sessions in progress when counting began.
func (x *figures) atStart() float64 {
	return x.of(metricActive) + x.of(metricFinished) + x.of(metricLost) - x.of(metricStarted)
}

// warned is 1 where the run has a warning of the code.
func (x *figures) warned(code string) float64 {
	return bit(slices.ContainsFunc(x.res.Warnings, func(w diag.Warning) bool { return w.Code == code }))
}

// names holds the metrics of servers to their figures.
func (x *figures) names() error {
	var errs []error
	for i := range x.res.Servers {
		s := &x.res.Servers[i]
		errs = append(errs, equal("utilization of "+s.Name, x.at(metricOneUtilization.With("server", s.Name)), s.Busy/s.Capacity),
			equal("sessions of "+s.Name, x.at(metricOneSessions.With("server", s.Name)), s.Sessions))
		for _, f := range oneServerFigures {
			errs = append(errs, equal(f.figure.Name+" of "+s.Name, x.at(f.family.With("server", s.Name)), s.Figures[f.figure.Index()]))
		}
	}
	return all(errs...)
}

// ranks holds those of ranks to their order, and to the servers: ranks share out what the servers did.
func (x *figures) ranks() error {
	busy, up, errors, answers := 0.0, 0.0, 0.0, 0.0
	for i := range x.res.Servers {
		if s := &x.res.Servers[i]; s.Capacity > 0 {
			up += s.Present - s.Down
			busy += s.Busy / s.Capacity * (s.Present - s.Down)
			errors, answers = errors+float64(s.Errors), answers+float64(s.Answered)
		}
	}
	var errs []error
	inRanks, last := serverBooks{}, math.Inf(1)
	for i := range x.res.Ranks {
		r := &x.res.Ranks[i]
		inRanks.add(&r.books, 1)
		u := r.Figures[UtilizationFigure.Index()]
		errs = append(errs, atLeastOf(fmt.Sprintf("utilization of rank %d", i), last, u))
		last = u
		if i < ListedRanks {
			errs = append(errs, equal("metric of the rank", x.at(metricOneUtilization.With("rank", fmt.Sprint(i+1))), u))
		}
	}
	return all(append(errs, nearly("time in ranks", inRanks.Up, up, 1e-6), nearly("busy time in ranks", inRanks.Loaded, busy, 1e-6),
		nearly("errors in ranks", inRanks.Errors, errors, 1e-6), nearly("answers in ranks", inRanks.Answered, answers, 1e-6),
		equal("the hottest", x.at(metricOneUtilization.With("rank", "1")), x.of(metricUtilization.Max)),
		equal("mean over the ranks", inRanks.Loaded/inRanks.Up, x.of(metricUtilization.Mean)))...)
}

// populations holds a figure to the sum over populations, where it is broken down by them.
func (x *figures) populations(f *metric.Family) error {
	if len(x.res.Populations) < 2 {
		return nil
	}
	return equal(f.Name+" by population", x.of(f), x.sum(f, metric.Population.Name))
}

// histogram holds times to the histograms of the populations: the mean to their weighted mean, each quantile to the number
// of longer times.
func (x *figures) histogram(t metric.Times, of func(*PopulationResult) *stats.Histogram) error {
	n, total := 0.0, 0.0
	for i := range x.res.Populations {
		if h := of(&x.res.Populations[i]); h.Count() > 0 {
			n += float64(h.Count())
			total += float64(h.Count()) * h.Mean() / 1e9
		}
	}
	if n == 0 {
		return sameDefined(t.Mean.Name, x.of(t.Mean), false)
	}
	errs := []error{nearly(t.Mean.Name, x.of(t.Mean), total/n, 1e-9)}
	for i, q := range metric.Quantiles {
		above, aboveLess := 0.0, 0.0
		for k := range x.res.Populations {
			h := of(&x.res.Populations[k])
			v := int64(x.of(t.Quantiles[i]) * 1e9)
			above += h.CountAbove(v + v/100 + 1)
			aboveLess += h.CountAbove(v - v/100 - 1)
		}
		errs = append(errs, atLeastOf("times above "+t.Quantiles[i].Name, (1-q.P)*n+1, above), atLeastOf("times from "+t.Quantiles[i].Name, aboveLess+1, (1-q.P)*n))
	}
	return all(errs...)
}

// spread holds the measures of imbalance to their definitions, of values and the times that weigh them.
func (x *figures) spread(s metric.Spread, of func(*ServerResult) (value, time float64)) error {
	var v, w []float64
	for i := range x.res.Servers {
		if x.res.Servers[i].Capacity > 0 {
			a, span := of(&x.res.Servers[i])
			v, w = append(v, a), append(w, span)
		}
	}
	time, load, longest := 0.0, 0.0, 0.0
	for i, a := range v {
		time, load, longest = time+w[i], load+a*w[i], max(longest, w[i])
	}
	if load == 0 {
		return sameDefined(s.CV.Name, x.of(s.CV), false)
	}
	mean := load / time
	off, fair, pairs, most, even := 0.0, 0.0, 0.0, 0.0, true
	for i, a := range v {
		off, fair, most, even = off+w[i]*w[i]*(a-mean)*(a-mean), fair+w[i]*w[i]*mean*mean, max(most, a), even && w[i] == w[0]
		for k, b := range v {
			pairs += w[i] * w[k] * math.Abs(a-b)
		}
	}
	if even {
		if err := nearly(s.Max.Name, x.of(s.Max), most, 1e-9); err != nil {
			return err
		}
	}
	return all(nearly(s.Mean.Name, x.of(s.Mean), mean, 1e-9), atLeastOf(s.Max.Name, most*(1+1e-9), x.of(s.Max)), atLeastOf(s.Max.Name, x.of(s.Max), mean*(1-1e-9)),
		nearly(s.PeakToMean.Name, x.of(s.PeakToMean), x.of(s.Max)/mean, 1e-9),
		nearly(s.Jain.Name, x.of(s.Jain), fair/(fair+off), 1e-9), nearly(s.CV.Name, x.of(s.CV)*x.of(s.CV), off/fair, 1e-6),
		nearly(s.Gini.Name, x.of(s.Gini), pairs/(2*time*load), 1e-6))
}

func timesOf(t metric.Times) []*metric.Family {
	return append([]*metric.Family{t.Mean}, t.Quantiles[:]...)
}

func spreadOf(s metric.Spread) []*metric.Family {
	return []*metric.Family{s.Mean, s.Max, s.PeakToMean, s.CV, s.Jain, s.Gini}
}

func all(errs ...error) error { return errors.Join(errs...) }

func equal(what string, got, want float64) error { return nearly(what, got, want, 1e-9) }

// nearly accepts what differs relatively by at most band, and two undefined figures.
func nearly(what string, got, want, band float64) error {
	if got == got && want == want && math.Abs(got-want) > band*max(math.Abs(want), 1) {
		return fmt.Errorf("%s: %g, want %g", what, got, want)
	}
	return nil
}

// atLeastOf accepts undefined figures.
func atLeastOf(what string, got, least float64) error {
	if got < least-1e-9*max(math.Abs(least), 1) {
		return fmt.Errorf("%s: %g, want at least %g", what, got, least)
	}
	return nil
}

func sameDefined(what string, v float64, defined bool) error {
	if (v == v) != defined {
		return fmt.Errorf("%s: %g, defined should be %t", what, v, defined)
	}
	return nil
}

// sameDefinedOr accepts an undefined figure where it may be defined.
func sameDefinedOr(what string, v float64, may bool) error {
	if v == v && !may {
		return fmt.Errorf("%s: %g, and nothing happened that has one", what, v)
	}
	return nil
}

func bit(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// ofServers are the values of a series of all servers, point by point.
func ofServers(res *Result, h *metric.Series) []float32 {
	var all []float32
	for i := range res.Series.Rows {
		all = append(all, res.Series.Rows[i].Of(h)...)
	}
	return all
}

func total32(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		if v == v {
			sum += float64(v)
		}
	}
	return sum
}

func largest(x []float32) float64 {
	most := 0.0
	for _, v := range x {
		most = max(most, float64(v))
	}
	return most
}

// ofKind is what every figure of a kind is held to.
func ofKind(f *metric.Family, v float64) error {
	switch {
	case v != v:
		return nil
	case f == SurplusWork || f == SurplusRequests: // what exceeds a mean may fall short of it, and always exists
		return nil
	case v < -1e-9 || math.IsInf(v, 0):
		return fmt.Errorf("%s: %g", f.Name, v)
	case f.Kind == metric.Share && f != metricSpent && v > 1+1e-9:
		return fmt.Errorf("%s: a share of %g", f.Name, v)
	case f.Kind == metric.Time && f.Undefined == "" && f.Unit == "s":
		return fmt.Errorf("%s: nothing says when it is undefined", f.Name)
	}
	return nil
}

// rising holds quantiles to their order, and to Markov's inequality.
func rising(x *figures, t metric.Times) error {
	before, mean := 0.0, x.of(t.Mean)
	for i, q := range metric.Quantiles {
		v := x.of(t.Quantiles[i])
		if v < before || v > mean/(1-q.P)*1.01+1e-9 {
			return fmt.Errorf("%s: %g after %g, with a mean of %g", t.Quantiles[i].Name, v, before, mean)
		}
		before = v
	}
	return nil
}
