package sim

import "stickysim/sim/metric"

// lossCause breaks lost sessions down.
var lossCause = &metric.Dimension{Name: "cause", Doc: "what destroyed the session's state, or led its client away from it", Values: func() []metric.Term { return terms(Causes()) }}

const whenNoneLived = "when there was no session"

var (
	metricStarted = metric.Register(metric.Family{Name: "sessions.started", Kind: metric.Count, Labels: byPopulation,
		Short: "sessions that began", Doc: "Sessions that began in the measured part. A user who logs in again after a loss begins another session.", Formula: "number",
		Show: metric.Show{Summary: 15}})
	metricFinished = metric.Register(metric.Family{Name: "sessions.finished", Kind: metric.Count, Better: metric.Neither,
		Short: "sessions that ended as their user meant", Doc: "Sessions that ended in the measured part and were not lost.", Formula: "number"})
	metricActive = metric.Register(metric.Family{Name: "sessions.active", Kind: metric.Count, Labels: byPopulation,
		Short: "sessions in progress at the end", Doc: "Sessions that neither finished nor were lost when the run ended, wherever they began.", Formula: "number"})
	metricLost = metric.Register(metric.Family{Name: "sessions.lost", Also: []string{"logouts", "logged-out", "lost-carts", "session-loss"}, Kind: metric.Count, Better: metric.Less,
		Labels: []*metric.Dimension{metric.Population, lossCause},
		Short:  "sessions that lost their state",
		Doc:    "Sessions whose user found, in the measured part, that the state was gone. The first cause counts. A session whose user never returned is not lost.", Formula: "number",
		Show: metric.Show{Compare: 7, Summary: 16, Always: true}})
	metricLostRatio = metric.Register(metric.Family{Name: "sessions.lost.ratio", Kind: metric.Share, Better: metric.Less, Labels: byPopulation,
		Short:   "sessions lost, of those in progress at some time",
		Doc:     "Sessions that do not end count too, so the length of the run hardly matters where the cause is always there. After a single fault it does: incident.lost.ratio relates the losses to the sessions that were active then. A user who logs in again begins another session: visits.hit.ratio counts visits.",
		Formula: "sessions.lost / (sessions in progress at the start + sessions.started)", Undefined: whenNoneLived,
		Each: "session", Show: metric.Show{Compare: 8, Summary: 17, Always: true, Column: 5, Title: "LOST", Plot: 3}})
	metricCleanSessions = metric.Register(metric.Family{Name: "availability.sessions", Kind: metric.Share, Better: metric.More, Labels: byPopulation,
		Short:   "sessions without any failure, of those in progress",
		Doc:     "The share of the sessions in progress at some time of the measured part that met neither a failed request nor a loss of their state there.",
		Formula: "sessions without a failure / (sessions in progress at the start + sessions.started)", Undefined: whenNoneLived,
		Each: "session", Show: metric.Show{Compare: 6, Summary: 9}})
	metricActiveMean = metric.Register(metric.Family{Name: "sessions.active.mean", Kind: metric.Count,
		Short: "sessions in progress, mean over time", Doc: "The time average of the number of sessions in progress in the measured part.", Formula: "∫ active sessions dt / time measured"})
	metricActiveVariance = metric.Register(metric.Family{Name: "sessions.active.variance", Kind: metric.Count,
		Short: "sessions in progress, variance over time", Doc: "How much the number of sessions in progress varies in time.", Formula: "∫ (active sessions)² dt / time measured − sessions.active.mean²"})
	metricResidual = metric.RegisterTimes(metric.Family{Name: "sessions.residual",
		Short: "remaining life of the sessions found at the start",
		Doc:   "Sessions that were active when the measured part began and have ended since.", Undefined: "when none of them has ended"}, nil)
)

var _ = reports(30, (*run).sessionMetrics)

func (r *run) sessionMetrics(b *metricsBuilder) {
	var all PopulationResult
	pops := b.res.Populations
	for i := range pops {
		p := &pops[i]
		all.Started, all.Finished, all.Active = all.Started+p.Started, all.Finished+p.Finished, all.Active+p.Active
		all.Lived, all.Clean = all.Lived+p.Lived, all.Clean+p.Clean
		for c, n := range p.Lost {
			all.Lost[c] += n
		}
	}
	lost := total(all.Lost[:])
	b.count(metricStarted.ID(), all.Started)
	b.count(metricFinished.ID(), all.Finished)
	b.count(metricActive.ID(), all.Active)
	b.count(metricLost.ID(), lost)
	for _, c := range Causes() {
		b.count(metricLost.With(lossCause.Name, c.String()), all.Lost[c])
	}
	b.ratio(metricLostRatio.ID(), float64(lost), float64(all.Lived))
	b.ratio(metricCleanSessions.ID(), float64(all.Clean), float64(all.Lived))
	span := float64(r.m.Duration)
	mean := r.activeArea / span
	b.add(metricActiveMean.ID(), mean)
	b.add(metricActiveVariance.ID(), max(r.activeSq/span-mean*mean, 0))
	b.times(metricResidual, whole, &r.residual)
	if len(pops) > 1 {
		for i := range pops {
			b.sessions(&pops[i])
		}
	}
}

// sessions adds the figures of one population.
func (b *metricsBuilder) sessions(p *PopulationResult) {
	label, lost := ofPopulation(p.Name), total(p.Lost[:])
	b.count(part(metricStarted, label), p.Started)
	b.count(part(metricActive, label), p.Active)
	b.count(part(metricLost, label), lost)
	b.ratio(part(metricLostRatio, label), float64(lost), float64(p.Lived))
	b.ratio(part(metricCleanSessions, label), float64(p.Clean), float64(p.Lived))
}
