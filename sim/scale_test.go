package sim

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"stickysim/sim/hpa"
)

// steady4 is a fleet of 4 servers with one core, at 30 % of their capacity until the load is what factor says.
func steady4(seconds float64, a *Autoscaler) *Model {
	m := queue(4, 1, FCFS, 12, fixed(.1), seconds)
	m.Warmup, m.Grid = 0, 5*Second
	m.MaxServers, m.Autoscaler = 60, a
	m.Template = m.Servers[0]
	m.Template.Startup = fixed(20)
	return m
}

func kubernetes() *Autoscaler {
	return &Autoscaler{Min: 2, Max: 20, Target: .5, Period: 15 * Second, Window: 60 * Second, Tolerance: .1, Stabilize: 120 * Second, Drain: 30 * Second}
}

// sizes is what the log says of the autoscaler's decisions.
func sizes(res *Result) (list []int64, at []Time) {
	for _, e := range res.Log {
		if strings.HasPrefix(e.Event, "scaled") {
			list, at = append(list, e.Count), append(at, e.At)
		}
	}
	return list, at
}

// 12/s of 0.1 s are 1.2 servers: at a target of 0.5 sizes from 1.2/(1.1·0.5) to 1.2/(0.9·0.5) stay, the ceiling is 3.
// Four times as much wants 10.
func TestLoadStep(t *testing.T) {
	m := steady4(1500, kubernetes())
	m.Timeline = []Action{{Kind: ArrivalFactor, At: 700 * Second, Factor: 4, Zone: -1}}
	res := Run(m, 1, 0, Options{Log: true})
	list, at := sizes(res)
	if len(list) < 3 || list[0] != 3 || at[0] < 120*Second {
		t.Fatalf("sizes %v at %v; want 3 after the stabilisation window first", list, at)
	}
	if at[1] < 700*Second || at[1] > 745*Second {
		t.Errorf("first reaction to the load at %v; want within three turns after 11m40s", at[1])
	}
	final := list[len(list)-1]
	enough := slices.IndexFunc(list, func(n int64) bool { return n >= 9 })
	if enough < 0 || at[enough] > 900*Second || final < 9 || final > 11 || len(list) > enough+2 {
		t.Errorf("sizes %v at %v; want 9 to 11 within 200 s, and at most one correction", list, at)
	}
	if got := figure(t, res, "autoscaler.events"); int(got) != len(list) || figure(t, res, "autoscaler.desired.last") != float64(final) {
		t.Errorf("%g decisions in the books, %d in the log", got, len(list))
	}
	if lost := figure(t, res, "requests.failed"); lost != 0 {
		t.Errorf("%g requests failed as servers left", lost)
	}
}

// Between the bounds of the tolerance nothing ever happens.
func TestNoThrash(t *testing.T) {
	a := kubernetes()
	a.Target, a.Tolerance = .3, .35
	for rep := 0; rep < 5; rep++ {
		if list, at := sizes(Run(steady4(1800, a), 2, rep, Options{Log: true})); len(list) > 0 {
			t.Errorf("sizes %v at %v without a change of the load", list, at)
		}
	}
}

// Sticky sessions stay where they are when servers join: the mean falls at once, the servers that were hot stay so, and
// the autoscaler, which sees the mean, is content. Without affinity the old ones are relieved at once.
func TestMeanHidesHotServers(t *testing.T) {
	old := func(policy func(Env) Balancer) (oldUse, mean float64) {
		m := fleetModel(10, sessionsOf(8.75, 900, 9), 700)
		m.Servers = fleet(10, 1, FCFS)
		m.Populations[0].Demand = fixed(.01)
		m.NewPolicy, m.Grid, m.MaxServers = policy, 20*Second, 14
		m.Autoscaler = kubernetes()
		m.Autoscaler.Rule, m.Autoscaler.Schedule = ScheduledOnly, &Schedule{[]ScheduledSize{{At: 300 * Second, Size: 14}}}
		s := Run(m, 4, 0, Options{}).Series
		at := int(380 * Second / s.Step)
		for k := range ServerID(14) {
			u := float64(s.OfServer(UtilizationSeries, k)[at])
			mean += u / 14
			if k < 10 {
				oldUse += u / 10
			}
		}
		return oldUse, mean
	}
	pinned, meanPinned := old(cookiePolicy)
	free, meanFree := old(uniformPolicy)
	if pinned < .8 || free > .7 || math.Abs(meanPinned-meanFree) > .04 || math.Abs(meanPinned-.625) > .04 {
		t.Errorf("80 s after 4 joined 10: old servers %.3f sticky, %.3f not; means %.3f, %.3f; want > .8, < .7, .625", pinned, free, meanPinned, meanFree)
	}
}

func TestScaleInDrains(t *testing.T) {
	for _, c := range []struct {
		victim Victim
		want   []ServerID
	}{{Newest, []ServerID{4, 3}}, {Oldest, []ServerID{0, 1}}} {
		m := fleetModel(5, sessionsOf(1, 100, 5), 400)
		m.NewPolicy = cookiePolicy
		m.Autoscaler = &Autoscaler{Rule: ScheduledOnly, Min: 1, Max: 9, Victim: c.victim, Drain: 100 * Second, Schedule: &Schedule{[]ScheduledSize{{At: 100 * Second, Size: 3}}}}
		res := Run(m, 1, 0, Options{Log: true})
		var left []ServerID
		for _, e := range res.Log {
			if e.Event == "draining" {
				left = append(left, e.Server)
			}
		}
		if !slices.Equal(left, c.want) {
			t.Errorf("victims %v; want %v", left, c.want)
		}
		cut, lost := figure(t, res, "drain.cut"), figure(t, res, "sessions.lost{cause=scale-in}")
		if cut == 0 || lost == 0 || lost > cut || figure(t, res, "requests.failed") != 0 {
			t.Errorf("%g sessions cut, %g lost to scaling in; want some, and no failed request", cut, lost)
		}
	}
}

// Servers that are dead without being replaced report nothing: on the way down they count as busy.
func TestDeadServersReportNothing(t *testing.T) {
	a := kubernetes()
	a.Target, a.Stabilize = .8, 0
	m := steady4(600, a)
	m.Timeline = []Action{{Kind: Crash, At: Second, Targets: []ServerID{0, 1}, Zone: -1}}
	list, _ := sizes(Run(m, 1, 0, Options{Log: true}))
	if len(list) != 0 {
		// two servers at 60 %, and two that count as 100 %: 0.8/0.8 is on target
		t.Errorf("sizes %v; want none", list)
	}
}

func TestStepScaling(t *testing.T) {
	inf := math.Inf(1)
	p := &StepScaling{Steps: []Step{{0, .1, 1}, {.1, inf, 3}, {-inf, -.2, -1}}}
	for off, want := range map[float64]float64{0: 1, .0999: 1, .1: 3, 5: 3, -.2: -1, -.5: -1} {
		if st := p.choose(off); st == nil || st.By != want {
			t.Errorf("%g above the target: %+v; want %g", off, st, want)
		}
	}
	if st := p.choose(-.1); st != nil {
		t.Errorf("the gap has a step %+v", st)
	}
	// The rounding of the user guide: 12.7 is 12, 0.67 is 1, -0.58 is -1, -6.67 is -6.
	for _, c := range []struct {
		kind Adjustment
		size int
		by   float64
		want int
	}{
		{PercentChangeInCapacity, 10, 127, 22}, {PercentChangeInCapacity, 1, 67, 2}, {PercentChangeInCapacity, 1, -58, 0}, {PercentChangeInCapacity, 10, -66.7, 4},
		{ChangeInCapacity, 10, -2, 8}, {ExactCapacity, 10, 7, 7},
	} {
		if got := (&StepScaling{Adjust: c.kind}).apply(c.size, &Step{By: c.by}); got != c.want {
			t.Errorf("%d by %g: %d; want %d", c.size, c.by, got, c.want)
		}
	}
	if got := (&StepScaling{Adjust: PercentChangeInCapacity, Least: 2}).apply(4, &Step{By: 25}); got != 6 {
		t.Errorf("a quarter of 4, at least 2: %d; want 6", got)
	}
}

// While the servers of the first step warm up, the same breach orders no more; a larger one orders the difference.
func TestStepsWarmUp(t *testing.T) {
	inf := math.Inf(1)
	a := &Autoscaler{Rule: StepScale, Min: 2, Max: 20, Target: .5, Period: 30 * Second, WarmUp: 100 * Second, Drain: Second,
		Step: &StepScaling{Steps: []Step{{0, .3, 2}, {.3, inf, 4}, {-inf, -.2, -1}}, OutPoints: 2, InPoints: 3}}
	m := steady4(400, a)
	m.Populations[0].Sessions = poisson{26} // 0.65 of 4 servers
	list, at := sizes(Run(m, 1, 0, Options{Log: true}))
	if len(list) == 0 || list[0] != 6 || at[0] != 60*Second {
		t.Fatalf("sizes %v at %v; want 6 at the second data point", list, at)
	}
	if len(list) > 1 && at[1] < at[0]+120*Second {
		t.Errorf("sizes %v at %v: scaled again while servers were warming up", list, at)
	}
}

func TestTargetTracking(t *testing.T) {
	a := &Autoscaler{Rule: TrackTarget, Min: 2, Max: 20, Target: .5, Period: 60 * Second, WarmUp: 120 * Second, Drain: Second, Tracking: &TargetTracking{CooldownIn: 300 * Second}}
	m := steady4(3600, a)
	m.Populations[0].Sessions = poisson{32}
	m.Timeline = []Action{{Kind: ArrivalFactor, At: 1200 * Second, Factor: .25, Zone: -1}}
	list, at := sizes(Run(m, 1, 0, Options{Log: true}))
	if len(list) < 2 || at[0] != 180*Second || list[0] < 6 || list[0] > 8 {
		t.Fatalf("sizes %v at %v; want about 7 at the third data point", list, at)
	}
	in := slices.IndexFunc(at, func(x Time) bool { return x > 1200*Second })
	if in < 0 || at[in] != 2100*Second || list[in] != 2 {
		t.Errorf("sizes %v at %v; want 2 at the 15th data point below 0.9 of the target", list, at)
	}
}

func TestSchedule(t *testing.T) {
	m := steady4(1000, &Autoscaler{Rule: ScheduledOnly, Min: 1, Max: 8, Drain: Second, Schedule: &Schedule{[]ScheduledSize{
		{At: 100 * Second, Every: 400 * Second, Size: 6}, {At: 300 * Second, Every: 400 * Second, Max: 3}, {At: 400 * Second, Max: 9}}}})
	list, at := sizes(Run(m, 1, 0, Options{Log: true}))
	if !slices.Equal(list, []int64{6, 3, 6, 3}) || !slices.Equal(at, []Time{100 * Second, 300 * Second, 500 * Second, 700 * Second}) {
		t.Errorf("sizes %v at %v; want 6, 3, 6 and 3", list, at)
	}
}

func TestUnusableAutoscalers(t *testing.T) {
	good := kubernetes()
	for name, spoil := range map[string]func(a *Autoscaler){
		"no min":       func(a *Autoscaler) { a.Min = 0 },
		"max":          func(a *Autoscaler) { a.Max = 1 },
		"period":       func(a *Autoscaler) { a.Period = 0 },
		"target":       func(a *Autoscaler) { a.Target = math.NaN() },
		"delay":        func(a *Autoscaler) { a.Delay = -1 },
		"no steps":     func(a *Autoscaler) { a.Rule = StepScale },
		"no tracking":  func(a *Autoscaler) { a.Rule = TrackTarget },
		"no schedule":  func(a *Autoscaler) { a.Rule = ScheduledOnly },
		"bad schedule": func(a *Autoscaler) { a.Schedule = &Schedule{[]ScheduledSize{{Min: 3, Max: 2}}} },
		"rule":         func(a *Autoscaler) { a.Rule = 9 },
	} {
		a := *good
		spoil(&a)
		if a.check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := good.check(); err != nil {
		t.Error(err)
	}
}

// The behaviour's rates hold in the engine: 1 server per minute.
func TestBehaviorInEngine(t *testing.T) {
	a := kubernetes()
	a.Behavior = &hpa.Behavior{ScaleUp: hpa.Rules{Policies: []hpa.Policy{{Type: hpa.Pods, Value: 1, Period: time.Minute}}}, ScaleDown: hpa.DefaultScaleDown()}
	m := steady4(400, a)
	m.Populations[0].Sessions = poisson{60}
	list, at := sizes(Run(m, 1, 0, Options{Log: true}))
	for i := range list {
		if list[i] != int64(5+i) || i > 0 && at[i] != at[i-1]+Minute {
			t.Fatalf("sizes %v at %v; want one more every minute", list, at)
		}
	}
	if len(list) < 5 {
		t.Errorf("sizes %v; want at least 5 steps", list)
	}
}
