package replay

import (
	"fmt"
	"net/netip"

	"github.com/cespare/xxhash/v2"

	"stickysim/sim"
)

// Key is what a request carries that a balancer may look at.
type Key struct {
	Addr   sim.Addr   // source address
	Text   []byte     // value of the header, argument, cookie or URI the policy hashes; empty = absent
	Whole  bool       // Text is all that the policy hashes, also where that has other parts
	Hash   uint64     // uniform hash that stands for the client
	Cookie string     // value of the affinity cookie; empty = none
	Packed sim.Cookie // the affinity cookie in the policy's own packing; wins over Cookie; 0 = none
	Mark   uint8      // of the alternative the client is marked with; 0 = none
}

// loopback is the source address of requests whose key says nothing about addresses.
var loopback = sim.Addr4(127<<24 | 1)

// KeyOf makes the key of a request from the text in a key file. kind is that of ir.KeySource: "address" parses an IP
// address, IPv4 or IPv6; every other kind takes the text for all that the policy hashes. Only addresses can be wrong.
func KeyOf(kind, text string) (Key, error) {
	k := Key{Text: []byte(text)}
	if err := k.set(kind, text); err != nil {
		return Key{}, err
	}
	return k, nil
}

// KeyOfBytes is KeyOf without a copy: the key borrows text.
func KeyOfBytes(kind string, text []byte) (Key, error) {
	if kind != "address" {
		return Key{Addr: loopback, Text: text, Whole: true, Hash: xxhash.Sum64(text)}, nil
	}
	if a, ok := parse4(text); ok {
		return Key{Addr: a, Text: text, Hash: a.Hash64()}, nil
	}
	k := Key{Text: text}
	err := k.set(kind, string(text))
	return k, err
}

// parse4 reads a dotted IPv4 address without allocating; whatever it does not like is left to netip, which explains.
func parse4(text []byte) (sim.Addr, bool) {
	var v, part uint32
	dots, digits := 0, 0
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			if digits == 1 && part == 0 { // leading zero
				return sim.Addr{}, false
			}
			part = part*10 + uint32(c-'0')
			if digits++; part > 255 {
				return sim.Addr{}, false
			}
		case c == '.' && digits > 0 && dots < 3:
			v, part, digits = v<<8|part, 0, 0
			dots++
		default:
			return sim.Addr{}, false
		}
	}
	return sim.Addr4(v<<8 | part), dots == 3 && digits > 0
}

func (k *Key) set(kind, text string) error {
	if kind != "address" {
		k.Addr, k.Whole, k.Hash = loopback, true, xxhash.Sum64String(text)
		return nil
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return fmt.Errorf("%q is not an IP address; the policy looks at the client's address, such as 203.0.113.7", clip(text))
	}
	k.Addr = sim.AddrFrom(a)
	k.Hash = k.Addr.Hash64()
	return nil
}

// clip shortens text for an error message.
func clip(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	return text[:most] + "..."
}
