package keys

import (
	"net/netip"
	"testing"

	"stickysim/sim"
)

func addr(text string) sim.Addr { return sim.AddrFrom(netip.MustParseAddr(text)) }

// behind is a request through a proxy that the balancer trusts, or not.
func behind(client, proxy string, trusted bool) *sim.Request {
	q := &sim.Request{Addr: addr(proxy), Key: []byte("own"), Via: &sim.Via{Peer: addr(proxy), Client: addr(client), Header: true}}
	if trusted {
		q.Addr = addr(client)
	}
	return q
}

func TestNginxKeys(t *testing.T) {
	direct := &sim.Request{Addr: addr("192.0.2.7"), Key: []byte("own")}
	six := &sim.Request{Addr: addr("2001:db8:0:0:1:0:0:1")}
	none := behind("192.0.2.7", "192.0.2.7", true)
	none.Via.Header = false
	for _, c := range []struct {
		key  string
		q    *sim.Request
		want string
	}{
		{"$remote_addr", direct, "192.0.2.7"},
		{"$remote_addr", six, "2001:db8::1:0:0:1"},
		{"$binary_remote_addr", direct, "\xc0\x00\x02\x07"},
		{"$binary_remote_addr", six, "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01"},
		{"$remote_addr:$server_port", direct, "192.0.2.7:80"},
		{"a${remote_addr}b$cookie_sid", direct, "a192.0.2.7bown"},
		{"$$", direct, "$$"},
		{"$http_x_forwarded_for", direct, "192.0.2.7"},
		{"$proxy_add_x_forwarded_for", direct, "192.0.2.7"},
		{"$realip_remote_addr", behind("192.0.2.7", "198.18.0.1", true), "198.18.0.1"},
		{"$remote_addr", behind("192.0.2.7", "198.18.0.1", true), "192.0.2.7"},
		{"$remote_addr", behind("192.0.2.7", "198.18.0.1", false), "198.18.0.1"},
		{"$http_x_real_ip", behind("192.0.2.7", "198.18.0.1", false), "192.0.2.7"},
		{"$proxy_add_x_forwarded_for", behind("192.0.2.7", "198.18.0.1", false), "192.0.2.7, 198.18.0.1"},
		{"$proxy_add_x_forwarded_for", behind("192.0.2.7", "198.18.0.1", true), "192.0.2.7, 192.0.2.7"},
		{"$http_x_forwarded_for", none, ""},
		{"$proxy_add_x_forwarded_for", none, "192.0.2.7"},
	} {
		w := Writer{Template: Nginx(c.key)}
		if got := string(w.Of(c.q)); got != c.want {
			t.Errorf("%s is %q, want %q", c.key, got, c.want)
		}
	}
}

// A key that a file lists is taken as it is.
func TestWholeKeys(t *testing.T) {
	w := Writer{Template: Nginx("$remote_addr-$cookie_sid")}
	if got := string(w.Of(&sim.Request{Addr: addr("192.0.2.7"), Key: []byte("192.0.2.1-a"), Whole: true})); got != "192.0.2.1-a" {
		t.Errorf("got %q", got)
	}
}

// A key of new values is another one with each decision; keys without it are not.
func TestRandomKeys(t *testing.T) {
	w := Writer{Template: Nginx("$request_id")}
	a := string(w.Of(&sim.Request{Draw: 1}))
	if b := string(w.Of(&sim.Request{Draw: 2})); a == b {
		t.Errorf("both are %q", a)
	}
}

func TestMasks(t *testing.T) {
	for text, want := range map[string]string{"203.0.113.77": "203.0.113.64", "2001:db8:1:2:3::4": "2001:db8:1:2::"} {
		p := Part{From: Seen, Binary: true, Mask4: 26, Mask6: 64}
		if got, _ := (Template{p}).Addr(&sim.Request{Addr: addr(text)}); got != addr(want) {
			t.Errorf("%s masked is %s, want %s", text, got.AppendText(nil), want)
		}
	}
}

// What Caddy hashes of X-Forwarded-For is what it sends on: from proxies that it does not trust, their address alone.
func TestRewrittenHeader(t *testing.T) {
	w := Writer{Template: Template{{From: Rewritten}}}
	if got := string(w.Of(behind("192.0.2.7", "198.18.0.1", true))); got != "192.0.2.7, 198.18.0.1" {
		t.Errorf("trusted: %q", got)
	}
	if got := string(w.Of(behind("192.0.2.7", "198.18.0.1", false))); got != "198.18.0.1" {
		t.Errorf("not trusted: %q", got)
	}
}
