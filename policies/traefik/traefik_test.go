package traefik_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/policies/replay/goldentest"
	"stickysim/policies/traefik"
	"stickysim/sim"
)

func TestRecordings(t *testing.T) {
	goldentest.Run(t, "traefik", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
		servers := c.ReplayServers()
		if check, ok := c.Params["healthCheck"].(map[string]any); ok {
			for i := range servers {
				servers[i].Info.Options = map[string]string{"check": "inter " + check["interval"].(string) + " fall 1 rise 1"}
			}
		}
		if c.Mechanism == "traefik.sticky_cookie" {
			return traefik.StickyCookie{Strategy: "wrr", Name: c.CookieName}, servers, c.KeyKind(), nil
		}
		e, _ := policies.Lookup("traefik/" + c.Param("strategy"))
		return e.Default, servers, c.KeyKind(), nil
	})
}

func fleet(weights ...int) []replay.Server {
	var list []replay.Server
	for i, w := range weights {
		addr := fmt.Sprintf("http://10.1.%d.%d:8080", i/100, i%100+1)
		list = append(list, replay.Server{Info: sim.ServerInfo{Name: addr, Addr: addr, Weight: w}})
	}
	return list
}

// The shortcut for equal weights, and the shared prefix, give what the formula gives.
func TestHRWIsTheFormula(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	for _, weights := range [][]int{{1}, {1, 1, 1, 1, 1}, {3, 1, 2}, {2, 2, 2}, {1, 0, 1}} {
		list := fleet(weights...)
		r := replay.New(traefik.HRW{}, list, 1)
		for range 2000 {
			a := sim.Addr4(draw.Uint32())
			best, top := -1, math.Inf(-1)
			for i, s := range list {
				h := uint64(0xcbf29ce484222325)
				for _, c := range append(a.AppendText(nil), s.Info.Addr...) {
					h = (h ^ uint64(c)) * 0x100000001b3
				}
				if x := 1 / -math.Log(float64(h)/math.Pow(2, 64)) * float64(weights[i]); weights[i] > 0 && x > top {
					best, top = i, x
				}
			}
			if got := r.Request(replay.Key{Addr: a}); int(got.Server) != best {
				t.Fatalf("weights %v, %s: server %d, want %d", weights, a.AppendText(nil), got.Server, best)
			}
		}
	}
}

func TestWRRGoesOnOverServersThatAreDown(t *testing.T) {
	r := replay.New(traefik.WRR{}, fleet(1_000_000_000, 1, 2), 1)
	r.SetStatus(0, sim.Down)
	counts := map[sim.ServerID]int{}
	for range 300 {
		counts[r.Request(replay.Key{}).Server]++
	}
	if counts[0] != 0 || counts[1] < 99 || counts[1] > 101 {
		t.Errorf("counts %v; want none for the server that is down, 100 and 200 for the others", counts)
	}
	r.SetStatus(1, sim.Down)
	r.SetStatus(2, sim.Down)
	if a := r.Request(replay.Key{}); a.Status != 503 {
		t.Errorf("all down: status %d, want 503", a.Status)
	}
}

func TestOlderCookiesAreHonouredAndRewritten(t *testing.T) {
	r := replay.New(traefik.StickyCookie{Strategy: "wrr", Name: "tk"}, fleet(1, 1, 1), 1)
	fnv1 := func(text string) string {
		h := fnv.New64()
		h.Write([]byte(text))
		return strconv.FormatUint(h.Sum64(), 16)
	}
	url := "http://10.1.0.2:8080"
	sum := sha256.Sum256([]byte(url))
	current := hex.EncodeToString(sum[:])[:16]
	for _, x := range []struct{ value, set string }{
		{url, current}, {fnv1(url), current}, {fnv1(fnv1(url)), current}, {current, ""},
	} {
		// Several times: in turns a cookie that is not understood would lead elsewhere.
		for range 4 {
			if a := r.Request(replay.Key{Cookie: x.value}); a.Server != 1 || a.CookieText != x.set {
				t.Errorf("cookie %s: server %d, sets %q; want 1, %q", x.value, a.Server, a.CookieText, x.set)
			}
		}
	}
}

func TestFencedServersKeepTheirClients(t *testing.T) {
	r := replay.New(traefik.StickyCookie{Strategy: "p2c", Name: "tk"}, fleet(1, 1), 1)
	a := r.Request(replay.Key{})
	r.SetStatus(a.Server, sim.Draining)
	if b := r.Request(replay.Key{Packed: a.Cookie}); b.Server != a.Server || b.Cookie != 0 {
		t.Errorf("client of a fenced server: %+v, want server %d and no new cookie", b, a.Server)
	}
	for range 20 {
		if b := r.Request(replay.Key{}); b.Server == a.Server {
			t.Fatal("a fenced server got a new client")
		}
	}
}

func BenchmarkHRW(b *testing.B) {
	weights := make([]int, 100)
	for i := range weights {
		weights[i] = 1
	}
	r := replay.New(traefik.HRW{}, fleet(weights...), 1)
	p, v := r.Balancer(), r.View()
	b.Run("servers=100", func(b *testing.B) {
		q := &sim.Request{}
		for i := uint32(0); b.Loop(); i++ {
			q.Addr = sim.Addr4(0x0a000000 + i)
			p.Pick(q, v)
		}
	})
}
