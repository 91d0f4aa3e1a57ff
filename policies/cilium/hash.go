package cilium

import (
	"encoding/binary"
	"math/bits"

	"stickysim/sim"
)

// tcp is the protocol's number.
const tcp = 6

// hash is Cilium's hash of a connection: the source's address and port, the service's port and the protocol.
func (p *maglev) hash(a *sim.Addr, client uint32) uint32 {
	word := func(i int) uint32 { return binary.LittleEndian.Uint32(a[i:]) }
	ports := p.port<<16 | client
	if a.Is4() {
		seed := p.jhash4 + 0xdeadbeef + 3<<2
		return final(word(12)+seed, ports+seed, tcp+seed)
	}
	x, y, z := mix(word(0), word(4), word(8))
	x, y, z = mix(x+word(12), y+ports, z+tcp)
	return final(x+p.jhash6, y, z)
}

// mix is the inner step of Bob Jenkins' lookup3.
func mix(a, b, c uint32) (uint32, uint32, uint32) {
	for _, shift := range [...][3]int{{4, 6, 8}, {16, 19, 4}} {
		a = a - c ^ bits.RotateLeft32(c, shift[0])
		c += b
		b = b - a ^ bits.RotateLeft32(a, shift[1])
		a += c
		c = c - b ^ bits.RotateLeft32(b, shift[2])
		b += a
	}
	return a, b, c
}

// final is the last step of Bob Jenkins' lookup3.
func final(a, b, c uint32) uint32 {
	c = c ^ b - bits.RotateLeft32(b, 14)
	a = a ^ c - bits.RotateLeft32(c, 11)
	b = b ^ a - bits.RotateLeft32(a, 25)
	c = c ^ b - bits.RotateLeft32(b, 16)
	a = a ^ c - bits.RotateLeft32(c, 4)
	b = b ^ a - bits.RotateLeft32(a, 14)
	return c ^ b - bits.RotateLeft32(b, 24)
}

// murmur3 is 128-bit MurmurHash3 for 64-bit machines.
func murmur3(data []byte, seed uint32) (uint64, uint64) {
	const c1, c2 = 0x87c37b91114253d5, 0x4cf5ad432745937f
	h1, h2, length := uint64(seed), uint64(seed), uint64(len(data))
	for ; len(data) >= 16; data = data[16:] {
		h1 ^= bits.RotateLeft64(binary.LittleEndian.Uint64(data)*c1, 31) * c2
		h1 = (bits.RotateLeft64(h1, 27)+h2)*5 + 0x52dce729
		h2 ^= bits.RotateLeft64(binary.LittleEndian.Uint64(data[8:])*c2, 33) * c1
		h2 = (bits.RotateLeft64(h2, 31)+h1)*5 + 0x38495ab5
	}
	var tail [16]byte
	copy(tail[:], data)
	h2 ^= bits.RotateLeft64(binary.LittleEndian.Uint64(tail[8:])*c2, 33) * c1
	h1 ^= bits.RotateLeft64(binary.LittleEndian.Uint64(tail[:])*c1, 31) * c2
	h1, h2 = h1^length, h2^length
	h1 += h2
	h2 += h1
	h1, h2 = avalanche(h1), avalanche(h2)
	h1 += h2
	return h1, h2 + h1
}

func avalanche(k uint64) uint64 {
	k = (k ^ k>>33) * 0xff51afd7ed558ccd
	k = (k ^ k>>33) * 0xc4ceb9fe1a85ec53
	return k ^ k>>33
}
