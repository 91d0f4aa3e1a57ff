package caddy

import "golang.org/x/sys/cpu"

// wide says whether the processor works on many hashes at a time.
var wide = cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ

// beginWide is tail.begin for as many hashes as out has, a multiple of atOnce.
//
//go:noescape
func beginWide(out, products, begun []uint64, lead uint64)

// finishWide is tail.finish for as many hashes as out has, a multiple of atOnce.
//
//go:noescape
func finishWide(out []uint64, steps []step, bytes []uint64) (most uint64)

// indexWide is the first place of x in a list whose length is a multiple of atOnce; -1 = it is not there.
//
//go:noescape
func indexWide(list []uint64, x uint64) int
