package keys

import (
	"slices"
	"strconv"
	"strings"

	"stickysim/sim"
)

// Source says where a part of a key comes from.
type Source uint8

// The sources.
const (
	Literal   Source = iota // the same in every request: the part's Text
	Own                     // a header, argument, cookie or URI of which every client has a value of its own
	Seen                    // the client's address, as the balancer sees it
	Peer                    // the address at the other end of the connection
	Forwarded               // the address that a proxy in front wrote into a header; empty without one
	Either                  // Forwarded; Seen without a header
	Appended                // Forwarded with Seen behind it, as in $proxy_add_x_forwarded_for; Seen alone without a header
	Rewritten               // the header as Caddy rewrites it: Forwarded with Peer behind it from trusted proxies, otherwise Peer
	Random                  // another value with every request
)

// Part is a piece of a key.
type Part struct {
	From   Source
	Of     sim.KeyText // of an Own
	Name   string      // as the configuration writes it: $remote_addr, X-Forwarded-For
	Text   string      // of a Literal
	Binary bool        // the address as 4 or 16 bytes instead of text
	Mask4  int         // leading bits of an IPv4 address that count; 0 = all
	Mask6  int         // leading bits of an IPv6 address that count; 0 = all
}

// Template is a key as the text of its parts, one after the other. The zero value is an empty key.
type Template []Part

// OwnValue is the key that is nothing but a value of each client's own.
var OwnValue = Template{{From: Own}}

// Target is the key that is the path or the URI.
func Target(text sim.KeyText) Template { return Template{{From: Own, Of: text}} }

// append appends the key of q to b.
func (t Template) append(b []byte, q *sim.Request) []byte {
	for i := range t {
		b = t[i].append(b, q)
	}
	return b
}

// NeedsKey reports whether a part is [sim.Request.Key].
func (t Template) NeedsKey() bool {
	return slices.ContainsFunc(t, func(p Part) bool { return p.From == Own })
}

// Reads is which fields of a request the key follows from. The engine makes the text of its own values out of the hash.
func (t Template) Reads() (needs sim.Needs) {
	for _, p := range t {
		switch {
		case p.From == Own:
			needs |= sim.NeedsHash
		case p.From == Random:
			needs |= sim.NeedsDraw
		case p.isAddress():
			needs |= sim.NeedsAddr
		}
	}
	return needs
}

// KeyText is what [sim.Request.Key] is: the path or the URI, where no part is a text of each client's own.
func (t Template) KeyText() sim.KeyText {
	text := sim.OwnText
	for _, p := range t {
		if p.From != Own || hostNames[strings.Trim(p.Name, "${}")] {
			continue
		}
		if p.Of == sim.OwnText {
			return sim.OwnText
		}
		text = max(text, p.Of)
	}
	return text
}

// OfAddress reports whether the key follows from the address of the client's connection alone, so that files of keys list
// addresses. Where it contains a header, they hold the text.
func (t Template) OfAddress() bool {
	some := false
	for _, p := range t {
		switch {
		case p.From == Seen, p.From == Peer, p.isAddress() && p.Binary:
			some = true
		case p.From != Literal:
			return false
		}
	}
	return some
}

// HoldsAddress reports whether a part is an address of any kind.
func (t Template) HoldsAddress() bool {
	return slices.ContainsFunc(t, func(p Part) bool { return p.isAddress() })
}

// Addr is the address of a key that is nothing but one address; ok is false where the request lacks it.
func (t Template) Addr(q *sim.Request) (a sim.Addr, ok bool) { return t[0].addr(q) }

// IsAddr reports whether the key is nothing but one address in binary form.
func (t Template) IsAddr() bool { return len(t) == 1 && t[0].Binary }

// IsOwn reports whether the key is nothing but a value of each client's own.
func (t Template) IsOwn() bool { return len(t) == 1 && t[0].From == Own }

// IsSeen reports whether the key is nothing but the address that the balancer sees.
func (t Template) IsSeen() bool {
	return len(t) == 1 && t[0].From == Seen && t[0].Mask4+t[0].Mask6 == 0
}

func (p *Part) isAddress() bool {
	switch p.From {
	case Seen, Peer, Forwarded, Either, Appended, Rewritten:
		return true
	}
	return false
}

// addr is the address that the part stands for.
func (p *Part) addr(q *sim.Request) (a sim.Addr, ok bool) {
	switch a, ok = q.Addr, true; p.From {
	case Peer:
		a = q.Peer()
	case Forwarded:
		a, ok = q.Forwarded()
	case Either:
		if forwarded, ok := q.Forwarded(); ok {
			a = forwarded
		}
	}
	if p.Mask4+p.Mask6 > 0 {
		a = p.masked(a)
	}
	return a, ok
}

// masked clears the bits of a that do not count.
func (p *Part) masked(a sim.Addr) sim.Addr {
	bits := p.Mask6
	if a.Is4() {
		if bits = p.Mask4; bits > 0 {
			bits += 96
		}
	}
	for i := range a {
		if keep := bits - 8*i; bits > 0 && keep < 8 {
			a[i] &= ^byte(0xff >> max(keep, 0))
		}
	}
	return a
}

func (p *Part) append(b []byte, q *sim.Request) []byte {
	switch p.From {
	case Literal:
		return append(b, p.Text...)
	case Own:
		return append(b, q.Key...)
	case Random:
		return appendHex(b, q.Draw.Stream("key").Uint64())
	case Appended:
		return q.Addr.AppendText(appendProxied(b, q))
	case Rewritten:
		if q.Addr != q.Peer() {
			b = appendProxied(b, q)
		}
		peer := q.Peer()
		return peer.AppendText(b)
	}
	a, ok := p.addr(q)
	switch {
	case !ok:
		return b
	case !p.Binary:
		return a.AppendText(b)
	case a.Is4():
		return append(b, a[12:]...)
	}
	return append(b, a[:]...)
}

// appendProxied appends what a proxy that is known to be in front wrote, before a further address.
func appendProxied(b []byte, q *sim.Request) []byte {
	if a, ok := q.Forwarded(); ok && q.Via != nil {
		return append(a.AppendText(b), ", "...)
	}
	return b
}

func appendHex(b []byte, v uint64) []byte {
	for shift := 60; shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[v>>shift&15])
	}
	return b
}

// String says what the part is, for the report of an import: "$remote_addr is the address that the balancer sees".
func (p Part) String() string {
	switch p.From {
	case Literal:
		if p.Name == "" {
			return strconv.Quote(p.Text) + " is the same in every request"
		}
		return p.Name + " is taken to be " + strconv.Quote(p.Text) + " in every request"
	case Own:
		return p.Name + " is a value that every client has for itself"
	case Seen:
		return p.Name + " is the client's address, as the balancer sees it"
	case Peer:
		return p.Name + " is the address at the other end of the connection"
	case Forwarded:
		return p.Name + " is the client's address, as a proxy in front writes it"
	case Either:
		return p.Name + " is the client's address, as a proxy in front writes it, or else as the balancer sees it"
	case Appended:
		return p.Name + " is what a proxy in front writes, and the address that the balancer sees"
	case Rewritten:
		return p.Name + " is the address at the other end of the connection, behind what a trusted proxy writes"
	}
	return p.Name + " is new with every request or connection"
}

// String says what the parts are.
func (t Template) String() string {
	each := make([]string, len(t))
	for i, p := range t {
		each[i] = p.String()
	}
	return strings.Join(each, "; ")
}
