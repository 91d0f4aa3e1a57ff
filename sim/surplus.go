package sim

import (
	"math"

	"stickysim/sim/dist"
	"stickysim/sim/metric"
	"stickysim/sim/rng"
)

// surplus is how much more the clients of a population draw in the measured part than their distributions and the plan of
// their arrivals say on average. Each draw is decided on before its value is known, so the mean over replications is exactly 0:
// a control variate.
type surplus struct {
	demand, think, size, life excess
	arrived                   uint64 // sessions before the measured part
	clock                     Time   // of the arrivals when the measured part began
}

// excess adds up by how much the draws from a distribution exceed its mean. It is that distribution, and draws the same.
type excess struct {
	dist.Dist
	law    law
	mean   float64
	total  float64
	before float64 // of total, what came before the measured part
}

// of makes d count the draws from a distribution, through a law or by count. What does not vary, or has no variance, is left out.
func (d *excess) of(x dist.Dist) law {
	l := lawOf(x)
	if x == nil || x.SCV() == 0 || math.IsInf(x.SCV(), 1) {
		return l
	}
	d.Dist, d.law, d.mean = x, l, x.Mean()
	return law{other: d}
}

// Sample draws, and counts.
func (d *excess) Sample(k rng.Key) float64 {
	x := d.law.seconds(k)
	d.count(x)
	return x
}

// count counts a draw.
func (d *excess) count(x float64) {
	if d.Dist != nil {
		d.total += x - d.mean
	}
}

// counted is the sum over the measured part.
func (d *excess) counted() float64 { return d.total - d.before }

// newSurplus returns books for a population, and what its think times and its work are to be drawn from: it keeps them.
func newSurplus(p *Population) (s *surplus, think, demand law) {
	s = &surplus{}
	s.size.of(p.Requests)
	s.life.of(p.Life)
	return s, s.think.of(p.Think), s.demand.of(p.Demand)
}

// drewSize, drewLife and drewThink count draws of the number of requests of a session, of the seconds that it lasts, and of
// those until a user's next one.
func (s *surplus) drewSize(n float64) {
	if s != nil {
		s.size.count(n)
	}
}

func (s *surplus) drewLife(seconds float64) {
	if s != nil {
		s.life.count(seconds)
	}
}

func (s *surplus) drewThink(seconds float64) {
	if s != nil {
		s.think.count(seconds)
	}
}

// beginCounting makes now the begin of the measured part.
func (s *surplus) beginCounting(p *population, now Time) {
	if s == nil {
		return
	}
	for _, d := range [...]*excess{&s.demand, &s.think, &s.size, &s.life} {
		d.before = d.total
	}
	s.arrived, s.clock = p.arrived, p.clockOfArrivals(now)
}

// sessions is how many more sessions have begun than were planned. It is 0 where the process does not say how many.
func (s *surplus) sessions(p *population, now Time) float64 {
	planned, ok := p.Sessions.(PlannedRate)
	if !ok || planned.Peak() == 0 {
		return 0
	}
	rate := func(t float64) float64 { return planned.RateAt(Instant(t)) }
	return float64(p.arrived-s.arrived) - integral(rate, s.clock.Seconds(), p.clockOfArrivals(now).Seconds())
}

// requests is how many more requests that makes, about: as if each were answered after its own work.
func (s *surplus) requests(p *population, now Time) float64 {
	cycle, each, byLife := p.cycle(), math.Inf(1), false
	if p.Requests != nil {
		each = p.Requests.Mean()
	}
	if p.Life != nil && cycle > 0 && p.Life.Mean()/cycle < each {
		each, byLife = p.Life.Mean()/cycle, true
	}
	switch {
	case p.Users > 0 && cycle > 0:
		return -s.think.counted() / cycle
	case p.Users > 0 || math.IsInf(each, 1):
		return 0
	case byLife:
		return s.sessions(p, now)*each + (s.life.counted()-s.think.counted())/cycle
	}
	return s.sessions(p, now)*each + s.size.counted()
}

// integral is that of a function which is smooth but for some steps, by Simpson's rule on parts that are halved until they
// agree.
func integral(f func(x float64) float64, from, to float64) float64 {
	const parts, deepest, close = 97, 40, 1e-12
	simpson := func(a, fa, fm, b, fb float64) float64 { return (b - a) / 6 * (fa + 4*fm + fb) }
	var halve func(a, fa, m, fm, b, fb, whole float64, depth int) float64
	halve = func(a, fa, m, fm, b, fb, whole float64, depth int) float64 {
		l, r := (a+m)/2, (m+b)/2
		fl, fr := f(l), f(r)
		left, right := simpson(a, fa, fl, m, fm), simpson(m, fm, fr, b, fb)
		if d := left + right - whole; depth == 0 || math.Abs(d) <= close*(math.Abs(whole)+(to-from)) {
			return left + right + d/15
		}
		return halve(a, fa, l, fl, m, fm, left, depth-1) + halve(m, fm, r, fr, b, fb, right, depth-1)
	}
	sum, width := 0.0, (to-from)/parts
	for i := range parts {
		a, b := from+float64(i)*width, from+float64(i+1)*width
		m := (a + b) / 2
		fa, fm, fb := f(a), f(m), f(b)
		sum += halve(a, fa, m, fm, b, fb, simpson(a, fa, fm, b, fb), deepest)
	}
	return sum
}

var (
	controlVariates = need("replications: {controls: true}", func(m *Model) bool { return m.Controls })

	// SurplusWork and SurplusRequests are known to be 0 in mean.
	SurplusWork = metric.Register(metric.Family{Name: "surplus.work", Kind: metric.Time, Signed: true,
		Short:   "work that clients drew beyond its mean",
		Doc:     "Of the requests sent in the measured part, whatever became of them. It is 0 in mean over replications: what is known of it takes chance out of the other figures.",
		Formula: "sum over requests sent of their work − the mean of its distribution; core-seconds", Needs: controlVariates})
	SurplusRequests = metric.Register(metric.Family{Name: "surplus.requests", Kind: metric.Factor, Unit: "1", Signed: true,
		Short:   "requests that clients' draws make beyond their mean",
		Doc:     "What the draws of the measured part make, about: sessions that arrive beyond those planned, times their mean number of requests; lengths and lives of sessions and pauses beyond their means, each in requests. It is 0 in mean over replications.",
		Formula: "sessions beyond those planned × requests of one + (sizes, or lives − pauses, beyond their means, in requests)", Needs: controlVariates})
)

var _ = reports(0, func(r *run, b *metricsBuilder) {
	if !r.m.Controls {
		return
	}
	work, requests := 0.0, 0.0
	for _, p := range r.pops {
		work += p.surplus.demand.counted()
		requests += p.surplus.requests(p, r.now)
	}
	b.add(SurplusWork.ID(), work)
	b.add(SurplusRequests.ID(), requests)
})
