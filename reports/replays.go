package reports

import (
	"fmt"
	"strings"

	"stickysim/sim/experiment"
)

// mostReplayed is how many lines of the first screen say what logs are replayed.
const mostReplayed = 5

// replayed says how logs are replayed; empty if none is.
func (x *index) replayed() string {
	var all []string
	for i := range x.res.Replays {
		all = append(all, replaySentences(&x.res.Replays[i]))
	}
	return strings.Join(all, " ")
}

func replaySentences(r *experiment.Replay) string {
	t := fmt.Sprintf("%s is replayed with loop %s: %s %s of %s %s", clean(r.File), clean(r.Loop), inThousands(r.Requests), plural(r.Requests, "request", "requests"), inThousands(r.Clients), plural(r.Clients, "client", "clients"))
	if r.Scale != 1 {
		t += fmt.Sprintf(", a scale of %s", brief(r.Scale))
	}
	if r.Speed != 1 {
		t += fmt.Sprintf("; speed %s shortens pauses, not service times, timeouts or TTLs", brief(r.Speed))
	}
	t += "."
	if r.AfterEnd > 0 {
		t += fmt.Sprintf(" The run ends before %s more of the log.", inThousands(r.AfterEnd))
	}
	early := ""
	switch {
	case r.BeforeFirstAnswer > 0 && r.UnknownOrder > 0:
		early = fmt.Sprintf("The log has %s %s before their session's first answer, and of %s it does not say", inThousands(r.BeforeFirstAnswer), plural(r.BeforeFirstAnswer, "request", "requests"), inThousands(r.UnknownOrder))
	case r.BeforeFirstAnswer > 0:
		early = fmt.Sprintf("The log has %s %s before their session's first answer", inThousands(r.BeforeFirstAnswer), plural(r.BeforeFirstAnswer, "request", "requests"))
	case r.UnknownOrder > 0:
		early = fmt.Sprintf("Of %s %s the log does not say whether they came before their session's first answer", inThousands(r.UnknownOrder), plural(r.UnknownOrder, "request", "requests"))
	}
	if early != "" && r.Loop == "open" {
		early += "; they do not wait for it."
	} else if early != "" {
		early += "; here they wait for it."
	}
	if r.AssumedAnswers > 0 && !r.KeepsTimes {
		early += " Where it has no answer times, requests are taken to last their mean service time."
	}
	if r.KeepsTimes {
		early += " It does not say how long requests waited, so clients send at its times as far as their answers permit."
	}
	return strings.TrimSpace(t + " " + strings.TrimSpace(early))
}

func inThousands(n int) string { return thousands(fmt.Sprint(n)) }
func brief(v float64) string   { return fmt.Sprintf("%.4g", v) }
