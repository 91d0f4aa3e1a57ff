package sweep

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"stickysim/sim/rng"
)

func axesOf(t *testing.T, texts ...string) []Axis {
	t.Helper()
	var axes []Axis
	for _, text := range texts {
		a, err := ParseAxis(text)
		if err != nil {
			t.Fatal(err)
		}
		axes = append(axes, a)
	}
	return axes
}

// A grid has all combinations in the order of the flags, the last fastest.
func TestGrid(t *testing.T) {
	points, _, err := Design{Kind: Grid}.Choose(axesOf(t, "a=1,2", "b=x,y,z"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(points), "[[a=1 b=x] [a=1 b=y] [a=1 b=z] [a=2 b=x] [a=2 b=y] [a=2 b=z]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBadDesigns(t *testing.T) {
	many := make([]string, 22)
	for i := range many {
		many[i] = fmt.Sprintf("f%d=1..9", i)
	}
	for _, c := range []struct {
		design string
		axes   []string
		want   string
	}{
		{"lattice", nil, "must be grid, lhs:POINTS or sobol:POINTS"},
		{"lhs", nil, "needs a number of points from 1 to 100000, such as lhs:64"},
		{"sobol:0", nil, "such as sobol:64"},
		{"grid:4", nil, "must be grid,"},
		{"grid", []string{"a=1..1000", "b=1..1000"}, "1000 × 1000 are more than 100000 points"},
		{"grid", []string{"a=1", "a=2"}, "a is set twice; write all its values in one: a=1,2"},
		{"grid", []string{"a[0].b=1", "a.0.b=2"}, "is set twice"},
		{"grid", []string{"a.b=1,2", "a={}"}, "a replaces all of a.b"},
		{"grid", []string{"a=1s..3s"}, "a: \"1s..3s\" needs a step"},
		{"sobol:8", many, "at most 21 fields, got 22; use lhs:8"},
	} {
		d, err := ParseDesign(c.design)
		if err == nil {
			_, _, err = d.Choose(axesOf(t, c.axes...), 1)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s of %v: %v; want %q", c.design, c.axes, err, c.want)
		}
	}
}

// Short lists repeat in a design: their points are there once.
func TestRepeated(t *testing.T) {
	points, repeated, err := Design{Latin, 50}.Choose(axesOf(t, "a=1..3", "b=x,y"), 1)
	if err != nil || len(points) != 6 || repeated != 44 {
		t.Errorf("%d points, %d repeated, %v; want 6 and 44", len(points), repeated, err)
	}
}

// cells counts the points of the k-th coordinate in n equal cells.
func cells(points [][]float64, k, n int) []int {
	count := make([]int, n)
	for _, p := range points {
		count[int(p[k]*float64(n))]++
	}
	return count
}

// Along each axis, a Latin hypercube has one point per cell, and so has a Sobol sequence whose length is a power of 2.
func TestOnePerCell(t *testing.T) {
	const n, dimensions = 64, 21
	even, err := sobol(n, dimensions, rng.Root(1))
	if err != nil {
		t.Fatal(err)
	}
	for name, points := range map[string][][]float64{"lhs": latin(n, dimensions, rng.Root(1)), "sobol": even} {
		for k := range dimensions {
			if c := cells(points, k, n); slices.Max(c) != 1 || slices.Min(c) != 1 {
				t.Errorf("%s: axis %d has %v points per cell", name, k, c)
			}
		}
	}
}

// Without scrambling, the sequence is the published one: its first points in three dimensions.
func TestSobolReference(t *testing.T) {
	want := [][]uint32{{0, 0, 0}, {1 << 31, 1 << 31, 1 << 31}, {3 << 30, 1 << 30, 1 << 30}, {1 << 30, 3 << 30, 3 << 30},
		{3 << 29, 3 << 29, 5 << 29}, {7 << 29, 7 << 29, 1 << 29}, {5 << 29, 1 << 29, 7 << 29}, {1 << 29, 5 << 29, 3 << 29}}
	var x [3]uint32
	for i, w := range want {
		for k := range x {
			if i > 0 {
				bit := 0
				for i>>bit&1 == 0 {
					bit++
				}
				x[k] ^= vectors(k)[bit]
			}
		}
		if !slices.Equal(x[:], w) {
			t.Errorf("point %d is %v, want %v", i, x, w)
		}
	}
}

// The first two dimensions are a (0, 2)-sequence: every elementary interval of area 1/64 has one of 64 points, scrambled
// or not. Random points leave a third of them empty.
func TestSobolIntervals(t *testing.T) {
	points, err := sobol(64, 2, rng.Root(7))
	if err != nil {
		t.Fatal(err)
	}
	for split := range 7 {
		nx, ny := 1<<split, 64>>split
		seen := map[[2]int]bool{}
		for _, p := range points {
			seen[[2]int{int(p[0] * float64(nx)), int(p[1] * float64(ny))}] = true
		}
		if len(seen) != 64 {
			t.Errorf("%d × %d cells: %d hold a point", nx, ny, len(seen))
		}
	}
}

// The hypercube that is kept has its points farther apart than the median one.
func TestLatinMaximin(t *testing.T) {
	random := rng.Root(3)
	var all []float64
	for i := range latinTries {
		all = append(all, nearest(hypercube(32, 2, random.Stream("hypercube").At(uint64(i)))))
	}
	slices.Sort(all)
	if got := nearest(latin(32, 2, random)); got != all[len(all)-1] || got <= all[len(all)/2] {
		t.Errorf("least distance %v of %v", got, all)
	}
}
