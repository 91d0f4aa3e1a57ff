package apache

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
)

// header looks for the directive that sets route cookies:
//
//	Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED
func (t *translation) header(d *directive) {
	i := slices.IndexFunc(d.args, func(a string) bool { return strings.EqualFold(a, "Set-Cookie") })
	if i < 0 || i+1 >= len(d.args) || !strings.Contains(d.args[i+1], "%{BALANCER_WORKER_ROUTE}e") {
		t.Harmless(d, "%s: does not choose among servers", d)
		return
	}
	name, value, _ := strings.Cut(d.args[i+1], "=")
	prefix, rest, _ := strings.Cut(value, "%{BALANCER_WORKER_ROUTE}e")
	if !strings.HasSuffix(prefix, ".") || strings.Count(prefix, ".") != 1 {
		t.NotCarried(d, "%s: the route must follow the value's first '.'", d)
		return
	}
	t.cookies[name] = prefix
	t.Translated(d, "%s: route cookie %s", d, source.Short(name))
	if low := strings.ToLower(rest); strings.Contains(low, "max-age") || strings.Contains(low, "expires") {
		t.NotCarried(d, "%s: the cookie's lifetime; clients keep it as long as their session", d)
	}
	if !slices.Contains(d.args, "env=BALANCER_ROUTE_CHANGED") {
		t.Assumed(d, "%s: set with every response; only changes of the route matter", d)
	}
}
