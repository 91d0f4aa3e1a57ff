package reports

import (
	"testing"
	"time"

	"stickysim/sim/experiment"
)

func TestLogParagraph(t *testing.T) {
	at := time.Date(2024, 3, 5, 10, 0, 0, 0, time.UTC)
	r := experiment.Replay{File: "access.log", Log: experiment.Log{
		Format: "upstream_time", Wrapping: "Kubernetes CRI", Lines: 1205, Requests: 1200, Unusable: 3, Blank: 1, Other: 1, Why: "line 7, column 1: …",
		LeftOut: 200, Clients: 50, Named: 2, Sessions: 61, First: at, Last: at.Add(time.Hour), Clock: time.Second, Spread: true, Disorder: 1,
		StepBack: 2 * time.Second, StampsEnd: true, Whole: "rt", Behind: "urt", Timed: 1199, Served: 999}}
	const want = "access.log: format upstream_time, wrapped by Kubernetes CRI. 1,205 lines: 1,200 requests, 3 unusable (the first: line 7, column 1: …), 1 blank, " +
		"1 of something else. The limit leaves out 200 of the requests. 50 clients (2 without an address) in 61 sessions, " +
		"from 2024-03-05 10:00:00 to 2024-03-05 11:00:00 UTC. Its clock counts seconds, and requests of one second are spread over it; " +
		"1 request is up to 2s earlier than the line above, and sorted. Durations, of 1,199 requests: rt (the whole request) says when the " +
		"answer came, urt (the server behind) is its service; 999 of the service times are taken from it."
	if got := LogParagraph(&r); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := LogParagraph(&experiment.Replay{File: "old.log"}); got != "" {
		t.Errorf("a result without facts gives %q", got)
	}
}
