package sim

import "stickysim/sim/rng"

// Target is what a recorded request asks for: hashes of its path and query, and whether it may be sent again, in four bytes.
type Target uint32

// Repeat says whether a request may be sent again though a server may have worked on it.
type Repeat uint8

// What a recording says of it.
const (
	ByShare Repeat = iota // nothing: the population's share of idempotent requests counts
	Harmless
	Harmful
)

const (
	repeatBits = 2
	queryBits  = 12
)

// TargetOf puts 18 bits of a hash of the path, 12 of one of the query, and a Repeat together. A path of 0 is unknown.
func TargetOf(path, query uint32, r Repeat) Target {
	return Target(path<<(queryBits+repeatBits)) | Target(query&(1<<queryBits-1)<<repeatBits) | Target(r)
}

// URI is the hash of path and query; 0 = unknown.
func (t Target) URI() uint32 { return uint32(t >> repeatBits) }

// Path is the hash of the path; 0 = unknown.
func (t Target) Path() uint32 { return uint32(t >> (queryBits + repeatBits)) }

// KeyText says what the key is that a policy hashes.
type KeyText uint8

// The texts.
const (
	OwnText  KeyText = iota // a text of each client's own
	PathText                // the path of the request
	URIText                 // the path and the query
)

// keyHash is 64 uniform bits that stand for a recorded request's key; the client's hash where the recording does not have it.
func (t Target) keyHash(k KeyText, client uint64) uint64 {
	switch {
	case t.Path() == 0:
	case k == PathText:
		return rng.Root(0).Stream("path").At(uint64(t.Path())).Uint64()
	case k == URIText:
		return rng.Root(0).Stream("uri").At(uint64(t.URI())).Uint64()
	}
	return client
}

// Repeat is whether the request may be sent again.
func (t Target) Repeat() Repeat { return Repeat(t & (1<<repeatBits - 1)) }
