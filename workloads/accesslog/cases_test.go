package accesslog

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKnownFormats reads 40 requests of 5 clients in every known format and behind every known wrapper. They come about 3 s
// apart, and take 207 ms on average.
func TestKnownFormats(t *testing.T) {
	t.Parallel()
	const plain, timed = false, true
	for _, want := range []struct {
		file, format, wrapping string
		timed                  bool
		clients                int // 4 where the log has no user agents
	}{
		{"apache_D_cookie.log", "combined", "", plain, 5},
		{"aws_alb.log", "alb", "", timed, 5},
		{"aws_elb_classic.log", "elb", "", timed, 5},
		{"caddy_json.log", "caddy", "", timed, 5},
		{"cloudflare_logpush.jsonl", "cloudflare", "", timed, 5},
		{"cloudfront.log", "w3c", "", timed, 5},
		{"combined.log", "combined", "", plain, 5},
		{"compose.log", "combined", "docker compose", plain, 5},
		{"cri.log", "combined", "Kubernetes CRI", plain, 5},
		{"docker_json_wrapped.log", "combined", "JSON", plain, 5},
		{"envoy_default.log", "envoy", "", timed, 5},
		{"envoy_json.log", "envoy_json", "", timed, 5},
		{"gcp_lb.jsonl", "gcp", "", timed, 5},
		{"haproxy_cookie.log", "haproxy", "", timed, 5},
		{"haproxy_default_httplog_iso.log", "haproxy", "", timed, 4},
		{"haproxy_stdout_raw.log", "haproxy", "", timed, 4},
		{"haproxy_tcplog.log", "haproxy", "", timed, 4},
		{"iis_w3c.log", "w3c", "", timed, 5},
		{"ingress_nginx.log", "ingress-nginx", "", timed, 5},
		{"istio.log", "istio", "", timed, 5},
		{"journald.log", "combined", "syslog", plain, 5},
		{"kubectl-prefix.log", "combined", "kubectl logs --prefix", plain, 5},
		{"ltsv.log", "ltsv", "", timed, 5},
		{"nginx_json.log", "json", "", timed, 5},
		{"nginx_main_xff.log", "main", "", plain, 3},
		{"nginx_rt.log", "upstream_time", "", timed, 5},
		{"rfc5424.log", "combined", "syslog RFC 5424", plain, 5},
		{"squid.log", "squid", "", timed, 4},
		{"syslog.log", "combined", "syslog", plain, 5},
		{"traefik_clf.log", "traefik", "", timed, 5},
		{"traefik_json.log", "traefik_json", "", timed, 5},
		{"vhost-without-port.log", "vhost", "", plain, 5},
	} {
		l := readFile(t, filepath.Join("../../workloads/accesslog/testdata/formats", want.file), Options{})
		checkInvariants(t, l)
		eq(t, want.file+": format", l.Stats.Format, want.format)
		eq(t, want.file+": wrapping", l.Stats.Wrapping, want.wrapping)
		eq(t, want.file+": requests", l.Records.Len(), 40)
		eq(t, want.file+": bad lines", l.Bad.Total, 0)
		eq(t, want.file+": clients", len(l.Clients), want.clients)
		if span := spanOf(l); span < 115*time.Second || span > 119*time.Second {
			t.Errorf("%s: the requests span %v; want about 117 s", want.file, span)
		}
		took := 0.0
		for i, r := range l.Records.All() {
			took += float64(r.Took()) / 1e6 / 40
			if uri := fmt.Appendf(nil, "/p/%d?id=%d", i%7, i); want.file != "haproxy_tcplog.log" && r.Target != targetOf(MethodGet, uri) {
				t.Errorf("%s: request %d is not for %s", want.file, i, uri)
			}
		}
		if want.timed && (l.Stats.Timed != 40 || math.Abs(took-0.207) > 0.0015) {
			t.Errorf("%s: %d requests took %.3f s on average; want 40 and 0.207", want.file, l.Stats.Timed, took)
		}
		if !want.timed && l.Stats.Timed > 0 {
			t.Errorf("%s: %d requests have a duration", want.file, l.Stats.Timed)
		}
	}
}

// TestUnreadFields: what follows the end of a known format is counted, and the field of it that is another address is named.
func TestUnreadFields(t *testing.T) {
	l := readFile(t, "../../workloads/accesslog/testdata/formats/apache_D_cookie.log", Options{})
	eq(t, "Apache: lines", l.Stats.Unread, 40)
	eq(t, "Apache: text", l.Stats.UnreadText, `222000 "s0"`)
	l = one(t, `10.0.0.9 - - [02/Jan/2026:03:04:05 +0100] "GET /a HTTP/1.1" 200 5 "-" "x" 17 "203.0.113.9, 10.0.0.1"`+"\n", Options{})
	eq(t, "peer", l.Stats.UnreadPeer, "extra2")
	l = one(t, `{"time":"2026-01-02T03:04:05Z","remote_addr":"192.0.2.1","status":200,"latency":7}`+"\n", Options{})
	eq(t, "JSON", l.Stats.UnreadText, "latency")
	for _, name := range []string{"aws_alb.log", "istio.log", "ingress_nginx.log", "combined.log", "nginx_json.log", "squid.log"} {
		eq(t, name, readFile(t, "../../workloads/accesslog/testdata/formats/"+name, Options{}).Stats.Unread, 0)
	}
}

// A request to an AWS Application Load Balancer came at its request_creation_time. The line's time is when the load balancer generated the
// response, or a WebSocket was closed, and the server had target_processing_time of what is between them.
func TestArrivalsAtALB(t *testing.T) {
	const head, between = "https 2024-03-05T10:00:10.000000Z app/a/1 192.0.2.1:2817 ", ` 200 200 34 366 "GET https://x.org:443/ HTTP/1.1" "a b" TLS_AES TLSv1.3 arn:aws:x "Root=1-5" "x.org" "session-reused" 0 `
	for _, c := range []struct {
		name, line       string
		came             time.Duration // after 10:00:00
		total, serverFor int32         // µs
	}{
		{"queue and slow client", head + "10.0.0.1:80 1.500 0.250 0.250" + between + `2024-03-05T10:00:08.000000Z "forward" "-"`, 8 * time.Second, 2_000_000, 250_000},
		{"no answer", head + "10.0.0.1:80 0.001 -1 -1" + between + `2024-03-05T10:00:01.000000Z "forward" "-"`, time.Second, -1, -1},
		{"no target", head + "- -1 -1 -1" + between + `2024-03-05T10:00:09.500000Z "fixed-response" "-"`, 9500 * time.Millisecond, -1, -1},
		{"of before 2018", head + "10.0.0.1:80 0.000 0.250 0.000" + strings.TrimSuffix(between, ` "x.org" "session-reused" 0 `), 9750 * time.Millisecond, 250_000, 250_000},
		{"open for hours", head + "10.0.0.1:80 0.000 0.250 0.000" + between + `2024-03-05T08:00:00.000000Z "forward"`, -2 * time.Hour, 250_000, 250_000},
		{"clock that goes back", head + "10.0.0.1:80 0.000 0.250 0.000" + between + `2024-03-05T10:00:11.000000Z "forward"`, 9750 * time.Millisecond, 250_000, 250_000},
	} {
		l := one(t, c.line+"\n", Options{})
		eq(t, c.name+": format", l.Stats.Format, "alb")
		r := l.Records.At(0)
		came := l.Stats.First
		if r.Took() >= 0 {
			came = came.Add(-time.Duration(r.Took()) * time.Microsecond)
		}
		eq(t, c.name+": came", came.Sub(time.Date(2024, 3, 5, 10, 0, 0, 0, time.UTC)), c.came)
		eq(t, c.name+": took", r.Took(), c.total)
		eq(t, c.name+": server", r.Demand(), c.serverFor)
		eq(t, c.name+": unread", l.Stats.Unread, 0)
	}
}
