package scenarios

import (
	"strings"
	"testing"
)

// A fleet that is a list keeps its first servers, and grows by servers like its last.
func TestAFleetInAListHasACount(t *testing.T) {
	const text = `
servers:
  - {name: web1, cookie: w1, cores: 2}
  - {name: web2, count: 2}
  - {name: web3, cookie: w3, cores: 4}
workload: [{population: shopper, sessions: poisson(1/s)}]
policies:
  - cookie
  - {variant: other, policy: random}
`
	s, err := Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, value, first, second string }{
		{"servers.count", "1", "web1", "web1"},
		{"servers.count", "4", "web1 web2-1 web2-2 web3", "web1 web2-1 web2-2 web3"},
		{"servers.count", "6", "web1 web2-1 web2-2 web3 added-1 added-2", "web1 web2-1 web2-2 web3 added-1 added-2"},
		{"policies[1].servers.count", "5", "web1 web2-1 web2-2 web3", "web1 web2-1 web2-2 web3 added-1"},
		{"policies.other.servers.count", "1", "web1 web2-1 web2-2 web3", "web1"},
	} {
		next, err := s.Set(c.path, c.value)
		if err != nil {
			t.Fatal(err)
		}
		b := Build(next, nil)
		if err := b.Problems.Err(); err != nil {
			t.Fatalf("%s=%s: %v", c.path, c.value, err)
		}
		for i, want := range []string{c.first, c.second} {
			var names []string
			for _, server := range b.Study.Variants[i].Model.Servers {
				names = append(names, server.Info.Name)
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%s=%s: alternative %d has %s, want %s", c.path, c.value, i, got, want)
			}
		}
		if last := b.Study.Variants[0].Model.Servers; len(last) == 6 && (last[5].Info.Cookie != "added-2" || last[5].Cores != 4) {
			t.Errorf("the added server is %+v", last[5])
		}
	}
}

func TestHappenAddsToEveryTimeline(t *testing.T) {
	const text = `
servers: {count: 3}
workload: [{population: shopper, sessions: poisson(1/s)}]
policies:
  - cookie
  - {variant: other, policy: random, timeline: [{at: 1m, drain: {servers: 1}}]}
`
	s, err := Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if s, err = s.Happen("{at: 2m, crash: {servers: 1}}"); err != nil {
		t.Fatal(err)
	}
	b := Build(s, nil)
	if err := b.Problems.Err(); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 2} {
		if got := len(b.Study.Variants[i].Model.Timeline); got != want {
			t.Errorf("alternative %d has %d events, want %d", i, got, want)
		}
	}
}
