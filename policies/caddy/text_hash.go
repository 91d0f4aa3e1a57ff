package caddy

import "stickysim/sim"

// textHash hashes Request.Key: a URI, header, or query argument. Without one the fallback chooses.
type textHash struct {
	rank     ranking
	fallback selector
}

func newTextBalancer(p Proxy, env sim.Env, version, fallback string) *balancer {
	b := newBalancer(p, env, &textHash{rank: newRanking(version, env), fallback: newFallback(fallback, version, env)})
	b.needsText = true
	return b
}

func (t *textHash) rebuild(v *sim.View) {
	t.rank.rebuild(v)
	rebuildFallback(t.fallback, v)
}

func (t *textHash) choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	if len(q.Key) == 0 {
		return t.fallback.choose(q, v, p)
	}
	return t.rank.highest(q.Key, v, p)
}
