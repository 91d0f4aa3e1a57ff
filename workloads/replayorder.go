package workloads

import (
	"stickysim/sim"
	"stickysim/workloads/accesslog"
)

// took is how long a request waited for its answer, in recorded time.
func (o ReplayOptions) took(r accesslog.Record) sim.Time {
	if r.Took() < 0 {
		return o.Answer
	}
	return sim.Time(r.Took()) * sim.Microsecond
}

// session is what is known of a client's session in the log.
type session struct {
	began       bool
	last        int64 // its last request
	least, most int64 // the first answer came after least and before most
}

// order counts a request if it was sent before the first answer of its session, or if the log does not say: its clock is too
// coarse to tell, or it has no times of answers.
func (r *ReplayReport) order(l *accesslog.Log, rec accesslog.Record, s *session, tick int64, o ReplayOptions) {
	if rec.Took() < 0 {
		r.Assumed++
	}
	sent, least, most := bounds(l, rec, tick, o)
	if !s.began || rec.At-s.last >= int64(o.Gap) {
		*s = session{began: true, least: least, most: most}
	} else if sent+tick <= s.least {
		r.Early++
	} else if sent < s.most {
		r.Unsure++
	}
	s.last = rec.At
	s.least, s.most = min(s.least, least), min(s.most, most)
}

// bounds are between when a request was sent (and tick later), and between when it was answered, since the first record.
func bounds(l *accesslog.Log, rec accesslog.Record, tick int64, o ReplayOptions) (sent, least, most int64) {
	took := max(0, int64(rec.Took())) * 1000
	logged := l.Start + rec.At
	if l.Stats.StampsEnd {
		logged += took
	}
	logged -= (logged%tick + tick) % tick
	sent = logged - l.Start
	if l.Stats.StampsEnd {
		sent -= took
	}
	least = sent + took
	most = max(sent+tick, least)
	if rec.Took() < 0 {
		most = max(sent+tick, sent+int64(o.Answer))
	}
	return sent, least, most
}
