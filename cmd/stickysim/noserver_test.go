package main

import (
	"strings"
	"testing"
)

// Where no server may get a request, nothing is said of servers that retries keep busy.
func TestNoServerAtAll(t *testing.T) {
	t.Parallel()
	at := in(t, map[string]string{"none.yaml": `
duration: 20s
warmup: 0
replications: 2
servers: [{name: a, options: {group: x}}]
workload: [{population: shopper, sessions: 2/s}]
policies: [{variant: w, policy: {weighted: {groups: [one=2]}}}]
`})
	out, errOut, code := command("run", at("none.yaml"))
	text := strings.Join(strings.Fields(out), " ")
	if code != exitFine || !strings.Contains(text, "most retries meet no server") || !strings.Contains(text, "knows of no server for them") || strings.Contains(text, "servers busy") {
		t.Errorf("code %d\n%s\n%s", code, out, errOut)
	}
}
