// Package rng gives every random draw an address instead of a place in a queue.
//
// A draw is named by what it is for: a root seed, a purpose by name, then the entity and the ordinal it
// belongs to. Request 7 of client 12 needs the same work whatever happened before it, so two policies that
// are compared meet the same users and the same faults (common random numbers), and one extra draw in one
// place changes no other draw.
//
// A [Key] is such an address. Its samples are pure functions of the key: asking twice gives the same value.
// The key itself is the random number: keys are 64 bits mixed by the SplitMix64 finaliser (Steele, Lea & Flood,
// OOPSLA 2014), so the members of a family in turn are that generator's sequence. The chance that any two of U·L
// addresses meet is about (U·L)²/2⁶⁵.
//
// Floor 0.
package rng

import (
	"math"
	"math/bits"
)

// gamma is the odd golden-ratio increment of SplitMix64; it spreads consecutive ordinals over the ring.
const gamma = 0x9e3779b97f4a7c15

// Key addresses one draw, or a family of draws below it ([Key.Stream], [Key.At]).
type Key uint64

// Root returns the address of everything that belongs to seed.
func Root(seed uint64) Key { return Key(mix(seed + gamma)) }

// Stream returns the family of draws below k that serve the named purpose, for example "faults".
func (k Key) Stream(name string) Key { return k.For(PurposeOf(name)) }

// Purpose is the name of a family, prepared: Key.For(PurposeOf(name)) is Key.Stream(name).
type Purpose uint64

// PurposeOf prepares a name that many keys are asked for.
func PurposeOf(name string) Purpose {
	h := uint64(14695981039346656037)
	for i := 0; i < len(name); i++ {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return Purpose(mix(h))
}

// For returns the family of draws below k that serve a purpose.
func (k Key) For(p Purpose) Key { return Key(mix(uint64(k) ^ uint64(p))) }

// At returns the n-th member of the family k: an entity, or an ordinal of an entity.
func (k Key) At(n uint64) Key { return Key(mix(uint64(k) + (n+1)*gamma)) }

// Uint64 returns 64 uniform bits of k for others to hash or to count from, such as identities and places on a ring. They are
// mixed once more than the samples below, so nothing that others make of them is a draw of k or of a key below it.
func (k Key) Uint64() uint64 { return mix(uint64(k) ^ own) }

// own sets the bits of Uint64 apart from samples.
const own = 0x6a09e667f3bcc909

// Float64 returns a uniform number in the open interval (0, 1): both logarithms of it are finite.
func (k Key) Float64() float64 { return unit(uint64(k)) }

// IntN returns a uniform integer in [0, n). It panics when n <= 0.
// The multiply-shift keeps the bias below n/2⁶⁴.
func (k Key) IntN(n int) int {
	if n <= 0 {
		panic("rng: IntN needs a positive bound")
	}
	hi, _ := bits.Mul64(uint64(k), uint64(n))
	return int(hi)
}

// Exp returns an exponential variate of mean 1, by the ziggurat method (Marsaglia & Tsang, J. Stat. Softw. 2000)
// with 256 layers: one 64-bit draw in 98.9 % of the calls.
func (k Key) Exp() float64 {
	if x, ok := k.TryExp(); ok {
		return x
	}
	return k.expTail()
}

// TryExp is Exp where one draw is enough; ok is false in the other 1.1 % of the calls.
func (k Key) TryExp() (x float64, ok bool) {
	layer := &expLayers[k&255]
	m := uint64(k) >> 11
	return float64(m) * layer.scale, m < layer.inside
}

//go:noinline
func (k Key) expTail() float64 {
	u := uint64(k)
	x, _ := k.TryExp()
	for n := uint64(0); ; n++ {
		i := u & 255
		if i == 255 {
			return expEdge - math.Log(k.At(n<<1).Float64())
		}
		if expHeights[i+1]+k.At(n<<1).Float64()*(expHeights[i]-expHeights[i+1]) < math.Exp(-x) {
			return x
		}
		u = uint64(k.At(n<<1 | 1))
		layer := &expLayers[u&255]
		m := u >> 11
		x = float64(m) * layer.scale
		if m < layer.inside {
			return x
		}
	}
}

// expLayer is one layer of the ziggurat: mantissas below inside are accepted at once, scale turns a mantissa
// into the variate.
type expLayer struct {
	inside uint64
	scale  float64
}

// expEdge is where the tail begins, and expArea the area of every layer (constants for 256 layers).
const (
	expEdge = 7.69711747013104972
	expArea = 0.0039496598225815571993
)

var (
	expLayers  [256]expLayer
	expHeights [257]float64
)

func init() {
	// edges[i] is the right edge of layer i, widest last; the base layer stands in for the tail.
	var edges [257]float64
	edges[256] = expArea / math.Exp(-expEdge)
	edges[255] = expEdge
	for i := 254; i > 0; i-- {
		edges[i] = -math.Log(expArea/edges[i+1] + math.Exp(-edges[i+1]))
	}
	for i, x := range edges {
		expHeights[i] = math.Exp(-x)
	}
	for i := range expLayers {
		expLayers[i] = expLayer{inside: uint64(edges[i] / edges[i+1] * (1 << 53)), scale: edges[i+1] * 0x1p-53}
	}
}

// mix is the SplitMix64 finaliser (variant 13 of Stafford): a bijection that passes as random on counters.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// unit maps 64 bits to the centre of one of 2⁵² equal cells of (0, 1).
func unit(u uint64) float64 { return (float64(u>>12) + 0.5) * 0x1p-52 }
