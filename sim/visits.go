package sim

import "stickysim/sim/metric"

// visitMarks is what is counted once of a client: as a person, and for its present visit. A visit is what a person does
// from arriving to leaving, logins again included: a chain of sessions, each of which follows the loss of the one before.
// Only this file changes it.
type visitMarks uint8

const (
	personCounted visitMarks = 1 << iota // has visited in the measured part
	personHarmed                         // has met a loss or a failed request there
	visitCounted                         // the visit has been in progress there
	visitHit                             // the visit has met a loss there
	thrownOut                            // left after a loss; the next session continues the visit
)

// forget makes the marks those of a person who has just come.
func (m *visitMarks) forget() { *m = 0 }

// throwOut notes that the person has left after a loss.
func (m *visitMarks) throwOut() { *m |= thrownOut }

// begin makes a session that begins the first of a visit, or the next one of a visit that a loss has interrupted.
func (m *visitMarks) begin() {
	if *m&thrownOut == 0 {
		*m &^= visitCounted | visitHit
	}
	*m &^= thrownOut
}

// present counts a visit in progress, and its person.
func (m *visitMarks) present(s *popStats) {
	if *m&visitCounted == 0 {
		s.countVisit()
	}
	if *m&personCounted == 0 {
		s.countPerson()
	}
	*m |= visitCounted | personCounted
}

// harm counts a visit that meets a loss, and a person who meets that or a failed request.
func (m *visitMarks) harm(s *popStats, lost bool) {
	if lost && *m&visitHit == 0 {
		*m |= visitHit
		s.countVisitHit()
	}
	if *m&personHarmed == 0 {
		*m |= personHarmed
		s.countAffected()
	}
}

// beginVisit notes that a session begins.
func (r *run) beginVisit(p *population, id ClientID) {
	m := &r.visits[id]
	m.begin()
	if r.live {
		m.present(&p.stats)
	}
}

// measureVisits counts the visits that are in progress when counting begins, as yet unharmed.
func (r *run) measureVisits() {
	for i := range r.clients {
		m, c := &r.visits[i], &r.clients[i]
		*m &= thrownOut
		if c.flags&(inSession|leftAfterLoss) != 0 {
			m.present(&r.pops[c.pop].stats)
		}
	}
}

const whenNoVisit = "when there was no visit"

var (
	metricVisitsHit = metric.Register(metric.Family{Name: "visits.hit.ratio", Also: []string{"affected-visits", "user-impact"}, Kind: metric.Share, Better: metric.Less, Labels: byPopulation,
		Short: "visits that met a loss of their session",
		Doc: "A visit is what a person does from arriving to leaving, logins again included: a session and those that follow its loss. " +
			"A user who comes back after finishing begins another visit. A visit that meets three losses is hit once, so the share does not depend on what people do after a loss.",
		Formula: "visits that met a loss / visits in progress at some time of the measured part", Undefined: whenNoVisit,
		Each: "visit", Show: metric.Show{First: 2, Compare: 17, Summary: 37}})
	metricVisitLosses = metric.Register(metric.Family{Name: "visits.losses", Kind: metric.Factor, Better: metric.Less, Labels: byPopulation,
		Short: "losses of a session per visit", Doc: "How often a person is logged out before leaving, on average over all visits.",
		Formula: "sessions.lost / visits in progress at some time of the measured part", Undefined: whenNoVisit})
	metricAffected = metric.Register(metric.Family{Name: "users.affected", Also: []string{"blast-radius", "impacted-users"}, Kind: metric.Share, Better: metric.Less, Labels: byPopulation,
		Short: "people who met a loss or a failed request",
		Doc: "A person is a visitor, one of a fixed number of users, or a client of a log. One who meets several losses and failures, in one visit or in several, counts once. " +
			"A failed attempt that is retried with success is no failure.",
		Formula: "people who met a loss or a failed request / people with a visit in the measured part", Undefined: whenNoVisit,
		Each: "person", Show: metric.Show{Summary: 38}})
)

var _ = reports(35, (*run).visitMetrics)

func (r *run) visitMetrics(b *metricsBuilder) {
	var all PopulationResult
	pops := b.res.Populations
	for i := range pops {
		p := &pops[i]
		all.Visits, all.VisitsHit, all.People, all.Affected = all.Visits+p.Visits, all.VisitsHit+p.VisitsHit, all.People+p.People, all.Affected+p.Affected
		all.Lost[0] += total(p.Lost[:])
	}
	b.visits(whole, &all)
	if len(pops) > 1 {
		for i := range pops {
			b.visits(ofPopulation(pops[i].Name), &pops[i])
		}
	}
}

// visits adds the figures of a population, or of all.
func (b *metricsBuilder) visits(label metric.Label, p *PopulationResult) {
	b.ratio(part(metricVisitsHit, label), float64(p.VisitsHit), float64(p.Visits))
	b.ratio(part(metricVisitLosses, label), float64(total(p.Lost[:])), float64(p.Visits))
	b.ratio(part(metricAffected, label), float64(p.Affected), float64(p.People))
}
