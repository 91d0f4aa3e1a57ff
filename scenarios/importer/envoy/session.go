package envoy

import (
	"strings"

	"stickysim/policies/envoy"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// isSession recognises the stateful_session HTTP filter.
func isSession(n *tree.Node) bool {
	return n.Get("typed_config") != nil && extension(n) == "StatefulSession"
}

// session puts the file's stateful_session filter, which stands before every route of its listener, in front of a pool.
func (im *translation) session(p *ir.Pool, c *tree.Node, settings envoy.Cluster) {
	if len(im.sessions) == 0 {
		return
	}
	filter := im.sessions[0]
	config := filter.Get("typed_config")
	state := config.Get("session_state", "typed_config")
	s := envoy.StatefulSession{
		Session: "cookie", LBPolicy: strings.ReplaceAll(strings.TrimPrefix(p.Policy, "envoy/"), "-", "_"),
		Strict: config.Get("strict").True(), Cluster: settings,
	}
	if cookie := state.Get("cookie"); cookie != nil {
		p.CookieName = cookie.Get("name").Value()
		im.span(cookie.Get("ttl"), &s.TTL)
		p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "stateful_session cookie"}
	} else {
		s.Session = "header"
		name := state.Get("name").Value()
		p.Key = ir.KeySource{Kind: "header", Name: name, Text: "stateful_session header"}
	}
	override := c.Get("common_lb_config", "override_host_status")
	for _, status := range override.Get("statuses").Children() {
		s.HonorDraining = s.HonorDraining || status.Value() == "DRAINING"
	}
	if override != nil {
		im.Translated(override, "override_host_status: draining hosts honoured: %v", s.HonorDraining)
	}
	p.Policy, p.Params = "envoy/stateful-session", s
	im.Translated(filter, "stateful_session: policy envoy/stateful-session for cluster %s", source.Short(p.Name))
	for _, more := range im.sessions[1:] {
		im.NotCarried(more, "stateful_session: only the first filter of a file is used, for all clusters")
	}
}
