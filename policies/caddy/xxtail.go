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
	bytes    [3]uint64 // of the last bytes, last one first
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
		t.bytes[t.left-1-i] = uint64(text[at+i]) * prime5
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

// sums fills in the hashes of the texts that begin with the dials, given as words end to end. It goes over them
// twice: the two halves of the work on one text wait for each other, those on different texts do not.
func (t *tail) sums(dials []uint64, out []uint64) {
	n := t.dial
	for i := range out {
		out[i] = t.begin(dials[i*n : i*n+n])
	}
	for i, h := range out {
		out[i] = t.finish(h)
	}
}

// begin is the hash after stripes and dial words.
func (t *tail) begin(dial []uint64) uint64 {
	if t.long {
		return t.merge(dial)
	}
	h := prime5 + t.total
	for j, word := range dial {
		h = bits.RotateLeft64(h^round(0, word|t.lead[j&3]), 27)*prime1 + prime4
	}
	return h
}

// merge joins the four lanes; those with dial words are computed first. Locals, because arrays go through memory.
func (t *tail) merge(dial []uint64) uint64 {
	l0, l1, l2, l3 := t.lanes[0], t.lanes[1], t.lanes[2], t.lanes[3]
	m0, m1, m2, m3 := t.merges[0], t.merges[1], t.merges[2], t.merges[3]
	switch len(dial) {
	case 4:
		l3 = t.lane(3, dial[3])
		m3 = round(0, l3)
		fallthrough
	case 3:
		l2 = t.lane(2, dial[2])
		m2 = round(0, l2)
		fallthrough
	case 2:
		l1 = t.lane(1, dial[1])
		m1 = round(0, l1)
		fallthrough
	case 1:
		l0 = t.lane(0, dial[0])
		m0 = round(0, l0)
	}
	h := bits.RotateLeft64(l0, 1) + bits.RotateLeft64(l1, 7) + bits.RotateLeft64(l2, 12) + bits.RotateLeft64(l3, 18)
	h = (h^m0)*prime1 + prime4
	h = (h^m1)*prime1 + prime4
	h = (h^m2)*prime1 + prime4
	return (h^m3)*prime1 + prime4 + t.total
}

// lane is the state of lane j after all stripes, the first of which has the given dial word.
func (t *tail) lane(j int, word uint64) uint64 {
	lane := round(first64[j], word|t.lead[j])
	if len(t.products) > 0 {
		return t.further(j, lane)
	}
	return lane
}

func (t *tail) further(j int, lane uint64) uint64 {
	for i := range t.products {
		lane = bits.RotateLeft64(lane+t.products[i][j], 31) * prime1
	}
	return lane
}

// finish mixes in what follows the stripes or dial words, and scatters the bits.
func (t *tail) finish(h uint64) uint64 {
	for _, word := range t.words {
		h = bits.RotateLeft64(h^word, 27)*prime1 + prime4
	}
	if t.halved {
		h = bits.RotateLeft64(h^t.half, 23)*prime2 + prime3
	}
	switch t.left {
	case 3:
		h = bits.RotateLeft64(h^t.bytes[2], 11) * prime1
		fallthrough
	case 2:
		h = bits.RotateLeft64(h^t.bytes[1], 11) * prime1
		fallthrough
	case 1:
		h = bits.RotateLeft64(h^t.bytes[0], 11) * prime1
	}
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return h ^ h>>32
}
