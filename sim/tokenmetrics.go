package sim

import "stickysim/sim/metric"

var (
	revokedTokens = need("state: token with revoke", func(m *Model) bool { return m.State.Kind == Token && m.State.Revoke != nil })

	metricExposure = metric.RegisterTimes(metric.Family{Name: "token.exposure",
		Short:     "time a revoked token is still accepted",
		Doc:       "From the revocation of a token until it expires or every server has fetched the denylist that names it. Revocations in the measured part count whether or not the session asks again: a stolen token can be presented by a thief. A token that has expired before is not revoked.",
		Undefined: "when no token was revoked, or none is ever refused", Needs: revokedTokens}, nil)
	metricDenylist = metric.Register(metric.Family{Name: "token.denylist.mean", Kind: metric.Count, Better: metric.Less,
		Short: "entries a denylist would hold, mean over time", Doc: "Each revoked token stays on the list until it would have expired.",
		Formula: "sum over revocations of the time to expiry / time measured", Needs: revokedTokens})
)

func (x *token) metrics(b *metricsBuilder) {
	x.noState.metrics(b)
	if !x.r.m.Reports(metricDenylist) {
		return
	}
	x.settleAll()
	b.times(metricExposure, whole, &x.exposure)
	b.add(metricDenylist.ID(), x.listed.Seconds()/b.seconds)
}
