package haproxy

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"stickysim/sim"
)

// weightScale is how many units of effective weight a configured unit has for dynamic algorithms, and maxWeight the
// greatest effective weight.
const (
	weightScale = 16
	maxWeight   = 256 * weightScale
)

// server is what a back end derives from the view about one server.
type server struct {
	number     int // HAProxy's id: as configured, or the position
	configured int // weight as configured
	static     int // weight static maps use: as configured, 0 = unusable
	weight     int // effective weight: 16 per configured unit, less in slow start; 0 = unusable
	before     int // weight before the change that is being handled
	share      int // sum of the weights before it, when the configuration was read
	backup     bool
	nonStick   bool     // not stored in stick tables
	maxqueue   int32    // most waiting requests, beyond which it refuses; 0 = no limit
	slow       sim.Time // slowstart; 0 = none
	upSince    sim.Time // when slow start began; sim.Never = not in slow start
}

// read takes over members, weights and status from the view. changes lists the servers whose effective weight has
// changed, those that are no longer configured first.
func (b *backend) read(v *sim.View) {
	for len(b.srv) < len(v.Status) {
		b.srv = append(b.srv, server{upSince: sim.Never})
		b.waiting = append(b.waiting, 0)
	}
	b.changes = b.changes[:0]
	b.fresh = b.readMembers(v)
	for _, s := range b.members {
		b.weigh(s, v)
		if x := &b.srv[s]; x.weight != x.before {
			b.changes = append(b.changes, s)
		}
	}
	if b.fresh {
		b.shares()
	}
	b.count()
	b.started = true
}

// count adds up the usable servers and finds the backup that serves alone.
func (b *backend) count() {
	totalAct, totalBck := 0, 0
	b.act, b.bck, b.fbck = 0, 0, sim.NoServer
	for _, s := range b.members {
		switch x := &b.srv[s]; {
		case x.weight == 0:
		case x.backup:
			if b.bck++; b.fbck < 0 && !b.opt.AllBackups {
				b.fbck = s
			}
			totalBck += x.weight
		default:
			b.act++
			totalAct += x.weight
		}
	}
	switch b.total = totalAct; {
	case b.act > 0:
	case b.fbck >= 0:
		b.total = b.srv[b.fbck].weight
	default:
		b.total = totalBck
	}
}

// readMembers copies the list of servers and reports whether it has changed.
func (b *backend) readMembers(v *sim.View) (fresh bool) {
	if b.started && slices.Equal(b.members, v.Members) {
		return false
	}
	for _, s := range b.members {
		if x := &b.srv[s]; !slices.Contains(v.Members, s) {
			if x.before, x.weight, x.static = x.weight, 0, 0; x.before > 0 {
				b.changes = append(b.changes, s)
			}
		}
	}
	b.members, b.limited = append(b.members[:0], v.Members...), false
	for _, s := range b.members {
		x, info := &b.srv[s], &v.Servers[s]
		x.backup, x.configured = info.Backup, info.Weight
		x.maxqueue = int32(optionInt(info.Options["maxqueue"]))
		x.slow = optionTime(info.Options["slowstart"])
		_, x.nonStick = info.Options["non-stick"]
		b.limited = b.limited || info.Limit > 0
		b.nonStick = b.nonStick || x.nonStick
	}
	b.number(v)
	return true
}

// number gives every server its id: the configured one, or the first free one from its position.
func (b *backend) number(v *sim.View) {
	taken := map[int]bool{}
	for _, s := range b.members {
		taken[v.Servers[s].Number] = true
	}
	next := 1
	for _, s := range b.members {
		x := &b.srv[s]
		if x.number = v.Servers[s].Number; x.number == 0 {
			for taken[next] {
				next++
			}
			x.number, taken[next] = next, true
		}
		next++
	}
}

// weigh computes the weights of a member. Servers that are down, draining or without weight have none.
func (b *backend) weigh(s sim.ServerID, v *sim.View) {
	x := &b.srv[s]
	x.before = x.weight
	w := v.Weight[s]
	if v.Status[s] != sim.Up || !(w > 0) {
		x.weight, x.static, x.upSince = 0, 0, sim.Never
		return
	}
	// Static maps take the configured weight: HAProxy refuses to change it while it runs.
	x.static = max(1, x.configured)
	if b.started && x.before == 0 && x.slow > 0 {
		x.upSince = v.Now
	}
	factor := b.warmth(x, v)
	x.weight = min(max(1, int(math.Ceil(w*float64(factor)))), maxWeight)
}

// shares adds up the weights in configuration order, once: HAProxy's bounded loads keep using these sums when
// servers go down or come up.
func (b *backend) shares() {
	sum := [2]int{}
	for _, s := range b.members {
		x, group := &b.srv[s], 0
		if x.backup {
			group = 1
		}
		x.share = sum[group]
		sum[group] += x.weight
	}
}

func optionInt(text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0
	}
	return min(n, math.MaxInt32)
}

// optionTime reads a duration in HAProxy's notation, "5s"; a bare number is in milliseconds. Malformed ones mean
// none; importers refuse them, and [Options.CheckOption] names them.
func optionTime(text string) sim.Time {
	if text == "" {
		return 0
	}
	if ms, err := strconv.ParseInt(text, 10, 32); err == nil && ms > 0 {
		return sim.Time(ms) * sim.Millisecond
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseInt(days, 10, 16); err == nil && n > 0 {
			return sim.Time(n) * 24 * sim.Hour
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return sim.Time(d)
	}
	return 0
}
