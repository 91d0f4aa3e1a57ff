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
	steps    []step   // for the words, and the half of one, that follow the dial words or stripes
	bytes    []uint64 // for the bytes behind them, each times prime5
}

// step mixes a word of the text, or what is left behind the words, into a hash.
type step struct{ xor, turn, by, plus uint64 }

func (s *step) of(h uint64) uint64 { return bits.RotateLeft64(h^s.xor, int(s.turn))*s.by + s.plus }

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
	t.steps, t.bytes = t.steps[:0], t.bytes[:0]
	from := t.dial
	switch {
	case t.long:
		from = t.stripes(text, total)
	case t.dial > 0:
		t.steps = append(t.steps, step{0, 27, prime1, prime4}) // ends the last dial word
	}
	at := 8 * from
	for ; at+8 <= total; at += 8 {
		t.steps = append(t.steps, step{round(0, binary.LittleEndian.Uint64(text[at:])), 27, prime1, prime4})
	}
	if at+4 <= total {
		t.steps = append(t.steps, step{uint64(binary.LittleEndian.Uint32(text[at:])) * prime1, 23, prime2, prime3})
		at += 4
	}
	for ; at < total; at++ {
		t.bytes = append(t.bytes, uint64(text[at])*prime5)
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

// finish mixes in what follows the stripes or dial words, scatters the bits, and returns the greatest hash.
func (t *tail) finish(out []uint64) (most uint64) {
	done := 0
	if wide && len(out) >= atOnce {
		done = len(out) &^ (atOnce - 1)
		most = finishWide(out[:done], t.steps, t.bytes)
	}
	for i, h := range out[done:] {
		for k := range t.steps {
			h = t.steps[k].of(h)
		}
		for _, b := range t.bytes {
			h = bits.RotateLeft64(h^b, 11) * prime1
		}
		h = avalanche(h)
		out[done+i], most = h, max(most, h)
	}
	return most
}

// atOnce is how many hashes a wide processor works on at a time, a power of two.
const atOnce = 8

func avalanche(h uint64) uint64 {
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return h ^ h>>32
}
