package caddy

import (
	"stickysim/policies/keys"
	"stickysim/sim"
)

// textHash hashes a URI, header, or query argument. Without one the fallback chooses.
type textHash struct {
	key      keys.Writer
	rank     *recalled
	fallback selector
}

func newTextBalancer(p Proxy, env sim.Env, key keys.Template, version, fallback string) *balancer {
	b := newBalancer(p, env, &textHash{key: keys.Writer{Template: key}, rank: newRanking(version), fallback: newFallback(fallback, version, env)})
	b.needsText, b.text = key.NeedsKey(), key.KeyText()
	return b
}

func (t *textHash) rebuild(v *sim.View) {
	t.rank.rebuild(v)
	rebuildFallback(t.fallback, v)
}

func (t *textHash) choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	sum, ok := t.key.Sum(q)
	if !ok {
		return t.fallback.choose(q, v, p)
	}
	s, ok := t.rank.known(q.Client, sum, v, p)
	if !ok {
		s = t.rank.highest(q.Client, sum, t.key.Of(q), v, p)
	}
	return s
}
