package least

import "math/bits"

// levels holds places 0, 1, … by loads that are small whole numbers: a bit for each place at each load. A move takes two steps
// whatever their number; the first of the least loaded ones, or any other of them, a step for 64 places.
type levels struct {
	words int      // of a level
	bits  []uint64 // level after level
	count []int32  // by level: how many places it has
	low   int      // no level below has one
}

// mostWords bounds the memory of levels.
const mostWords = 1 << 16

// reset makes room for n places, none of which is in.
func (l *levels) reset(n int) {
	l.words, l.bits, l.count, l.low = (n+63)/64, l.bits[:0], l.count[:0], 0
}

// has makes sure that there is such a level; ok is false where that is too high.
func (l *levels) has(level int) (ok bool) {
	if (level+1)*l.words > mostWords {
		return false
	}
	for level >= len(l.count) {
		l.count = append(l.count, 0)
		for range l.words {
			l.bits = append(l.bits, 0)
		}
	}
	return true
}

// add puts a place, which is in no level, into one that there is.
func (l *levels) add(place, level int) {
	l.bits[level*l.words+place>>6] |= 1 << (place & 63)
	l.count[level]++
	l.low = min(l.low, level)
}

func (l *levels) remove(place, level int) {
	l.bits[level*l.words+place>>6] &^= 1 << (place & 63)
	l.count[level]--
}

// least are the bits of the least loaded places, and how many they are. Some place must be in.
func (l *levels) least() (places []uint64, count int) {
	for l.count[l.low] == 0 {
		l.low++
	}
	return l.bits[l.low*l.words:][:l.words], int(l.count[l.low])
}

// first is the first of the least loaded places.
func (l *levels) first() int {
	places, _ := l.least()
	for w, x := range places {
		if x != 0 {
			return w<<6 + bits.TrailingZeros64(x)
		}
	}
	panic("least: a level has lost its places")
}

// at is the k-th of the least loaded places, from 0.
func (l *levels) at(k int) int {
	places, count := l.least()
	k = min(k, count-1)
	for w, x := range places {
		n := bits.OnesCount64(x)
		if k >= n {
			k -= n
			continue
		}
		for ; k > 0; k-- {
			x &= x - 1
		}
		return w<<6 + bits.TrailingZeros64(x)
	}
	panic("least: a level has lost its places")
}
