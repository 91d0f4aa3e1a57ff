package haproxy

import (
	"slices"
	"strings"

	"stickysim/policies/haproxy"
	"stickysim/scenarios/importer/internal/source"
)

// fetch is the name of the sample that an expression takes.
func fetch(expression string) string {
	name, _, _ := strings.Cut(expression, "(")
	name, _, _ = strings.Cut(name, ",")
	return name
}

// ofAnswer reports whether an expression looks into answers.
func ofAnswer(expression string) bool {
	name := fetch(expression)
	return strings.HasPrefix(name, "res.") || name == "scook" || name == "shdr" || name == "status"
}

// onlyOfRequest reports whether an expression looks into requests. hdr and cookie look into what there is.
func onlyOfRequest(expression string) bool {
	switch name := fetch(expression); name {
	case "cook", "url_param", "urlp", "path", "pathq", "url", "base", "hdr_ip", "rdp_cookie":
		return true
	default:
		return strings.HasPrefix(name, "req.")
	}
}

// inContents reports whether an expression that requests carry looks into them or their answers, not at their connection.
func inContents(expression string) bool {
	return fetches[fetch(expression)] != "" || haproxy.IsAddress(expression) && onlyOfRequest(expression)
}

// inspects notes tcp-request lines that have HAProxy wait for what a client sends.
func (p *proxy) inspects(l *line) {
	if l.arg(0) != "tcp-request" {
		return
	}
	p.delays = p.delays || l.arg(1) == "inspect-delay"
	p.awaits = p.awaits || l.arg(1) == "content"
}

// reads reports whether HAProxy has read a request when it chooses a server.
func (p *proxy) reads(from front) bool { return p.mode != "tcp" || p.delays && p.awaits || from.reads }

// keepFound leaves out the stick rules whose keys are not there in mode tcp. (HAProxy 2.6 takes them without a word. Of three
// servers, stick on req.cook(S) has the same client go to s1 s2 s3 s1 s2 s3; with tcp-request inspect-delay and tcp-request content
// to s1 s1 s1. What store-response would take from answers is not found with tcp-response inspect-delay either.)
func (im *translation) keepFound(p *proxy, from front) {
	p.stick = slices.DeleteFunc(p.stick, func(l *line) bool {
		switch expression := l.arg(2); {
		case p.mode != "tcp" || !inContents(expression):
			return false
		case ofAnswer(expression) || l.arg(1) == "store-response":
			im.NotCarried(l, "stick %s: in mode tcp HAProxy finds no key in answers, and does not say so: the rule binds no client; it needs mode http", source.Short(l.text(1)))
			return true
		case !p.reads(from):
			im.NotCarried(l, "stick %s: in mode tcp HAProxy takes the key before it has read the request, and does not say so: the rule binds no client; "+
				"it needs mode http, or tcp-request inspect-delay and tcp-request content accept if HTTP", source.Short(l.text(1)))
			return true
		}
		return false
	})
}
