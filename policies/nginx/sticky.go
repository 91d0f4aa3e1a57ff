package nginx

import (
	"stickysim/policies/keys"
	"stickysim/sim"
)

// sticky is what the three kinds of the directive share: a method below, which is asked with the sid of the server
// that the client is bound to.
type sticky struct {
	method
	u     *upstream
	turns bool // the method is the round robin
}

func newSticky(env sim.Env, balance, hashKey string, r Retrying) sticky {
	u := newUpstream(env, r)
	u.sids = make([]uint64, env.Servers)
	var m method
	switch balance {
	case "least_conn":
		m = &leastConn{u.leastLoaded()}
	case "random", "random two":
		m = &random{upstream: u, two: balance == "random two"}
	case "ip_hash":
		m = &ipHash{upstream: u}
	case "hash":
		m = &plainHash{upstream: u, key: keys.Writer{Template: template(hashKey)}}
	case "hash consistent":
		m = &consistentHash{upstream: u.scanned(), key: keys.Writer{Template: template(hashKey)}}
	default:
		m = &roundRobin{u}
	}
	_, turns := m.(*roundRobin)
	return sticky{m, m.shared(), turns}
}

// NeedsKey implements sim.Keyed for the methods that hash one.
func (b sticky) NeedsKey() bool {
	powers := sim.PowersOf(b.method)
	return powers.NeedsKey()
}

// KeyText is part of sim.Keyed.
func (b sticky) KeyText() sim.KeyText {
	powers := sim.PowersOf(b.method)
	return powers.KeyText()
}

// Reads implements sim.Reader.
func (b sticky) Reads() sim.Needs {
	powers := sim.PowersOf(b.method)
	return powers.Reads()
}

// follow asks the method with sid and says why the client is not with the server that sid names. missing is the
// reason when sid is 0.
func (b sticky) follow(q *sim.Request, v *sim.View, sid uint64, missing sim.Reason) sim.ServerID {
	if b.turns {
		if s := b.u.turnOf(sid, q, v); s != sim.NoServer {
			if q.Why = sim.None; sid == 0 {
				q.Why = missing
			}
			return s
		}
	}
	s := b.method.pick(q, v, sid)
	switch {
	case b.u.holds(sid, s):
		q.Why = sim.None
	case sid == 0:
		q.Why = missing
	case !b.u.known(sid):
		q.Why = sim.CookieRefused
	default:
		q.Why = sim.ServerUnusable
	}
	return s
}
