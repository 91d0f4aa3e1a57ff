package yarp

import (
	"strings"
	"time"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim"
)

// names are those of YARP's configuration, as its classes spell them. .NET ignores their case.
var names = func() map[string]string {
	spelled := map[string]string{}
	for _, name := range strings.Fields(`ReverseProxy Clusters Routes Destinations Address Health Host Metadata LoadBalancingPolicy
		SessionAffinity Enabled Policy FailurePolicy AffinityKeyName Cookie Path Domain HttpOnly SecurePolicy SameSite Expiration
		MaxAge IsEssential HealthCheck Active Passive AvailableDestinationsPolicy Interval Timeout Query ReactivationPeriod
		HttpClient SslProtocols DangerousAcceptAnyServerCertificate MaxConnectionsPerServer WebProxy BypassOnLocal
		UseDefaultCredentials EnableMultipleHttp2Connections RequestHeaderEncoding ResponseHeaderEncoding HttpRequest
		ActivityTimeout Version VersionPolicy AllowResponseBuffering ClusterId Match Order AuthorizationPolicy RateLimiterPolicy
		OutputCachePolicy TimeoutPolicy CorsPolicy MaxRequestBodySize Transforms Methods Hosts QueryParameters Headers Name Values
		Mode IsCaseSensitive TransportFailureRateHealthPolicy.RateLimit ConsecutiveFailuresHealthPolicy.Threshold Logging
		AllowedHosts Urls Kestrel Endpoints Certificates Limits ConnectionStrings`) {
		spelled[strings.ToLower(name)] = name
	}
	return spelled
}()

// fold gives a name the spelling of YARP's classes.
func fold(key string) string {
	if name, ok := names[strings.ToLower(key)]; ok {
		return name
	}
	return key
}

// plain replaces comments, and tabs between values, by spaces, so that every value keeps its place.
func plain(data []byte) []byte {
	out, text := append([]byte{}, data...), string(data)
	blank := func(from, to int) int {
		for i := from; i < to; i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
		return to
	}
	for i := 0; i < len(text); {
		switch {
		case text[i] == '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			i++
		case text[i] == '\t':
			i = blank(i, i+1)
		case strings.HasPrefix(text[i:], "//"):
			end := strings.IndexByte(text[i:], '\n')
			if end < 0 {
				end = len(text) - i
			}
			i = blank(i, i+end)
		case strings.HasPrefix(text[i:], "/*"):
			end := strings.Index(text[i+2:], "*/")
			if end < 0 {
				end = len(text) - i - 4
			}
			i = blank(i, min(i+max(end, 0)+4, len(text)))
		default:
			i++
		}
	}
	return out
}

// timeSpan reads .NET's constant format of spans: [d.]hh:mm:ss[.fffffff].
func timeSpan(n *tree.Node) (sim.Time, bool) {
	text, days := n.Value(), 0.0
	if head, clock, ok := strings.Cut(text, "."); ok && strings.Contains(clock, ":") {
		d, err := time.ParseDuration(head + "h")
		if err != nil {
			return 0, false
		}
		days, text = d.Hours(), clock
	}
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return 0, false
	}
	d, err := time.ParseDuration(parts[0] + "h" + parts[1] + "m" + parts[2] + "s")
	span := sim.Time(d) + sim.Time(days*24*float64(sim.Hour))
	return span, err == nil && days <= 3650 && span >= 0
}

// span reads a span of time.
func (im *translation) span(n *tree.Node, to *sim.Time) bool {
	if n == nil {
		return false
	}
	t, ok := timeSpan(n)
	if !ok {
		im.NotCarried(n, "%s: must be a span such as 00:01:40, got %s", n.Key, n)
		return false
	}
	*to = t
	im.Translated(n, "%s: %v", n.Key, t)
	return true
}
