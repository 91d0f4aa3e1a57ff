package apache

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/sim/lazy"
)

// lost are the directives that matter, or may matter, and are not carried over.
var lost = map[string]string{
	"cacheenable":              "answers from the cache never reach a member",
	"maxrequestworkers":        "the limit on requests in flight is assumed not to be reached",
	"maxclients":               "the limit on requests in flight is assumed not to be reached",
	"serverlimit":              "the limit on requests in flight is assumed not to be reached",
	"threadsperchild":          "the limit on requests in flight is assumed not to be reached",
	"threadlimit":              "the limit on requests in flight is assumed not to be reached",
	"maxthreads":               "the limit on requests in flight is assumed not to be reached",
	"asyncrequestworkerfactor": "the limit on connections is assumed not to be reached",
	"proxyexpressenable":       "a table chooses the server",
	"proxyremote":              "requests go through another proxy",
	"proxyremotematch":         "requests go through another proxy",
	"balancerinherit":          "virtual hosts are assumed to see the balancers of the main server",
	"balancerpersist":          "state kept from a run before; every member starts as the file says",
	"proxypassinterpolateenv":  "values of variables in ProxyPass",
	"heartbeataddress":         "servers do not report their load",
	"heartbeatlisten":          "servers do not report their load",
	"heartbeatstorage":         "servers do not report their load",
	"heartbeatmaxservers":      "servers do not report their load",
	"luahooktranslatename":     "a program may choose where requests go",
	"luahookpretranslate":      "a program may choose where requests go",
	"luahookfixups":            "a program may choose where requests go",
	"luahookmaptostorage":      "a program may choose where requests go",
	"luahookinsertfilter":      "a program may change requests and answers",
	"luaquickhandler":          "a program may choose where requests go",
	"luamaphandler":            "a program may choose where requests go",
	"luainputfilter":           "a program may change requests and answers",
	"luaoutputfilter":          "a program may change requests and answers",
	"macro":                    "macros are not expanded",
	"use":                      "macros are not expanded",
	"undefmacro":               "macros are not expanded",
	"requestreadtimeout":       "clients send their requests at once",
	"modemstandard":            "answers are slowed down",
	"jkmountfile":              "not read; its rules can change time limits and stickiness",
	"jkmountfilereload":        "not read; its rules can change time limits and stickiness",
}

// known are the reasons in the table of harmless names, by name in lower case.
var known = lazy.Value(func() map[string]string {
	all := map[string]string{}
	for name, why := range source.Reasons(harmless) {
		all[strings.ToLower(name)] = why
	}
	return all
})

// byTable remarks on a directive that needs no more than that, or that no list has.
func (t *translation) byTable(at source.Part, name, text string) {
	name = strings.ToLower(name)
	switch {
	case lost[name] != "":
		t.NotCarried(at, "%s: %s", text, lost[name])
	case known()[name] != "":
		t.Harmless(at, "%s: %s", text, known()[name])
	default:
		t.NotCarried(at, "%s: not understood", text)
	}
}

// toBalancer reads a RewriteRule or SetHandler, which may send requests to a balancer.
func (t *translation) toBalancer(d *directive, host string) {
	for _, a := range d.args {
		target := strings.TrimPrefix(a, "proxy:")
		if isBalancer(target) {
			b := t.named(target, host, d.Place, false)
			b.from(host)
			t.Translated(d, "%s: to the pool %q", d, source.Short(b.name))
			return
		}
	}
	flags := ""
	if len(d.args) > 2 {
		flags = strings.ToLower(strings.Trim(d.args[2], "[]"))
	}
	list := strings.Split(flags, ",")
	switch {
	case strings.Contains(flags, "balancer_worker_route"):
		t.NotCarried(d, "%s: a cookie with the member's route that this rule sets", d)
	case d.name == "rewriterule" && (slices.Contains(list, "p") || slices.Contains(list, "proxy")):
		t.NotCarried(d, "%s: requests go to the server that the rule names", d)
	case d.name == "sethandler":
		t.Harmless(d, "%s: a single server or httpd itself, nothing to balance", d)
	default:
		t.Harmless(d, "%s: which requests get here is part of the workload", d)
	}
}

// environment reads variables of the environment. Some tell mod_jk and mod_proxy what to do.
func (t *translation) environment(d *directive) {
	text := strings.ToLower(strings.Join(d.args, " "))
	switch {
	case strings.Contains(text, "jk_"):
		t.NotCarried(d, "%s: chooses the worker or the session of a request", d)
	case strings.Contains(text, "balancer"):
		t.NotCarried(d, "%s: may change the route of a request", d)
	default:
		t.Harmless(d, "%s: a variable that chooses no member", d)
	}
}

// define notes a variable.
func (t *translation) define(d *directive) {
	switch {
	case d.name == "define" && len(d.args) == 2:
		t.defined[d.args[0]] = d.args[1]
	case d.name == "undefine" && len(d.args) == 1:
		delete(t.defined, d.args[0])
	}
	t.Translated(d, "%s: a name for text", d)
}

// substitute replaces ${NAME} in the words of a directive by what Define says.
func (t *translation) substitute(d *directive) {
	for i, a := range d.args {
		var out strings.Builder
		for rest := a; rest != ""; {
			before, after, opened := strings.Cut(rest, "${")
			name, behind, closed := strings.Cut(after, "}")
			if !opened || !closed {
				out.WriteString(rest)
				break
			}
			value, ok := t.defined[name]
			if out.WriteString(before); ok && out.Len() < maxExpanded {
				out.WriteString(value)
			} else {
				if known()[d.name] == "" {
					t.NotCarried(d, "%s: ${%s} is not known; the text is used as written", d, source.Short(name))
				}
				out.WriteString("${" + name + "}")
			}
			rest = behind
		}
		d.args[i] = out.String()
	}
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}
