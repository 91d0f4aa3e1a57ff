package sim

// Target is what a recorded request asks for: a hash of its URI, and whether it may be sent again, in four bytes.
type Target uint32

// Repeat says whether a request may be sent again though a server may have worked on it.
type Repeat uint8

// What a recording says of it.
const (
	ByShare Repeat = iota // nothing: the population's share of idempotent requests counts
	Harmless
	Harmful
)

const repeatBits = 2

// TargetOf puts the lower 30 bits of a hash and a Repeat together.
func TargetOf(uri uint32, r Repeat) Target { return Target(uri<<repeatBits) | Target(r) }

// URI is the hash of the URI.
func (t Target) URI() uint32 { return uint32(t >> repeatBits) }

// Repeat is whether the request may be sent again.
func (t Target) Repeat() Repeat { return Repeat(t & (1<<repeatBits - 1)) }
