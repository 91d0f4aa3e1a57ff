package resultjson

import (
	"time"

	"stickysim/sim/experiment"
)

// foundJSON is what was found in a log.
type foundJSON struct {
	Format       string  `json:"format" doc:"of the log, as a scenario would write it"`
	Wrapping     string  `json:"wrapping,omitempty" doc:"what a collector put around the lines; missing: nothing"`
	Lines        int     `json:"lines" doc:"of the log: requests, unusable, blank and other ones"`
	Requests     int     `json:"requests" doc:"lines that are requests"`
	Unusable     int     `json:"unusable" doc:"lines that cannot be read"`
	Why          string  `json:"unusable_first,omitempty" doc:"why the first of these cannot, with its place"`
	Blank        int     `json:"blank" doc:"empty lines"`
	Other        int     `json:"other" doc:"well-formed lines that are no request, such as a start message"`
	LeftOut      int     `json:"left_out" doc:"requests that the limit of the scenario leaves out"`
	Clients      int     `json:"clients" doc:"that sent the requests of the log that are not left out"`
	Named        int     `json:"named_clients" doc:"clients that have a host name in place of an address; theirs is made up of it"`
	Sessions     int     `json:"sessions" doc:"of the clients, which pauses as long as gap separate"`
	First        string  `json:"first" doc:"earliest logged time, RFC 3339"`
	Last         string  `json:"last" doc:"latest logged time, RFC 3339"`
	Clock        float64 `json:"clock" doc:"smallest step of the logged times, in seconds: 1, 0.001, 0.000001 or less"`
	Spread       bool    `json:"spread" doc:"requests of one second are spread over it"`
	Disorder     int     `json:"out_of_order" doc:"requests whose logged time is before that of the line above"`
	StepBack     float64 `json:"step_back" doc:"the largest such step, in seconds"`
	StampsEnd    bool    `json:"stamps_end" doc:"the logged time is that of the answer, not of the arrival"`
	Whole        string  `json:"request_time,omitempty" doc:"what the log calls the time of a whole request, which says when the answer came; missing: it has none"`
	Behind       string  `json:"upstream_time,omitempty" doc:"what the log calls the time of the server behind, which is the service; missing: it has none, and the time of the whole request is"`
	Timed        int     `json:"timed" doc:"requests with one of these times"`
	ServiceTimes int     `json:"service_times" doc:"replayed requests whose service time is taken from the log"`
}

func toFound(l experiment.Log) foundJSON {
	if l.Format == "" {
		return foundJSON{}
	}
	return foundJSON{l.Format, l.Wrapping, l.Lines, l.Requests, l.Unusable, l.Why, l.Blank, l.Other, l.LeftOut, l.Clients, l.Named, l.Sessions,
		l.First.Format(time.RFC3339Nano), l.Last.Format(time.RFC3339Nano), l.Clock.Seconds(), l.Spread, l.Disorder, l.StepBack.Seconds(), l.StampsEnd,
		l.Whole, l.Behind, l.Timed, l.Served}
}

func (j foundJSON) log() experiment.Log {
	first, _ := time.Parse(time.RFC3339Nano, j.First)
	last, _ := time.Parse(time.RFC3339Nano, j.Last)
	return experiment.Log{Format: j.Format, Wrapping: j.Wrapping, Lines: j.Lines, Requests: j.Requests, Unusable: j.Unusable, Blank: j.Blank, Other: j.Other,
		Why: j.Why, LeftOut: j.LeftOut, Clients: j.Clients, Named: j.Named, Sessions: j.Sessions, First: first, Last: last, Clock: seconds(j.Clock),
		Spread: j.Spread, Disorder: j.Disorder, StepBack: seconds(j.StepBack), StampsEnd: j.StampsEnd, Whole: j.Whole, Behind: j.Behind,
		Timed: j.Timed, Served: j.ServiceTimes}
}

func seconds(s float64) time.Duration { return time.Duration(s*1e9 + 0.5) }

func toReplay(r experiment.Replay) replayJSON {
	return replayJSON{r.Population, r.File, r.Loop, r.Speed, r.Scale, r.Requests, r.AfterEnd, r.Clients, r.BeforeFirstAnswer, r.UnknownOrder, r.AssumedAnswers, r.KeepsTimes, toFound(r.Log)}
}

func (j replayJSON) replay() experiment.Replay {
	return experiment.Replay{Population: j.Population, File: j.File, Loop: j.Loop, Speed: j.Speed, Scale: j.Scale, Requests: j.Requests, AfterEnd: j.AfterEnd, Clients: j.Clients,
		BeforeFirstAnswer: j.BeforeFirstAnswer, UnknownOrder: j.UnknownOrder, AssumedAnswers: j.AssumedAnswers, KeepsTimes: j.KeepsTimes, Log: j.Log.log()}
}
