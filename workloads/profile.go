package workloads

import (
	"math"
	"strings"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

var _ = registerProcess(Process{
	Name:     "steps",
	Also:     []string{"stages", "schedule", "profile"},
	Summary:  "a rate that changes in steps",
	Params:   []string{"repeat"},
	Examples: []string{"steps(0s:2/s 30m:10/s)"},
	build:    func(c *call) (sim.ArrivalProcess, error) { return buildProfile(c, NewSteps) },
})

var _ = registerProcess(Process{
	Name:     "ramp",
	Also:     []string{"ramp-up", "linear", "increase"},
	Summary:  "a rate that changes along straight lines",
	Params:   []string{"repeat"},
	Examples: []string{"ramp(0s:2/s 30m:10/s)"},
	build:    func(c *call) (sim.ArrivalProcess, error) { return buildProfile(c, NewRamp) },
})

// Point is a rate per second from, or at, a time in seconds.
type Point struct{ At, Rate float64 }

// Profile is a Poisson process whose rate follows a list of points: in steps, or along straight lines. Before the first
// point, in the warm-up, the rate is that of the point; after the last it stays. A profile that repeats does so in the
// warm-up, too.
type Profile struct {
	points []Point
	linear bool
	repeat float64 // seconds after which the profile begins again; 0 = never
}

// maxPoints bounds a profile; a year in hours has 8,760.
const maxPoints = 10_000

// maxSteps bounds the pieces a process may cross per arrival, on average.
const maxSteps = 1e5

// NewSteps returns the process that has each point's rate from the point on. The first point must be at 0 s, times
// must rise by at least a nanosecond, and some rate must be above 0. After repeat seconds, which lie behind the last
// point, the profile begins again; 0 means never. Written steps(0s:2/s 30m:10/s repeat=24h).
func NewSteps(points []Point, repeat float64) (*Profile, error) {
	return newProfile(Profile{points: append([]Point(nil), points...), repeat: repeat})
}

// NewRamp is [NewSteps] with straight lines between the points; from the last point to the repetition the rate stays.
// Written ramp(0s:1/s 12h:5/s 24h:1/s repeat=24h).
func NewRamp(points []Point, repeat float64) (*Profile, error) {
	return newProfile(Profile{points: append([]Point(nil), points...), linear: true, repeat: repeat})
}

func newProfile(p Profile) (*Profile, error) {
	if len(p.points) == 0 || len(p.points) > maxPoints {
		return nil, wrong("needs 1 to "+num(maxPoints)+" points", "write "+p.name()+"(0s: 2/s, 30m: 10/s)")
	}
	for i, at := range p.points {
		if err := p.checkPoint(i, at); err != nil {
			return nil, about(numbered("point", i), err)
		}
	}
	if p.Peak() == 0 {
		return nil, wrong("needs a rate above 0", "")
	}
	last := p.points[len(p.points)-1].At
	if p.repeat == 0 {
		return &p, nil
	}
	if err := checkSeconds("repeat", p.repeat, 1e-3); err != nil {
		return nil, err
	}
	if p.repeat < last || !p.linear && p.repeat == last {
		return nil, faulty("repeat", "must lie behind the last point, at "+dist.Seconds.Format(last), "")
	}
	if mean := p.Rate(); mean == 0 || float64(len(p.points)) > maxSteps*mean*p.repeat {
		return nil, faulty("repeat", "gives more than "+num(maxSteps)+" points to an arrival", "raise the rates or the period")
	}
	return &p, nil
}

func (p *Profile) checkPoint(i int, at Point) error {
	if err := checkSeconds("time", at.At, 0); err != nil {
		return err
	}
	if i == 0 && at.At != 0 {
		return faulty("time", "the first point must be at 0s, got "+dist.Seconds.Format(at.At), "a rate of 0/s is fine there")
	}
	if i > 0 && sim.FromSeconds(at.At) <= sim.FromSeconds(p.points[i-1].At) {
		return faulty("time", "must be after "+dist.Seconds.Format(p.points[i-1].At)+", got "+dist.Seconds.Format(at.At), "list the points in time order")
	}
	return checkRate("rate", at.Rate, 0)
}

// Rate is the mean over a repetition; of a profile that does not repeat, the last rate.
func (p *Profile) Rate() float64 {
	last := p.points[len(p.points)-1]
	if p.repeat == 0 {
		return last.Rate
	}
	sum := last.Rate * (p.repeat - last.At)
	for i, from := range p.points[:len(p.points)-1] {
		to := p.points[i+1]
		mean := from.Rate
		if p.linear {
			mean = (from.Rate + to.Rate) / 2
		}
		sum += mean * (to.At - from.At)
	}
	return sum / p.repeat
}

func (p *Profile) name() string {
	if p.linear {
		return "ramp"
	}
	return "steps"
}

func (p *Profile) String() string {
	var b strings.Builder
	b.WriteString(p.name() + "(")
	for i, at := range p.points {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(dist.Seconds.Format(at.At) + ":" + FormatRate(at.Rate))
	}
	if p.repeat > 0 {
		b.WriteString(" repeat=" + dist.Seconds.Format(p.repeat))
	}
	return b.String() + ")"
}

// Start returns the arrivals addressed by k.
func (p *Profile) Start(k rng.Key) sim.Arrivals { return startCox(p, k) }

// RateAt is the rate at t.
func (p *Profile) RateAt(t sim.Time) float64 {
	path := profilePath{Profile: p}
	path.piece(t)
	return path.rate(t)
}

// Peak is the highest rate.
func (p *Profile) Peak() float64 {
	most := 0.0
	for _, at := range p.points {
		most = max(most, at.Rate)
	}
	return most
}

// Beyond is the first point that the run does not reach.
func (p *Profile) Beyond(end sim.Time) (what string, at sim.Time) {
	for i, point := range p.points {
		if at = sim.FromSeconds(point.At); at >= end && (!p.linear || i == 0 || sim.FromSeconds(p.points[i-1].At) >= end) {
			return "the rate of " + FormatRate(point.Rate), at
		}
	}
	return "", 0
}

func (p *Profile) path(rng.Key) path { return &profilePath{Profile: p} }

// profilePath walks the pieces of a profile.
type profilePath struct {
	*Profile
	i      int     // the piece from point i to the next
	rounds float64 // repetitions since time 0; negative in the warm-up
	began  bool
}

func (p *profilePath) piece(t sim.Time) (sim.Time, float64) {
	if !p.began {
		p.began = true
		if p.repeat > 0 {
			p.rounds = math.Floor(t.Seconds() / p.repeat)
		}
	}
	if t < 0 && p.repeat == 0 {
		return 0, p.points[0].Rate
	}
	until := p.end()
	for t >= until && until < sim.Never {
		if p.i++; p.i == len(p.points) {
			p.i = 0
			p.rounds++
		}
		until = p.end()
	}
	most := p.points[p.i].Rate
	if p.linear && p.i+1 < len(p.points) {
		most = max(most, p.points[p.i+1].Rate)
	}
	return until, most
}

// end is when the current piece ends.
func (p *profilePath) end() sim.Time {
	switch {
	case p.i+1 < len(p.points):
		return sim.Instant(p.rounds*p.repeat + p.points[p.i+1].At)
	case p.repeat > 0:
		return sim.Instant((p.rounds + 1) * p.repeat)
	}
	return sim.Never
}

func (p *profilePath) rate(t sim.Time) float64 {
	from := p.points[p.i]
	if !p.linear || p.i+1 == len(p.points) || t < 0 && p.repeat == 0 {
		return from.Rate
	}
	to := p.points[p.i+1]
	share := (t.Seconds() - p.rounds*p.repeat - from.At) / (to.At - from.At)
	return from.Rate + (to.Rate-from.Rate)*share
}

func buildProfile(c *call, make func([]Point, float64) (*Profile, error)) (sim.ArrivalProcess, error) {
	points := readKeyed(c, "point", func(a arg) Point {
		at, err := dist.ParseDuration(a.key)
		if err != nil {
			c.fail(place(err, a.keyAt, "time"))
		}
		return Point{At: at, Rate: c.read(a, "rate", ParseRate)}
	})
	c.next = len(c.args) // repeat goes by its name only
	return make(points, c.seconds("repeat", 0))
}
