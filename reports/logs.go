package reports

import (
	"fmt"
	"strings"
	"time"

	"stickysim/sim/experiment"
)

// logs shows what was found in the logs that are replayed.
func logs(x *index, _ space) (section, bool) {
	part := section{title: "Logs, and what was found in them"}
	for i := range x.res.Replays {
		if text := LogParagraph(&x.res.Replays[i]); text != "" {
			part.notes = append(part.notes, text)
		}
	}
	return part, len(part.notes) > 0
}

// LogParagraph says what was found in a log: its format, what became of its lines, who sent the requests, when, and what is
// known of how long they took. It is empty for results that do not say.
func LogParagraph(r *experiment.Replay) string {
	l := &r.Log
	if l.Format == "" {
		return ""
	}
	format := "format " + clean(l.Format)
	if l.Wrapping != "" {
		format += ", wrapped by " + clean(l.Wrapping)
	}
	return fmt.Sprintf("%s: %s. %s %s %s %s", clean(r.File), format, linesOfLog(l), sendersOfLog(l), clockOfLog(l), timesOfLog(l))
}

func linesOfLog(l *experiment.Log) string {
	t := fmt.Sprintf("%s %s: %s", inThousands(l.Lines), plural(l.Lines, "line", "lines"), howMany(l.Requests, "request", "requests"))
	for _, more := range []struct {
		n    int
		what string
	}{{l.Unusable, "unusable (the first: " + clean(l.Why) + ")"}, {l.Blank, "blank"}, {l.Other, "of something else"}} {
		if more.n > 0 {
			t += fmt.Sprintf(", %s %s", inThousands(more.n), more.what)
		}
	}
	t += "."
	if l.LeftOut > 0 {
		t += fmt.Sprintf(" The limit leaves out %s of the requests.", inThousands(l.LeftOut))
	}
	return t
}

func sendersOfLog(l *experiment.Log) string {
	t := howMany(l.Clients, "client", "clients")
	if l.Named > 0 {
		t += fmt.Sprintf(" (%s without an address)", inThousands(l.Named))
	}
	return fmt.Sprintf("%s in %s, from %s to %s.", t, howMany(l.Sessions, "session", "sessions"),
		l.First.Format(time.DateTime), l.Last.Format("2006-01-02 15:04:05 UTC"))
}

func clockOfLog(l *experiment.Log) string {
	t := fmt.Sprintf("Its clock counts %s", map[time.Duration]string{time.Second: "seconds", time.Millisecond: "milliseconds", time.Microsecond: "microseconds", time.Nanosecond: "nanoseconds"}[l.Clock])
	if l.Spread {
		t += ", and requests of one second are spread over it"
	}
	if l.Disorder == 0 {
		return t + "; the lines are in order."
	}
	return t + fmt.Sprintf("; %s %s up to %s earlier than the line above, and sorted.", howMany(l.Disorder, "request", "requests"), plural(l.Disorder, "is", "are"), FormatSpan(l.StepBack.Seconds()))
}

func timesOfLog(l *experiment.Log) string {
	var names []string
	if l.Whole != "" && l.Timed > 0 {
		names = append(names, clean(l.Whole)+" (the whole request) says when the answer came")
	}
	if l.Behind != "" && l.Timed > 0 {
		names = append(names, clean(l.Behind)+" (the server behind) is its service")
	}
	if len(names) == 0 {
		return "It has no durations."
	}
	t := fmt.Sprintf("Durations, of %s: %s", howMany(l.Timed, "request", "requests"), strings.Join(names, ", "))
	if l.Served == 0 {
		return t + "; service times are drawn (recorded_service: true takes them from the log)."
	}
	return t + fmt.Sprintf("; %s of the service times are taken from it.", inThousands(l.Served))
}

func howMany(n int, one, several string) string {
	return inThousands(n) + " " + plural(n, one, several)
}
