package recall

import "math/bits"

// Chains find the places of a table by their keys: those whose keys have the same first bits of a hash are in one chain. In large
// tables they remember besides at which place a client's key was found.
type Chains struct {
	heads []link  // by the first bits of a hash: the first of a chain; a power of two
	next  []link  // by place: the next one of its chain
	shift uint    // of a hash, to its head
	last  []int32 // by client: one more than the place where its key was found; a hint, 0 = none
}

// link leads to a place of a chain: one more than the place, in as many bits as number a head; 0 = the chain ends. Above are the last
// bits of the hash of its key, so that a search for another key looks at no record.
type link uint32

// headsPerPlace is how many heads there are at least: most chains are empty, as a processor predicts.
const headsPerPlace = 4

// hinted is from how many heads on hints are kept. Fewer stay in the cache, where hints would not.
const hinted = 1 << 16

// NewChains makes so many places at first.
func NewChains(places int) Chains {
	c := Chains{next: make([]link, places)}
	c.part(bits.Len(uint(headsPerPlace*max(places, 8) - 1)))
	return c
}

// part makes so many heads, as a power of two; a place and one bit of a hash must fit a link.
func (c *Chains) part(width int) {
	c.shift = uint(32 - min(width, 31))
	c.heads = make([]link, 1<<(32-c.shift))
}

// hash spreads keys that are small numbers, too.
func hash(key uint64) uint32 { return uint32((key ^ key>>32) * 0x9e3779b97f4a7c15 >> 32) }

// head is the chain of the keys with a hash.
func (c *Chains) head(hash uint32) *link { return &c.heads[hash>>(c.shift&31)] }

// First is the first place where a key can be, practically the only one; -1 = there is none.
func (c *Chains) First(key uint64) (place int32) { return c.from(*c.head(hash(key)), hash(key)) }

// Next is the next place where a key can be; -1 = there is none.
func (c *Chains) Next(place int32, key uint64) int32 { return c.from(c.next[place], hash(key)) }

// from is the first place with a hash from a link on; -1 = there is none.
func (c *Chains) from(at link, hash uint32) (place int32) {
	to := c.placeOf(at)
	for to >= 0 && at != c.linkTo(to, hash) {
		at = c.next[to]
		to = c.placeOf(at)
	}
	return to
}

func (c *Chains) linkTo(place int32, hash uint32) link {
	return link(hash<<((32-c.shift)&31) | uint32(place+1))
}

// placeOf is where a link leads; -1 = nowhere.
func (c *Chains) placeOf(at link) int32 { return int32(at&link(len(c.heads)-1)) - 1 }

// Put lets a place of no chain be found by a key. The place after the last one makes one more; keyOf tells the keys of the others,
// as far as they have one.
func (c *Chains) Put(place int32, key uint64, keyOf func(place int32) (key uint64, ok bool)) {
	if int(place) == len(c.next) {
		if c.next = append(c.next, 0); headsPerPlace*len(c.next) > len(c.heads) && c.shift > 1 {
			c.part(bits.Len(uint(len(c.heads))))
			for i := range place {
				if other, ok := keyOf(i); ok {
					c.link(i, other)
				}
			}
		}
	}
	c.link(place, key)
}

func (c *Chains) link(place int32, key uint64) {
	h := hash(key)
	head := c.head(h)
	c.next[place] = *head
	*head = c.linkTo(place, h)
}

// Drop takes a place out of the chain of its key.
func (c *Chains) Drop(place int32, key uint64) {
	at := c.head(hash(key))
	for to := c.placeOf(*at); to != place; to = c.placeOf(*at) {
		at = &c.next[to]
	}
	*at = c.next[place]
}

// Hint is the place where a client's key was last found; -1 = it is not known. There may be another key by now.
func (c *Chains) Hint(client uint32) (place int32) {
	if int(client) < len(c.last) {
		return c.last[client] - 1
	}
	return -1
}

// Note remembers where a client's key has been found.
func (c *Chains) Note(client uint32, place int32) {
	if len(c.heads) < hinted {
		return
	}
	if int(client) >= len(c.last) {
		c.last = append(c.last, make([]int32, max(int(client)+1, 2*len(c.last), 64)-len(c.last))...)
	}
	c.last[client] = place + 1
}
