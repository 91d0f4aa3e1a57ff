package accesslog

import (
	"encoding/binary"
	"math/bits"
)

// hash64 mixes eight bytes per multiplication (the folded multiply of wyhash). It has no seed, because its values are
// part of the result: the same log must hash alike on every machine. It is not meant to withstand forged collisions:
// two targets that collide merely look like one.
func hash64(b []byte) uint64 {
	const k0, k1 = 0xa0761d6478bd642f, 0xe7037ed1a0b428db
	h := uint64(len(b)) ^ k0
	for ; len(b) >= 8; b = b[8:] {
		h = fold(h^binary.LittleEndian.Uint64(b), k1)
	}
	var tail uint64
	for i, c := range b {
		tail |= uint64(c) << (8 * i)
	}
	return fold(fold(h^tail, k1), k0)
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
