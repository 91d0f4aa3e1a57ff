package rng

import "slices"

// Members sets out[i] to the n-th member of the family keys[i], for all of them: faster than one by one, where the processor can
// work on eight at a time. Out may be keys.
func Members(out, keys []Key, n uint64) { mixed(out, keys, (n+1)*gamma, 0) }

// Uint64s sets out[i] to the bits of keys[i], as [Key.Uint64] does.
func Uint64s(out, keys []Key) { mixed(out, keys, 0, own) }

// mixed sets out[i] to mix((keys[i] + plus) ^ xor).
func mixed(out, keys []Key, plus, xor uint64) {
	out = out[:len(keys)]
	done := 0
	if wide && len(keys) >= lanes {
		done = len(keys) &^ (lanes - 1)
		mixLanes(&out[0], &keys[0], done, plus, xor)
	}
	for i := done; i < len(keys); i++ {
		out[i] = Key(mix((uint64(keys[i]) + plus) ^ xor))
	}
}

// First is the place of the greatest of keys, the first of equals. There must be one.
func First(keys []Key) int {
	done := 0
	most := Key(0)
	if wide && len(keys) >= lanes {
		done = len(keys) &^ (lanes - 1)
		var parts [lanes]Key
		mostOfLanes(&parts, &keys[0], done)
		most = slices.Max(parts[:])
	}
	for _, k := range keys[done:] {
		most = max(most, k)
	}
	return slices.Index(keys, most)
}

// lanes is how many keys a wide processor works on at a time.
const lanes = 8
