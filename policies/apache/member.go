package apache

import (
	"math"
	"strconv"
	"strings"
	"time"

	"stickysim/sim"
)

// member is what the balancer knows of one BalancerMember (proxy_worker_shared of mod_proxy.h).
type member struct {
	begun    bool // filled in
	id       sim.ServerID
	route    sim.Cookie // mark of its route; 0 = none
	redirect sim.Cookie // mark of the route that replaces it; 0 = none
	retry    sim.Time
	set      int  // lbset
	standby  bool // status +H
	spare    bool // status +R
	drained  bool // status +N
	disabled bool // status +D or +S
	ignore   bool // status +I: never in error
	factor   int  // loadfactor in hundredths

	status  int      // lbstatus: credit of byrequests
	answers int64    // requests answered, as traffic of bytraffic
	failed  bool     // in error state
	since   sim.Time // of the error
}

// defaultRetry is mod_proxy's: seconds until a member in error is tried again.
const defaultRetry = 60 * sim.Second

// maxLBSet is the greatest lbset mod_proxy accepts.
const maxLBSet = 99

func newMember(id sim.ServerID, info sim.ServerInfo) member {
	m := member{begun: true, id: id, retry: defaultRetry, standby: info.Backup}
	m.route, m.redirect = mark(routeOf(info)), mark(info.Options["redirect"])
	if d, ok := Seconds(info.Options["retry"]); ok {
		m.retry = d
	}
	if n, err := strconv.Atoi(info.Options["lbset"]); err == nil && n >= 0 && n <= maxLBSet {
		m.set = n
	}
	m.flags(info.Options["status"])
	return m
}

// routeOf is the member's route: the option, or the value the scenario gives for cookies.
func routeOf(info sim.ServerInfo) string {
	if r := info.Options["route"]; r != "" {
		return r
	}
	return info.Cookie
}

// flags applies a status such as "+H-D".
func (m *member) flags(status string) {
	on := true
	for _, c := range strings.ToUpper(status) {
		switch c {
		case '+':
			on = true
		case '-':
			on = false
		case 'H':
			m.standby = on
		case 'R':
			m.spare = on
		case 'N':
			m.drained = on
		case 'D', 'S':
			m.disabled = on
		case 'I':
			m.ignore = on
		case 'E':
			m.failed = on
		}
	}
}

// Seconds reads a time of mod_proxy: seconds, or with a unit as in "500ms", "2s", "1min". It reports whether text is
// one; an empty text is none.
func Seconds(text string) (sim.Time, bool) {
	if text == "" {
		return 0, false
	}
	if s, err := strconv.ParseFloat(text, 64); err == nil {
		return sim.FromSeconds(s), s >= 0 && !math.IsInf(s, 0)
	}
	text = strings.Replace(strings.ToLower(text), "mi", "m", 1)
	if strings.HasSuffix(text, "mn") {
		text = strings.TrimSuffix(text, "n")
	}
	d, err := time.ParseDuration(text)
	return sim.Time(d), err == nil && d >= 0
}

// usable mirrors PROXY_WORKER_IS_USABLE: drained members are.
func (m *member) usable(v *sim.View) bool {
	return !m.disabled && !m.failed && v.Usable(m.id) && v.Weight[m.id] > 0
}

// draining reports whether the member takes requests of its own route only.
func (m *member) draining(v *sim.View) bool { return m.drained || v.Status[m.id] == sim.Draining }

// ends is the last moment of the error state (ap_proxy_retry_worker).
func (m *member) ends() sim.Time {
	if m.ignore {
		return sim.LongAgo
	}
	return m.since + m.retry
}

// over reports whether the member is in an error state whose time is over.
func (m *member) over(now sim.Time) bool { return m.failed && now > m.ends() }

// mark stands for a route in packed cookies: FNV-1a 64 of its text, which two routes of one balancer share with a
// chance of 2^-64. The empty route has no mark.
func mark(route string) sim.Cookie {
	if route == "" {
		return 0
	}
	return markBytes([]byte(route))
}

func markBytes(route []byte) sim.Cookie {
	h := uint64(0xcbf29ce484222325)
	for _, c := range route {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	return sim.Cookie(max(h, noRoute+1))
}
