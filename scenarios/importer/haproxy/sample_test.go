package haproxy

import (
	"errors"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

// In mode tcp HAProxy chooses a server before it has read a request, so that it finds no key there, unless a rule has it wait.
// What was seen of HAProxy 2.6 with three servers is beside keepFound.
func TestSamplesInTCP(t *testing.T) {
	const waits = "tcp-request inspect-delay 5s\n tcp-request content accept if HTTP\n "
	for _, c := range []struct{ front, lines, want string }{
		{"", "stick on req.cook(S)", "haproxy/roundrobin"},
		{"", "stick on hdr(X)", "haproxy/roundrobin"},
		{"", "stick on hdr_ip(X-Forwarded-For)", "haproxy/roundrobin"},
		{"", "stick match path\n stick store-request path", "haproxy/roundrobin"},
		{"", "stick on rdp_cookie(mstshash)", "haproxy/roundrobin"},
		{"", "balance hash req.cook(S)", "haproxy/roundrobin"},
		{"", "stick on req.cook(S)\n stick on src", "haproxy/stick-table"},
		{"", "stick on src", "haproxy/stick-table"},
		{"", "balance hash src", "haproxy/hash"},
		{"", waits + "stick on req.cook(S)", "haproxy/stick-table"},
		{waits, "stick on req.cook(S)", "haproxy/stick-table"},
		{waits, "balance hash req.cook(S)", "haproxy/hash"},
		{"tcp-request inspect-delay 5s\n ", "stick on req.cook(S)", "haproxy/roundrobin"},
		{waits, "stick match req.cook(S)\n stick store-response res.cook(S)\n tcp-response inspect-delay 5s", "haproxy/roundrobin"},
	} {
		text := "frontend f\n mode tcp\n " + c.front + "default_backend b\nbackend b\n stick-table type string size 1m\n " + c.lines + "\n server a 1.1.1.1:80\n server b 1.1.1.2:80\n"
		cfg := parse(t, strings.Replace(text, "backend b\n stick", "backend b\n mode tcp\n stick", 1))
		p := cfg.Pools[0]
		said := false
		for _, r := range cfg.In(ir.NotCarried) {
			said = said || strings.Contains(r.Text, "in mode tcp HAProxy") || strings.Contains(r.Text, "no rule puts keys into the table")
		}
		if p.Policy != c.want || said != (c.want == "haproxy/roundrobin" || strings.Contains(c.lines, "stick on src") && strings.Contains(c.lines, "req.cook")) {
			t.Errorf("%q, %q: %s, said %v: %v", c.front, c.lines, p.Policy, said, cfg.Remarks)
		}
		if p.Policy == "haproxy/roundrobin" && p.Key.Kind != "none" {
			t.Errorf("%q: key %+v", c.lines, p.Key)
		}
		if p := parse(t, strings.ReplaceAll(text, "mode tcp", "mode http")).Pools[0]; p.Policy == "haproxy/roundrobin" {
			t.Errorf("%q in mode http: %s", c.lines, p.Policy)
		}
	}
}

// A rule that looks for its key where none can be is refused, as HAProxy refuses it.
func TestSamplesOfTheOtherDirection(t *testing.T) {
	for rule, refused := range map[string]bool{
		"on res.cook(S)": true, "match scook(S)": true, "store-request res.hdr(X)": true, "on status": true,
		"store-response req.cook(S)": true, "store-response url_param(s)": true, "store-response path": true,
		"on req.cook(S)": false, "on hdr(X)": false, "store-response hdr(X)": false, "store-response res.cook(S)": false, "store-response src": false,
	} {
		text := "backend b\n stick-table type string size 1m\n stick " + rule + "\n server a 1.1.1.1:80\n"
		_, err := importer.Import(importer.File("h.cfg", []byte(text)), "haproxy", "h.cfg")
		var e *ir.Error
		if refused != (err != nil) || refused && (!errors.As(err, &e) || e.Line != 3 || !strings.Contains(err.Error(), "HAProxy refuses the rule")) {
			t.Errorf("stick %s: %v", rule, err)
		}
	}
}
