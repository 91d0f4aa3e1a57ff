package factorial

import "math/bits"

// mostBase is from how many factors on only a part of all combinations runs: 2^6 of them.
const mostBase = 6

// levels says where each of n factors is on: a bit per combination, by factor, for 2^min(n, mostBase) combinations. Factors from
// the seventh on have the product of the levels of some of the first six. That part of all combinations has resolution IV at
// least: no factor has the same effect as another, or as a pair; up to eight factors, no pair has that of another pair.
func levels(n int) [][]bool {
	base := min(n, mostBase)
	list := make([][]bool, n)
	for i, product := range products(n) {
		list[i] = make([]bool, 1<<base)
		for run := range list[i] {
			list[i][run] = bits.OnesCount(^uint(run)&product)%2 == 0 // an even number of them is off
		}
	}
	return list
}

// products are, by factor, the first factors of whose levels its own is the product, as bits. Each further factor gets the
// product that makes the fewest pairs equal.
func products(n int) []uint {
	var list []uint
	for i := range min(n, mostBase) {
		list = append(list, 1<<i)
	}
	for len(list) < n {
		best, least := uint(0), 0
		for p := uint(1); p < 1<<mostBase; p++ {
			if equal, free := equalPairs(list, p); free && (best == 0 || equal < least) {
				best, least = p, equal
			}
		}
		list = append(list, best)
	}
	return list
}

// equalPairs is how many pairs of factors would have the effect of another pair by a further factor with this product. It is
// not free where a factor, or a pair, has it already.
func equalPairs(list []uint, product uint) (equal int, free bool) {
	for i, a := range list {
		if a == product {
			return 0, false
		}
		for j, b := range list[:i] {
			if a^b == product {
				return 0, false
			}
			for _, c := range list[:j] {
				if a^b^c == product {
					equal++
				}
			}
		}
	}
	return equal, true
}
