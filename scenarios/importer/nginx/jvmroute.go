package nginx

import (
	"strings"

	"stickysim/policies"
	nginxpolicy "stickysim/policies/nginx"
	"stickysim/scenarios/importer/ir"
)

// jvmRoute translates the directive of the third-party module nginx-upstream-jvm-route: the server whose srun_id stands behind
// the session id takes the request. It reports whether clients can be bound.
func (t *translation) jvmRoute(g *group, balance string) bool {
	d := g.jvm
	switch {
	case len(d.args) == 0 || !strings.HasPrefix(d.args[0], "$"):
		t.remark(ir.NotCarried, d, "want a variable such as $cookie_JSESSIONID; ignored")
		return false
	case !g.routed:
		t.remark(ir.NotCarried, d, "could not be carried over: no server has an srun_id, so that no client is bound")
		return false
	}
	variable, _, _ := strings.Cut(d.args[0], "|") // behind it is the name of a path parameter
	if g.pool.Key, _ = t.key(d, variable); g.pool.Key.Kind == "cookie" {
		g.pool.CookieName = g.pool.Key.Name
	}
	c := nginxpolicy.StickyRoute{Issued: true, Balance: balance, Retrying: nginxpolicy.DefaultRetrying()}
	g.pool.Policy, g.pool.Params = policies.NameOf(c), c
	t.remark(ir.Assumed, d, "the application is assumed to write the server's srun_id behind the session id, as Tomcat's jvmRoute does")
	return true
}
