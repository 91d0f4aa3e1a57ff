package rng

import "golang.org/x/sys/cpu"

// wide says whether the processor works on many keys at a time.
var wide = cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ

// mixLanes is mixed for n keys, a multiple of the lanes.
//
//go:noescape
func mixLanes(out, keys *Key, n int, plus, xor uint64)

// mostOfLanes sets most[k] to the greatest of keys[k], keys[k+8], … of the n keys, a multiple of the lanes.
//
//go:noescape
func mostOfLanes(most *[lanes]Key, keys *Key, n int)

// leastOfLanes sets least[k] to the least of keys[k], keys[k+8], … of the n keys, a multiple of the lanes.
//
//go:noescape
func leastOfLanes(least *[lanes]Key, keys *Key, n int)

// nextOfLanes is the first of n keys, a multiple of the lanes, that is from least to least + span; -1 = there is none.
//
//go:noescape
func nextOfLanes(keys *Key, n int, least, span Key) int
