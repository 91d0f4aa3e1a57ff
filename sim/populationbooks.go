package sim

import "stickysim/sim/stats"

// popStats is what one population has seen; the all… counts cover the whole run, the others the measured part.
type popStats struct {
	latency, wait            timeTally
	slowdown                 ratioSum
	good, again, retried     int64 // again: attempts that are not the first of their request
	failed                   [failureKinds]int64
	failedAfter              int64 // ns from the first send of those requests to their failure
	found, started, finished int64 // found: sessions in progress when counting began
	harmed                   int64 // sessions that met a failed request or were lost
	lost                     [causeRoom]int64
	visits, visitsHit        int64
	people, affected         int64

	allSent, sentBefore              int64 // before: ahead of the measured part, or sent there
	goodBefore, allFailed            int64
	allStarted, allFinished, allLost int64
}

// timeTally counts spans in ns and keeps their exact sum.
type timeTally struct {
	counts stats.Tally
	sum    int64
	zeros  uint32
}

func (t *timeTally) add(span Time) {
	if span == 0 {
		t.zeros++ // most waits at moderate load
		return
	}
	t.addSome(span)
}

// addSome is add of a span that is not 0.
//
//go:noinline
func (t *timeTally) addSome(span Time) {
	t.counts.Add(int64(span))
	t.sum += int64(span)
}

// histogram ends the tally.
func (t *timeTally) histogram() stats.Histogram {
	t.counts.AddN(0, t.zeros)
	t.zeros = 0
	return t.counts.Histogram(t.sum)
}

// ratioSum averages response time over service demand.
type ratioSum struct {
	total float64
	n     int64
}

func (s *ratioSum) add(sojourn, demand Time) {
	if demand > 0 {
		s.total += float64(sojourn) / float64(demand)
		s.n++
	}
}

// countGood counts an answered request of the measured part: the whole time its client waited, and its work. The caller counts
// the first in its bucket, and how much of it was spent waiting for a core.
func (s *popStats) countGood(total, work Time) {
	s.good++
	s.latency.sum += int64(total)
	s.slowdown.add(total, work)
}

// beginCounting makes now the begin of the measured part.
func (s *popStats) beginCounting() { s.sentBefore = s.allSent }

// countSent counts a request that a client has sent.
func (s *popStats) countSent() { s.allSent++ }

// sent is the requests that clients have sent in the measured part.
func (s *popStats) sent() int64 { return s.allSent - s.sentBefore }

// countAgain and countRetry count what clients do in the measured part: attempts after the first, and plans of such.
func (s *popStats) countAgain() { s.again++ }
func (s *popStats) countRetry() { s.retried++ }

// attempts is the attempts of clients in the measured part.
func (s *popStats) attempts() int64 { return s.sent() + s.again }

// countGoodBefore counts a request that was answered for its client, and sent before the measured part.
func (s *popStats) countGoodBefore() { s.goodBefore++ }

// allGood is the requests that were answered for their clients.
func (s *popStats) allGood() int64 { return s.good + s.goodBefore }

// countFailed counts a request that failed for its client, so long after it was first sent.
func (s *popStats) countFailed(f Failure, after Time, measured bool) {
	if measured {
		s.failed[f]++
		s.failedAfter += int64(after)
	}
	s.allFailed++
}

// countStarted counts a session that begins.
func (s *popStats) countStarted(measured bool) {
	if measured {
		s.started++
	}
	s.allStarted++
}

// countFound counts a session that is in progress when counting begins.
func (s *popStats) countFound() { s.found++ }

// countFinished counts a session that ended without a loss.
func (s *popStats) countFinished(measured bool) {
	s.allFinished++
	if measured {
		s.finished++
	}
}

// countHarmed counts a session that meets its first failed request, or is lost without having met one.
func (s *popStats) countHarmed() { s.harmed++ }

// countLost counts a session that lost its state.
func (s *popStats) countLost(cause Cause, measured bool) {
	if measured {
		s.lost[cause]++
	}
	s.allLost++
}

// countVisit and countPerson count a visit in progress in the measured part, and a person who visits there.
func (s *popStats) countVisit()  { s.visits++ }
func (s *popStats) countPerson() { s.people++ }

// countVisitHit and countAffected count those of them that are harmed.
func (s *popStats) countVisitHit() { s.visitsHit++ }
func (s *popStats) countAffected() { s.affected++ }
