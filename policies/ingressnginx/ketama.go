package ingressnginx

import (
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// pointsPerNode is the number of points a node of weight 1 has.
const pointsPerNode = 160

// ketama is the hash ring of OpenResty's resty.chash: 32-bit points chained by CRC-32, each owning the keys from
// itself up to the next point.
//
// Source: openresty/lua-resty-balancer chash.c and lib/resty/chash.lua.
type ketama struct {
	points []ketamaPoint
}

type ketamaPoint struct {
	hash uint32
	node int32
}

func (k *ketama) reset() { k.points = k.points[:0] }

// add places a node's points: each is the CRC of the one before, with the CRC of the name as starting register.
func (k *ketama) add(name string, node int32, weight int) {
	register := ^crc32.ChecksumIEEE([]byte(name))
	var last [4]byte
	for range weight * pointsPerNode {
		hash := crc32.Update(register, crc32.IEEETable, last[:])
		k.points = append(k.points, ketamaPoint{hash, node})
		binary.LittleEndian.PutUint32(last[:], hash)
	}
}

func (k *ketama) sort() {
	slices.SortStableFunc(k.points, func(a, b ketamaPoint) int { return cmp.Compare(a.hash, b.hash) })
}

// find returns the node of the last point at or before hash; hashes before the first point belong to the first.
func (k *ketama) find(hash uint32) int32 {
	i, _ := slices.BinarySearchFunc(k.points, hash, func(p ketamaPoint, h uint32) int {
		if p.hash <= h {
			return -1
		}
		return 1
	})
	return k.points[max(0, i-1)].node
}
