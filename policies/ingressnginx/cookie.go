package ingressnginx

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"

	"stickysim/policies"
	"stickysim/policies/internal/ketama"
	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

var _ = policies.Register("ingress-nginx/cookie", Cookie{Mode: "balanced", Backend: "upstream"}, policies.Doc{
	Summary: "affinity: cookie (INGRESSCOOKIE), balanced over a hash ring or persistent to a pod",
	Detail: "balanced: the cookie holds a random key whose place on the ring of ready pods is its pod, so scaling from c to n " +
		"pods moves about (n-c)/n of the clients. persistent: the cookie names the pod; when that is gone, another is drawn and " +
		"the cookie rewritten. Sessions do not drain: a pod that terminates or is not ready is no endpoint any more, and its clients " +
		"get another within about a second. They return with balanced, and not with persistent, where a new pod gets new clients " +
		"only. Without change_on_failure a failing pod is tried again until it is taken out.",
	Source: luaSource + "/sticky.lua, sticky_balanced.lua, sticky_persistent.lua; lua/util/nodemap.lua; internal/ingress/controller/endpointslices.go",
	Key:    policies.KeyCookie,
	Claims: policies.Claims{Sticky: true},
})

// Cookie is an Ingress with the annotation affinity: cookie.
type Cookie struct {
	Mode            string   `yaml:"mode" check:"oneof=balanced|persistent" doc:"affinity-mode"`
	ChangeOnFailure bool     `yaml:"change_on_failure" doc:"session-cookie-change-on-failure: give up a pod that fails"`
	TTL             sim.Time `yaml:"ttl" doc:"session-cookie-max-age or -expires, since the cookie was set; 0 = the client's session"`
	Backend         string   `yaml:"backend" doc:"namespace-service-port, the salt of cookie values"`
}

// Validate checks the ttl.
func (c Cookie) Validate() error {
	if c.TTL < 0 {
		return errors.New("ttl: must not be negative")
	}
	return nil
}

// New makes an instance.
func (c Cookie) New(env sim.Env) sim.Balancer {
	return &cookie{config: c}
}

type cookie struct {
	retries
	config Cookie
	ring   ketama.Ring
	picks  recall.Table[sim.ClientID, sim.ServerID] // by cookie
	text   []byte                                   // scratch
}

// picks is how many keys are drawn to avoid pods that failed.
const picks = 20

// foreign marks a cookie whose key text was not made here; its CRC is in the low half.
const foreign sim.Cookie = 1 << 63

// Rebuild implements [sim.Rebuilder].
func (p *cookie) Rebuild(v *sim.View) {
	if p.config.Mode == "persistent" {
		return
	}
	p.picks.Forget()
	p.ring.Reset()
	for _, s := range v.Eligible {
		p.ring.Add(endpoint(v, s), int32(s), 1)
	}
	p.ring.Sort()
}

// Prepare implements [sim.Preparer].
func (p *cookie) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.picks.Prepare(c, soon) }

// Reads implements [sim.Reader].
func (p *cookie) Reads() sim.Needs { return sim.NeedsDraw }

// Repeats implements [sim.Repeater]: a cookie stands for the same pod until pods change.
func (p *cookie) Repeats() bool { return true }

// Pick implements [sim.Balancer].
func (p *cookie) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	s := sim.NoServer
	q.Why = sim.CookieMissing
	if q.Cookie != 0 {
		s, q.Why = p.named(q, v)
	}
	if s >= 0 && (q.Attempt == 0 || !p.config.ChangeOnFailure) {
		q.Why, q.Settled = sim.None, q.Memo == 0
		return s
	}
	if p.config.Mode == "persistent" {
		return p.drawPod(q, v)
	}
	return p.drawKey(q)
}

// named returns the pod that the request's cookie stands for, or why there is none.
func (p *cookie) named(q *sim.Request, v *sim.View) (sim.ServerID, sim.Reason) {
	c := q.Cookie
	if p.config.Mode == "balanced" {
		s, ok := p.picks.Find(q.Client, uint64(c))
		if !ok {
			s = sim.ServerID(p.ring.Of(p.hash(c)))
			p.picks.Note(q.Client, uint64(c), s)
		}
		return s, sim.ServerUnusable
	}
	switch s := sim.ServerID(c - 1); {
	case c > sim.Cookie(len(v.Servers)) || v.Status[s] == sim.Removed:
		return sim.NoServer, sim.CookieRefused
	case v.Status[s] != sim.Up:
		return sim.NoServer, sim.ServerUnusable
	default:
		return s, sim.ServerUnusable
	}
}

func (p *cookie) drawKey(q *sim.Request) sim.ServerID {
	for i := range uint64(picks) {
		key := 1 + q.Draw.At(i).Uint64()>>2
		if s := sim.ServerID(p.ring.Of(p.hash(sim.Cookie(key)))); !slices.Contains(q.Tried, s) {
			q.Memo = key
			p.picks.Note(q.Client, key, s)
			return s
		}
	}
	return sim.NoServer
}

func (p *cookie) drawPod(q *sim.Request, v *sim.View) sim.ServerID {
	left := 0
	for _, s := range v.Eligible {
		if !slices.Contains(q.Tried, s) {
			left++
		}
	}
	if left == 0 {
		return sim.NoServer
	}
	k := q.Draw.IntN(left)
	for _, s := range v.Eligible {
		if slices.Contains(q.Tried, s) {
			continue
		}
		if k--; k < 0 {
			q.Memo = uint64(s) + 1
			return s
		}
	}
	panic("ingressnginx: an endpoint got lost")
}

// hash is the CRC of a cookie's key text.
func (p *cookie) hash(c sim.Cookie) uint32 {
	if c&foreign != 0 {
		return uint32(c)
	}
	p.text = strconv.AppendUint(p.text[:0], uint64(c), 10)
	return crc32.ChecksumIEEE(p.text)
}

// Answered sets the cookie of a pod that was newly chosen.
func (p *cookie) Answered(q *sim.Request, _ sim.ServerID, _ *sim.View) {
	if c := sim.Cookie(q.Memo); c != 0 && c != q.Cookie {
		q.SetCookie, q.CookieTTL = c, p.config.TTL
	}
}

// FormatCookie returns "key|backend", both as the controller writes them, but for the key of balanced mode, where it
// writes the time, its process and a random number.
func (p *cookie) FormatCookie(c sim.Cookie, v *sim.View) string {
	key := strconv.FormatUint(uint64(c), 10)
	if p.config.Mode == "persistent" && c > 0 && c <= sim.Cookie(len(v.Servers)) {
		key = md5Hex(p.config.Backend + endpoint(v, sim.ServerID(c-1)))
	}
	return key + "|" + md5Hex(md5Hex(p.config.Backend)+p.config.Backend)
}

// ParseCookie reads the key before the bar.
func (p *cookie) ParseCookie(value string, v *sim.View) sim.Cookie {
	key, _, _ := strings.Cut(value, "|")
	if p.config.Mode == "persistent" {
		for _, s := range v.Members {
			if key == md5Hex(p.config.Backend+endpoint(v, s)) {
				return sim.Cookie(s) + 1
			}
		}
		return ^sim.Cookie(0)
	}
	if k, err := strconv.ParseUint(key, 10, 63); err == nil && k > 0 && strconv.FormatUint(k, 10) == key {
		return sim.Cookie(k)
	}
	return foreign | sim.Cookie(crc32.ChecksumIEEE([]byte(key)))
}

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// endpoint is the text that stands for a pod on rings and in cookies, "address:port".
func endpoint(v *sim.View, s sim.ServerID) string {
	if a := v.Servers[s].Addr; a != "" {
		return a
	}
	return v.Servers[s].Name
}
