package kubernetes

import (
	"math"
	"strings"

	"stickysim/scenarios/importer/internal/tree"
)

// suffixes are those of Kubernetes' quantities.
var suffixes = []struct {
	text   string
	factor float64
}{
	{"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30}, {"Ti", 1 << 40}, {"Pi", 1 << 50}, {"Ei", 1 << 60},
	{"n", 1e-9}, {"u", 1e-6}, {"m", 1e-3}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"P", 1e15}, {"E", 1e18},
}

// quantity reads an amount as the API writes it: 0.05, 50m, 2Gi, 1e3; false for anything else, and for what is negative.
func quantity(n *tree.Node) (float64, bool) {
	digits, factor := n.Value(), 1.0
	for _, s := range suffixes {
		if rest, ok := strings.CutSuffix(digits, s.text); ok {
			digits, factor = rest, s.factor
			break
		}
	}
	x, ok := (&tree.Node{Kind: tree.Scalar, Text: digits}).Number()
	x *= factor
	return x, ok && x >= 0 && !math.IsInf(x, 0)
}
