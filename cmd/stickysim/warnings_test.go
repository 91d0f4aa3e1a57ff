package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stickysim/reports"
	"stickysim/sim/diag"
	"stickysim/sim/experiment/resultjson"
)

// warned are inputs that a kind of warning is about. In a file, FEW stands for a short run of two replications on two servers,
// and USERS for a few users.
var warned = map[string]struct {
	text string
	args []string
}{
	"all-different":       {text: "FEW\nworkload: [{replay: clients.log, service: 1ms}]\n"},
	"ambiguous-spelling":  {text: "name: 010\nFEW\nUSERS\n"},
	"bad-lines":           {text: "FEW\nworkload: [{replay: bad.log, service: 1ms}]\n"},
	"contradictory":       {text: "FEW\nworkload: [{population: nat, users: 1, cookies: 0%}]\n"},
	"cut-log":             {text: "FEW\nworkload: [{replay: cut.log.gz, service: 1ms}]\n"},
	"doubtful-interval":   {text: "duration: 2m\nwarmup: 0\nreplications: 12\nservers: {count: 2}\nworkload: [{name: a, users: 2, think: exp(1s), service: lognormal(mean=10ms cv=50)}]\n"},
	"equal-replications":  {text: "FEW\nworkload: [{name: a, sessions: times(1s 2s), requests: 1, service: 1ms}]\n"},
	"few-faults":          {text: "FEW\nUSERS\ntimeline: [{each: exp(1h), crash: {repair: 10s}}]\n"},
	"fleet-outside":       {text: "FEW\nUSERS\nautoscaler: {hpa: {target: 50%, min: 3, max: 5}}\n"},
	"few-names":           {text: "duration: 20s\nwarmup: 0\nreplications: 2\nservers: {count: 2, names: [a, b, c]}\nUSERS\npolicies: [consistent-hash]\ntimeline: [{at: 5s, scale: {to: 5}}]\n"},
	"growing-queues":      {text: "duration: 10m\nwarmup: 0\nreplications: 2\nservers: {count: 1, cores: 1, queue: unlimited}\nworkload: [{name: a, sessions: 20/s, requests: 1, service: 100ms, timeout: never}]\n"},
	"ignored":             {text: "duration: 20s\nwarmup: 0\nreplications: 2\nservers: [{name: a}, {name: b, limit: 5}]\nUSERS\npolicies: [round-robin]\n"},
	"imprecise":           {text: "duration: 20s\nwarmup: 0\nreplications: {min: 2, max: 3, precision: 0.1%}\nservers: {count: 2}\nUSERS\n"},
	"losses-unseen":       {text: "FEW\nworkload: [{name: a, users: 40, think: 5s, service: exp(5ms), state: {size: 1KiB}}]\npolicies: [cookie]\nstate: local\ntimeline: [{at: 19s, crash: {servers: 1}}]\n"},
	"mixed-formats":       {text: "FEW\nworkload: [{replay: mixed.log, service: 1ms}]\n"},
	"never-sticky":        {text: "duration: 20s\nwarmup: 0\nreplications: 2\nservers: [{name: a}, {name: b}]\nUSERS\npolicies: [haproxy/cookie]\n"},
	"no-addresses":        {text: "FEW\nworkload: [{replay: names.log, service: 1ms}]\n"},
	"no-proxies":          {text: "FEW\nUSERS\nclients: {seen_as: forwarded}\n"},
	"no-controls":         {text: "duration: 20s\nwarmup: 0\nreplications: {min: 2, controls: true}\nservers: {count: 2}\nUSERS\n"},
	"no-effect":           {text: "FEW\nUSERS\ntimeline: [{at: 5s, store_outage: {for: 1s}}]\n"},
	"not-judged":          {text: "FEW\nUSERS\npolicies: [random, cookie]\nobjectives: [{that: latency.mean < 9s, on: [cookie]}]\n", args: []string{"--policies", "random"}},
	"one-address":         {text: "FEW\nworkload: [{replay: proxy.log, service: 1ms}]\n"},
	"overload":            {text: "FEW\nworkload: [{name: a, sessions: 300/s, requests: 1, service: 100ms}]\n"},
	"rebalance-censored":  {text: "duration: 3m\nwarmup: 0\nreplications: 2\nservers: {count: 2}\nworkload: [{name: a, users: 100, think: exp(1s), service: 1ms}]\npolicies: [cookie]\ntimeline: [{at: 1m, scale: {to: 3}}]\n"},
	"replications-differ": {text: "duration: 5m\nwarmup: 0\nreplications: 12\nservers: {count: 4, cores: 4}\nworkload: [{name: a, users: 100, think: exp(5s), service: exp(20ms), cookies: 100%, state: {size: 1KiB}}]\npolicies: [{variant: a, policy: cookie, health: {interval: 2s, timeout: 1s, fall: 1, rise: 1}}]\ntimeline: [{at: 1m, every: 30s, pause: {servers: [server-2], for: 2.5s}}]\n"},
	"requests-stuck":      {text: "duration: 5m\nwarmup: 0\nreplications: 2\nservers: {count: 1, cores: 1, queue: unlimited}\nworkload: [{name: a, sessions: 20/s, requests: 1, service: 100ms, timeout: never}]\n"},
	"short-log":           {text: "duration: 10m\nwarmup: 0\nreplications: 2\nservers: {count: 2}\nworkload: [{replay: short.log, service: 1ms}]\n"},
	"silent-log":          {text: "FEW\nworkload: [{replay: silent.log, service: 1ms}]\n"},
	"short-replay":        {text: "FEW\nworkload: [{replay: one.log, service: 1ms}]\n"},
	"split-value":         {text: "FEW\nworkload: [{name: a, users: 1, think: 1s, service: lognormal(mean=1ms, cv=2)}]\n"},
	"starts-empty":        {text: "FEW\nworkload: [{name: a, sessions: times(1s 2s), requests: 1, service: exp(1ms)}]\n"},
	"starts-light":        {text: "duration: 5s\nwarmup: 0\nreplications: 2\nservers: {count: 2}\nworkload: [{name: a, sessions: 100/s, requests: 1, service: 1ms, state: {size: 1B, idle_timeout: 48h}}]\n"},
	"strikes-none":        {text: "FEW\nUSERS\ntimeline: [{at: 1s, deploy: {}}, {at: 15s, crash: {servers: [server-1]}}]\n"},
	"too-late":            {text: "FEW\nUSERS\ntimeline: [{at: 20s, crash: {}}]\n"},
	"too-long":            {text: "FEW\nUSERS\ntimeline: [{at: 5s, pause: {servers: 1, for: 1m}}]\n"},
	"transient":           {text: "duration: 20s\nreplications: 2\nstart: empty\nservers: {count: 2, queue: unlimited}\nworkload: [{name: a, sessions: 1/s, life: exp(1h), think: exp(20s), service: exp(10ms)}]\n"},
	"undecided":           {text: "duration: 20s\nwarmup: 0\nreplications: 2\nservers: {count: 2}\nworkload: [{name: a, users: 5, think: exp(1s), service: exp(100ms)}]\npolicies: [random, two-choices]\n", args: []string{"--until", "decided", "--max", "4"}},
	"unfinished":          {text: "FEW\nworkload: [{population: nat, users: 20}]\npolicies: [cookie]\ntimeline: [{at: 5s, drain: {servers: 1, deadline: 1h, replace: true}}]\n"},
	"unknown-server":      {text: "FEW\nUSERS\npolicies: [{canary: {servers: [server-3]}}]\n"},
	"unfit-fleet":         {text: "duration: 20s\nwarmup: 0\nreplications: 2\nservers: {count: 62}\nUSERS\npolicies: [random, kong/consistent-hashing]\n"},
	"repeated-lines":      {text: "FEW\nworkload: [{replay: twice.log, service: 1ms}]\n"},
	"address-lists":       {text: "FEW\nworkload: [{replay: lists.log, service: 1ms}]\n"},
	"unidentified":        {text: "FEW\nworkload: [{replay: mixed.log, service: 1ms, client: [user]}]\n"},
	"unread-fields":       {text: "FEW\nworkload: [{replay: long.log, service: 1ms}]\n"},
	"untimed":             {text: "FEW\nworkload: [{replay: mixed.log, service: 1ms, recorded_service: true}]\n"},
	"warmup-untested":     {text: "duration: 30s\nreplications: 5\nservers: {count: 1, cores: 1}\nworkload: [{name: a, sessions: 9/s, requests: 1, service: exp(100ms)}]\n"},
}

// elsewhere are the kinds that `run` cannot show: those of another command, and of runs that take hours.
var elsewhere = map[string]bool{"long-run": true, "not-monotone": true}

var shorthands = strings.NewReplacer("FEW", "duration: 20s\nwarmup: 0\nreplications: 2\nservers: {count: 2}", "USERS", "workload: [{name: a, users: 5, think: exp(1s), service: exp(5ms)}]")

// Every kind of warning is in the result, with its severity and what it is about, however quiet the command is; and nothing is
// printed that is not there.
func TestWarningsArePartOfTheResult(t *testing.T) {
	t.Parallel()
	log, err := os.ReadFile("../../scenarios/catalog/access.log")
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(log, []byte("\n"))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(log)
	w.Close()
	for _, code := range diag.Codes() {
		if elsewhere[code.Name] {
			continue
		}
		t.Run(code.Name, func(t *testing.T) {
			t.Parallel()
			input, ok := warned[code.Name]
			if !ok {
				t.Fatal("no input gives this warning")
			}
			dir := t.TempDir()
			file := filepath.Join(dir, "warned.yaml")
			files := doubtfulLogs()
			for name, content := range map[string][]byte{"warned.yaml": []byte(shorthands.Replace("version: 1\n" + input.text)), "bad.log": append(bytes.Join(lines[:9], nil), "nonsense\n"...),
				"short.log": bytes.Join(lines[:9], nil), "cut.log.gz": packed.Bytes()[:packed.Len()*9/10]} {
				files[name] = content
			}
			for name, content := range files {
				if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			args := append([]string{"run", file, "--seed", "1"}, input.args...)
			var errs bytes.Buffer
			json, said := shown(t, append(args, "--format", "json", "-q"))
			res, err := resultjson.Read(strings.NewReader(json))
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, w := range res.Warnings {
				found = found || w.Code == code.Name && w.Severity == code.Severity
				if w.Place == "" {
					t.Errorf("%s has no place", w.Code)
				}
			}
			if !found {
				t.Errorf("is not in the result, which has %v", res.Warnings)
			}
			text, more := shown(t, append(args, "--show", "warnings"))
			if !strings.Contains(text, code.Severity.String()+" "+code.Name+": ") {
				t.Errorf("--show warnings does not print it:\n%s", text)
			}
			errs.WriteString(said + more)
			for line := range strings.Lines(errs.String()) {
				known := false
				for _, w := range res.Warnings {
					known = known || strings.Contains(line, reports.WarningText(w))
				}
				if !known && strings.Contains(line, ": ") {
					t.Errorf("is printed, and not in the result: %s", line)
				}
			}
		})
	}
}

// doubtfulLogs are logs of 40 lines, a second apart, whose addresses, ends or number of lines are not what one expects.
func doubtfulLogs() map[string][]byte {
	lines := func(n int, address, rest string) []byte {
		var b bytes.Buffer
		for i := range n {
			who := address
			if strings.Contains(address, "%") {
				who = fmt.Sprintf(address, i%7, i)
			}
			fmt.Fprintf(&b, `%s - - [05/Mar/2024:10:00:%02d +0000] "GET /%d HTTP/1.1" 200 1 "-" "ua%d"%s`+"\n", who, i, i, i%3, rest)
		}
		return b.Bytes()
	}
	caddy := strings.Repeat(`{"ts":1709632840.5,"request":{"remote_ip":"192.0.2.1","method":"GET","uri":"/a"},"duration":0.25,"status":200}`+"\n", 3)
	return map[string][]byte{
		"clients.log": lines(40, "10.0.%[1]d.%[2]d", ""), "names.log": lines(40, "host%[1]d.example", ""), "proxy.log": lines(40, "10.0.0.9", ""), "lists.log": lines(40, "10.0.%[1]d.%[2]d, 10.9.9.9", ""),
		"one.log": lines(1, "10.0.0.9", ""), "long.log": lines(40, "10.0.0.%[1]d", " 17200"), "mixed.log": append(lines(40, "10.0.0.%[1]d", ""), caddy...),
		"twice.log":  bytes.Repeat(lines(40, "10.0.0.%[1]d", ""), 2),
		"silent.log": bytes.Replace(lines(40, "10.0.0.%[1]d", ""), []byte("2024:10:00:00"), []byte("2024:09:00:00"), 1),
	}
}

// shown is what a command prints on standard output and on standard error.
func shown(t *testing.T, args []string) (string, string) {
	t.Helper()
	var out, errs bytes.Buffer
	if err := execute(t.Context(), newStreams(strings.NewReader(""), &out, &errs), args); err != nil {
		t.Fatalf("stickysim %s: %v", strings.Join(args, " "), err)
	}
	return out.String(), errs.String()
}
