//go:build linux

package live

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// seed is STICKYSIM_LIVE_SEED, or a new one each time; it is in the log.
func seed(t *testing.T) uint64 {
	t.Helper()
	n := uint64(time.Now().UnixNano()) % 1_000_000_000
	if text := os.Getenv("STICKYSIM_LIVE_SEED"); text != "" {
		var err error
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("STICKYSIM_LIVE_SEED: %v", err)
		}
	}
	t.Logf("seed %d; to repeat: STICKYSIM_LIVE_SEED=%d go test ./scenarios/route/live -run '%s' -v", n, n, t.Name())
	return n
}

// draw is a stream of random choices.
type draw struct{ *rand.Rand }

func newDraw(seed uint64, trial int) draw {
	return draw{rand.New(rand.NewPCG(seed, uint64(trial)))}
}

// one reports true with probability 1/n.
func (d draw) one(n int) bool { return d.IntN(n) == 0 }

func (d draw) pick(list ...string) string { return list[d.IntN(len(list))] }

// upTo is 1 to n, small numbers more often.
func (d draw) upTo(n int) int { return 1 + d.IntN(1+d.IntN(n)) }

// text is 1 to n characters of an alphabet.
func (d draw) text(n int, alphabet string) string {
	b := make([]byte, d.upTo(n))
	for i := range b {
		b[i] = alphabet[d.IntN(len(alphabet))]
	}
	return string(b)
}

// Characters that may stand in a name, an argument and a path, and the bytes of a header that are neither blank nor
// control characters.
const (
	letters  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	argument = letters + "~%+=,:@!$'()*"
)

var visible = func() string {
	var b []byte
	for c := 0x21; c < 0x100; c++ {
		if c != 0x7f {
			b = append(b, byte(c))
		}
	}
	return string(b)
}()

// address is a random client: IPv4 of few or many networks, or IPv6 with and without runs of zeros.
func (d draw) address() string {
	if d.one(3) {
		var b [16]byte
		b[0], b[1] = 0x20, byte(d.IntN(256))
		for i := 2; i < 16; i += 2 {
			if !d.one(2) {
				few := byte(d.IntN(256)) // two draws that must both have a bit: more zeros than ones
				b[i], b[i+1] = few&byte(d.IntN(256)), byte(d.IntN(256))
			}
		}
		return netip.AddrFrom16(b).String()
	}
	if d.one(4) {
		return fmt.Sprintf("10.1.%d.%d", d.IntN(3), d.IntN(256))
	}
	return netip.AddrFrom4([4]byte{byte(1 + d.IntN(223)), byte(d.IntN(256)), byte(d.IntN(256)), byte(d.IntN(256))}).String()
}

// value is the value of a header: anything visible, with single blanks inside, and a list with commas now and then.
func (d draw) value() string {
	if d.one(2) {
		return "user-" + strconv.Itoa(d.IntN(1_000_000))
	}
	if d.one(4) { // the same in front, for tables that look at so many characters only
		return fmt.Sprintf("session-%023d", d.IntN(50))
	}
	words := []string{d.text(30, visible)}
	for d.one(3) {
		words = append(words, d.text(8, visible))
	}
	if d.one(12) {
		words = append(words, d.pick(",", ",,", "\"a,b\"", "\"a\\\",b"))
	}
	if d.one(12) {
		words = append([]string{d.pick(",", ", ,")}, words...)
	}
	return strings.Join(words, " ")
}

// path is the target of a request without its query.
func (d draw) path() string {
	path := ""
	for range d.upTo(6) {
		path += "/" + d.text(9, strings.TrimSuffix(letters, ".")) // "/.." would lead out
	}
	if d.one(4) {
		path += "/"
	}
	return path
}
