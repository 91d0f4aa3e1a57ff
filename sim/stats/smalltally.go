package stats

// SmallTally is a [Tally] in a byte a bucket, for places where there is one for each of thousands of servers and the processor's
// cache has to hold what they count. Same buckets, same counts. The zero value is empty and ready.
type SmallTally struct {
	counts []uint8 // modulo 256
	base   int32
	coarse uint8    // see Histogram
	wraps  []uint32 // by bucket: how often its count has passed 255; nil while none has
}

// CoarseTally is an empty tally with 32 buckets to an octave, which takes an eighth of the memory: a bucket is at most
// 1/32 = 3.1 % wide.
func CoarseTally() SmallTally { return SmallTally{coarse: 3} }

// TryAdd counts one observation in the given bucket, see [BucketOf], where the counts cover it already and its byte has room;
// else it reports false and counts nothing.
func (t *SmallTally) TryAdd(bucket int) bool {
	slot := t.slot(bucket)
	if uint(slot) >= uint(len(t.counts)) || t.counts[slot] == 255 {
		return false
	}
	t.counts[slot]++
	return true
}

// slot is the place of a bucket among the counts, where they cover it.
func (t *SmallTally) slot(bucket int) int { return bucket>>(t.coarse&7) - int(t.base) }

// AddAmong counts one observation in the given bucket, where TryAdd may not. Where the tally has no room for it, it makes as much as the tally of all
// servers has there, for some octaves around: one by one, they would all widen step by step to nearly that.
func (t *SmallTally) AddAmong(all *Tally, bucket int) {
	const around = 8 * perBlock
	if slot := t.slot(bucket); uint(slot) >= uint(len(t.counts)) {
		from, to := int(all.base), int(all.base)+len(all.counts)
		from, to = min(max(from, bucket-around), bucket), max(min(to, bucket+around), bucket+1)
		t.widen(from>>t.coarse, (to-1)>>t.coarse+1)
	}
	slot := t.slot(bucket)
	t.counts[slot]++
	if t.counts[slot] != 0 {
		return
	}
	if t.wraps == nil {
		t.wraps = make([]uint32, len(t.counts))
	}
	t.wraps[slot]++
}

// widen makes the tally hold the buckets from..to−1, too, in whole blocks.
func (t *SmallTally) widen(from, to int) {
	h := Histogram{base: int(t.base), coarse: t.coarse}
	from, to = h.span(len(t.counts), from, to)
	t.counts = moved(t.counts, int(t.base)-from, to-from)
	if t.wraps != nil {
		t.wraps = moved(t.wraps, int(t.base)-from, to-from)
	}
	t.base = int32(from)
}

// moved is a longer copy of counts, which begin in it at the given place.
func moved[T uint8 | uint32](counts []T, at, length int) []T {
	longer := make([]T, length)
	copy(longer[max(at, 0):], counts)
	return longer
}

// Place returns where v's bucket is counted, or nil where none is yet: a way to have it in the cache before the observation.
func (t *SmallTally) Place(v int64) *uint8 {
	slot := t.slot(BucketOf(v))
	if uint(slot) >= uint(len(t.counts)) {
		return nil
	}
	return &t.counts[slot]
}

// Histogram returns the counts as a histogram whose observations sum to sum. Smallest and largest are those of the
// outermost buckets.
func (t *SmallTally) Histogram(sum int64) Histogram {
	whole := Tally{counts: make([]uint32, len(t.counts)), base: t.base}
	for i, n := range t.counts {
		whole.counts[i] = uint32(n)
	}
	for i, n := range t.wraps {
		whole.counts[i] += n << 8
	}
	return whole.histogram(t.coarse, sum)
}

// Reset forgets all observations and keeps the memory.
func (t *SmallTally) Reset() {
	clear(t.counts)
	clear(t.wraps)
}
