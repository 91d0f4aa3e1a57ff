package haproxy

import "hash/crc32"

// hashFunc maps the bytes of a key to 32 bits.
type hashFunc func([]byte) uint32

// hashFuncs are the functions of `hash-type`, by name.
var hashFuncs = map[string]hashFunc{
	"":      sdbm,
	"sdbm":  sdbm,
	"djb2":  djb2,
	"wt6":   wt6,
	"crc32": crc32.ChecksumIEEE,
	"none":  decimal,
}

// sdbm is the hash of the sdbm database library: HAProxy's default.
func sdbm(key []byte) (h uint32) {
	for _, c := range key {
		h = uint32(c) + h<<6 + h<<16 - h
	}
	return h
}

// djb2 is Bernstein's hash, the additive one.
func djb2(key []byte) uint32 {
	h := uint32(5381)
	for _, c := range key {
		h = h*33 + uint32(c)
	}
	return h
}

// wt6 is Willy Tarreau's hash: two accumulators rotated by data-dependent steps.
func wt6(key []byte) uint32 {
	h0, h1 := uint32(0xa53c965a), uint32(0x5ca6953a)
	s0, s1 := uint32(6), uint32(18)
	for _, c := range key {
		h0 = ^(h0 ^ uint32(c))
		h1 = ^(h1 + uint32(c))
		h0, h1 = h1<<s0|h1>>(32-s0), h0<<s1|h0>>(32-s1)
		t := (h0>>16 ^ h1) & 0xffff
		s0, s1 = t&31, t>>11
	}
	return h0 ^ h1
}

// decimal is function "none": the key is a decimal number, used as it is. It stops at the first other character.
func decimal(key []byte) (h uint32) {
	negative := len(key) > 0 && key[0] == '-'
	if negative {
		key = key[1:]
	}
	for _, c := range key {
		if c < '0' || c > '9' {
			break
		}
		h = h*10 + uint32(c-'0')
	}
	if negative {
		return -h
	}
	return h
}

// avalanche is HAProxy's full_hash: Jenkins' 32-bit mix and a multiplication. It is a bijection.
func avalanche(a uint32) uint32 {
	a = (a + 0x7ed55d16) + a<<12
	a = (a ^ 0xc761c23c) ^ a>>19
	a = (a + 0x165667b1) + a<<5
	a = (a + 0xd3a2646c) ^ a<<9
	a = (a + 0xfd7046c5) + a<<3
	a = (a ^ 0xb55a4f09) ^ a>>16
	return a * 3221225473
}
