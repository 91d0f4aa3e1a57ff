package workloads

import (
	"bytes"
	"fmt"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stickysim/sim"
	"stickysim/workloads/accesslog"
)

func readLog(t *testing.T, text string) *accesslog.Log {
	t.Helper()
	l, err := accesslog.Read(strings.NewReader(text), accesslog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Nothing is lost or invented between the lines of real logs and the requests of the trace.
func TestReplayConservation(t *testing.T) {
	files, err := filepath.Glob("../testdata/logs/*.gz")
	more, _ := filepath.Glob("../testdata/logs/*.txt")
	if files = append(files, more...); err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l, err := accesslog.Read(bytes.NewReader(data), accesslog.Options{})
		if err != nil {
			t.Fatal(file, err)
		}
		for _, o := range []ReplayOptions{{}, {Speed: 60, UseDemand: true}, {Speed: 0.5, Limit: 10}} {
			taken := *l
			taken.Records = recordsOf(l)
			trace, report, err := FromLog(&taken, o)
			if err != nil {
				t.Fatal(file, err)
			}
			conserved(t, filepath.Base(file), l, o, trace, report)
		}
	}
}

// recordsOf is a copy of the records of a log.
func recordsOf(l *accesslog.Log) accesslog.Records {
	var all []accesslog.Record
	for _, r := range l.Records.All() {
		all = append(all, r)
	}
	return accesslog.RecordsOf(all...)
}

func conserved(t *testing.T, name string, l *accesslog.Log, o ReplayOptions, trace *sim.Trace, r ReplayReport) {
	t.Helper()
	if r.Lines != r.Records+r.Bad.Total+r.Blank+r.Other || r.Records != r.Requests+r.Skipped || r.Requests != len(trace.Requests) {
		t.Errorf("%s %+v: lines are not conserved: %+v", name, o, r)
	}
	perClient, active, measured := make([]int, len(trace.Clients)), 0, 0
	last := sim.Time(0)
	for i, q := range trace.Requests {
		if q.At < last || q.Target != target(l.Records.At(i).Target) || q.Client != l.Records.At(i).Client {
			t.Fatalf("%s %+v: request %d is %+v", name, o, i, q)
		}
		last = q.At
		if perClient[q.Client]++; perClient[q.Client] == 1 {
			active++
		}
		if q.Demand >= 0 {
			measured++
		}
	}
	if active != r.Clients || measured != r.Measured || r.Sessions < r.Clients || r.Sessions > r.Requests {
		t.Errorf("%s %+v: %d clients, %d measured; report %+v", name, o, active, measured, r)
	}
	if o.Limit == 0 {
		for i, c := range l.Clients {
			if perClient[i] != c.Requests {
				t.Fatalf("%s: client %d sent %d requests, replayed %d", name, i, c.Requests, perClient[i])
			}
		}
		if want := float64(l.Records.At(l.Records.Len()-1).At-l.Records.At(0).At) / 1e9 / max(o.Speed, 1); math.Abs(r.Span.Seconds()-want) > 1e-6 {
			t.Errorf("%s %+v: span %v, want %v s", name, o, r.Span, want)
		}
	}
	hashes := map[uint64]bool{}
	for _, c := range trace.Clients {
		hashes[c.Hash] = true
	}
	if len(hashes) != len(trace.Clients) {
		t.Errorf("%s: %d clients but %d hashes", name, len(trace.Clients), len(hashes))
	}
}

const threeClients = `10.0.0.1 - - [01/Jan/2024:00:00:00 +0000] "GET /a HTTP/1.1" 200 1 "-" "x"
10.0.0.1 - - [01/Jan/2024:00:00:10 +0000] "GET /b HTTP/1.1" 200 1 "-" "y"
host.example - - [01/Jan/2024:00:00:20 +0000] "GET /a HTTP/1.1" 200 1 "-" "x"

nonsense
10.0.0.1 - - [01/Jan/2024:00:40:00 +0000] "GET /a HTTP/1.1" 200 1 "-" "x"
`

func TestReplayIdentityAndSessions(t *testing.T) {
	trace, r, err := FromLog(readLog(t, threeClients), ReplayOptions{Speed: 2})
	if err != nil {
		t.Fatal(err)
	}
	if r.Lines != 6 || r.Requests != 4 || r.Blank != 1 || r.Bad.Total != 1 || r.Clients != 3 || r.Named != 1 || r.Sessions != 4 {
		t.Errorf("%+v", r)
	}
	if trace.Gap != 15*sim.Minute || trace.Requests[3].At != 20*sim.Minute || r.Span != 20*sim.Minute {
		t.Errorf("gap %v, last %v, span %v", trace.Gap, trace.Requests[3].At, r.Span)
	}
	a, b, host := trace.Clients[0], trace.Clients[1], trace.Clients[2]
	if a.Addr != sim.AddrFrom(netip.MustParseAddr("10.0.0.1")) || a.Addr != b.Addr || a.Hash == b.Hash {
		t.Errorf("one address, two browsers: %+v %+v", a, b)
	}
	if !host.Addr.Is4() || host.Addr.V4()>>28 != 0xf {
		t.Errorf("made-up address %s", host.Addr.AppendText(nil))
	}
	if trace.Requests[0].Target != trace.Requests[2].Target || trace.Requests[0].Target == trace.Requests[1].Target {
		t.Error("targets do not follow the targets")
	}
	_, long, _ := FromLog(readLog(t, threeClients), ReplayOptions{Gap: sim.Hour})
	if long.Sessions != 3 {
		t.Errorf("%d sessions with a gap of an hour", long.Sessions)
	}
	other, _, _ := FromLog(readLog(t, strings.Replace(threeClients, `" "x"`, `" "z"`, 1)), ReplayOptions{})
	if other.Clients[2].Addr != host.Addr || other.Clients[2].Hash != host.Hash {
		t.Error("a host's identity depends on the lines around it")
	}
}

func TestReplayDemand(t *testing.T) {
	l := &accesslog.Log{
		Records: accesslog.RecordsOf(accesslog.Record{At: 0, Total: 2500, Upstream: 1500}, accesslog.Record{At: 4, Total: -1, Upstream: -1}, accesslog.Record{At: 4, Total: -1, Upstream: 0}),
		Clients: []accesslog.Client{{Requests: 3}}, Agents: []string{""},
	}
	trace, r, err := FromLog(l, ReplayOptions{UseDemand: true, Speed: 4})
	if err != nil || r.Measured != 2 || trace.Requests[0].Demand != 0.0015 || trace.Requests[1].Demand >= 0 || trace.Requests[2].Demand != 0 {
		t.Errorf("%+v %+v %v", trace, r, err)
	}
	l.Records = accesslog.RecordsOf(accesslog.Record{Total: 2500, Upstream: 1500})
	if trace, _, _ = FromLog(l, ReplayOptions{}); trace.Requests[0].Demand >= 0 {
		t.Error("an unexpected demand")
	}
}

func TestReplayNothing(t *testing.T) {
	trace, r, err := FromLog(&accesslog.Log{}, ReplayOptions{})
	if err != nil || len(trace.Requests) != 0 || r.Requests != 0 || r.Sessions != 0 || r.Span != 0 {
		t.Errorf("%+v %+v %v", trace, r, err)
	}
}

func TestReplayBadOptions(t *testing.T) {
	for want, o := range map[string]ReplayOptions{
		"speed: must be from 0.001 to 1000000, got -1":  {Speed: -1},
		"speed: must be from 0.001 to 1000000, got NaN": {Speed: math.NaN()},
		"gap: must not be negative, got -1ns":           {Gap: -1},
		"limit: must not be negative, got -5":           {Limit: -5},
	} {
		if _, _, err := FromLog(&accesslog.Log{}, o); err == nil || err.Error() != want {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// TestReplayRepeats: the method of a request says whether it may be sent again.
func TestReplayRepeats(t *testing.T) {
	line := `192.0.2.1 - - [01/Jan/2024:00:00:00 +0000] "%s /a HTTP/1.1" 200 1 "-" "x"` + "\n"
	for method, want := range map[string]sim.Repeat{"GET": sim.Harmless, "HEAD": sim.Harmless, "PUT": sim.Harmless, "DELETE": sim.Harmless, "OPTIONS": sim.Harmless,
		"POST": sim.Harmful, "PATCH": sim.Harmful, "PROPFIND": sim.ByShare} {
		trace, _, err := FromLog(readLog(t, fmt.Sprintf(line, method)), ReplayOptions{})
		if err != nil || trace.Requests[0].Target.Repeat() != want {
			t.Errorf("%s: %v, %v; want %v", method, trace.Requests[0].Target.Repeat(), err, want)
		}
	}
}
