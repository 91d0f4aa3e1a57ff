package fel

// chunkLen is the length of a chunk in words: 256 bytes, four cache lines.
const chunkLen = 32

// chunks is a pool of chunks in one array. Word 0 of a chunk is the number of
// the chunk before it in its chain (or in the list of free chunks), 0 for
// none; the other 31 are keys. Chunk 0 is never used.
//
// A chain is known by the position after its last key. All its chunks but the
// last are full, so a position divisible by chunkLen means that the next key
// needs a new chunk, and 0 is the empty chain. Positions have 32 bits, room for
// four thousand million pending events (32 GiB).
type chunks struct {
	words []key
	free  uint32 // first free chunk
}

// init makes the pool empty.
func (c *chunks) init() {
	c.words, c.free = append(c.words[:0], make([]key, chunkLen)...), 0
}

// reserve makes room for n keys spread over the ring, where the last chunk of
// every chain is half empty.
func (c *chunks) reserve(n int) {
	need := len(c.words) + (n/(chunkLen-1)+min(n/8, slices*3/4))*chunkLen
	if cap(c.words) < need {
		c.words = append(make([]key, 0, need), c.words...)
	}
}

// grow puts a new chunk behind the chain that ends at tail and returns the
// position of its first key.
func (c *chunks) grow(tail uint32) uint32 {
	n := c.free
	if n != 0 {
		c.free = uint32(c.words[n*chunkLen])
	} else {
		n = c.more()
	}
	c.words[n*chunkLen] = uint64(lastChunk(tail))
	return n*chunkLen + 1
}

// more makes a chunk. It is apart so that those who call grow need no room for an empty one.
//
//go:noinline
func (c *chunks) more() uint32 {
	var empty [chunkLen]key
	c.words = append(c.words, empty[:]...)
	return uint32(len(c.words)/chunkLen) - 1
}

// lastChunk is the number of the chunk that holds the key before tail.
func lastChunk(tail uint32) uint32 {
	if tail == 0 {
		return 0
	}
	return (tail - 1) / chunkLen
}

// keys returns the keys of the chunk that ends at tail and the tail of the
// chunk before it.
func (c *chunks) keys(tail uint32) (part []key, before uint32) {
	start := lastChunk(tail) * chunkLen
	part = c.words[start+1 : tail]
	if link := uint32(c.words[start]); link != 0 {
		before = (link + 1) * chunkLen
	}
	return part, before
}

// before returns the chunk before the one that ends at tail, if there is one, and its tail. Of that it reads nothing.
func (c *chunks) before(tail uint32) (part []key, before uint32) {
	link := uint32(c.words[lastChunk(tail)*chunkLen])
	if link == 0 {
		return nil, 0
	}
	end := (link + 1) * chunkLen
	return c.words[end-chunkLen : end], end
}

// release frees the chunk that ends at tail.
func (c *chunks) release(tail uint32) {
	n := lastChunk(tail)
	c.words[n*chunkLen] = uint64(c.free)
	c.free = n
}
