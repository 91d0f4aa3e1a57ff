package sim

import (
	"fmt"
	"net/netip"
	"testing"
)

// Addresses are written as netip writes them.
func TestAddrText(t *testing.T) {
	check := func(a netip.Addr) {
		got := AddrFrom(a)
		if text := string(got.AppendText(nil)); text != a.Unmap().String() {
			t.Errorf("%v is written %s", a, text)
		}
	}
	for i := range 256 {
		check(netip.AddrFrom4([4]byte{byte(i), 0, 255, byte(255 - i)}))
	}
	check(netip.MustParseAddr("::ffff:203.0.113.7"))
	check(netip.MustParseAddr("2001:db8::1"))
}

// The text of a key is its hash as 16 hexadecimal digits.
func TestKeyText(t *testing.T) {
	for _, hash := range []uint64{0, 0x9a, 0x0123456789abcdef, 0xfedcba9876543210, ^uint64(0)} {
		if got, want := string(appendKey(nil, hash)), fmt.Sprintf("%016x", hash); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
