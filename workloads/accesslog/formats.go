package accesslog

import "strings"

// named is a format that goes by a name.
type named struct {
	name  string
	about string // what writes it
	make  func() parser
}

// Variables of the formats below are Apache's, or in braces the name of a kind; {-} is skipped.
const (
	commonFormat   = `%h %l %u %t "%r" %>s %b`
	combinedFormat = commonFormat + ` "%{Referer}i" "%{User-Agent}i"`
)

// text is a format of a product. Where rest is given, it follows combined, and lines without it are combined ones.
type text struct {
	format, rest    string
	ends            bool   // the time is the end of the request
	came            int    // which field behind the end is the time at which the request came; 0 = none
	total, upstream string // what the product calls its durations
}

// known are the formats that are recognised. Where several read the lines of a log, an earlier one says more of them.
var known = []named{
	{"ingress-nginx", "ingress-nginx", text{rest: ` {bytes} {seconds} [{-}] [{-}] {-} {-} {upstream seconds} {-}`, ends: true, total: "$request_time", upstream: "$upstream_response_time"}.named},
	{"traefik", "Traefik, format common", text{rest: ` {-} "{-}" "{-}" {millis}ms`, total: "the duration"}.named},
	{"upstream_time", "nginx with rt= and urt=", text{rest: ` rt={seconds} uct="{-}" uht="{-}" urt="{upstream seconds}"`, ends: true, total: "rt", upstream: "urt"}.named},
	{"main", "nginx's log_format main", text{rest: ` "{forwarded addresses}"`, ends: true}.named},
	{"combined_time", "combined and $request_time", text{rest: ` {exact seconds}`, ends: true, total: "$request_time"}.named},
	{"combined", "nginx, Apache and many others", text{format: combinedFormat}.named},
	{"vhost_combined", "Apache with virtual hosts", text{format: "{host}:%p " + combinedFormat}.named},
	{"vhost", "combined behind the name of a virtual host", text{format: "{host} " + combinedFormat}.named},
	{"haproxy", "HAProxy, option httplog or tcplog", func() parser { return haproxy{} }},
	{"alb", "AWS Application Load Balancer", text{format: `{-} {time} {-} {ip} {-} {-} {upstream seconds} {-} {status} {-} {-} {-} "{request}" "{agent}"`, ends: true, came: 8, total: "the time since request_creation_time", upstream: "target_processing_time"}.named},
	{"nlb", "AWS Network Load Balancer, TLS", text{format: `tls {-} {time} {-} {-} {ip} {-} {millis} {-} {bytes} {bytes}`, ends: true, total: "connection_time"}.named},
	{"elb", "AWS Classic Load Balancer", text{format: `{time} {-} {ip} {-} {-} {upstream seconds} {-} {status} {-} {-} {-} "{request}" "{agent}"`, upstream: "backend_processing_time"}.named},
	{"envoy", "Envoy's default format", text{format: `[{time}] "{request}" {status} {-} {bytes} {bytes} {millis} {upstream millis} "{client of forwarded}" "{agent}"`, total: "DURATION", upstream: "X-ENVOY-UPSTREAM-SERVICE-TIME"}.named},
	{"istio", "Istio's default format", text{format: `[{time}] "{request}" {status} {-} {-} {-} "{-}" {bytes} {bytes} {millis} {upstream millis} "{forwarded}" "{agent}" "{-}" "{-}" "{-}" {-} {-} {-} {ip} {-}`, total: "DURATION", upstream: "X-ENVOY-UPSTREAM-SERVICE-TIME"}.named},
	{"squid", "Squid", text{format: `{time} {millis} {ip} {-}/{status} {bytes} {method} {uri} {user} {-}/{-}`, ends: true, total: "the elapsed time"}.named},
	{"traefik_json", "Traefik, format json", traefikJSON.named},
	{"caddy", "Caddy", caddyJSON.named},
	{"envoy_json", "Envoy and Istio, encoded as JSON", envoyJSON.named},
	{"gcp", "Google Cloud load balancers", gcpJSON.named},
	{"cloudflare", "Cloudflare Logpush", cloudflareJSON.named},
	{"json", "nginx as JSON, its variables or their usual names for keys", anyJSON.named},
	{"ltsv", "labelled tab-separated values", ltsv.named},
	{"w3c", "IIS and CloudFront: W3C extended format", func() parser { return newExtended() }},
}

// Example is a format string, to show how one is written.
const Example = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time`

// Formats are the names that Options.Format knows, and what writes each.
func Formats() (names, about []string) {
	names, about = []string{"common"}, []string{"servers from before combined"}
	for _, f := range known {
		names, about = append(names, f.name), append(about, f.about)
	}
	return names, about
}

// parser makes a parser for the format.
func (f named) parser() parser {
	p := f.make()
	if l, ok := p.(*layout); ok {
		l.title = f.name
	}
	return p
}

// named makes the parser. The formats are our own, so that a mistake in one is a panic.
func (t text) named() parser {
	format := t.format
	if t.rest != "" {
		format = combinedFormat + t.rest
	}
	p := mustAssemble(format)
	p.ends, p.came, p.total, p.upstream = t.ends, t.came, t.total, t.upstream
	switch {
	case t.rest != "":
		p.plain = text{format: combinedFormat}.named().(*layout)
	case strings.HasSuffix(t.format, combinedFormat):
		p.tail = true
		p.optional = len(p.vars) - 2
	case t.format == commonFormat:
		p.tail = true
	}
	return p
}

func mustAssemble(format string) *layout {
	p, err := assemble(format, productVariable)
	if err != nil {
		panic(err)
	}
	return p
}

// productVariable reads {kind}, or one of Apache's variables.
func productVariable(s string) (n int, k kind, open, shut string) {
	if s[0] != '{' {
		return apacheVariable(s)
	}
	n = strings.IndexByte(s, '}') + 1
	name := s[1 : n-1]
	if name == "-" {
		return n, kindSkip, "", ""
	}
	for k, known := range productKinds {
		if known == name {
			return n, k, "", ""
		}
	}
	panic("no kind " + name)
}

// productKinds are the names of kinds in braces.
var productKinds = map[kind]string{
	kindAddress: "address", kindIP: "ip", kindHost: "host", kindUser: "user", kindAgent: "agent", kindForwarded: "forwarded", kindForwardedOnly: "forwarded addresses",
	kindForwardedClient: "client of forwarded", kindTime: "time", kindRequest: "request", kindMethod: "method", kindURI: "uri",
	kindStatus: "status", kindBytes: "bytes", kindSeconds: "seconds", kindExactSeconds: "exact seconds", kindMillis: "millis",
	kindUpstream: "upstream seconds", kindUpstreamMillis: "upstream millis",
}
