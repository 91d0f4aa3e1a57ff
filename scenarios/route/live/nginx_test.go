//go:build linux

package live

import (
	"fmt"
	"slices"
	"strings"
)

const nginxHead = `daemon off;
master_process off;
worker_processes 1;
pid nginx.pid;
error_log stderr crit;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  server_names_hash_max_size 4096;
  set_real_ip_from unix:;
  real_ip_header X-Forwarded-For;
`

// nginxMethod is a way to choose servers, and the requests that go with it.
type nginxMethod struct {
	line string
	keys keys
	hash bool // takes no backup servers
}

func drawNginxMethod(d draw) nginxMethod {
	consistent := ""
	if d.one(2) {
		consistent = " consistent"
	}
	hash := func(key string, k keys) nginxMethod { return nginxMethod{"hash " + key + consistent + ";", k, true} }
	switch d.IntN(15) {
	case 0, 13:
		return nginxMethod{"", anything, false}
	case 1, 14:
		return nginxMethod{"least_conn;", anything, false}
	case 2, 3, 4:
		return nginxMethod{"ip_hash;", address("X-Forwarded-For"), true}
	case 5:
		return hash("$remote_addr", address("X-Forwarded-For"))
	case 6:
		return hash("$binary_remote_addr", address("X-Forwarded-For"))
	case 7, 8:
		return hash(d.pick("$arg_k", "${arg_k}", "$chosen"), without(argumentValue))
	case 9:
		return hash("$cookie_sid", without(cookieValue))
	case 10:
		return hash("$remote_addr$arg_k", composed)
	case 11:
		return hash("$http_x_key", without(headerValue))
	}
	return hash("$request_uri", target)
}

// composed is requests whose key is the address and an argument together.
func composed(d draw) (string, request) {
	a := d.address()
	key, q := argumentValue(d)
	q.headers = append(q.headers, "X-Forwarded-For: "+a)
	return a + key, q
}

// nginxTrial draws an upstream, a server block for it, and what happens.
func nginxTrial(d draw, f *fleet, n int, seed uint64) *trial {
	x := &trial{name: fmt.Sprintf("c%d", n), seed: seed}
	m := drawNginxMethod(d)
	failures := d.one(2)
	lines, members := nginxServers(d, f, m.hash, failures)
	if m.line != "" {
		lines = slices.Insert(lines, 0, m.line)
	}
	if d.one(4) {
		lines = append(lines, "zone "+x.name+" 128k;")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "  upstream %s {\n    %s\n  }\n", x.name, strings.Join(lines, "\n    "))
	fmt.Fprintf(&b, "  server {\n    listen unix:nginx.sock;\n    server_name %s;\n", x.name)
	if strings.Contains(m.line, "$chosen") {
		fmt.Fprintf(&b, "    set $chosen $arg_k;\n")
	}
	if failures && d.one(3) {
		fmt.Fprintf(&b, "    proxy_next_upstream %s;\n", d.pick("off", "error", "error timeout"))
	}
	if failures && d.one(3) {
		fmt.Fprintf(&b, "    proxy_next_upstream_tries %d;\n", d.IntN(5))
	}
	fmt.Fprintf(&b, "    location / { proxy_pass http://%s; }\n  }\n", x.name)
	x.config = b.String()
	k := mix(m.keys)
	dead := map[*backend]bool{}
	for i := range requestsEach {
		if failures && (i == 0 || d.one(8)) {
			x.steps = append(x.steps, toggle(members[d.IntN(len(members))], dead)...)
		}
		key, q := k(d)
		q.headers = append([]string{"Host: " + x.name}, q.headers...)
		x.steps = append(x.steps, step{op: "req", key: key, send: q})
	}
	return x
}

// member is a server line: the name that the importer gives it, and the back end.
type member struct {
	name string
	*backend
	lines []string // names of all lines of the same back end
}

// nginxServers draws server lines.
func nginxServers(d draw, f *fleet, hash, failures bool) (lines []string, members []member) {
	seen := map[string]int{}
	names := map[*backend][]string{}
	mostlyDown := d.one(8) // so that hashing gives up
	for i := range d.upTo(12) + d.IntN(2) {
		b := f.backends[d.IntN(len(f.backends))]
		text := b.texts[d.IntN(len(b.texts))]
		line := "server " + text
		if d.one(2) {
			line += fmt.Sprintf(" weight=%d", d.upTo(d.upTo(40)))
		}
		if !failures && d.one(5) {
			line += fmt.Sprintf(" max_fails=%d fail_timeout=%d", d.IntN(3), d.IntN(30))
		}
		if failures { // an hour, so that no time limit is reached
			line += " fail_timeout=1h"
			if !d.one(4) {
				line += fmt.Sprintf(" max_fails=%d", d.IntN(6))
			}
		}
		if d.one(8) {
			line += " max_conns=5"
		}
		if d.one(6) || mostlyDown && !d.one(6) {
			line += " down"
		}
		if i > 0 && !hash && d.one(5) {
			line += " backup"
		}
		lines = append(lines, line+";")
		name := text
		if seen[text]++; seen[text] > 1 {
			name = fmt.Sprintf("%s#%d", text, seen[text])
		}
		names[b] = append(names[b], name)
		members = append(members, member{name: name, backend: b})
	}
	for i := range members {
		members[i].lines = names[members[i].backend]
	}
	return lines, members
}

// toggle kills the back end of m, or revives it: for the trace every line of it.
func toggle(m member, dead map[*backend]bool) []step {
	op := "kill"
	if dead[m.backend] {
		op = "revive"
	}
	dead[m.backend] = op == "kill"
	var steps []step
	for _, line := range m.lines {
		steps = append(steps, step{op: op, key: line, hit: []*backend{m.backend}})
	}
	return steps
}
