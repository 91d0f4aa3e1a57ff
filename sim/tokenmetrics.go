package sim

import "stickysim/sim/metric"

var (
	revokedTokens = need("state: token with revoke", func(m *Model) bool { return m.State.Kind == Token && m.State.Revoke != nil })

	metricExposure = metric.RegisterTimes(metric.Family{Name: "token.exposure",
		Short: "time a revoked token is still accepted", Doc: "From the revocation of a session until its token expires or every server has fetched the denylist that names it.",
		Undefined: "when no revoked token was presented", Needs: revokedTokens}, nil)
	metricDenylist = metric.Register(metric.Family{Name: "token.denylist.mean", Kind: metric.Count, Better: metric.Less,
		Short: "entries a denylist would hold, mean over time", Doc: "Each revoked token stays on the list until it would have expired.",
		Formula: "sum over revocations of the time to expiry / time measured", Needs: revokedTokens})
)

func (x *token) metrics(b *metricsBuilder) {
	x.noState.metrics(b)
	if !x.r.m.Reports(metricDenylist) {
		return
	}
	b.times(metricExposure, whole, &x.exposure)
	b.add(metricDenylist.ID(), x.listed.Seconds()/b.seconds)
}
