package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	"stickysim/sim"
)

// recordings are the files of the tests: a log and a trace of four days.
func recordings() fstest.MapFS {
	return fstest.MapFS{
		"fail.csv": {Data: []byte("System,nodenum,Prob Started,Down Time\n20,7,1/1/2003 10:00,60\n20,3,1/2/2003 10:00,30\n5,1,1/3/2003 10:00,10\n20,4,1/4/2003 10:00,?\n")},
		"spot.csv": {Data: []byte("0,add,a\n0,add,b\n600000,remove,a\n1200000,add,c\n1800000,remove,c\n")},
		"late.csv": {Data: []byte("0,0\n1,4\n")},
	}
}

func withTimeline(t *testing.T, timeline string) Built {
	t.Helper()
	spec, err := Parse("test.yaml", []byte("servers: {count: 4}\nduration: 2h\nwarmup: 0\nworkload: [{users: 1, service: 1ms, think: 1s}]\ntimeline:\n"+timeline))
	if err != nil {
		t.Fatal(err)
	}
	return Build(spec, recordings())
}

func TestRecordedCrashes(t *testing.T) {
	t.Parallel()
	b := withTimeline(t, "  - {at: 5m, name: lanl, crash: {log: fail.csv, system: 20, speed: 60, from: 2003-01-01}}\n  - {at: 1h, scale: {to: 5}}\n")
	if b.Study == nil {
		t.Fatal(b.Problems)
	}
	if len(b.Problems) != 1 || b.Problems[0].Rule != "bad-lines" || !strings.Contains(b.Problems[0].Message, `of 4 rows, 1 rows cannot be used; the first: row 4: down time`) {
		t.Errorf("problems: %v", b.Problems)
	}
	m := b.Study.Variants[0].Model
	equal(t, "actions", len(m.Timeline), 3)
	a := m.Timeline[1]
	equal(t, "name", a.Name, "lanl")
	equal(t, "server", a.Targets[0], 3)
	equal(t, "repair", a.Repair.Mean(), 30)
	equal(t, "time", a.At, 5*sim.Minute+24*sim.Minute+10*sim.Minute)
	res := sim.Run(m, 1, 0, sim.Options{Log: true})
	crashes := 0
	for _, l := range res.Log {
		if l.Event == "server crashed" {
			crashes++
		}
	}
	equal(t, "crashes", crashes, 2)
}

func TestRecordedPreemptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want string // size of the fleet after each event
	}{
		{"{preempt: {trace: spot.csv, notice: 1m, replace: true}}", "preempt preempt"},
		{"{preempt: {trace: spot.csv, notice: 1m, replace: false}}", "preempt scale preempt"},
	} {
		b := withTimeline(t, "  - "+c.text+"\n")
		if b.Study == nil {
			t.Fatal(b.Problems)
		}
		var got []string
		for _, a := range b.Study.Variants[0].Model.Timeline {
			word := "preempt"
			if a.Kind == sim.ScaleTo {
				word = "scale"
			}
			got = append(got, word)
		}
		equal(t, "actions of "+c.text, strings.Join(got, " "), c.want)
		res := sim.Run(b.Study.Variants[0].Model, 1, 0, sim.Options{Log: true})
		notices := 0
		for _, l := range res.Log {
			if l.Event == "preemption notice" {
				notices++
			}
		}
		equal(t, "notices of "+c.text, notices, 2)
	}
}

func TestBadRecordings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"{crash: {log: nowhere.csv}}", `no-file 6:19 timeline[0].crash.log`},
		{"{crash: {log: spot.csv}}", `bad-log 6:19 timeline[0].crash.log`},
		{"{crash: {log: fail.csv, system: 99}}", `bad-log 6:19 timeline[0].crash.log`},
		{"{crash: {log: fail.csv, system: 5, servers: 2}}", `conflict 6:49 timeline[0].crash.servers`},
		{"{every: 1h, crash: {log: fail.csv, system: 5}}", `conflict 6:13 timeline[0].every`},
		{"{crash: {log: fail.csv, system: 5, from: 2004-01-01}}", `out-of-range 6:19 timeline[0].crash.log`},
		{"{crash: {log: fail.csv, system: 5, from: 2004-13-01}}", `bad-value 6:46 timeline[0].crash.from`},
		{"{crash: {log: fail.csv, system: 5, from: 2d, until: 1d}}", `out-of-range 6:57 timeline[0].crash.until`},
		{"{preempt: {trace: fail.csv}}", `bad-log 6:23 timeline[0].preempt.trace`},
		{"{preempt: {trace: late.csv}}", `out-of-range 6:23 timeline[0].preempt.trace`},
		{"{preempt: {trace: spot.csv, from: 2003-01-01}}", `bad-value 6:39 timeline[0].preempt.from`},
		{"{preempt: {trace: spot.csv, speed: 0}}", `out-of-range 6:40 timeline[0].preempt.speed`},
		{"{drain: {log: fail.csv}}", `unknown-field 6:14 timeline[0].drain.log`},
		{"{at: 1m, policy: rond-robin}", `unknown-policy 6:22 timeline[0].policy`},
		{"{at: 1m, policy: {cookie: {tl: 1h}}}", `unknown-field 6:32 timeline[0].policy.cookie.tl`},
		{"{policy: cookie}", `missing-field 6:5 timeline[0]`},
	} {
		b := withTimeline(t, "  - "+c.text+"\n")
		var got []string
		for _, p := range b.Problems.Errors() {
			got = append(got, p.Rule+" "+place(p.Line, p.Col)+" "+p.Path)
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s: found %v, want %s\n%v", c.text, got, c.want, b.Problems)
		}
	}
}

// A change of policy is counted from the run's start, every alternative goes through the same changes, and the policy in
// force is what decides.
func TestPolicyChange(t *testing.T) {
	t.Parallel()
	b := withTimeline(t, "  - {at: 10m, policy: {split: {a: cookie, b: random, share: 50%, by: client}}}\n  - {at: 20m, policy: random}\n")
	if b.Study == nil {
		t.Fatal(b.Problems)
	}
	m := b.Study.Variants[0].Model
	equal(t, "policies", len(m.Later), 2)
	equal(t, "second change", m.Timeline[1].At, 20*sim.Minute)
	equal(t, "its policy", m.Timeline[1].Servers, 1)
	env := sim.Env{Servers: 4}
	random := policies.Named("random").New(env)
	if got, want := fmt.Sprintf("%T", m.Later[1](env)), fmt.Sprintf("%T", random); got != want {
		t.Errorf("the last policy is a %s, want %s", got, want)
	}
}
