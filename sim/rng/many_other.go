//go:build !amd64

package rng

// wide says whether the processor works on many keys at a time.
const wide = false

func mixLanes(*Key, *Key, int, uint64, uint64) {}

func mostOfLanes(*[lanes]Key, *Key, int) {}

func leastOfLanes(*[lanes]Key, *Key, int) {}

func nextOfLanes(*Key, int, Key, Key) int { return -1 }
