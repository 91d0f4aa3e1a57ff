package main

import (
	"bytes"
	"context"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
)

// full is an output on which there is no space.
type full struct{ after int } // bytes that still fit

func (f *full) Write(p []byte) (int, error) {
	if n := min(len(p), f.after); n < len(p) {
		f.after = 0
		return n, syscall.ENOSPC
	}
	f.after -= len(p)
	return len(p), nil
}

// Whichever command loses what it prints ends with exit code 1 and says so on one line, whatever the code would have been.
func TestLostOutput(t *testing.T) {
	t.Parallel()
	at := in(t, map[string]string{"small.yaml": smallScenario, "two.yaml": strings.Replace(smallScenario, "[{population: nat, users: 3}]", "[{population: nat, users: 3}, {population: bot, users: 1}]", 1), "pool.conf": "upstream u { hash $arg_k; server a; server b; }", "keys": "a\nb\n"})
	small, pool := at("small.yaml"), at("pool.conf")
	for _, dir := range []string{"saved", "part"} {
		if _, errOut, code := command("run", small, "-q", "--out", at(dir)); code != exitFine {
			t.Fatal(errOut)
		}
	}
	lines := map[string][][]string{
		"run": {{small}}, "compare": {{small}}, "gate": {{small}, {small, "--objective", "latency.p95 < 1ns"}}, "plan": {{small, "--find", "clients.timeout=1s,2s"}},
		"sweep": {{small, "--set", "servers.count=2,3"}, {at("two.yaml"), "--factors", "nat,bot"}}, "cost": {{small, "--set", "timeline=[{at: 1s, crash: {servers: 1}}]"}},
		"report": {{at("saved")}}, "merge": {{at("part")}}, "route": {{pool, "--keys", at("keys")}, {pool, "--requests", "2000"}}, "import": {{pool}},
		"validate": {{small}}, "schema": {{}, {"--result"}}, "version": {{}}, "explain": {{"session"}, {"latency.p95"}, {"cookie"}},
		"scenarios list": {{}}, "scenarios show": {{"mm1"}}, "scenarios copy": {{"mm1", at("copied")}}, "policies list": {{}}, "policies show": {{"cookie"}},
		"metrics list": {{}}, "metrics show": {{"latency.p95"}}, "completion bash": {{}}, "completion zsh": {{}}, "completion fish": {{}}, "completion powershell": {{}},
	}
	formats := map[string][]string{"run": formatNames(), "compare": formatNames(), "report": formatNames(), "merge": formatNames(), "gate": gateFormats,
		"plan": strings.Split(planFormats, ", "), "sweep": {"csv", "json", "markdown", "table"}, "cost": reportFormatNames(costFormats), "route": {"csv", "json"},
		"policies list": {"table", "json"}, "scenarios list": {"table", "json"}, "metrics list": {"table", "json"}}
	fails := func(args ...string) {
		t.Helper()
		var errOut bytes.Buffer
		code := run(context.Background(), strings.NewReader(""), &full{after: 10}, &errOut, append(args, "-q"))
		if text := errOut.String(); code != exitInternal || strings.Count(text, "\n") != 1 || !strings.Contains(text, "no space left on device") {
			t.Errorf("%v: exit code %d, want %d and one line: %q", args, code, exitInternal, text)
		}
	}
	root := newRoot(newStreams(strings.NewReader(""), new(bytes.Buffer), new(bytes.Buffer)))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	each(root, func(c *cobra.Command) {
		path := strings.Fields(c.CommandPath())[1:]
		name := strings.Join(path, " ")
		fails(append(path, "--help")...)
		if c.HasSubCommands() || name == "help" {
			return
		}
		if lines[name] == nil {
			t.Errorf("%s: the test does not know this command", name)
		}
		for _, args := range lines[name] {
			if formats[name] == nil {
				fails(append(path, args...)...)
			}
			for _, format := range formats[name] {
				fails(append(append(append([]string{}, path...), args...), "--format", format)...)
			}
		}
	})
	fails()
	fails("--version")
	fails("help", "run")
}

// A panic is one line that asks for a report, wherever it happens.
func TestPanic(t *testing.T) {
	var errOut bytes.Buffer
	s := newStreams(strings.NewReader(""), new(bytes.Buffer), &errOut)
	for name, work := range map[string]func() error{
		"command": func() error { panic("two\nlines") },
		"loading": func() error {
			_, err := load(s, func() (int, error) { return []int{}[s.width], nil })
			return err
		},
	} {
		errOut.Reset()
		code := s.exit(guarded(work))
		text := errOut.String()
		if code != exitInternal || strings.Count(text, "\n") != 1 || !strings.Contains(text, "please report") || !strings.Contains(text, "lost_test.go:") {
			t.Errorf("%s: exit code %d, %q", name, code, text)
		}
	}
}
