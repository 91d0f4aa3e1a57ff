package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stickysim/policies"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/ir"
)

// turning are the versions from which products decide otherwise. Policies to which that matters have the parameter
// version, which is "new" or "old".
var turning = map[string][2]int{
	"caddy":               {2, 7},  // hashes by xxHash64 instead of FNV-1a
	"caddy/random_choose": {2, 11}, // forgets a more loaded candidate
}

// AtVersion makes the pool decide as that version of its product does, such as "2.6.2". Products whose decisions do not
// depend on their version stay as they are. The error is about text that is no version.
func AtVersion(p *ir.Pool, product, version string) error {
	major, rest, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, err := strconv.Atoi(major)
	b, second := strconv.Atoi(minor)
	if err != nil || rest != "" && second != nil {
		return fmt.Errorf("%.40q is not a version such as 2.6.2", version)
	}
	turn, ok := turning[p.Policy]
	if !ok {
		turn, ok = turning[product]
	}
	if ok && (a < turn[0] || a == turn[0] && b < turn[1]) {
		p.Params = withVersion(p.Params, "old")
	}
	return nil
}

// withVersion returns a copy of c with the parameter version set; c itself where it has none.
func withVersion(c policies.Config, version string) policies.Config {
	if !slices.ContainsFunc(policies.Params(c), func(p policies.Param) bool { return p.Name == "version" }) {
		return c
	}
	return params.With(c, params.Setting{Name: "version", Value: version})
}
