package accesslog

import (
	"strings"
	"testing"
	"time"
)

const (
	nginxMain = `log_format main '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
	'"$http_referer" "$http_user_agent" "$http_x_forwarded_for" rt=$request_time uct="$upstream_response_time" sid=$cookie_sid';`
	apacheTimed = `LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\" %D \"%{sid}C\"" timed`
)

// one reads a single line.
func one(t *testing.T, text string, o Options) *Log {
	t.Helper()
	l, err := Read(strings.NewReader(text), o)
	if err != nil {
		t.Fatalf("Read(%q) = %v", text, err)
	}
	checkInvariants(t, l)
	return l
}

func TestFormats(t *testing.T) {
	const clock = "[02/Jan/2026:03:04:05 +0100]"
	for _, test := range []struct {
		name, format, line string
		client             []Field
		wantAddr, wantName string
		agent              string
		method             Method
		status             uint16
		demand             int32
		uri                string
	}{
		{"common", "", `192.0.2.1 - - ` + clock + ` "GET /a HTTP/1.1" 200 5`, nil, "192.0.2.1", "", "", MethodGet, 200, -1, "/a"},
		{"combined IPv6", "", `2001:db8::1 - - ` + clock + ` "PUT /a?b=c HTTP/2.0" 404 - "-" "curl/8"`, nil, "2001:db8::1", "", "curl/8", MethodPut, 404, -1, "/a?b=c"},
		{"host name", "", `gw.example.org - - ` + clock + ` "GET /a HTTP/1.1" 200 5`, nil, "", "gw.example.org", "", MethodGet, 200, -1, "/a"},
		{"user with spaces", "", `192.0.2.1 - Ann Lee ` + clock + ` "GET /a HTTP/1.1" 200 5 "-" "x"`, []Field{User}, "192.0.2.1", "Ann Lee", "x", MethodGet, 200, -1, "/a"},
		{"not logged in", "", `192.0.2.1 - - ` + clock + ` "GET /a HTTP/1.1" 200 5 "-" "x"`, []Field{User}, "192.0.2.1", "", "x", MethodGet, 200, -1, "/a"},
		{"empty user", "", `192.0.2.1 - "" ` + clock + ` "GET /a HTTP/1.1" 200 5 "-" "x"`, []Field{User}, "192.0.2.1", "", "x", MethodGet, 200, -1, "/a"},
		{"Apache escapes", "", `192.0.2.1 - - ` + clock + ` "GET /\"q\" HTTP/1.1" 200 5 "a \" b" "say \"hi\" \\"`, nil, "192.0.2.1", "", `say "hi" \`, MethodGet, 200, -1, `/\"q\"`},
		{"nginx escapes", "", `192.0.2.1 - - ` + clock + ` "GET /\x22q HTTP/1.1" 200 5 "-" "say \x22hi\x22 \x5C"`, nil, "192.0.2.1", "", `say "hi" \`, MethodGet, 200, -1, `/\x22q`},
		{"raw quote", "", `192.0.2.1 - - ` + clock + ` "GET /a"b HTTP/1.1" 200 5 "-" "x"`, nil, "192.0.2.1", "", "x", MethodGet, 200, -1, `/a"b`},
		{"TLS on a plain port", "", `192.0.2.1 - - ` + clock + ` "\x16\x03\x01" 400 0 "-" "-"`, nil, "192.0.2.1", "", "", MethodOther, 400, -1, `\x16\x03\x01`},
		{"empty request", "", `192.0.2.1 - - ` + clock + ` "-" 408 0 "-" "-"`, nil, "192.0.2.1", "", "", MethodOther, 408, -1, "-"},
		{"HTTP/0.9", "", `192.0.2.1 - - ` + clock + ` "GET /a" 200 5`, nil, "192.0.2.1", "", "", MethodGet, 200, -1, "/a"},
		{"unterminated agent", "", `192.0.2.1 - - ` + clock + ` "GET /a HTTP/1.1" 200 5 "-" "half`, nil, "192.0.2.1", "", "half", MethodGet, 200, -1, "/a"},
		{"vhost_combined", "", `shop.example:443 192.0.2.1 - - ` + clock + ` "GET /a HTTP/1.1" 200 5 "-" "x"`, nil, "192.0.2.1", "", "x", MethodGet, 200, -1, "/a"},
		{"extra field", "", `192.0.2.1 - - ` + clock + ` "GET /a HTTP/1.1" 200 5 "-" "x" 0.5 "sid 7"`, []Field{"extra2"}, "192.0.2.1", "sid 7", "x", MethodGet, 200, -1, "/a"},
		{"nginx log_format", nginxMain, `192.0.2.1 - - ` + clock + ` "GET /a HTTP/1.1" 200 5 "-" "x" "203.0.113.9, 10.0.0.1" rt=1.250 uct="0.100, - : 0.250" sid=s7`, []Field{"$cookie_sid"}, "192.0.2.1", "s7", "x", MethodGet, 200, 250000, "/a"},
		{"forwarded", nginxMain, `10.0.0.9 - - ` + clock + ` "GET /a HTTP/1.1" 200 5 "-" "x" "203.0.113.9, 10.0.0.1" rt=1.250 uct="-" sid=-`, []Field{Forwarded, UserAgent}, "203.0.113.9", "", "x", MethodGet, 200, 1250000, "/a"},
		{"nginx msec", `$msec|${remote_addr}|$request_method|$uri$is_args$args|$status`, `1767319445.123|::1|POST|/a?b|201`, nil, "::1", "", "", MethodPost, 201, -1, "/a?b"},
		{"nginx ISO", `$time_iso8601 $remote_addr "$request" $status`, `2026-01-02T03:04:05+01:00 192.0.2.1 "GET /a HTTP/1.1" 200`, nil, "192.0.2.1", "", "", MethodGet, 200, -1, "/a"},
		{"Apache LogFormat", apacheTimed, `shop:80 192.0.2.1 - - ` + clock + ` "GET /a HTTP/1.1" 200 5 "-" "x" 1500 "s8"`, []Field{"%{sid}C"}, "192.0.2.1", "s8", "x", MethodGet, 200, 1500, "/a"},
		{"Apache ms, %%", `%%%a %{%Y-%m-%d %H:%M:%S}t|%m %U%q %s %{ms}T`, `%192.0.2.1 2026-01-02 03:04:05|GET /a?b 200 15`, nil, "192.0.2.1", "", "", MethodGet, 200, 15000, "/a?b"},
		{"HAProxy", "", `192.0.2.1:33317 [06/Feb/2026:12:14:14.655] web~ app/s1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1"`, nil, "192.0.2.1", "", "", MethodGet, 200, 69000, "/a"},
		{"HAProxy aborted", "haproxy", `::1:33317 [06/Feb/2026:12:14:14.655] web app/<NOSRV> -1/-1/-1/-1/9 -1 0 - - CR-- 1/1/1/1/0 0/0 {Mozilla "x" ] [} "<BADREQ>"`, nil, "::1", "", `Mozilla "x" ] [`, MethodOther, 0, -1, "<BADREQ>"},
		{"Caddy", "", `{"ts":1767319445.5,"request":{"remote_addr":"192.0.2.1:44","method":"GET","uri":"/a","headers":{"User-Agent":["x"]}},"duration":0.25,"status":200}`, nil, "192.0.2.1", "", "x", MethodGet, 200, 250000, "/a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := one(t, test.line, Options{Format: test.format, Client: test.client})
			c, r := l.Clients[0], l.Records.At(0)
			addr := ""
			if c.Addr.IsValid() {
				addr = c.Addr.String()
			}
			eq(t, "address", addr, test.wantAddr)
			eq(t, "name", c.Name, test.wantName)
			eq(t, "agent", l.Agents[c.Agent], test.agent)
			eq(t, "target", r.Target, targetOf(test.method, []byte(test.uri)))
			eq(t, "demand", r.Demand(), test.demand)
			eq(t, "answers", l.Stats.Answers[test.status/100], 1)
		})
	}
}

// TestArrival: nginx stamps the end of a request, Apache its beginning.
func TestArrival(t *testing.T) {
	two := "[02/Jan/2026:03:04:05 +0000] 192.0.2.1 3\n[02/Jan/2026:03:04:06 +0000] 192.0.2.1 0\n"
	l := one(t, two, Options{Format: `[$time_local] $remote_addr $request_time`})
	eq(t, "nginx span", spanOf(l), 4*time.Second)
	eq(t, "nginx logged span", l.Stats.Last.Sub(l.Stats.First), time.Second)
	l = one(t, two, Options{Format: `%t %h %T`})
	eq(t, "Apache span", spanOf(l), time.Second)
}

func TestBadOptions(t *testing.T) {
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Format: "elbow"}, "has no variables"},
		{Options{Format: "$remote_addr $status"}, "no time"},
		{Options{Format: "$time_local$remote_addr"}, "nothing separates $time_local from $remote_addr"},
		{Options{Format: "%t %>s"}, `no field "address"`},
		{Options{Format: strings.Repeat("%h ", 65) + "%t"}, "66 variables"},
		{Options{Format: strings.Repeat("x", 5000)}, "5000 bytes"},
		{Options{Client: []Field{"cookie"}}, `no field "cookie"`},
		{Options{Client: []Field{UserAgent}, Format: "%h %t"}, `no field "user-agent"`},
		{Options{Client: make([]Field, 9)}, "9 fields"},
		{Options{MaxLine: -1}, "MaxLine: -1"},
		{Options{MaxLine: 1 << 21}, "MaxLine: 2097152"},
	} {
		l, err := Read(strings.NewReader("192.0.2.1 - - [02/Jan/2026:03:04:05 +0100] \"GET / HTTP/1.1\" 200 5\n"), test.o)
		if l != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Read(%+v) = %v, %v; want an error with %q", test.o, l, err, test.want)
		}
	}
}
