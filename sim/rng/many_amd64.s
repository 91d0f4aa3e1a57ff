#include "textflag.h"

// func mixLanes(out, keys *Key, n int, plus, xor uint64)
TEXT ·mixLanes(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), DI
	MOVQ keys+8(FP), SI
	MOVQ n+16(FP), CX
	VPBROADCASTQ plus+24(FP), Z4
	VPBROADCASTQ xor+32(FP), Z5
	MOVQ $0xbf58476d1ce4e5b9, AX
	VPBROADCASTQ AX, Z6
	MOVQ $0x94d049bb133111eb, AX
	VPBROADCASTQ AX, Z7
	XORQ DX, DX
next:
	VPADDQ (SI)(DX*8), Z4, Z0
	VPXORQ Z5, Z0, Z0
	VPSRLQ $30, Z0, Z1
	VPXORQ Z1, Z0, Z0
	VPMULLQ Z6, Z0, Z0
	VPSRLQ $27, Z0, Z1
	VPXORQ Z1, Z0, Z0
	VPMULLQ Z7, Z0, Z0
	VPSRLQ $31, Z0, Z1
	VPXORQ Z1, Z0, Z0
	VMOVDQU64 Z0, (DI)(DX*8)
	ADDQ $8, DX
	CMPQ DX, CX
	JLT  next
	VZEROUPPER
	RET

// func mostOfLanes(most *[lanes]Key, keys *Key, n int)
TEXT ·mostOfLanes(SB), NOSPLIT, $0-24
	MOVQ most+0(FP), DI
	MOVQ keys+8(FP), SI
	MOVQ n+16(FP), CX
	VPXORQ Z0, Z0, Z0
	XORQ DX, DX
next:
	VPMAXUQ (SI)(DX*8), Z0, Z0
	ADDQ $8, DX
	CMPQ DX, CX
	JLT  next
	VMOVDQU64 Z0, (DI)
	VZEROUPPER
	RET

// func leastOfLanes(least *[lanes]Key, keys *Key, n int)
TEXT ·leastOfLanes(SB), NOSPLIT, $0-24
	MOVQ least+0(FP), DI
	MOVQ keys+8(FP), SI
	MOVQ n+16(FP), CX
	VPTERNLOGQ $0xff, Z0, Z0, Z0
	XORQ DX, DX
next:
	VPMINUQ (SI)(DX*8), Z0, Z0
	ADDQ $8, DX
	CMPQ DX, CX
	JLT  next
	VMOVDQU64 Z0, (DI)
	VZEROUPPER
	RET

// func nextOfLanes(keys *Key, n int, least, span Key) int
TEXT ·nextOfLanes(SB), NOSPLIT, $0-40
	MOVQ keys+0(FP), SI
	MOVQ n+8(FP), CX
	VPBROADCASTQ least+16(FP), Z1
	VPBROADCASTQ span+24(FP), Z2
	XORQ DX, DX
next:
	VMOVDQU64 (SI)(DX*8), Z0
	VPSUBQ Z1, Z0, Z0
	VPCMPUQ $2, Z2, Z0, K1 // not above
	KMOVB K1, AX
	TESTL AX, AX
	JNZ  found
	ADDQ $8, DX
	CMPQ DX, CX
	JLT  next
	MOVQ $-1, ret+32(FP)
	VZEROUPPER
	RET
found:
	BSFL AX, AX
	ADDQ DX, AX
	MOVQ AX, ret+32(FP)
	VZEROUPPER
	RET
