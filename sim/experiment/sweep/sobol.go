package sweep

import (
	"fmt"
	"math/bits"

	"stickysim/sim/rng"
)

// direction is what makes a dimension of the Sobol sequence: the degree and the inner coefficients of a primitive
// polynomial, and the first numbers.
type direction struct {
	degree, inner int
	first         []uint32
}

// directions are those of Joe & Kuo (SIAM J. Sci. Comput. 30, 2008), file new-joe-kuo-6.21201, from the second dimension on.
var directions = []direction{
	{1, 0, []uint32{1}},
	{2, 1, []uint32{1, 3}},
	{3, 1, []uint32{1, 3, 1}},
	{3, 2, []uint32{1, 1, 1}},
	{4, 1, []uint32{1, 1, 3, 3}},
	{4, 4, []uint32{1, 3, 5, 13}},
	{5, 2, []uint32{1, 1, 5, 5, 17}},
	{5, 4, []uint32{1, 1, 5, 5, 5}},
	{5, 7, []uint32{1, 1, 7, 11, 19}},
	{5, 11, []uint32{1, 1, 5, 1, 1}},
	{5, 13, []uint32{1, 1, 1, 3, 11}},
	{5, 14, []uint32{1, 3, 5, 5, 31}},
	{6, 1, []uint32{1, 3, 3, 9, 7, 49}},
	{6, 13, []uint32{1, 1, 1, 15, 21, 21}},
	{6, 16, []uint32{1, 3, 1, 13, 27, 49}},
	{6, 19, []uint32{1, 1, 1, 15, 7, 5}},
	{6, 22, []uint32{1, 3, 1, 15, 13, 25}},
	{6, 25, []uint32{1, 1, 5, 5, 19, 61}},
	{7, 1, []uint32{1, 3, 7, 11, 23, 15, 103}},
	{7, 4, []uint32{1, 3, 7, 13, 13, 15, 69}},
}

// vectors are the direction numbers of a dimension from 0, as fractions of 2³².
func vectors(dimension int) (v [32]uint32) {
	if dimension == 0 { // van der Corput
		for i := range v {
			v[i] = 1 << (31 - i)
		}
		return v
	}
	d := directions[dimension-1]
	for i := range v {
		if i < d.degree {
			v[i] = d.first[i] << (31 - i)
			continue
		}
		v[i] = v[i-d.degree] ^ v[i-d.degree]>>d.degree
		for k := 1; k < d.degree; k++ {
			if d.inner>>(d.degree-1-k)&1 == 1 {
				v[i] ^= v[i-k]
			}
		}
	}
	return v
}

// sobol is the first n points of a scrambled Sobol sequence, each coordinate in (0, 1). Scrambling is Owen's (J. Complexity
// 14, 1998): each binary digit of a coordinate is exchanged at random, depending on the digits before it. It keeps what
// makes the sequence even, and moves the first point away from the corner.
func sobol(n, dimensions int, random rng.Key) ([][]float64, error) {
	if most := len(directions) + 1; dimensions > most {
		return nil, fmt.Errorf("a Sobol sequence has at most %d fields, got %d; use lhs:%d", most, dimensions, n)
	}
	points := make([][]float64, n)
	for i := range points {
		points[i] = make([]float64, dimensions)
	}
	for k := range dimensions {
		v, x := vectors(k), uint32(0)
		axis := random.Stream("scramble").At(uint64(k))
		for i := range points {
			if i > 0 {
				x ^= v[bits.TrailingZeros(uint(i))] // Gray code: one digit changes from point to point
			}
			points[i][k] = (float64(scrambled(x, axis)) + 0.5) / (1 << 32)
		}
	}
	return points, nil
}

// scrambled exchanges each digit of x, the most significant first, as the digits before it say.
func scrambled(x uint32, random rng.Key) uint32 {
	out := x
	for i := range 32 {
		before := uint64(x)>>(32-i) | 1<<i // the digits before, and how many
		out ^= uint32(random.At(before).Uint64()&1) << (31 - i)
	}
	return out
}
