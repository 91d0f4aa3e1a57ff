// Package yarp imports the section ReverseProxy of appsettings.json, as YARP reads it: each cluster becomes a pool with a
// policy of stickysim/policies/yarp, everything else becomes a remark. Comments and commas at the end of lists are allowed,
// and the case of names does not matter, as in .NET.
//
// Floor 8.
package yarp

import (
	"strings"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name:       "yarp",
	Signs:      lazy.Regexp(`(?i)"ReverseProxy"\s*:\s*(//.*\s*)?\{|"(HashCookie|ArrCookie|PowerOfTwoChoices|FirstAlphabetical)"`),
	Precedence: 6,
	FileNames:  []string{"appsettings*.json"},
	Import:     importer.Each(importFile),
})

// harmless is what does not choose among destinations, by path of keys.
var harmless = []source.Harmless{
	{Names: []string{
		"Logging", "AllowedHosts", "Urls", "Kestrel Endpoints", "Kestrel Certificates", "ConnectionStrings", "$schema", "ApplicationInsights", "Serilog",
	}, Why: "of the application, not of its proxy"},
	{Names: []string{"ReverseProxy Routes * Match", "ReverseProxy Routes * Order"}, Why: "which requests the route is for"},
	{Names: []string{
		"ReverseProxy Routes * AuthorizationPolicy", "ReverseProxy Routes * CorsPolicy", "ReverseProxy Routes * MaxRequestBodySize",
	}, Why: "whether a request is let in, decided before a destination is chosen"},
	{Names: []string{"ReverseProxy Routes * Transforms"}, Why: "changes requests and answers, not where they go"},
	{Names: []string{"ReverseProxy Routes * Metadata", "ReverseProxy Clusters * Destinations * Metadata"}, Why: "for extensions; YARP itself reads none of it here"},
	{Names: []string{"ReverseProxy Clusters * Destinations * Host"}, Why: "the host name sent to the destination"},
	{Names: []string{"ReverseProxy Clusters * Destinations * Health"}, Why: "the address of probes; the model probes the destination itself"},
	{Names: []string{
		"ReverseProxy Clusters * SessionAffinity Cookie HttpOnly", "ReverseProxy Clusters * SessionAffinity Cookie SecurePolicy",
		"ReverseProxy Clusters * SessionAffinity Cookie SameSite", "ReverseProxy Clusters * SessionAffinity Cookie IsEssential",
		"ReverseProxy Clusters * SessionAffinity Cookie Domain", "ReverseProxy Clusters * SessionAffinity Cookie Path",
	}, Why: "which of a site's requests carry the cookie; the model's clients send it with each"},
	{Names: []string{"ReverseProxy Clusters * HealthCheck Active Path", "ReverseProxy Clusters * HealthCheck Active Query"}, Why: "what probes ask for"},
	{Names: []string{
		"ReverseProxy Clusters * HttpClient SslProtocols", "ReverseProxy Clusters * HttpClient DangerousAcceptAnyServerCertificate",
		"ReverseProxy Clusters * HttpClient EnableMultipleHttp2Connections", "ReverseProxy Clusters * HttpClient RequestHeaderEncoding",
		"ReverseProxy Clusters * HttpClient ResponseHeaderEncoding", "ReverseProxy Clusters * HttpRequest Version",
		"ReverseProxy Clusters * HttpRequest VersionPolicy", "ReverseProxy Clusters * HttpRequest AllowResponseBuffering",
	}, Why: "how a request is sent, not where"},
}

var known = tree.NewKnown(harmless)

// importFile reads one file. Text that is no JSON, or has no cluster, is an error or a remark; anything else that cannot be
// carried over is a remark.
func importFile(in *source.Input, name string) error {
	return in.Read(name, func(data []byte) error {
		docs, err := tree.Documents(name, plain(data), fold)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			im := &translation{Input: in, keys: map[string]string{}}
			im.settings(doc)
			doc.Account(in, known, "")
		}
		return nil
	})
}

// translation is a file under translation.
type translation struct {
	*source.Input
	keys map[string]string // the first cluster with a name of an affinity key
}

// settings translates a file, or its section ReverseProxy alone.
func (im *translation) settings(doc *tree.Node) {
	proxy := doc.Get("ReverseProxy")
	if proxy == nil {
		im.NotCarried(doc, "no section ReverseProxy: the application may read its proxy from another section or in code")
		return
	}
	routes := proxy.Get("Routes")
	to := map[string][]*tree.Node{} // by cluster, in lower case
	for _, r := range routes.Children() {
		id := strings.ToLower(r.Get("ClusterId").Value())
		to[id] = append(to[id], r)
	}
	for _, c := range proxy.Get("Clusters").Children() {
		p := ir.Pool{Name: im.Names.Unique(c.Key), Place: c.Place, Key: ir.KeySource{Kind: "none"}}
		im.cluster(&p, c)
		im.routes(&p, c.Key, to[strings.ToLower(c.Key)])
		im.Pools = append(im.Pools, p)
	}
	for _, r := range routes.Children() {
		im.route(r)
	}
}

// routes reads the routes to a cluster: one that takes every path makes it the default.
func (im *translation) routes(p *ir.Pool, cluster string, routes []*tree.Node) {
	for _, r := range routes {
		im.Translated(r.Get("ClusterId"), "ClusterId: route %s leads to cluster %s", source.Short(r.Key), source.Short(cluster))
		match := r.Get("Match")
		path := match.Get("Path").Value()
		p.Default = p.Default || (path == "" || strings.HasPrefix(path, "{**") || strings.HasPrefix(path, "/{**")) && match.Get("Hosts") == nil
		if t := r.Get("Timeout"); p.Limits.Request == 0 {
			im.span(t, &p.Limits.Request)
		} else if t != nil {
			im.NotCarried(t, "Timeout of route %s: another route to cluster %s has set it", source.Short(r.Key), source.Short(cluster))
		}
	}
}

// route names what a route does that matters and is not modelled.
func (im *translation) route(r *tree.Node) {
	for _, x := range [...]struct{ key, why string }{
		{"RateLimiterPolicy", "limits of rates are not modelled"}, {"OutputCachePolicy", "answers from a cache are not modelled"},
		{"TimeoutPolicy", "it is defined in the application's code"},
	} {
		if n := r.Get(x.key); n != nil {
			im.NotCarried(n, "%s: %s", x.key, x.why)
		}
	}
	if id := r.Get("ClusterId"); id != nil && !im.Mentioned(id) {
		im.NotCarried(id, "ClusterId %s: there is no such cluster in this file", id)
	}
	if t := r.Get("Timeout"); t != nil && !im.Mentioned(t) {
		im.NotCarried(t, "Timeout: route %s leads to no cluster of this file", source.Short(r.Key))
	}
}
