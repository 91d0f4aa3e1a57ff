package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"stickysim/scenarios"
	"stickysim/sim"
)

const realConfigs = "../../testdata/configs"

// expectation is what a reader of a configuration expects of one of its upstreams.
type expectation struct {
	Upstream string // empty: the one that is taken by default
	Policy   string
	Servers  int // that are not down; 0 = the configuration does not list them
}

// TestRealConfigurationsImport makes a scenario of every real configuration, as a file, and expects that it validates,
// runs, and has policy and servers as read. A configuration without anything to balance is refused, with reasons.
func TestRealConfigurationsImport(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(realConfigs, "expectations.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string][]expectation
	if err := json.Unmarshal(data, &expected); err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(realConfigs, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "LICENSE") || strings.HasSuffix(path, "INDEX.json") || filepath.Dir(path) == realConfigs {
			return err
		}
		files++
		name, _ := filepath.Rel(realConfigs, path)
		want, listed := expected[filepath.ToSlash(name)]
		if !listed {
			t.Errorf("%s: not in expectations.json", name)
		}
		t.Run(d.Name(), func(t *testing.T) { imports(t, path, want) })
		return nil
	})
	if err != nil || files < 58 || len(expected) != files {
		t.Errorf("%d files, %d with expectations, want 58 or more (%v)", files, len(expected), err)
	}
}

// placed is a remark that names its place.
var placed = regexp.MustCompile(`(?m)^  \S.*:\d+: \S`)

func imports(t *testing.T, file string, want []expectation) {
	if len(want) == 0 {
		out, errOut, code := command("import", file)
		if code != exitUsage || out != "" || !placed.MatchString(errOut) || !strings.Contains(errOut, "stickysim: "+file+": no pool of servers") {
			t.Errorf("exit code %d, %q, want 2 and reasons in\n%s", code, out, errOut)
		}
	}
	for _, x := range want {
		args := []string{"import", file}
		if x.Upstream != "" {
			args = append(args, "--upstream", x.Upstream)
		}
		yaml, errOut, code := command(args...)
		if code != exitFine || !placed.MatchString(errOut) {
			t.Fatalf("%s: exit code %d: %s", x.Upstream, code, errOut)
		}
		scenario := filepath.Join(t.TempDir(), "scenario.yaml")
		if err := os.WriteFile(scenario, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, errOut, code := command("validate", scenario); code != exitFine {
			t.Errorf("%s: does not validate: %s", x.Upstream, errOut)
		}
		out, errOut, code := command("run", scenario, "--set", "warmup=0", "--set", "start=empty", "--duration", "10s", "--replications", "1", "--format", "json", "-q")
		if code != exitFine || !json.Valid([]byte(out)) {
			t.Errorf("%s: does not run: exit code %d, %s", x.Upstream, code, errOut)
		}
		is(t, yaml, x)
	}
}

// is checks policy and servers of a scenario.
func is(t *testing.T, yaml string, want expectation) {
	t.Helper()
	spec, err := scenarios.Parse("scenario", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	b := scenarios.Build(spec, nil)
	if len(b.Study.Variants) == 0 {
		t.Fatal(b.Problems)
	}
	v := b.Study.Variants[0]
	servers := 0
	for i := range v.Model.Servers {
		if v.Model.Servers[i].Status != sim.Down {
			servers++
		}
	}
	if policy, _, _ := strings.Cut(v.Policy, " "); policy != want.Policy || want.Servers > 0 && servers != want.Servers {
		t.Errorf("%q: %s over %d servers, want %s over %d", want.Upstream, v.Policy, servers, want.Policy, want.Servers)
	}
}

// command carries out a command line.
func command(args ...string) (out, errOut string, code int) {
	var o, e bytes.Buffer
	code = run(context.Background(), strings.NewReader(""), &o, &e, args)
	return o.String(), e.String(), code
}
