package caddy

import (
	"encoding/binary"
	"math/bits"
)

// columns are dials of one length as little-endian words, the last one padded with zeros: first those of all dials,
// then the second ones, and so on. The hashing goes over one column after the other: steps on one text wait for each
// other, those on different texts do not.
type columns struct {
	words    [4][]uint64 // those behind are empty
	rounds   [4][]uint64 // of the words, for lanes at 0
	products [4][]uint64 // of the words and prime2
	lanes    [4][]uint64 // after the words, for lanes at the start
	merges   [4][]uint64 // rounds of the merge of those lanes
	scratch  [4][]uint64
	begun    [32][]uint64 // by the length of a text without stripes, as far as needed: the hash before the last word of the dial
}

// wordsOf is how many words have bytes of a dial.
func wordsOf(length int) int { return (length + 7) / 8 }

func (c *columns) add(dial string) {
	for j := range min(wordsOf(len(dial)), 4) {
		var text [8]byte
		copy(text[:], dial[8*j:])
		word := binary.LittleEndian.Uint64(text[:])
		c.words[j] = append(c.words[j], word)
		c.rounds[j] = append(c.rounds[j], round(0, word))
		c.products[j] = append(c.products[j], word*prime2)
		lane := round(first64[j], word)
		c.lanes[j] = append(c.lanes[j], lane)
		c.merges[j] = append(c.merges[j], round(0, lane))
		c.scratch[j] = append(c.scratch[j], 0)
	}
}

// sums fills in the hashes of the texts that begin with the dials, and returns the greatest.
func (t *tail) sums(c *columns, out []uint64) (most uint64) {
	switch {
	case t.long:
		t.merge(c, out)
	case t.dial > 0:
		t.begin(c, out)
	default:
		for i := range out {
			out[i] = prime5 + t.total
		}
	}
	return t.finish(out)
}

// begin is the hash within the last dial word of a text without stripes: the first step ends that.
func (t *tail) begin(c *columns, out []uint64) {
	lead := t.lead[t.dial-1] * prime2
	products, begun := c.products[t.dial-1][:len(out)], t.begun(c)[:len(out)]
	done := 0
	if wide && len(out) >= atOnce {
		done = len(out) &^ (atOnce - 1)
		beginWide(out[:done], products, begun, lead)
	}
	for i := done; i < len(out); i++ {
		out[i] = begun[i] ^ bits.RotateLeft64(products[i]+lead, 31)*prime1
	}
}

// begun is the hash before the last word of the dials, which follows from them and the length of the text.
func (t *tail) begun(c *columns) []uint64 {
	begun := c.begun[t.total]
	if begun == nil {
		for i := range c.words[0] {
			h := prime5 + t.total
			for j := range t.dial - 1 {
				h = bits.RotateLeft64(h^c.rounds[j][i], 27)*prime1 + prime4
			}
			begun = append(begun, h)
		}
		c.begun[t.total] = begun
	}
	return begun
}

// merge is the hash after the stripes: each of the four lanes alone, then joined.
func (t *tail) merge(c *columns, out []uint64) {
	common := uint64(0)
	for j := t.dial; j < 4; j++ {
		common += bits.RotateLeft64(t.lanes[j], turns[j])
	}
	for i := range out {
		out[i] = common
	}
	var merges [4][]uint64
	for j := range t.dial {
		merges[j] = t.lane(j, c, out)
	}
	for j := range 2 {
		t.join(j, merges[j], out)
	}
	if t.dial > 2 {
		t.join(2, merges[2], out)
		t.join(3, merges[3], out)
		for i := range out {
			out[i] += t.total
		}
		return
	}
	m2, m3, total := t.merges[2], t.merges[3], t.total
	for i, h := range out {
		h = (h^m2)*prime1 + prime4
		out[i] = (h^m3)*prime1 + prime4 + total
	}
}

// join mixes in lane j: its rounds of the merge or, where it has no dial word, its one round.
func (t *tail) join(j int, merges, out []uint64) {
	if j < t.dial {
		for i, m := range merges[:len(out)] {
			out[i] = (out[i]^m)*prime1 + prime4
		}
		return
	}
	m := t.merges[j]
	for i, h := range out {
		out[i] = (h^m)*prime1 + prime4
	}
}

// turns is how far each lane is turned when lanes are joined.
var turns = [4]int{1, 7, 12, 18}

// lane adds lane j, whose first word is of the dials, to the joint ones and returns its rounds of the merge.
func (t *tail) lane(j int, c *columns, out []uint64) []uint64 {
	lanes, turn := c.lanes[j][:len(out)], turns[j]
	if t.lead[j] == 0 && len(t.products) == 0 {
		for i, l := range lanes {
			out[i] += bits.RotateLeft64(l, turn)
		}
		return c.merges[j]
	}
	scratch, lead, start := c.scratch[j][:len(out)], t.lead[j], first64[j]
	if len(t.products) == 0 {
		for i, word := range c.words[j][:len(out)] {
			l := round(start, word|lead)
			out[i] += bits.RotateLeft64(l, turn)
			scratch[i] = round(0, l)
		}
		return scratch
	}
	for i, word := range c.words[j][:len(out)] {
		scratch[i] = round(start, word|lead)
	}
	for s := range t.products {
		product := t.products[s][j]
		for i, l := range scratch {
			scratch[i] = bits.RotateLeft64(l+product, 31) * prime1
		}
	}
	for i, l := range scratch {
		out[i] += bits.RotateLeft64(l, turn)
		scratch[i] = round(0, l)
	}
	return scratch
}
