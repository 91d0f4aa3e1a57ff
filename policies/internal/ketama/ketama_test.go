package ketama

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"strconv"
	"testing"
)

// The ring finds what lua-resty-balancer finds (testdata/README.md).
func TestRingIsThatOfRestyChash(t *testing.T) {
	data, err := os.ReadFile("testdata/chash.json")
	if err != nil {
		t.Fatal(err)
	}
	var rings []struct {
		Nodes [][2]any
		Picks [][3]string
	}
	if err := json.Unmarshal(data, &rings); err != nil {
		t.Fatal(err)
	}
	for _, x := range rings {
		var r Ring
		for i, n := range x.Nodes {
			r.Add(n[0].(string), int32(i), int(n[1].(float64)))
		}
		r.Sort()
		name := func(i int) string { return x.Nodes[r.Node(i)][0].(string) }
		for _, p := range x.Picks {
			at := r.Find(crc32.ChecksumIEEE([]byte(p[0])))
			if got, next := name(at), name(r.Next(at)); got != p[1] || next != p[2] {
				t.Errorf("key %q goes to %q and then %q, want %q and %q", p[0], got, next, p[1], p[2])
			}
		}
	}
}

// lua-resty-balancer's own test (t/chash.t, TEST 1) counts 100000 keys over weights 10, 2 and 1.
func TestRingHasPublishedCounts(t *testing.T) {
	var r Ring
	r.Add("server1", 0, 10)
	r.Add("server2", 1, 2)
	r.Add("server3", 2, 1)
	r.Sort()
	if r.Len() != 2080 {
		t.Fatalf("%d points, want 2080", r.Len())
	}
	var counts [3]int
	for i := 1; i <= 100000; i++ {
		counts[r.Of(crc32.ChecksumIEEE([]byte(strconv.Itoa(i))))]++
	}
	if want := [3]int{77075, 14743, 8182}; counts != want {
		t.Errorf("counts %v, want %v", counts, want)
	}
}

// Points are in order, whatever their number, also in memory that held another ring.
func TestPointsAreInOrder(t *testing.T) {
	var r Ring
	for _, nodes := range []int{1, 2, 50, 3, 700} {
		r.Reset()
		for i := range nodes {
			r.Add(fmt.Sprint("node", i), int32(i), 1)
		}
		r.Sort()
		if r.Len() != PointsPerWeight*nodes || !slices.IsSortedFunc(r.points, func(a, b point) int { return cmp.Compare(a.hash, b.hash) }) {
			t.Errorf("%d nodes: %d points, or not in order", nodes, r.Len())
		}
		for i, p := range r.points {
			if got := r.points[r.Find(p.hash)]; got.hash != p.hash {
				t.Fatalf("%d nodes: the hash of point %d leads to another one", nodes, i)
			}
		}
		if last := r.points[r.Len()-1].hash; last < 1<<32-1 && r.Find(last+1) != 0 {
			t.Errorf("%d nodes: a hash above all points must lead to the first", nodes)
		}
	}
}
