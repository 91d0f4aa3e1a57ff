package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

// What needs more memory than there is does not begin; what needs much says so and has fewer jobs.
func TestMemory(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() { debug.SetGCPercent(400) }) // as TestMain has it
	at := in(t, map[string]string{
		"huge.yaml":  "name: huge\nservers: {count: 100000}\nduration: 10s\nwarmup: 0\nreplications: 8\nworkload: [{population: nat, users: 5}]\nobjectives: [availability.requests > 1%]\n",
		"small.yaml": smallScenario,
	})
	for _, args := range [][]string{{"run"}, {"gate"}, {"cost"}, {"plan"}, {"sweep", "--set", "clients.timeout=1s,2s"}} {
		_, errOut, code := command(append([]string{args[0], at("huge.yaml"), "-q", "--memory", "1GiB"}, args[1:]...)...)
		if code != exitUsage || !strings.Contains(errOut, "memory, and --memory is 1.0 GiB") || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%v: exit code %d, want %d and one line: %s", args, code, exitUsage, errOut)
		}
	}
	_, errOut, code := command("run", at("huge.yaml"), "--memory", "6GiB", "--jobs", "8", "--timeout", "1s")
	if code != exitInterrupted || !strings.Contains(errOut, "huge: takes up to about ") || strings.Contains(errOut, "8 jobs") {
		t.Errorf("exit code %d, want fewer jobs announced: %s", code, errOut)
	}
	if _, errOut, code := command("run", at("small.yaml")); code != exitFine || strings.Contains(errOut, "memory") {
		t.Errorf("exit code %d: %s", code, errOut)
	}
	if _, errOut, code := command("run", at("small.yaml"), "--memory", "much"); code != exitUsage || !strings.Contains(errOut, "must be a size") {
		t.Errorf("exit code %d: %s", code, errOut)
	}
}
