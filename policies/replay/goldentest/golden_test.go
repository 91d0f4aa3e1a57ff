package goldentest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
)

// inTurn is round robin at its plainest, which nginx's is for equal servers that are never down.
type inTurn struct{ skip int }

func (c inTurn) New(sim.Env) sim.Balancer { return &turn{next: c.skip} }

type turn struct{ next int }

func (b *turn) Pick(_ *sim.Request, v *sim.View) sim.ServerID {
	s := v.Eligible[b.next%len(v.Eligible)]
	b.next++
	return s
}

func TestRunAcceptsTheRecordedSequence(t *testing.T) {
	for _, c := range Cases(t, "nginx.round_robin") {
		if c.Name == "nginx-wrr-eq3" {
			r := rig{Case: c, cfg: inTurn{}, servers: c.ReplayServers(), key: c.KeyKind()}
			if n, ok := r.judge(t); n != len(c.Rows) || ok != n {
				t.Errorf("%d of %d decisions match; the case has %d", ok, n, len(c.Rows))
			}
			return
		}
	}
	t.Fatal("the case is missing")
}

func TestDifferencesAreSeen(t *testing.T) {
	for _, c := range Cases(t, "nginx") {
		if c.Name != "nginx-wrr-eq3" && c.Name != "nginx-sticky-cookie-eq" {
			continue
		}
		r := rig{Case: c, cfg: inTurn{skip: 1}, servers: c.ReplayServers(), key: c.KeyKind()}
		diffs, n, err := r.differences(r.servers, 1)
		if err != nil || len(diffs) != n || n == 0 {
			t.Errorf("%s: one turn ahead, %d of %d decisions differ (%v); all should", c.Name, len(diffs), n, err)
		}
	}
}

func TestArchiveIsWhole(t *testing.T) {
	cases := Cases(t, "")
	z, err := archive()
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) != 253 {
		t.Errorf("%d cases, want 253", len(cases))
	}
	for _, c := range cases {
		text, err := content(z, c.Name+".json")
		if err != nil {
			t.Fatal(err)
		}
		var seal struct {
			Sum  string `json:"csv_sha256"`
			Rows int
		}
		if err := json.Unmarshal(text, &seal); err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(c.CSV); hex.EncodeToString(sum[:]) != seal.Sum || seal.Rows != len(c.Rows) {
			t.Errorf("%s: %d rows of %d, or another checksum than recorded", c.Name, len(c.Rows), seal.Rows)
		}
		if len(c.ReplayServers()) < len(c.Servers) {
			t.Errorf("%s: %d servers of %d", c.Name, len(c.ReplayServers()), len(c.Servers))
		}
	}
}

func TestMultipleAddressesAreServersOfTheirOwn(t *testing.T) {
	for _, c := range Cases(t, "nginx.hash_consistent") {
		if c.Name != "nginx-chash-multiaddr" {
			continue
		}
		s := c.ReplayServers()
		if len(s) != 3 || s[1].Info.Name != "pair@127.0.1.52:19160" || s[1].Info.Options["host"] != "pair.test:19160" {
			t.Errorf("servers %+v", s)
		}
	}
}

// The 1e-2 and 1e-4 quantiles of chi-square, from tables.
func TestChiSquareTail(t *testing.T) {
	for _, c := range []struct {
		freedom int
		chi, p  float64
	}{{1, 6.635, 0.01}, {2, 9.210, 0.01}, {4, 13.277, 0.01}, {9, 21.666, 0.01}, {4, 23.513, 1e-4}} {
		if p := chiSquareTail(c.chi, c.freedom); math.Abs(p/c.p-1) > 0.35 {
			t.Errorf("chi-square %v with %d degrees: %v, want %v", c.chi, c.freedom, p, c.p)
		}
	}
	if p := SameShares([]int{500, 500}, []int{600, 400}); p > 1e-4 || p < 1e-6 {
		t.Errorf("500:500 against 600:400: p = %v, want 7e-6", p)
	}
	if p := ChiSquare([]int{250, 750}, []float64{1, 3}); p < 0.9 {
		t.Errorf("exact shares: p = %v", p)
	}
}

var _ policies.Config = inTurn{}
