package sim

import "stickysim/sim/stats"

// popStats is what one population has seen; the all… counts cover the whole run, the others the measured part.
type popStats struct {
	latency, wait                 timeTally
	slowdown                      ratioSum
	sent, good, attempts, retried int64
	failed                        [failureKinds]int64
	failedAfter                   int64 // ns from the first send of those requests to their failure
	found, started, finished      int64 // found: sessions in progress when counting began
	harmed                        int64 // sessions that met a failed request or were lost
	lost                          [causeRoom]int64
	visits, visitsHit             int64
	people, affected              int64

	allSent, allGood, allFailed      int64
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

func (s *ratioSum) add(sojourn, demand float64) {
	if demand > 0 {
		s.total += sojourn / demand
		s.n++
	}
}

// countTimes counts of an answered request the whole time its client waited, how much of it was spent waiting for a core, and
// its work. The caller counts the first in its bucket.
func (s *popStats) countTimes(total, waited, work Time) {
	s.latency.sum += int64(total)
	s.wait.add(waited)
	s.slowdown.add(float64(total), float64(work))
}

// countSent counts a request that a client has sent, in the measured part or before.
func (s *popStats) countSent(measured bool) {
	if measured {
		s.sent++
	}
	s.allSent++
}

// countAttempt and countRetry count what clients do in the measured part.
func (s *popStats) countAttempt() { s.attempts++ }
func (s *popStats) countRetry()   { s.retried++ }

// countGood counts a request that was answered for its client.
func (s *popStats) countGood(measured bool) {
	if measured {
		s.good++
	}
	s.allGood++
}

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
