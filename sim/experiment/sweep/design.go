package sweep

import (
	"fmt"
	"strconv"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/rng"
)

// Design says which points of the axes are simulated.
type Design struct {
	Kind   DesignKind
	Points int // of a grid 0: it has as many as the values give
}

// DesignKind is a way to choose points.
type DesignKind string

// The kinds.
const (
	Grid  DesignKind = "grid"  // every value of a field with every value of the others
	Latin DesignKind = "lhs"   // Latin hypercube: along each axis, each point has a cell of its own
	Sobol DesignKind = "sobol" // scrambled Sobol sequence: every beginning fills the space evenly
)

// ParseDesign reads grid, lhs:64 or sobol:64.
func ParseDesign(text string) (Design, error) {
	kind, points, has := strings.Cut(text, ":")
	d := Design{Kind: DesignKind(kind)}
	switch {
	case d.Kind == Grid && !has:
		return d, nil
	case d.Kind != Latin && d.Kind != Sobol:
		return Design{}, fmt.Errorf("must be grid, lhs:POINTS or sobol:POINTS, got %s", quote(text))
	}
	n, err := strconv.Atoi(points)
	if err != nil || n < 1 || n > MaxPoints {
		return Design{}, fmt.Errorf("needs a number of points from 1 to %d, such as %s:64, got %s", MaxPoints, kind, quote(text))
	}
	d.Points = n
	return d, nil
}

// String is the design as it is written.
func (d Design) String() string {
	if d.Kind == Grid {
		return string(Grid)
	}
	return fmt.Sprintf("%s:%d", d.Kind, d.Points)
}

// Choose returns the points, each with a setting per axis in their order, and how many it left out because they were there
// already: designs meet the values of a short list more than once. A seed decides what is random in a design.
func (d Design) Choose(axes []Axis, seed uint64) (points [][]experiment.Setting, repeated int, err error) {
	if err := distinct(axes); err != nil {
		return nil, 0, err
	}
	if d.Kind == Grid {
		points, err = grid(axes)
		return points, 0, err
	}
	random := rng.Root(seed).Stream("design")
	var unit [][]float64
	if d.Kind == Latin {
		unit = latin(d.Points, len(axes), random)
	} else if unit, err = sobol(d.Points, len(axes), random); err != nil {
		return nil, 0, err
	}
	choose := make([]func(u float64) string, len(axes))
	for k, a := range axes {
		if choose[k], err = a.chooser(); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", a.Path, err)
		}
	}
	seen := map[string]bool{}
	for _, u := range unit {
		point := make([]experiment.Setting, len(axes))
		for k, a := range axes {
			point[k] = a.Setting(choose[k](u[k]))
		}
		if key := fmt.Sprintf("%q", point); !seen[key] {
			seen[key] = true
			points = append(points, point)
		}
	}
	return points, d.Points - len(points), nil
}

// grid is all combinations, those of the last axis next to each other.
func grid(axes []Axis) ([][]experiment.Setting, error) {
	lists := make([][]string, len(axes))
	n := 1
	var sizes []string
	for k, a := range axes {
		var err error
		if lists[k], err = a.List(); err != nil {
			return nil, fmt.Errorf("%s: %w", a.Path, err)
		}
		sizes = append(sizes, strconv.Itoa(len(lists[k])))
		if n *= len(lists[k]); n > MaxPoints {
			return nil, fmt.Errorf("%s are more than %d points; take larger steps, or choose among them with a design: sobol:256", strings.Join(sizes, " × "), MaxPoints)
		}
	}
	points := make([][]experiment.Setting, n)
	for i := range points {
		point := make([]experiment.Setting, len(axes))
		for k, rest := len(axes)-1, i; k >= 0; k-- {
			point[k] = axes[k].Setting(lists[k][rest%len(lists[k])])
			rest /= len(lists[k])
		}
		points[i] = point
	}
	return points, nil
}

// distinct refuses a field that is set twice, and one that a later one replaces as a whole.
func distinct(axes []Axis) error {
	for i, a := range axes {
		for _, b := range axes[:i] {
			earlier, later := steps(b.Path), steps(a.Path)
			switch {
			case earlier == later:
				return fmt.Errorf("%s is set twice; write all its values in one: %s=%s,%s", b.Path, b.Path, b.text, a.text)
			case strings.HasPrefix(earlier, later+"."):
				return fmt.Errorf("%s replaces all of %s, which is set before it; write it first", a.Path, b.Path)
			}
		}
	}
	return nil
}

// steps is a path with one way to write elements of lists: workload[0].think is workload.0.think.
func steps(path string) string {
	return strings.ReplaceAll(strings.ReplaceAll(path, "[", "."), "]", "")
}
