package envoy

// mersenne is the 32-bit Mersenne Twister MT19937 (Matsumoto & Nishimura 1998), which Envoy seeds with the key to
// pass over overloaded hosts in the same order every time.
type mersenne struct {
	state [624]uint32
	next  int
}

func (m *mersenne) seed(s uint32) {
	m.state[0] = s
	for i := 1; i < len(m.state); i++ {
		s = 1812433253*(s^s>>30) + uint32(i)
		m.state[i] = s
	}
	m.next = 0
}

// uint32 twists one word at a time: the generator is seeded anew for a few numbers, never run through.
func (m *mersenne) uint32() uint32 {
	i := m.next
	k := (i + 1) % 624
	y := m.state[i]&0x80000000 | m.state[k]&0x7fffffff
	x := m.state[(i+397)%624] ^ y>>1
	if y&1 != 0 {
		x ^= 0x9908b0df
	}
	m.state[i], m.next = x, k
	x ^= x >> 11
	x ^= x << 7 & 0x9d2c5680
	x ^= x << 15 & 0xefc60000
	return x ^ x>>18
}

// intN is uniform in [0, n): the high digits, drawn again where they overshoot.
func (m *mersenne) intN(n int) int {
	width := uint64(1<<32) / uint64(n)
	for {
		if x := int(uint64(m.uint32()) / width); x < n {
			return x
		}
	}
}
