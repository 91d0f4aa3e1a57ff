package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/scenarios"
)

// logLines are n lines of a combined log, a second apart, from addresses and browsers by line.
func logLines(n int, address func(int) string, rest string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `%s - - [05/Mar/2024:10:00:%02d +0000] "GET /%d HTTP/1.1" 200 1 "-" "ua%d"%s`+"\n", address(i), i, i, i%3, rest)
	}
	return b.String()
}

// TestLogWarnings: what makes a log doubtful is a warning of the result, and a log without doubt has none.
func TestLogWarnings(t *testing.T) {
	t.Parallel()
	several := func(i int) string { return fmt.Sprintf("10.0.0.%d", i%7) }
	one := func(int) string { return "10.0.0.9" }
	host := func(i int) string { return fmt.Sprintf("host%d.example", i%7) }
	distinct := func(i int) string { return fmt.Sprintf("10.0.1.%d", i) }
	for _, test := range []struct {
		name, log, more string
		code, message   string
	}{
		{"none", logLines(40, several, ""), "", "", ""},
		{"no address", logLines(40, host, ""), "", "no-addresses", `no client has an address; the first is "host0.example"`},
		{"all different", logLines(40, distinct, ""), "", "all-different", "each of 40 requests"},
		{"one address", logLines(40, one, ""), "", "one-address", "40 of 40 requests come from 10.0.0.9"},
		{"one address, forwarded", logLines(40, one, ` "192.0.2.7"`), "", "one-address", "client: [x-forwarded-for, user-agent]"},
		{"one address, another behind the end", logLines(40, one, ` 17 "192.0.2.7"`), "", "one-address", "client: [extra2, user-agent]"},
		{"durations unread", logLines(40, several, " 17200"), "", "unread-fields", `"17200" behind the end of format combined is not read on 40 lines`},
		{"two formats", logLines(30, several, "") + strings.Repeat(`{"ts":1709632800.5,"request":{"remote_ip":"192.0.2.1","method":"GET","uri":"/a"},"duration":0.25,"status":200}`+"\n", 3), "", "mixed-formats", "3 lines of format caddy, the first is line 31"},
		{"no user", logLines(40, several, ""), "client: [user]", "unidentified", "user is empty on 40 of 40 lines"},
		{"no service times", logLines(40, several, ""), "recorded_service: true", "untimed", "40 of 40 requests have none"},
		{"a line of another year", strings.Replace(logLines(40, several, ""), "2024:10:00:07", "2023:10:00:07", 1), "", "silent-log", "pass between two that follow each other"},
		{"the same lines twice", strings.Repeat(logLines(40, several, ""), 2), "", "repeated-lines", "most of its 80 requests are there 2 times, alike in time, client, request and durations"},
		{"one request", logLines(1, several, ""), "", "short-replay", "1 request"},
	} {
		text := "version: 1\nname: t\nservers: {count: 2}\nreplications: 1\nworkload:\n  - replay: access.log\n    service: 10ms\n    " + test.more + "\nstate: local\npolicies: [cookie]\n"
		spec, err := scenarios.Read("t.yaml", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		b := scenarios.Build(spec, fstest.MapFS{"access.log": {Data: []byte(test.log)}})
		if b.Study == nil {
			t.Errorf("%s: %v", test.name, b.Problems.Err())
			continue
		}
		found := test.code == "" && len(b.Study.Warnings) == 0
		for _, w := range b.Study.Warnings {
			if w.Code == "overload" {
				t.Errorf("%s: %s", test.name, w.Message)
			}
			found = found || w.Code == test.code && strings.Contains(w.Message+" "+w.Hint, test.message)
		}
		if !found {
			t.Errorf("%s: warnings %+v; want %s: %s", test.name, b.Study.Warnings, test.code, test.message)
		}
	}
}

// TestUnknownLog: the refusal of a log lists the formats, and shows how another one is written.
func TestUnknownLog(t *testing.T) {
	spec, err := scenarios.Read("t.yaml", strings.NewReader("version: 1\nname: t\nservers: {count: 2}\nworkload:\n  - replay: access.log\n    service: 10ms\npolicies: [cookie]\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := scenarios.Build(spec, fstest.MapFS{"access.log": {Data: []byte(strings.Repeat("prod;web;10.0.0.1 - - [05/Mar/2024:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1\n", 9))}})
	for _, want := range []string{"9 of all 9 lines are unusable", "ingress-nginx", "cloudflare", "format: '$remote_addr"} {
		if err := b.Problems.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}

// A log that lasts for decades, because of one line, is refused; of a log that is none, nothing else is said.
func TestLogsOfNoUse(t *testing.T) {
	several := func(i int) string { return fmt.Sprintf("10.0.0.%d", i%7) }
	for log, want := range map[string]string{
		strings.Replace(logLines(40, several, ""), "2024:10:00:07", "1970:10:00:07", 1): "replays a log of 54 years",
		strings.Repeat("x y z\n", 9): "are unusable",
	} {
		spec, err := scenarios.Read("t.yaml", strings.NewReader("version: 1\nname: t\nservers: {count: 2}\nworkload:\n  - replay: access.log\n    service: 10ms\npolicies: [cookie]\n"))
		if err != nil {
			t.Fatal(err)
		}
		err = scenarios.Build(spec, fstest.MapFS{"access.log": {Data: []byte(log)}}).Problems.Err()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "needs think") || strings.Contains(err.Error(), "problems") {
			t.Errorf("%v; want %q alone", err, want)
		}
	}
}
