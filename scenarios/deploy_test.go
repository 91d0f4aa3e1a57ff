package scenarios

import "testing"

// Shares that come to no server at all let one be missing, as in Kubernetes; otherwise they stay as they are.
func TestDeployRounds(t *testing.T) {
	for _, c := range []struct {
		strategy           string
		surge, unavailable int
	}{
		{"max_surge: 0, max_unavailable: 10%", 0, 1},
		{"max_surge: 0, max_unavailable: 50%", 0, 2},
		{"max_surge: 10%, max_unavailable: 10%", 1, 0},
		{"strategy: in_place, max_unavailable: 10%", 1, 1},
		{"strategy: blue_green, max_surge: 0, max_unavailable: 10%", 0, 0},
	} {
		b := build(t, "servers: {count: 5}\nworkload: [{population: nat, users: 1}]\ntimeline: [{at: 1m, deploy: {"+c.strategy+"}}]\n")
		s := b.Study.Variants[0].Model.Timeline[0].Strategy
		equal(t, c.strategy+": surge", s.MaxSurge, c.surge)
		equal(t, c.strategy+": unavailable", s.MaxUnavailable, c.unavailable)
	}
}
