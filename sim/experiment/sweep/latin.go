package sweep

import (
	"cmp"
	"math"
	"slices"

	"stickysim/sim/rng"
)

// latinTries is how many Latin hypercubes are drawn; the one whose nearest points are farthest apart is kept.
const latinTries = 20

// mostCompared bounds the work to compare hypercubes: with more points, the first is kept.
const mostCompared = 1000

// latin is n points of the unit cube: along every axis, each of n equal cells has one of them, at a random place in it.
// Of several random ones it is that with the largest least distance (Morris & Mitchell, J. Stat. Plan. Inference 43, 1995).
func latin(n, dimensions int, random rng.Key) [][]float64 {
	var best [][]float64
	tries, most := latinTries, math.Inf(-1)
	if n > mostCompared {
		tries = 1
	}
	for t := range tries {
		points := hypercube(n, dimensions, random.Stream("hypercube").At(uint64(t)))
		if least := nearest(points); tries == 1 || least > most {
			best, most = points, least
		}
	}
	return best
}

func hypercube(n, dimensions int, random rng.Key) [][]float64 {
	points := make([][]float64, n)
	for i := range points {
		points[i] = make([]float64, dimensions)
	}
	order := make([]int, n)
	for k := range dimensions {
		axis := random.At(uint64(k))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Compare(axis.Stream("order").At(uint64(a)).Uint64(), axis.Stream("order").At(uint64(b)).Uint64())
		})
		for cell, i := range order {
			points[i][k] = (float64(cell) + axis.Stream("place").At(uint64(i)).Float64()) / float64(n)
		}
	}
	return points
}

// nearest is the least squared distance of two points.
func nearest(points [][]float64) float64 {
	if len(points) > mostCompared {
		return 0
	}
	least := math.Inf(1)
	for i, a := range points {
		for _, b := range points[:i] {
			sum := 0.0
			for k := range a {
				sum += float64((a[k] - b[k]) * (a[k] - b[k]))
			}
			least = min(least, sum)
		}
	}
	return least
}
