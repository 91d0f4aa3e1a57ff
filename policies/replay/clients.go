package replay

import "stickysim/sim"

// maxClients is how many clients a router distinguishes before it forgets them all and starts over: key files are
// unbounded, memory is not.
const maxClients = 1 << 20

// clients numbers clients by their hash, in order of appearance, and remembers which server each met last. It is an
// open hash table that grows by doubling, so that a long key file costs no allocation per key.
type clients struct {
	slots []clientSlot // power of two, at most half full
	last  []sim.ServerID
}

type clientSlot struct {
	hash uint64
	id   uint32 // from 1; 0 = empty
}

// slot returns the client's number. Clients that are forgotten leave the counts of i.
func (c *clients) slot(hash uint64, i *sim.Instance) sim.ClientID {
	if 2*len(c.last) >= len(c.slots) {
		c.grow(i)
	}
	at := c.find(hash)
	if at.id == 0 {
		c.last = append(c.last, sim.NoServer)
		*at = clientSlot{hash, uint32(len(c.last))}
	}
	return sim.ClientID(at.id - 1)
}

// find returns the entry of hash, or the empty one where it belongs.
func (c *clients) find(hash uint64) *clientSlot {
	mask := uint64(len(c.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		if s := &c.slots[i]; s.id == 0 || s.hash == hash {
			return s
		}
	}
}

func (c *clients) grow(i *sim.Instance) {
	if len(c.last) == maxClients {
		clear(c.slots)
		i.ForgetSessions()
		c.last = c.last[:0]
		return
	}
	old := c.slots
	c.slots = make([]clientSlot, max(1024, 2*len(old)))
	for _, s := range old {
		if s.id != 0 {
			*c.find(s.hash) = s
		}
	}
}

// answered notes that s answered the client, in the counts of i too.
func (c *clients) answered(id sim.ClientID, s sim.ServerID, i *sim.Instance) {
	if int(id) >= len(c.last) { // forgotten while its request was held
		return
	}
	was := c.last[id]
	if was == s {
		return
	}
	if was >= 0 {
		i.Hold(was, -1)
	}
	c.last[id] = s
	i.Hold(s, 1)
}
