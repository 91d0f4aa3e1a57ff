package nginx

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"path"
	"strings"
	"testing"

	"stickysim/policies/replay"
	"stickysim/scenarios/importer"
	"stickysim/testdata/golden"
)

// TestRecordedConfigurations imports the configurations of recorded runs and answers their keys with what was
// imported: the pool must decide as the real nginx did. Traces are left to the tests of the policies.
func TestRecordedConfigurations(t *testing.T) {
	archive, err := zip.NewReader(bytes.NewReader(golden.Zip), int64(len(golden.Zip)))
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) []byte {
		f, err := archive.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		data, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	decisions := 0
	for _, f := range archive.File {
		if base := path.Base(f.Name); !strings.HasPrefix(base, "nginx-") || path.Ext(base) != ".json" {
			continue
		}
		var c recorded
		if err := json.Unmarshal(read(f.Name), &c); err != nil {
			t.Fatal(err)
		}
		if c.Kind == "trace" || strings.HasPrefix(c.Mechanism, "nginx.random") || c.severalAddresses() {
			continue
		}
		rows, err := csv.NewReader(bytes.NewReader(read(strings.TrimSuffix(f.Name, "json") + "csv"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		t.Run(c.Case, func(t *testing.T) { decisions += c.replay(t, rows[1:]) })
	}
	if decisions < 45_000 {
		t.Errorf("only %d recorded decisions were found", decisions)
	}
}

type recorded struct {
	Case, Mechanism, Kind, Where string
	Config, Dead                 []string
	Servers                      []struct {
		Name   string
		Listen []string
	}
}

// severalAddresses reports whether a name of the case resolves to more than one server, which no file says.
func (c *recorded) severalAddresses() bool {
	for _, s := range c.Servers {
		if len(s.Listen) > 1 {
			return true
		}
	}
	return false
}

func (c *recorded) replay(t *testing.T, rows [][]string) int {
	cfg, err := importer.Import(importer.File(c.Case, []byte(strings.Join(c.Config, "\n"))), "nginx", c.Case)
	if err != nil {
		t.Fatal(err)
	}
	pool := cfg.Pools[0]
	var servers []replay.Server
	for i, s := range pool.Servers {
		s.Info.Name = c.Servers[i].Name // what the recording calls it
		servers = append(servers, replay.Server{Info: s.Info, Status: s.Status})
	}
	r := replay.New(pool.Params, servers, 1)
	for _, name := range c.Dead {
		s, err := r.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		r.SetDead(s, true)
	}
	for i, row := range rows {
		k, err := replay.KeyOf(pool.Key.Kind, row[0])
		if err != nil {
			t.Fatal(err)
		}
		if a := r.Request(k); a.Server < 0 || r.View().Servers[a.Server].Name != row[1] {
			t.Fatalf("line %d, key %q: got server %d, recorded %s", i+2, row[0], a.Server, row[1])
		}
	}
	return len(rows)
}
