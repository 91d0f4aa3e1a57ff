package policies

import "testing"

// Vectors of other implementations: dgryski/go-jump (made with the paper's C++ code, for 1 to 19 buckets), and
// lithammer/go-jump-consistent-hash.
func TestJumpHashVectors(t *testing.T) {
	for key, want := range map[uint64][]int{
		0:                  {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		1:                  {0, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 17, 17},
		0xdeadbeef:         {0, 1, 2, 3, 3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 16, 16, 16},
		0x0ddc0ffeebadf00d: {0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 15, 15, 15, 15},
	} {
		for i, w := range want {
			if got := jumpHash(key, i+1); got != w {
				t.Errorf("jumpHash(%#x, %d) = %d; want %d", key, i+1, got, w)
			}
		}
	}
	for _, c := range []struct {
		key     uint64
		n, want int
	}{
		{1, 1, 0}, {42, 57, 43}, {0xdead10cc, 1, 0}, {0xdead10cc, 666, 361}, {256, 1024, 520},
		{10863919174838991, 11, 6}, {2016238256797177309, 11, 3}, {1673758223894951030, 11, 5},
	} {
		if got := jumpHash(c.key, c.n); got != c.want {
			t.Errorf("jumpHash(%d, %d) = %d; want %d", c.key, c.n, got, c.want)
		}
	}
}
