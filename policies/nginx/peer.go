package nginx

import (
	"math"
	"strconv"

	"stickysim/policies/internal/least"
	"stickysim/sim"
)

// Defaults of the server directive (nginx.org/en/docs/http/ngx_http_upstream_module.html).
const (
	defaultMaxFails    = 1
	defaultFailTimeout = 10 // seconds
)

// peer is one address of an upstream with the state nginx keeps of it.
type peer struct {
	// What requests look at comes first, in as few cache lines as possible.
	id      sim.ServerID
	limit   int32 // max_conns; 0 = none
	at      int32 // position in the group
	isDown  bool  // down or draining: takes no new client
	isGone  bool  // down: takes no request
	backup  bool
	indexed bool // turns has its position in the smooth weighted round robin

	maxFails    int   // 0 = failures are not counted
	failTimeout int64 // seconds
	fails       int
	accessed    int64 // second of the last failure
	checked     int64 // second of the last failure, or of the trial after it

	// Weights are whole numbers in nginx; float64 holds those exactly, and fractions while a slow start lasts.
	weight    float64
	effective float64 // lowered by failures, climbs back by 1 per round
	current   float64 // position in the smooth weighted round robin, unless it is indexed

	written string // the server line's text: what a consistent ring is made of

	_ [32]byte // a peer begins with a cache line
}

// newPeer reads the settings of a server. An option that cannot be parsed means the default.
func newPeer(id sim.ServerID, info *sim.ServerInfo, weight float64) peer {
	p := peer{
		id: id, limit: int32(min(info.Limit, math.MaxInt32)), backup: info.Backup, written: writtenText(info),
		weight: weight, effective: weight,
		maxFails: defaultMaxFails, failTimeout: defaultFailTimeout,
		accessed: math.MinInt32, checked: math.MinInt32,
	}
	if n, err := strconv.Atoi(info.Options["max_fails"]); err == nil && n >= 0 {
		p.maxFails = n
	}
	if t, err := ParseSeconds(info.Options["fail_timeout"]); err == nil {
		p.failTimeout = int64(t / sim.Second)
	}
	return p
}

// writtenText is the text of the server line.
func writtenText(info *sim.ServerInfo) string {
	if host := info.Options["host"]; host != "" {
		return host
	}
	return info.Addr
}

// follow takes over status and weight from v. A peer that has lost effective weight by failures keeps the loss.
func (p *peer) follow(v *sim.View) {
	p.isDown = v.Status[p.id] != sim.Up
	p.isGone = v.Status[p.id] > sim.Draining
	if w := max(v.Weight[p.id], 0); w != p.weight {
		if p.effective == p.weight || p.effective > w {
			p.effective = w
		}
		p.weight = w
	}
	if p.weight == 0 {
		p.isDown = true
	}
}

// failing reports whether p is out because of its failures at the given second.
func (p *peer) failing(now int64) bool {
	return p.maxFails > 0 && p.fails >= p.maxFails && now-p.checked <= p.failTimeout
}

// full reports whether p has max_conns attempts in flight.
func (p *peer) full(v *sim.View) bool { return p.limit > 0 && v.InFlight[p.id] >= p.limit }

// open reports whether new clients may go to p.
func (p *peer) open(q *sim.Request, v *sim.View, now int64) bool {
	return !p.isDown && !p.failing(now) && !p.full(v) && !tried(q, p.id)
}

// openSticky reports whether clients that are bound to p may go there. A draining server keeps them.
func (p *peer) openSticky(q *sim.Request, v *sim.View, now int64) bool {
	return !p.isGone && !p.failing(now) && !p.full(v) && !tried(q, p.id)
}

// compareLoad compares requests in flight for their weight, cross-multiplied as nginx does.
func compareLoad(p, o *peer, v *sim.View) int {
	return least.CompareLoads(v.InFlight[p.id], p.weight, v.InFlight[o.id], o.weight)
}

// take records that p was chosen. The first choice after fail_timeout is the trial.
func (p *peer) take(now int64) sim.ServerID {
	if now-p.checked > p.failTimeout {
		p.checked = now
	}
	return p.id
}

// failed counts a failed attempt.
func (p *peer) failed(now int64) {
	p.fails++
	p.accessed, p.checked = now, now
	if p.maxFails > 0 {
		p.effective = max(p.effective-math.Floor(p.weight/float64(p.maxFails)), 0)
	}
}

// hasFailures reports whether failures are counted against p.
func (p peer) hasFailures() bool { return p.fails > 0 }

// succeeded ends an attempt that did not fail; a trial that succeeds clears the failures.
func (p *peer) succeeded() {
	if p.accessed < p.checked {
		p.fails = 0
	}
}

// turn is p's part in one round of the smooth weighted round robin; it returns the weight that p puts in.
func (p *peer) turn() float64 {
	in := p.effective
	p.current += in
	if p.effective < p.weight {
		p.effective = min(p.effective+1, p.weight)
	}
	return in
}

func tried(q *sim.Request, s sim.ServerID) bool {
	for _, t := range q.Tried {
		if t == s {
			return true
		}
	}
	return false
}

// seconds is nginx's clock for failures.
func seconds(v *sim.View) int64 { return int64(v.Now / sim.Second) }
