package route

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/caddy"
	"stickysim/policies/haproxy"
	"stickysim/policies/lighttpd"
	"stickysim/policies/nginx"
	"stickysim/policies/replay/goldentest"
	"stickysim/policies/traefik"
	"stickysim/testdata/golden"
)

// share is what part of the keys moved on the real product.
type share struct{ Moved, Needless float64 }

// recordedMoves reads moves.json: group, then what was changed.
func recordedMoves(t *testing.T) map[string]map[string]share {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(golden.Zip), int64(len(golden.Zip)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("moves.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	groups := map[string]map[string]share{}
	for _, m := range list {
		g := map[string]share{}
		for _, what := range []string{"added", "removed", "removed-ids", "down"} {
			var s share
			if raw, ok := m[what]; ok && json.Unmarshal(raw, &s) == nil {
				g[what] = s
			}
		}
		groups[strings.Trim(string(m["group"]), `"`)] = g
	}
	return groups
}

func haproxyHash(source, consistent bool) policies.Config {
	h := haproxy.DefaultHashing()
	if consistent {
		h.HashType = "consistent"
	}
	if source {
		return haproxy.Source{Options: haproxy.DefaultOptions(), Hashing: h}
	}
	return haproxy.Header{Options: haproxy.DefaultOptions(), Hashing: h}
}

// TestMovesAreTheRecordedOnes changes the set of five servers and expects the shares of moved and needlessly moved
// keys that the real products showed for the same keys, to the key.
func TestMovesAreTheRecordedOnes(t *testing.T) {
	moves := recordedMoves(t)
	configs := map[string]policies.Config{
		"nginx.ip_hash":         nginx.IPHash{},
		"nginx.hash":            nginx.Hash{},
		"nginx.hash_consistent": nginx.Hash{Consistent: true},
		"haproxy.source_map":    haproxyHash(true, false),
		"haproxy.source_cons":   haproxyHash(true, true),
		"haproxy.hdr_map":       haproxyHash(false, false),
		"haproxy.hdr_cons":      haproxyHash(false, true),
		"caddy.hrw_fnv1a":       caddy.Header{Version: "old", Fallback: "random"},
		"caddy.hrw_xxh64":       caddy.Header{Version: "new", Fallback: "random"},
		"lighttpd.hash":         lighttpd.Hash{},
		"lighttpd.sticky":       lighttpd.Sticky{},
		"traefik.hrw":           traefik.HRW{},
	}
	seen := 0
	for _, c := range goldentest.Cases(t, "") {
		if c.Group == "" || !strings.HasSuffix(c.Name, "-eq5") {
			continue
		}
		seen++
		s := Source{Policy: configs[c.Mechanism], Servers: c.ReplayServers(), Key: c.KeyKind(), Product: c.Product}
		added := "s6=127.0.0.1:19006"
		if c.Product == "lighttpd" {
			added = "w6=127.0.1.26:19106"
		}
		third := c.Servers[2].Name
		for what, change := range map[string]Changes{
			"added": {Add: []string{added}}, "removed": {Remove: []string{third}}, "down": {Down: []string{third}}, "removed-ids": {Remove: []string{third}},
		} {
			want, ok := moves[c.Group][what]
			if !ok {
				continue
			}
			s := s
			if what == "removed-ids" {
				s.Servers = c.ReplayServers()
				for i := range s.Servers {
					s.Servers[i].Info.Number = i + 1
				}
			}
			sum, err := Keys(io.Discard, bytes.NewReader(c.CSV), s, Options{Changes: change, Compare: true})
			if err != nil {
				t.Fatal(err)
			}
			n := float64(sum.Keys)
			if moved := float64(sum.Moved) / n; math.Abs(moved-want.Moved) > 1e-4 || math.Abs(float64(sum.Needless)/n-want.Needless) > 1e-4 {
				t.Errorf("%s, %s: moved %.4f, needless %.4f; recorded %.4f, %.4f", c.Mechanism, what, moved, float64(sum.Needless)/n, want.Moved, want.Needless)
			}
		}
	}
	if seen != len(configs) {
		t.Errorf("%d mechanisms with recorded moves, want %d", seen, len(configs))
	}
}
