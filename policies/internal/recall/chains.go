package recall

import "math/bits"

// Chains find the places of a table by their keys: those whose keys have the same first bits of a hash are in one chain. In large
// tables they remember besides at which place a client's key was found.
type Chains struct {
	heads []int32 // by the first bits of a hash: one more than the first place of a chain, 0 = none; a power of two
	next  []int32 // by place: one more than the next one of its chain, 0 = none
	shift uint    // of a hash, to its head
	last  []int32 // by client: one more than the place where its key was found; a hint, 0 = none
}

// hinted is from how many heads on hints are kept. Fewer stay in the cache, where hints would not.
const hinted = 1 << 15

// NewChains makes so many places at first.
func NewChains(places int) Chains {
	c := Chains{next: make([]int32, places)}
	c.part(bits.Len(uint(2*max(places, 8) - 1)))
	return c
}

func (c *Chains) part(width int) { c.heads, c.shift = make([]int32, 1<<width), uint(32-width) }

// head is the chain of a key. It spreads keys that are small numbers, too.
func (c *Chains) head(key uint64) *int32 {
	return &c.heads[uint32((key^key>>32)*0x9e3779b97f4a7c15>>32)>>(c.shift&31)]
}

// First is the first place where a key can be; -1 = it has none.
func (c *Chains) First(key uint64) (place int32) { return *c.head(key) - 1 }

// Next is the next place where it can be; -1 = there is none.
func (c *Chains) Next(place int32) int32 { return c.next[place] - 1 }

// Put lets a place of no chain be found by a key. The place after the last one makes one more; keyOf tells the keys of the others,
// as far as they have one.
func (c *Chains) Put(place int32, key uint64, keyOf func(place int32) (key uint64, ok bool)) {
	if int(place) == len(c.next) {
		if c.next = append(c.next, 0); 2*len(c.next) > len(c.heads) {
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
	head := c.head(key)
	c.next[place] = *head
	*head = place + 1
}

// Move lets a place be found by another key.
func (c *Chains) Move(place int32, from, to uint64) {
	c.Drop(place, from)
	c.link(place, to)
}

// Drop takes a place out of the chain of its key.
func (c *Chains) Drop(place int32, key uint64) {
	at := c.head(key)
	for *at != place+1 {
		at = &c.next[*at-1]
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
