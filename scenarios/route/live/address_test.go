//go:build linux

package live

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// The balancers of these tests trust proxies of one network only. Both are loopback addresses, from which any program may connect.
const (
	trustedNet = "127.50.0.0/16"
	trustedAt  = "127.50.%d.%d"
	strangerAt = "127.60.%d.%d"
)

// addressRow is a balancer whose key holds an address.
type addressRow struct {
	name, text string // of an upstream or a backend
	protocol   bool   // the address comes by the PROXY protocol
	trusting   bool   // from trusted proxies the balancer takes the address that they forward
	own        string // what follows the server lines
}

// visitor is a client, and how it comes.
type visitor struct {
	client netip.Addr
	peer   string // the proxy, or the client itself
	header bool   // the proxy tells the client's address
}

func (v visitor) trusted() bool { return strings.HasPrefix(v.peer, "127.50.") }

// request is what a policy is shown of the visitor.
func (v visitor) request(trusting bool) *sim.Request {
	peer := sim.AddrFrom(netip.MustParseAddr(v.peer))
	q := &sim.Request{Addr: peer, Via: &sim.Via{Peer: peer, Client: sim.AddrFrom(v.client), Header: v.header}}
	if trusting && v.header && v.trusted() {
		q.Addr = q.Via.Client
	}
	return q
}

// visitors draws clients behind proxies of both kinds, with and without a header; some of them come back.
func visitors(d draw, n int, protocol bool) []visitor {
	var all []visitor
	for i := range n {
		if i > 10 && d.one(3) {
			all = append(all, all[d.IntN(len(all))])
			continue
		}
		at := trustedAt
		if !protocol && d.one(3) {
			at = strangerAt
		}
		v := visitor{
			client: netip.AddrFrom4([4]byte{203, 0, byte(d.IntN(256)), byte(d.IntN(256))}),
			peer:   fmt.Sprintf(at, d.IntN(256), 1+d.IntN(250)),
			header: protocol || !d.one(4),
		}
		if d.one(3) {
			v.client = netip.MustParseAddr(fmt.Sprintf("2001:db8:%x::%x:%x", d.IntN(1<<16), d.IntN(3), d.IntN(1<<16)))
		}
		all = append(all, v)
	}
	return all
}

// visit sends the visitor's request to a balancer, and returns the name of the back end that answers.
func (v visitor) visit(host, at string, protocol bool) (string, error) {
	dialer := net.Dialer{Timeout: stepTimeout, LocalAddr: &net.TCPAddr{IP: net.ParseIP(v.peer)}}
	conn, err := dialer.Dial("tcp", at)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(stepTimeout))
	text := ""
	if protocol {
		family, to := "TCP4", "192.0.2.1"
		if v.client.Is6() {
			family, to = "TCP6", "2001:db8::1"
		}
		text = fmt.Sprintf("PROXY %s %s %s 40000 80\r\n", family, v.client, to)
	}
	text += "GET / HTTP/1.1\r\nConnection: close\r\nX-Pool: " + host + "\r\nHost: " + host + "\r\n"
	if v.header && !protocol {
		text += fmt.Sprintf("X-Forwarded-For: %s\r\nX-Real-IP: %s\r\n", v.client, v.client)
	}
	if _, err := io.WriteString(conn, text+"\r\n"); err != nil {
		return "", err
	}
	a, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "", err
	}
	a.Body.Close()
	return a.Header.Get("X-Server"), nil
}

// instance is the policy of a pool over its servers.
func instance(p *ir.Pool) *sim.Instance {
	i := sim.NewInstance(len(p.Servers))
	i.Use(p.Params.New(sim.Env{Servers: len(p.Servers), Clients: 100}))
	var known []sim.ServerInfo
	for s := range p.Servers {
		known = append(known, p.Servers[s].Info)
	}
	i.Know(known)
	for s := range known {
		i.Join(sim.ServerID(s), 1)
	}
	i.At(sim.Second)
	i.Changed()
	return &i
}

// compareAddresses sends the same visitors to the program and to the imported policy.
func compareAddresses(t *testing.T, d draw, row addressRow, p *ir.Pool, f *fleet, at string) {
	t.Helper()
	model, differ := instance(p), 0
	const visits = 60
	for n, v := range visitors(d, visits, row.protocol) {
		got, err := v.visit(row.name, at, row.protocol)
		if err != nil {
			t.Fatalf("%s: %v", row.text, err)
		}
		q := v.request(row.trusting)
		q.Draw = rng.Root(uint64(n))
		s := model.Pick(q)
		if s < 0 {
			t.Fatalf("%s: the policy picks no server", row.text)
		}
		model.Began(s)
		model.Answered(q, s)
		model.Ended(s, sim.Answered)
		if want := f.byText[p.Servers[s].Info.Addr]; want == nil || want.name != got {
			if differ++; differ <= 3 {
				t.Errorf("%s: %s by %s (header %v) goes to %s, simulated to %s", row.text, v.client, v.peer, v.header, got, p.Servers[s].Info.Addr)
			}
		}
	}
	if differ > 0 {
		t.Errorf("%s: %d of %d differ", row.text, differ, visits)
	}
}

// freePort is a TCP port that no program listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// TestLiveNginxAddresses holds keys that hold an address to nginx itself: from trusted and other proxies, IPv4 and IPv6.
func TestLiveNginxAddresses(t *testing.T) {
	path := program(t, "nginx", "-v", "1.22.")
	dir, seed := folder(t), seed(t)
	f := newFleet(t, dir, seed)
	var rows []addressRow
	for _, text := range []string{
		"ip_hash", "hash $binary_remote_addr consistent", "hash $binary_remote_addr", "hash $remote_addr", "hash $remote_addr consistent",
		"hash $http_x_forwarded_for consistent", "hash $proxy_add_x_forwarded_for", "hash $proxy_add_x_forwarded_for consistent",
		"hash $realip_remote_addr", `hash "$remote_addr:$server_port"`, "hash $http_x_real_ip", "hash ${remote_addr}-$scheme consistent",
	} {
		rows = append(rows, addressRow{text: text}, addressRow{text: text, trusting: true})
	}
	rows = append(rows, addressRow{text: "hash $proxy_protocol_addr", protocol: true}, addressRow{text: "hash $proxy_protocol_addr consistent", protocol: true})
	config, parts := strings.Replace(nginxHead, "  set_real_ip_from unix:;\n", "", 1), make([]string, len(rows))
	port, protocolPort := freePort(t), freePort(t)
	for i := range rows {
		r := &rows[i]
		r.name = fmt.Sprintf("a%d", i)
		part := "  upstream " + r.name + " {\n    " + r.text + ";\n"
		for _, b := range f.backends[:4] {
			part += "    server " + b.texts[0] + ";\n"
		}
		part += "  }\n  server {\n    server_name " + r.name + ";\n"
		if r.trusting {
			part += "    set_real_ip_from " + trustedNet + ";\n"
		}
		if r.protocol {
			part += fmt.Sprintf("    listen 127.0.0.1:%d proxy_protocol;\n", protocolPort)
		} else {
			part += fmt.Sprintf("    listen 127.0.0.1:%d;\n", port)
		}
		parts[i] = part + "    location / { proxy_pass http://" + r.name + "; }\n  }\n"
		config += parts[i]
	}
	config += "  server { listen unix:nginx.sock; return 200; }\n}\n"
	write(t, dir, "nginx.conf", config)
	run(t, dir, "nginx.sock", path, "-p", dir+"/", "-c", "nginx.conf")
	for i, r := range rows {
		c, err := importer.Import(importer.File("nginx.conf", []byte("http {\n"+parts[i]+"}\n")), "nginx", "nginx.conf")
		if err != nil {
			t.Fatal(err)
		}
		at := port
		if r.protocol {
			at = protocolPort
		}
		compareAddresses(t, newDraw(seed, i), r, &c.Pools[0], f, fmt.Sprintf("127.0.0.1:%d", at))
	}
}

// TestLiveHAProxyAddresses does so with HAProxy.
func TestLiveHAProxyAddresses(t *testing.T) {
	path := program(t, "haproxy", "-v", "version 2.6.")
	dir, seed := folder(t), seed(t)
	f := newFleet(t, dir, seed)
	const setSrc = "\n  http-request set-src req.hdr_ip(x-forwarded-for) if { src " + trustedNet + " } { req.hdr(x-forwarded-for) -m found }"
	var rows []addressRow
	for _, text := range []string{
		"balance source", "balance source\n  hash-type consistent", "balance hash src", "balance hash src,ipmask(24,48)",
		"balance hdr(X-Forwarded-For)", "balance hash req.hdr_ip(x-forwarded-for)", "balance hash req.hdr(x-forwarded-for)\n  hash-type consistent djb2",
		"balance hdr(x-real-ip)\n  hash-type map-based crc32", "balance roundrobin\n  stick-table type ip size 10k\n  stick on src",
		"balance roundrobin\n  stick-table type ipv6 size 10k\n  stick on hdr_ip(X-Forwarded-For)",
		"balance roundrobin\n  stick-table type string len 64 size 10k\n  stick on req.hdr(X-Forwarded-For)",
		"option forwardfor\n  balance roundrobin\n  stick-table type string len 64 size 10k\n  stick on req.hdr(X-Forwarded-For)",
		"option forwardfor\n  balance hdr(X-Forwarded-For)", "option forwardfor\n  balance hash req.hdr(X-Forwarded-For)",
	} {
		rows = append(rows, addressRow{text: text})
	}
	for _, text := range []string{"balance source", "balance hash src", "balance roundrobin\n  stick-table type ipv6 size 10k\n  stick on src"} {
		rows = append(rows, addressRow{text: text, trusting: true, own: setSrc}, addressRow{text: text, protocol: true, trusting: true})
	}
	port, protocolPort := freePort(t), freePort(t)
	config := haproxyHead + fmt.Sprintf("  bind 127.0.0.1:%d\nfrontend protocol\n  bind 127.0.0.1:%d accept-proxy\n  use_backend %%[req.hdr(x-pool)]\n", port, protocolPort)
	for i := range rows {
		r := &rows[i]
		r.name = fmt.Sprintf("a%d", i)
		config += "backend " + r.name + "\n  " + r.text + r.own + "\n"
		for k, b := range f.backends[:4] {
			config += fmt.Sprintf("  server s%d %s\n", k, b.texts[0])
		}
	}
	write(t, dir, "haproxy.cfg", config)
	c, err := importer.Import(importer.File("haproxy.cfg", []byte(config)), "haproxy", "haproxy.cfg")
	if err != nil {
		t.Fatal(err)
	}
	run(t, dir, "haproxy.sock", path, "-db", "-f", "haproxy.cfg")
	for i, r := range rows {
		p, err := importer.Choose(c, r.name)
		if err != nil {
			t.Fatal(err)
		}
		at := port
		if r.protocol {
			at = protocolPort
		}
		compareAddresses(t, newDraw(seed, i), r, p, f, fmt.Sprintf("127.0.0.1:%d", at))
	}
}
