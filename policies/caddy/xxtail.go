package caddy

import (
	"encoding/binary"
	"math/bits"
)

// The constants of xxHash64; first holds the lanes before the first stripe, for seed 0.
const (
	prime1 uint64 = 11400714785074694791
	prime2 uint64 = 14029467366897019727
	prime3 uint64 = 1609587929392839161
	prime4 uint64 = 9650029242287828579
	prime5 uint64 = 2870177450012600261
)

var first64 = [4]uint64{0x60ea27eeadc0b5d6, prime2, 0, 0x61c8864e7a143579}

func round(lane, word uint64) uint64 { return bits.RotateLeft64(lane+word*prime2, 31) * prime1 }

// tail is what xxHash64 derives from the key alone, for texts that begin with a dial of a given length: everything
// but the first words, which hold the dial. The last of those may end with the key's first bytes (lead).
type tail struct {
	total    uint64    // length of the text
	dial     int       // words with bytes of the dial, at most 4
	long     bool      // 32 bytes or more: there are stripes
	lead     [4]uint64 // the key's part of the dial words: of the last one
	lanes    [4]uint64 // after all stripes, for lanes without dial words
	merges   [4]uint64 // of those lanes, rounds of the merge
	products [][4]uint64
	words    []uint64 // rounds of the whole words after the dial words or stripes
	half     uint64   // of the 4 bytes after them, where there are 4
	halved   bool
	bytes    [3]uint64 // of the last bytes
	left     int       // how many those are
}

// prepare reads the text, with the dial's bytes zero, and reports whether sum can be used: it cannot for dials of
// more than 32 bytes, and for texts so short that dial bytes are beyond the whole words.
func (t *tail) prepare(text []byte, dial, key int) bool {
	total := dial + key
	t.total, t.dial, t.long = uint64(total), wordsOf(dial), total >= 32
	if t.dial > 4 || t.dial > total/8 {
		return false
	}
	t.lead = [4]uint64{}
	if t.dial > 0 {
		t.lead[t.dial-1] = binary.LittleEndian.Uint64(text[8*t.dial-8:])
	}
	from := t.dial
	if t.long {
		from = t.stripes(text, total)
	}
	t.words = t.words[:0]
	at := 8 * from
	for ; at+8 <= total; at += 8 {
		t.words = append(t.words, round(0, binary.LittleEndian.Uint64(text[at:])))
	}
	if t.halved = at+4 <= total; t.halved {
		t.half = uint64(binary.LittleEndian.Uint32(text[at:])) * prime1
		at += 4
	}
	t.left = total - at
	for i := range t.left {
		t.bytes[i] = uint64(text[at+i]) * prime5
	}
	return true
}

// stripes works on the 32-byte stripes and returns the index of the first word behind them.
func (t *tail) stripes(text []byte, total int) int {
	n := total / 32
	t.products = t.products[:0]
	t.lanes = first64
	for s := range n {
		var row [4]uint64
		for j := range row {
			word := binary.LittleEndian.Uint64(text[32*s+8*j:])
			row[j] = word * prime2
			t.lanes[j] = round(t.lanes[j], word)
		}
		if s > 0 {
			t.products = append(t.products, row)
		}
	}
	for j, lane := range t.lanes {
		t.merges[j] = round(0, lane)
	}
	return 4 * n
}

// finish mixes in what follows the stripes or dial words, and scatters the bits. It does so for one text after the other, of which
// the processor works on several at a time.
func (t *tail) finish(out []uint64) {
	words, half, halved, bytes := t.words, t.half, t.halved, t.bytes[:t.left]
	for i, h := range out {
		for _, word := range words {
			h = bits.RotateLeft64(h^word, 27)*prime1 + prime4
		}
		if halved {
			h = bits.RotateLeft64(h^half, 23)*prime2 + prime3
		}
		for _, b := range bytes {
			h = bits.RotateLeft64(h^b, 11) * prime1
		}
		out[i] = avalanche(h)
	}
}

func avalanche(h uint64) uint64 {
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return h ^ h>>32
}
