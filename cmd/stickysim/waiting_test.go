package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// waits runs a command that reads or writes a pipe at whose other end no program is. It is interrupted after a moment, unless
// it ends before. One that does not end then is a failure.
func waits(t *testing.T, args ...string) (errOut string, code int) {
	t.Helper()
	return waitsFor(t, 200*time.Millisecond, args...)
}

// endsAlone is waits for a command that must not wait for a pipe: it is interrupted only after a long time.
func endsAlone(t *testing.T, args ...string) (errOut string, code int) {
	t.Helper()
	return waitsFor(t, time.Minute, args...)
}

func waitsFor(t *testing.T, moment time.Duration, args ...string) (errOut string, code int) {
	t.Helper()
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	in, out, err := os.Pipe() // of which nothing comes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	var stdout, stderr bytes.Buffer
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, in, &stdout, &stderr, args) }()
	const limit = time.Minute
	select {
	case code := <-ended:
		return stderr.String(), code
	case <-time.After(moment):
		interrupt()
	}
	select {
	case code := <-ended:
		return stderr.String(), code
	case <-time.After(limit):
		t.Fatalf("%v: does not end when it is interrupted", args)
		return "", 0
	}
}

const smallScenario = `name: small
servers: {count: 2}
duration: 5s
warmup: 0
replications: 1
workload: [{population: nat, users: 3}]
policies: [cookie, random]
objectives: [availability.requests > 1%]
`

// in is a folder with files.
func in(t *testing.T, files map[string]string) func(name string) string {
	t.Helper()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range files {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func mkfifo(t *testing.T, path string) string {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A pipe that the command line names may be waited for, until the command is interrupted.
func TestPipesThatAreNamedCanBeInterrupted(t *testing.T) {
	t.Parallel()
	at := in(t, map[string]string{"small.yaml": smallScenario, "pool.conf": "upstream u { hash $arg_k; server a; server b; }"})
	pipe, small, pool := mkfifo(t, at("pipe")), at("small.yaml"), at("pool.conf")
	for _, end := range []string{pipe, "-"} {
		for _, args := range [][]string{
			{"run", end}, {"compare", end}, {"gate", end}, {"plan", end}, {"cost", end}, {"sweep", end, "--set", "servers.count=2,3"},
			{"sweep", end, "--factors", "nat"}, {"validate", end}, {"import", end}, {"import", end, "--type", "nginx", "-o", at("out.yaml")},
			{"report", end}, {"route", end, "--requests", "1"}, {"route", pool, "--keys", end}, {"route", pool, "--trace", end},
			{"gate", small, "--baseline", end}, {"run", small, end},
		} {
			if errOut, code := waits(t, args...); code != exitInterrupted || strings.Count(errOut, "\n") != 1 || !strings.Contains(errOut, "interrupted") {
				t.Errorf("%v: exit code %d, want %d and one line: %s", args, code, exitInterrupted, errOut)
			}
		}
	}
	if errOut, code := waits(t, "gate", small, "--snapshot", pipe); code != exitInterrupted {
		t.Errorf("exit code %d: %s", code, errOut)
	}
	pipe = mkfifo(t, at("unread")) // for which no abandoned command waits
	for _, args := range [][]string{
		{"gate", small, "-q", "--junit", pipe}, {"run", small, "-q", "--events", pipe},
		{"schema", "-o", pipe}, {"import", pool, "-q", "-o", pipe},
	} {
		if errOut, code := waits(t, args...); code != exitInterrupted || !strings.Contains(errOut, "interrupted") {
			t.Errorf("%v: exit code %d, want %d: %s", args, code, exitInterrupted, errOut)
		}
	}
}

// A pipe that has a writer is an input like a file, also where it is looked at twice.
func TestPipesAreRead(t *testing.T) {
	t.Parallel()
	at := in(t, map[string]string{"keys": "a\n"})
	for name, c := range map[string]struct {
		text string
		args []string
	}{
		"pool":     {"upstream u { hash $arg_k; server a; server b; }", []string{"route", at("pool"), "--keys", at("keys")}},
		"imported": {"upstream u { hash $arg_k; server a; server b; }", []string{"import", at("imported")}},
		"scenario": {smallScenario, []string{"route", at("scenario"), "--keys", at("keys")}},
		"run":      {smallScenario, []string{"run", at("run")}},
	} {
		pipe := mkfifo(t, at(name))
		go func() { _ = os.WriteFile(pipe, []byte(c.text), 0) }()
		if out, errOut, code := command(append(c.args, "-q")...); code != exitFine || out == "" {
			t.Errorf("%v: exit code %d: %s", c.args, code, errOut)
		}
	}
}

// --timeout counts from the start.
func TestTimeoutEndsLoading(t *testing.T) {
	t.Parallel()
	pipe := mkfifo(t, filepath.Join(t.TempDir(), "pipe"))
	for _, name := range []string{"run", "gate", "plan", "cost"} {
		_, errOut, code := command(name, pipe, "--timeout", "100ms")
		if code != exitInterrupted || !strings.Contains(errOut, "stopped by --timeout while reading inputs") {
			t.Errorf("%s: exit code %d: %s", name, code, errOut)
		}
	}
}

// What a scenario, a configuration or a saved result names must be a regular file: it is refused without waiting.
func TestPipesThatAreNotNamedAreRefused(t *testing.T) {
	t.Parallel()
	at := in(t, map[string]string{
		"replay.yaml":  "servers: {count: 2}\nworkload: [{replay: pipe}]\n",
		"include.yaml": "servers: {count: 2}\nworkload: [{include: pipe}]\n",
		"values.yaml":  "servers: {count: 2}\nworkload: [{population: nat, users: 2, think: empirical(pipe)}]\n",
		"log.yaml":     "servers: {count: 2}\nworkload: [{population: nat, users: 2}]\ntimeline: [{at: 1s, crash: {log: pipe}}]\n",
		"trace.yaml":   "servers: {count: 2}\nworkload: [{population: nat, users: 2}]\ntimeline: [{at: 1s, preempt: {trace: pipe}}]\n",
		"nginx.conf":   "include pipe;\n", "httpd.conf": "Include pipe\n", "lighttpd.conf": "include \"pipe\"\n", "Caddyfile": "import pipe\n",
		"small.yaml": smallScenario,
	})
	mkfifo(t, at("pipe"))
	refuses := func(code int, want string, args ...string) {
		t.Helper()
		if errOut, got := endsAlone(t, args...); got != code || !strings.Contains(errOut, want) {
			t.Errorf("%v: exit code %d, want %d and %q: %s", args, got, code, want, errOut)
		}
	}
	for _, name := range []string{"replay", "include", "values", "log", "trace"} {
		refuses(exitUsage, "is a pipe, not a regular file", "run", at(name+".yaml"))
	}
	for product, name := range map[string]string{"nginx": "nginx.conf", "apache": "httpd.conf", "lighttpd": "lighttpd.conf", "caddy": "Caddyfile"} {
		refuses(exitUsage, "is a pipe, not a regular file", "import", at(name), "--type", product)
	}
	run := at("run")
	if _, errOut, code := command("run", at("small.yaml"), "-q", "--out", run); code != exitFine {
		t.Fatal(errOut)
	}
	swept := at("swept")
	if _, errOut, code := command("sweep", at("small.yaml"), "-q", "--set", "servers.count=2,3", "--out", swept); code != exitFine {
		t.Fatal(errOut)
	}
	spoil := func(path string, check func()) {
		if err := os.Rename(path, path+".whole"); err != nil {
			t.Fatal(err)
		}
		mkfifo(t, path)
		check()
		if err := os.Rename(path+".whole", path); err != nil {
			t.Fatal(err)
		}
	}
	const pipe = "is a pipe, not a regular file"
	spoil(run+"/result.json", func() { refuses(exitInternal, pipe, "report", run) })
	for _, name := range []string{"study.json", "scenario.zip", "changes.json", "00000-0.rep"} {
		path := run + "/replications/" + name
		spoil(path, func() {
			for _, args := range [][]string{{"report", run, "--confidence", "99%"}, {"merge", run}} {
				if errOut, code := endsAlone(t, args...); code != exitInternal && code != exitUsage || !strings.Contains(errOut, pipe) {
					t.Errorf("%s, %v: exit code %d: %s", name, args, code, errOut)
				}
			}
		})
	}
	for _, name := range []string{"scenario.zip", "changes.json", "00000/study.json", "00000/00000-0.rep"} {
		spoil(swept+"/points/"+name, func() {
			for _, command := range []string{"report", "merge"} {
				if errOut, code := endsAlone(t, command, swept); code != exitInternal && code != exitUsage || !strings.Contains(errOut, pipe) {
					t.Errorf("%s, %s: exit code %d: %s", command, name, code, errOut)
				}
			}
		})
	}
	spoil(run+"/replications/study.json", func() {
		refuses(exitInternal, pipe, "run", at("small.yaml"), "-q", "--out", run)
		refuses(exitInternal, pipe, "run", at("small.yaml"), "-q", "--out", run, "--shard", "1/2")
	})
}
