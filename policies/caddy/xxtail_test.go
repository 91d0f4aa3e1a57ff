package caddy

import (
	"slices"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"
)

// The shortcut and the library agree for every length of dial and key around the block sizes.
func TestTailIsXXHash64(t *testing.T) {
	text := strings.Repeat("10.1.2.3:8080-and-what-follows/", 8)
	var x xxRanking
	fast := 0
	for dial := 0; dial <= 40; dial++ {
		for key := 1; key <= 110; key++ {
			d, k := text[3:3+dial], text[7:7+key]
			want := xxhash.Sum64String(d + k)
			x.place(dial, []byte(k))
			got := x.slow(d, key)
			clear(x.scratch[:dial])
			if x.tail.prepare(x.scratch, dial, key) {
				fast++
				var c columns
				sums := make([]uint64, 9*atOnce+1) // four times atOnce, one more, and one alone
				for i := range sums {
					c.add(text[3+i : 3+i+dial])
				}
				most := x.tail.sums(&c, sums)
				for i, got := range sums {
					if want := xxhash.Sum64String(text[3+i:3+i+dial] + k); got != want {
						t.Fatalf("hash %d of dial %d, key %d bytes = %#x; want %#x", i, dial, key, got, want)
					}
				}
				if most != slices.Max(sums) {
					t.Fatalf("the greatest hash of dial %d, key %d bytes is %#x, not %#x", dial, key, slices.Max(sums), most)
				}
				got = sums[0]
			}
			if got != want {
				t.Fatalf("hash of dial %d, key %d bytes = %#x; want %#x", dial, key, got, want)
			}
		}
	}
	if fast < 3000 {
		t.Errorf("only %d of 4510 lengths use the shortcut", fast)
	}
}

// The first place of a hash is found wherever it is.
func TestIndex(t *testing.T) {
	for n := 1; n < 40; n++ {
		for at := range n {
			hashes := make([]uint64, n)
			hashes[at], hashes[n-1] = 1<<63, 1<<63
			if got := index(hashes, 1<<63); got != at {
				t.Fatalf("of %d hashes, number %d is found as %d", n, at, got)
			}
		}
	}
}
