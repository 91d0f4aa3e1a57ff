package route

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stickysim/scenarios"
	"stickysim/scenarios/importer"
	_ "stickysim/scenarios/importer/all"
	"stickysim/scenarios/importer/ir"
)

// TestImportedScenariosRouteAlike routes 2,000 keys of each kind by every pool of every sample configuration, and by the
// scenario that import makes of it: no key goes elsewhere.
func TestImportedScenariosRouteAlike(t *testing.T) {
	t.Parallel()
	pools, stated := 0, 0
	for _, root := range []string{"../../testdata/configs", "testdata/configs"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(path, "LICENSE") || strings.HasSuffix(path, ".json") && filepath.Dir(path) == root || d.Name() == "INDEX.json" {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			c, err := importer.Import(importer.File(d.Name(), data), "", d.Name())
			if err != nil {
				return nil // refused: nothing to route by
			}
			for i := range c.Pools {
				if c.Pools[i].Params == nil {
					continue
				}
				pools++
				stated += routesAlike(t, path, c, &c.Pools[i])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if pools < 70 || stated < 13 {
		t.Errorf("%d pools, %d servers that are not up: the samples have more", pools, stated)
	}
}

// routesAlike compares a pool with its scenario, and returns how many servers of it are not up.
func routesAlike(t *testing.T, file string, c *ir.Config, p *ir.Pool) (stated int) {
	t.Helper()
	yaml, err := importer.ToScenario(c, p)
	if err != nil {
		t.Errorf("%s: %s: %v", file, p.Name, err)
		return 0
	}
	spec, err := scenarios.Parse("imported", yaml)
	if err != nil {
		t.Fatal(err)
	}
	b := scenarios.Build(spec, nil)
	one, other := FromPool(c.Product, *p), FromModel(b.Study.Variants[0].Model, b.Policies[0])
	for _, s := range one.Servers {
		if s.Status != 0 {
			stated++
		}
	}
	for _, kind := range []string{"", "address", "header", "cookie"} {
		keys := keyFile("address", 2000)
		var outputs [2]bytes.Buffer
		for i, s := range []Source{one, other} {
			if s.Seed = 7; kind != "" { // else what the source says
				s.Key = kind
			}
			if _, err := Keys(&outputs[i], bytes.NewReader(keys), s, Options{}); err != nil {
				t.Fatalf("%s: %s: %v", file, p.Name, err)
			}
		}
		differ := 0
		lines := bytes.Split(outputs[1].Bytes(), []byte("\n"))
		for i, line := range bytes.Split(outputs[0].Bytes(), []byte("\n")) {
			if i >= len(lines) || !bytes.Equal(line, lines[i]) {
				differ++
			}
		}
		if differ > 0 || len(one.Servers) == 0 {
			t.Errorf("%s: %s: %d of 2000 keys of kind %q differ, over %d servers", file, p.Name, differ, kind, len(one.Servers))
		}
	}
	return stated
}
