package accesslog

import (
	"fmt"
	"strings"
	"testing"
)

const shortLine = `203.0.113.%d - - [02/Jan/2026:03:04:%02d +0000] "GET /p/%d HTTP/1.1" 200 5 "-" "x"`

// requests are n lines of format combined, each put through wrap.
func requests(n int, wrap func(i int, line string) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(wrap(i, fmt.Sprintf(shortLine, i, i%60, i)))
	}
	return b.String()
}

// Collectors split long lines, and those of other streams may come in between.
func TestSplitLinesAreJoined(t *testing.T) {
	long := strings.Repeat("a", 17<<10)
	for name, wrap := range map[string]func(i int, line string) string{
		"Kubernetes CRI": func(i int, line string) string {
			const at = "2026-01-02T03:04:05.000000000Z "
			if i%3 > 0 {
				return at + "stdout F " + line + "\n"
			}
			return at + "stdout P " + line[:10] + "\n" + at + "stdout P " + line[10:40] + "\n" + at + "stderr P 2026/01/02 03:04:05 [no\n" + at + "stdout F " + line[40:] + "\n" + at + "stderr F tice] 1#1\n"
		},
		"JSON": func(i int, line string) string {
			one := func(text string) string { return `{"log":"` + strings.ReplaceAll(text, `"`, `\"`) }
			if i%3 > 0 {
				return one(line) + `\n","stream":"stdout"}` + "\n"
			}
			line = strings.TrimSuffix(line, `x"`) + long + `"`
			return one(line[:16<<10]) + `","stream":"stdout"}` + "\n" + one(line[16<<10:]) + `\n","stream":"stdout"}` + "\n"
		},
	} {
		l := one(t, requests(30, wrap), Options{})
		checkInvariants(t, l)
		eq(t, name+": wrapping", l.Stats.Wrapping, name)
		eq(t, name+": requests", l.Records.Len(), 30)
		eq(t, name+": clients", len(l.Clients), 30)
		eq(t, name+": bad lines", l.Bad.Total, 0)
		for i, r := range l.Records.All() {
			if r.Target != targetOf(MethodGet, fmt.Appendf(nil, "/p/%d", i)) {
				t.Errorf("%s: request %d is for something else", name, i)
			}
		}
	}
}

// A line whose last part is missing is bad, and one that never ends takes no more memory than a line may have.
func TestSplitLinesWithoutAnEnd(t *testing.T) {
	const at = "2026-01-02T03:04:05.000000000Z stdout "
	text := requests(200, func(i int, line string) string { return at + "F " + line + "\n" })
	for _, rest := range []string{at + "P 203.0.113.9 - -\n", strings.Repeat(at+"P "+strings.Repeat("x", 16<<10)+"\n", 100)} {
		l := one(t, text+rest, Options{})
		checkInvariants(t, l)
		eq(t, "requests", l.Records.Len(), 200)
		eq(t, "bad lines", l.Bad.Total, 1)
	}
	l := one(t, text+strings.Repeat(at+"P "+strings.Repeat("x", 16<<10)+"\n", 5)+at+"F y\n", Options{})
	checkInvariants(t, l)
	eq(t, "too long", l.Bad.Counts[0].Reason, TooLong)
}

// stern writes the names of pod and container in front of each line.
func TestStern(t *testing.T) {
	l := one(t, requests(20, func(_ int, line string) string { return "web-7d9f8c6b5-x2k4q nginx " + line + "\n" }), Options{})
	checkInvariants(t, l)
	eq(t, "wrapping", l.Stats.Wrapping, "stern")
	eq(t, "requests", l.Records.Len(), 20)
}

// A list of addresses, as X-Forwarded-For has them, stands for the client in front of the proxies.
func TestAddressLists(t *testing.T) {
	const rest = ` - - [02/Jan/2026:03:04:05 +0000] "GET /a HTTP/1.1" 200 5 "-" "x"` + "\n"
	for list, want := range map[string]string{
		"203.0.113.9":                          "203.0.113.9",
		"203.0.113.9, 10.0.0.1":                "203.0.113.9",
		"203.0.113.9,10.0.0.1, 10.0.0.2":       "203.0.113.9",
		"unknown, 203.0.113.9":                 "203.0.113.9",
		"2001:db8::7, 203.0.113.9:4711":        "2001:db8::7",
		"[2001:db8::7]:4711, 203.0.113.9":      "2001:db8::7",
		"203.0.113.9, 10.0.0.1, , 192.168.1.1": "203.0.113.9",
	} {
		l := one(t, list+rest+list+rest, Options{})
		checkInvariants(t, l)
		eq(t, list, l.Clients[0].Addr.String(), want)
		eq(t, list+": format", l.Stats.Format, "combined")
		listed := 0
		if strings.Contains(list, ",") {
			listed = 2
			eq(t, list+": line", l.Stats.ListedLine, 1)
		}
		eq(t, list+": lists", l.Stats.Listed, listed)
	}
	l := one(t, `{"time":"2026-01-02T03:04:05Z","remote_addr":"203.0.113.9, 10.0.0.1","status":200}`+"\n"+`{"time":"2026-01-02T03:04:05Z","status":200,"remote_user":"u"}`+"\n", Options{})
	eq(t, "JSON", l.Clients[0].Addr.String(), "203.0.113.9")
	eq(t, "JSON: lists", l.Stats.Listed, 1)
	if l, err := Read(strings.NewReader("203.0.113.9, evil"+rest), Options{}); err == nil {
		t.Errorf("a list of other things is read: %+v", l.Clients)
	}
}
