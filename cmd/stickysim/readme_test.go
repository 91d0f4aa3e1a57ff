package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// blocks are the parts of the front page that are written in YAML.
func blocks(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, part := range strings.Split(string(page), "```yaml\n")[1:] {
		text, _, closed := strings.Cut(part, "```")
		if !closed {
			t.Fatal("a block of the front page has no end")
		}
		list = append(list, text)
	}
	return list
}

// The workflow of the front page runs: its commands build the program and judge the scenario of the front page with the objectives
// of the front page, here with a short run; the files that are uploaded are there, and the summary of the step.
func TestWorkflow(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs bash")
	}
	t.Parallel()
	all := blocks(t)
	starts := func(with string) string {
		i := slices.IndexFunc(all, func(text string) bool { return strings.HasPrefix(text, with) })
		if i < 0 {
			t.Fatalf("no block of the front page begins with %q", with)
		}
		return all[i]
	}
	var flow struct {
		On   string `yaml:"on"`
		Jobs map[string]struct {
			RunsOn string `yaml:"runs-on"`
			Steps  []struct {
				Uses, Run, If string
				With          map[string]string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(starts("on: ")), &flow); err != nil {
		t.Fatal(err)
	}
	job, ok := flow.Jobs["gate"]
	if flow.On != "pull_request" || !ok || job.RunsOn == "" {
		t.Fatalf("the workflow has no job that runs: %+v", flow)
	}
	dir := t.TempDir()
	shorter := strings.NewReplacer("duration: 2h", "duration: 4m", "replications: 20", "replications: 3", "at: 30m", "at: 1m", "at: 1h", "at: 2m", "drain: 5m", "drain: 1m",
		"poisson(2/s)", "poisson(0.2/s)", "users: 400", "users: 40")
	scenario := shorter.Replace(starts("version: 1\nname: checkout")) + starts("gate: ")
	log, err := os.ReadFile("../../testdata/logs/zanbil_shop_1k.log.gz")
	root, absolute := filepath.Abs("../..")
	if err := errors.Join(err, absolute, os.WriteFile(filepath.Join(dir, "checkout.yaml"), []byte(scenario), 0o600), os.WriteFile(filepath.Join(dir, "access.log.gz"), log, 0o600),
		os.Symlink(root, filepath.Join(dir, "stickysim"))); err != nil {
		t.Fatal(err)
	}
	for _, step := range job.Steps {
		if step.Run == "" {
			if owner, version, _ := strings.Cut(step.Uses, "@"); !strings.HasPrefix(owner, "actions/") || version == "" {
				t.Errorf("%q is no action of GitHub's own with a version", step.Uses)
			}
			continue
		}
		c := exec.Command("bash", "-e", "-c", step.Run)
		c.Dir, c.Env = dir, append(os.Environ(), "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary.md"))
		out, err := c.CombinedOutput()
		var exit *exec.ExitError
		if errors.As(err, &exit) && strings.Contains(step.Run, " gate ") && (exit.ExitCode() == exitMissed || exit.ExitCode() == exitUndecided) {
			err = nil // a verdict, too
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", step.Run, err, out)
		}
		t.Logf("%s\n%s", step.Run, out)
	}
	for _, name := range []string{"gate.xml", "gate.md", "summary.md"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.Contains(string(text), "latency.p95 &lt; 500ms") {
			t.Errorf("%s: %v, %q", name, err, text)
		}
	}
}
