package rng

import (
	"math"
	"slices"
)

// Members sets out[i] to the n-th member of the family keys[i], for all of them: faster than one by one, where the processor can
// work on eight at a time. Out may be keys.
func Members(out, keys []Key, n uint64) { mixed(out, keys, (n+1)*gamma, 0) }

// Uint64s sets out[i] to the bits of keys[i], as [Key.Uint64] does.
func Uint64s(out, keys []Key) { mixed(out, keys, 0, own) }

// mixed sets out[i] to mix((keys[i] + plus) ^ xor).
func mixed(out, keys []Key, plus, xor uint64) {
	out = out[:len(keys)]
	done := atOnce(keys)
	if done > 0 {
		mixLanes(&out[0], &keys[0], done, plus, xor)
	}
	for i := done; i < len(keys); i++ {
		out[i] = Key(mix((uint64(keys[i]) + plus) ^ xor))
	}
}

// First is the place of the greatest of keys, the first of equals. There must be one.
func First(keys []Key) int {
	most := Key(0)
	done := atOnce(keys)
	if done > 0 {
		var parts [lanes]Key
		mostOfLanes(&parts, &keys[0], done)
		most = slices.Max(parts[:])
	}
	for _, k := range keys[done:] {
		most = max(most, k)
	}
	return next(keys, 0, most, 0)
}

// Least is the least of keys. There must be one.
func Least(keys []Key) Key {
	least := Key(math.MaxUint64)
	done := atOnce(keys)
	if done > 0 {
		var parts [lanes]Key
		leastOfLanes(&parts, &keys[0], done)
		least = slices.Min(parts[:])
	}
	for _, k := range keys[done:] {
		least = min(least, k)
	}
	return least
}

// Next is the first place from the given one on whose key is not above most; -1 = there is none.
func Next(keys []Key, from int, most Key) int { return next(keys, from, 0, most) }

// next is the first place from the given one on whose key is from least to least + span.
func next(keys []Key, from int, least, span Key) int {
	rest := keys[from:]
	done := atOnce(rest)
	if done > 0 {
		if at := nextOfLanes(&rest[0], done, least, span); at >= 0 {
			return from + at
		}
	}
	for i, k := range rest[done:] {
		if k-least <= span {
			return from + done + i
		}
	}
	return -1
}

// atOnce is how many of the keys, from the first on, a wide processor works on lanes at a time.
func atOnce(keys []Key) int {
	if !wide {
		return 0
	}
	return len(keys) &^ (lanes - 1)
}

// lanes is how many keys a wide processor works on at a time.
const lanes = 8
