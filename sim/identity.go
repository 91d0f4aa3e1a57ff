package sim

import "slices"

// blocks is how many populations can have addresses that are no other's: each has 2^26 of the 2^32.
const blocks = 1 << 6

// hashesDiffer reports whether every client has an affinity key that no other ever has.
func (m *Model) hashesDiffer() bool {
	return !slices.ContainsFunc(m.Populations, func(p Population) bool { return p.Keys != 0 || p.Trace != nil })
}

// addressesDiffer reports whether every client has a source address that no other ever has, and keeps it.
func (m *Model) addressesDiffer() bool {
	return len(m.Populations) <= blocks && !slices.ContainsFunc(m.Populations, func(p Population) bool {
		return p.Addresses != 0 || len(p.Groups) > 0 || p.AddressChange != nil || p.Through != nil || p.Trace != nil
	})
}
