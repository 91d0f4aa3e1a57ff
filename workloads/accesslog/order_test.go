package accesslog

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	"unsafe"
)

func TestRecordSize(t *testing.T) { eq(t, "bytes of a Record", unsafe.Sizeof(Record{}), 24) }

// TestSortRecords compares with the library's stable sort, from sorted to shuffled, with many equal times.
func TestSortRecords(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		records := make([]Record, r.IntN(60))
		jitter := 1 + r.Int64N(20)
		for i := range records {
			records[i] = Record{At: int64(i/3) + r.Int64N(jitter), Target: Target(i)}
		}
		want := slices.Clone(records)
		slices.SortStableFunc(want, func(a, b Record) int { return cmp.Compare(a.At, b.At) })
		sorted := RecordsOf(records...)
		sortRecords(&sorted)
		if got := slices.Concat(sorted.chunks...); !slices.Equal(got, want) {
			t.Fatalf("sortRecords(%v) = %v; want %v", records, got, want)
		}
	}
}

// TestSpread: requests stay in their second, in order, as far apart as they can be.
func TestSpread(t *testing.T) {
	const second = int64(time.Second)
	records := RecordsOf([]Record{{At: 0}, {At: second}, {At: second}, {At: second}, {At: second}, {At: 7 * second}, {At: 7 * second}}...)
	spread(&records)
	want := []int64{0, second, second * 5 / 4, second * 3 / 2, second * 7 / 4, 7 * second, 7*second + second/2}
	for i, r := range records.All() {
		eq(t, "At", r.At, want[i])
	}
	plain := readFile(t, "nasa_199507_first4k.log.gz", Options{KeepClock: true})
	smooth := readFile(t, "nasa_199507_first4k.log.gz", Options{})
	for i, r := range smooth.Records.All() {
		p := plain.Records.At(i)
		if r.At/second != p.At/second || r.Client != p.Client {
			t.Fatalf("record %d: spread to %+v from %+v", i, r, p)
		}
	}
}

// TestHash pins the hash, which is part of results.
func TestHash(t *testing.T) {
	for text, want := range map[string]uint64{"": 3806384473051541158, "/": 2529193958811202609, "/index.html?q=sticky": 17281390647025948950} {
		eq(t, text, hash64([]byte(text)), want)
	}
	seen := map[uint32]bool{}
	for i := range 10000 {
		seen[uint32(hash64([]byte{'/', byte(i), byte(i >> 8)}))] = true
	}
	if len(seen) < 9995 { // 0.01 collisions are expected
		t.Errorf("10000 short targets have only %d hashes", len(seen))
	}
}
