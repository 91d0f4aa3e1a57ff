//go:build linux

package live

import (
	"fmt"
	"strings"
)

const haproxyHead = `global
  stats socket unix@admin.sock mode 600 level admin
  nbthread 1
  maxconn 500
defaults
  mode http
  timeout client 20s
  timeout server 20s
  timeout connect 20ms
  timeout queue 5s
  retries 1
  option http-server-close
frontend all
  bind unix@haproxy.sock
  use_backend %[req.hdr(x-pool)]
`

// haproxyMethod is a balance line and the requests that go with it.
type haproxyMethod struct {
	balance string
	keys    keys
	hashes  bool
	ring    bool // consistent: weights can be changed while it runs
}

func drawHAProxyMethod(d draw) (m haproxyMethod) {
	switch d.IntN(18) {
	case 0:
		return haproxyMethod{balance: "roundrobin", keys: anything, ring: true}
	case 1:
		return haproxyMethod{balance: "static-rr", keys: anything}
	case 2, 16:
		return haproxyMethod{balance: "leastconn", keys: anything, ring: true}
	case 3, 17:
		return haproxyMethod{balance: "first", keys: anything}
	case 4, 5, 6:
		m = haproxyMethod{balance: "source", keys: address("X-Src")}
	case 7, 8:
		m = haproxyMethod{balance: "hdr(" + d.pick("X-Key", "x-key") + ")", keys: without(headerValue)}
	case 9, 10:
		m = haproxyMethod{balance: "uri" + uriWords(d), keys: target}
	case 11:
		m = haproxyMethod{balance: "url_param k", keys: without(argumentValue)}
	case 12:
		m = haproxyMethod{balance: "hash " + d.pick("src", "req.hdr_ip(x-src)"), keys: address("X-Src")}
	case 13:
		m = haproxyMethod{balance: "hash " + d.pick("req.fhdr(x-key)", "req.hdr(x-key)", "req.hdr(x-key,2)", "req.hdr(x-key,-2)"), keys: without(headerValue)}
	case 14:
		m = haproxyMethod{balance: "hash url_param(k)", keys: without(argumentValue)}
	case 15:
		m = haproxyMethod{balance: "hash " + d.pick("req.cook(sid)", "cook(sid)"), keys: without(cookieValue)}
	}
	m.hashes = true
	return m
}

func uriWords(d draw) string {
	words := ""
	if d.one(3) {
		words += " whole"
	}
	if d.one(3) {
		words += fmt.Sprintf(" len %d", 1+d.IntN(20))
	}
	if d.one(3) {
		words += fmt.Sprintf(" depth %d", 1+d.IntN(4))
	}
	return words
}

// haproxyTrial draws a backend section and what happens.
func haproxyTrial(d draw, f *fleet, n int, seed uint64) *trial {
	x := &trial{name: fmt.Sprintf("c%d", n), seed: seed}
	m := drawHAProxyMethod(d)
	lines := []string{"balance " + m.balance, "http-request set-src hdr(X-Src)"}
	if m.hashes && !d.one(4) {
		line := "hash-type " + d.pick("map-based", "consistent")
		m.ring = strings.HasSuffix(line, "consistent")
		if d.one(2) {
			line += " " + d.pick("sdbm", "djb2", "wt6", "crc32")
			if d.one(2) {
				line += " avalanche"
			}
		}
		lines = append(lines, line)
		if m.ring && d.one(4) {
			lines = append(lines, fmt.Sprintf("hash-balance-factor %d", 101+d.IntN(200)))
		}
	}
	clients := 0
	if d.one(4) {
		x.cookie, clients = "SRV", 1+d.IntN(12)
		lines = append(lines, "cookie SRV insert"+d.pick("", " indirect", " indirect nocache", " preserve"))
	} else if d.one(3) {
		stick, k := drawStick(d, m)
		lines = append(lines, stick...)
		m.keys = few(1+d.IntN(15), k)
	}
	failures := d.one(8) || !m.hashes && d.one(2)
	if failures {
		lines = append(lines, failureLines(d, m.hashes)...)
	}
	if d.one(4) {
		lines = append(lines, "option allbackups")
	}
	servers, members := haproxyServers(d, f, x.cookie != "")
	x.config = "backend " + x.name + "\n  " + strings.Join(append(lines, servers...), "\n  ") + "\n"
	x.draw(d, m, members, clients, failures)
	return x
}

// failureLines say what happens when a server refuses connections. Retries elsewhere need no pause, so methods that do
// not hash have them more often.
func failureLines(d draw, hashes bool) []string {
	retries := d.IntN(4)
	lines := []string{fmt.Sprintf("retries %d", retries)}
	if !hashes && !d.one(6) || d.one(2) {
		interval := d.pick("", " 1", " 2", " 3", " -1", " -2")
		if interval == " -2" && retries == 1 { // HAProxy 2.6.12 divides by zero
			interval = " -1"
		}
		lines = append(lines, "option redispatch"+interval)
	}
	return lines
}

// drawStick draws a stick table and the requests it tells apart.
func drawStick(d draw, m haproxyMethod) ([]string, keys) {
	table := "stick-table type %s size 1k expire 1h"
	if strings.Contains(m.balance, "src") || m.balance == "source" || !m.hashes {
		return []string{fmt.Sprintf(table, d.pick("ip", "ipv6")), "stick on " + d.pick("src", "hdr_ip(x-src)")}, address("X-Src")
	}
	rule := "stick on " + d.pick("hdr(x-key)", "req.fhdr(x-key)", "hdr(x-key,1)")
	switch {
	case strings.Contains(m.balance, "url_param"):
		rule = "stick on url_param(k)"
	case strings.Contains(m.balance, "cook"):
		rule = "stick on req.cook(sid)"
	case strings.Contains(m.balance, "uri"):
		rule = "stick on url"
	}
	length := d.pick("", " len 5", " len 12", " len 200")
	return []string{fmt.Sprintf(table, "string"+length), rule}, m.keys
}

// haproxyServers draws server lines.
func haproxyServers(d draw, f *fleet, cookies bool) (lines []string, members []member) {
	most := 256 // few points on rings: 16 per unit of weight
	if !d.one(5) {
		most = 12
	}
	ids := d.Perm(40)
	explicit, backupsOnly := d.one(3), d.one(10)
	if d.one(6) {
		lines = append(lines, fmt.Sprintf("default-server weight %d", d.upTo(most)))
	}
	for i := range d.upTo(10) + d.IntN(2) {
		b := f.backends[d.IntN(len(f.backends))]
		name := fmt.Sprintf("%s%d", d.text(8, letters), i)
		line := fmt.Sprintf("server %s %s", name, haproxyAddr(b))
		if d.one(2) {
			line += fmt.Sprintf(" weight %d", d.upTo(d.upTo(most)+1)-d.IntN(2))
		}
		if explicit && d.one(2) {
			line += fmt.Sprintf(" id %d", 1+ids[i])
		}
		if cookies && !d.one(8) {
			line += " cookie " + d.pick("v", "w-", "x.") + fmt.Sprint(d.IntN(30))
		}
		if d.one(6) {
			line += " disabled"
		}
		if d.one(6) || backupsOnly {
			line += " backup"
		}
		if d.one(6) {
			line += " maxconn 20"
		}
		lines = append(lines, line)
		members = append(members, member{name: name, backend: b})
	}
	return lines, members
}

func haproxyAddr(b *backend) string {
	if text, ok := strings.CutPrefix(b.texts[0], "unix:"); ok {
		return "unix@" + text
	}
	return b.texts[0]
}

// draw draws the steps.
func (x *trial) draw(d draw, m haproxyMethod, members []member, clients int, failures bool) {
	byBackend := map[*backend][]string{}
	for _, s := range members {
		byBackend[s.backend] = append(byBackend[s.backend], s.name)
	}
	admin, k, dead, victim := d.one(3), mix(m.keys), map[*backend]bool{}, member{}
	for i := range requestsEach {
		s := members[d.IntN(len(members))]
		s.lines = byBackend[s.backend]
		if failures && i%10 == 5 { // briefly, since retries take their time
			x.steps = append(x.steps, toggle(s, dead)...)
			victim = s
		}
		if failures && i%10 == 8 && dead[victim.backend] && !d.one(4) {
			x.steps = append(x.steps, toggle(victim, dead)...)
		}
		if admin && d.one(6) {
			x.steps = append(x.steps, step{op: "admin", key: adminCommand(d, x.name+"/"+s.name, m.ring)})
		}
		key, q := k(d)
		q.headers = append([]string{"Host: test", "X-Pool: " + x.name}, q.headers...)
		next := step{op: "req", key: key, send: q}
		if clients > 0 {
			if next.who = d.IntN(clients + 1); d.one(8) {
				next.given = d.pick("v1", "v2", "w-3", "forged", "v", "x.4|", "v1~abc")
			}
		}
		x.steps = append(x.steps, next)
	}
}

// adminCommand is a command to the run-time interface. Tables of slots take no other weights than at the start.
func adminCommand(d draw, server string, weights bool) string {
	if weights && d.one(3) {
		return fmt.Sprintf("set server %s weight %d", server, d.IntN(20))
	}
	return fmt.Sprintf("set server %s state %s", server, d.pick("maint", "maint", "ready", "ready", "drain"))
}
