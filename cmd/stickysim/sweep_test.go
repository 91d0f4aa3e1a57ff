package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stickysim/sim/rng"
)

const sweptScenario = `
name: swept
duration: 10s
warmup: 0s
replications: 2
servers: {count: 2, cores: 1}
workload:
  - {population: shopper, users: 20, think: exp(1s), service: exp(5ms)}
policies: [cookie, ip-hash, round-robin]
`

// filesIn are the files below a directory by name, but for what tells of the machine.
func filesIn(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "meta.json" || strings.HasSuffix(d.Name(), ".tmp") {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// kept are the replications in a directory, with the times at which they were written.
func kept(dir string) map[string]time.Time {
	list := map[string]time.Time{}
	names, _ := filepath.Glob(filepath.Join(dir, "points", "*", "*.rep"))
	for _, name := range names {
		if info, err := os.Stat(name); err == nil {
			list[name] = info.ModTime()
		}
	}
	return list
}

// sameFiles compares two directories byte for byte.
func sameFiles(t *testing.T, want, got string) {
	t.Helper()
	a, b := filesIn(t, want), filesIn(t, got)
	for name, text := range a {
		if !bytes.Equal(text, b[name]) {
			t.Errorf("%s: another content, or none", name)
		}
	}
	if len(a) != len(b) {
		t.Errorf("%d files, want %d", len(b), len(a))
	}
}

// A sweep that is killed at random moments, and while it writes its tables, and started again gives the same bytes as one
// that is not, and no replication that was finished is run again.
func TestSweepSurvivesKills(t *testing.T) {
	t.Parallel()
	values, kills := "policies.cookie.ttl=1s..4s by 1s", 3
	if os.Getenv("STICKYSIM_FULL") != "" {
		values, kills = "policies.cookie.ttl=1s..32s by 1s", 20
	}
	dir := t.TempDir()
	scenario := filepath.Join(dir, "swept.yaml")
	if err := os.WriteFile(scenario, []byte(sweptScenario), 0o666); err != nil {
		t.Fatal(err)
	}
	command := func(out string) *exec.Cmd {
		return exec.Command("stickysim", "sweep", scenario, "--set", "servers.count=2,3", "--set", values, "--parquet", "--quiet", "--out", filepath.Join(dir, out))
	}
	if text, err := command("whole").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	total := len(kept(filepath.Join(dir, "whole")))
	var moments []int // numbers of replications at which the sweep is killed
	for k := range kills {
		moments = append(moments, rng.Root(uint64(total)).At(uint64(k)).IntN(total-2))
	}
	slices.Sort(moments)
	finished, between := map[string]time.Time{}, 0
	for _, n := range moments {
		killed(t, command("killed"), func() bool { return len(kept(filepath.Join(dir, "killed"))) > n })
		for name, at := range kept(filepath.Join(dir, "killed")) {
			if before, seen := finished[name]; seen && before != at {
				t.Errorf("%s was run again", name)
			}
			finished[name] = at
		}
		if n := len(finished); n > 0 && n < total {
			between++
		}
	}
	if between < (kills+1)/2 {
		t.Fatalf("only %d of %d kills came between the first replication and the last", between, kills)
	}
	killed(t, command("killed"), func() bool {
		tables, _ := filepath.Glob(filepath.Join(dir, "killed", "*.csv"))
		return len(tables) > 0
	})
	if text, err := command("killed").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for name, at := range kept(filepath.Join(dir, "killed")) {
		if before, seen := finished[name]; seen && before != at {
			t.Errorf("%s was run again", name)
		}
	}
	sameFiles(t, filepath.Join(dir, "whole"), filepath.Join(dir, "killed"))
}

// killed starts a program, and kills it when its moment comes.
func killed(t *testing.T, c *exec.Cmd, moment func() bool) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- c.Wait() }()
	for !moment() {
		select {
		case <-over:
			return
		case <-time.After(time.Millisecond):
		}
	}
	_ = c.Process.Kill()
	<-over
}

// The shards of a sweep, as tasks of a Slurm array run them, merge to the bytes of one run, whether they had directories of
// their own or one. What is missing is named.
func TestSweepShards(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	scenario := filepath.Join(dir, "swept.yaml")
	if err := os.WriteFile(scenario, []byte(sweptScenario), 0o666); err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	run := func(task int, args ...string) (string, error) {
		if task == 0 {
			out, errOut, code := command(args...)
			if code != exitFine {
				return out + errOut, fmt.Errorf("exit code %d", code)
			}
			return out + errOut, nil
		}
		c := exec.Command("stickysim", args...)
		c.Env = append(os.Environ(), "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_MAX=4", "SLURM_ARRAY_TASK_STEP=1", "SLURM_ARRAY_TASK_COUNT=4", fmt.Sprintf("SLURM_ARRAY_TASK_ID=%d", task))
		text, err := c.CombinedOutput()
		return string(text), err
	}
	sweep := []string{"sweep", scenario, "--set", "servers.count=2,3", "--set", "policies.cookie.ttl=1s..3s by 1s", "--policies", "cookie,random", "--parquet"}
	must := func(text string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	must(run(0, append(sweep, "--out", in("whole"))...))
	var parts []string
	for task := 1; task <= 4; task++ {
		part := in(fmt.Sprintf("part-%d", task))
		must(run(task, append(sweep, "--shard", "auto", "--out", part)...))
		parts = append(parts, part)
		if task == 2 {
			continue
		}
		must(run(0, append(sweep, "--shard", fmt.Sprintf("%d/4", task), "--out", in("shared"))...))
	}
	must(run(0, append([]string{"merge", "--out", in("merged")}, parts...)...))
	sameFiles(t, in("whole"), in("merged"))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{in("shared"), "--out", in("none")}, "shard 2 of 4: replications of 3 alternatives at 3 points are missing, the first of random at servers.count=2 policies.cookie.ttl=1s. The same command"},
		{[]string{in("whole"), dir}, "keeps no points of a sweep"},
	} {
		if text, err := run(0, append([]string{"merge"}, c.args...)...); err == nil || !strings.Contains(text, c.want) {
			t.Errorf("merge %v: %v, %s; want %q", c.args, err, text, c.want)
		}
	}
	must(run(0, append(sweep, "--shard", "2/4", "--out", in("shared"))...))
	must(run(0, "merge", in("shared"), "--out", in("shared"), "--quiet"))
	if err := os.Remove(filepath.Join(in("shared"), "points", "shards.json")); err != nil {
		t.Error(err)
	}
	sameFiles(t, in("whole"), in("shared"))
}
