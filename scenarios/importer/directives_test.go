package importer_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
)

// schemas are the lists of names that a product documents, each with a configuration that has one of them. block has it
// as a word without a value, or as a block.
var schemas = []struct{ file, product, configuration, block string }{
	{"apache-directives.txt", "apache", "%s a b\n", ""},
	{"apache-modjk.txt", "apache", "%s a b\n", ""},
	{"apache-workers.txt", "apache", "worker.list=a\nworker.a.%s=1\n", ""},
	{"haproxy-global.txt", "haproxy", "global\n %s a\n", ""},
	{"haproxy-proxy.txt", "haproxy", "backend b\n %s deny\n", "backend b\n %s check\n"},
	{"haproxy-options.txt", "haproxy", "backend b\n option %s\n", ""},
	{"haproxy-actions.txt", "haproxy", "backend b\n http-request %s a\n", ""},
	{"haproxy-server.txt", "haproxy", "backend b\n server a 10.0.0.1:80 %s 1\n", "backend b\n server a 10.0.0.1:80 %s\n"},
	{"haproxy-bind.txt", "haproxy", "frontend f\n bind :80 %s 1\n", "frontend f\n bind :80 %s\n"},
	{"caddy-directives.txt", "caddy", ":80 {\n %s a\n}\n", ":80 {\n %s {\n respond a\n }\n}\n"},
	{"caddy-global.txt", "caddy", "{\n %s a\n}\n", "{\n %s {\n protocols h1\n }\n}\n"},
	{"caddy-servers.txt", "caddy", "{\n servers {\n %s a\n }\n}\n", ""},
	{"caddy-reverse-proxy.txt", "caddy", "reverse_proxy a {\n %s b\n}\n", ""},
	{"caddy-transport.txt", "caddy", "reverse_proxy a {\n transport http {\n %s b\n }\n}\n", ""},
	{"caddy-json-handler.txt", "caddy", `{"handler": "reverse_proxy", "%s": [1]}`, ""},
	{"caddy-json-transport.txt", "caddy", `{"handler": "reverse_proxy", "upstreams": [{"dial": "a:80"}], "transport": {"protocol": "http", "%s": "1s"}}`, ""},
	{"caddy-json-active.txt", "caddy", `{"handler": "reverse_proxy", "upstreams": [{"dial": "a:80"}], "health_checks": {"active": {"%s": "1"}}}`, ""},
	{"caddy-json-server.txt", "caddy", `{"apps": {"http": {"servers": {"s": {"listen": [":80"], "%s": [{"handler": "file_server"}]}}}}}`, ""},
	{"lighttpd-options.txt", "lighttpd", "%s = \"1\"\n", ""},
	{"lighttpd-servers.txt", "lighttpd", "proxy.server = ( \"\" => (( \"host\" => \"10.0.0.1\", \"%s\" => 1 )) )\n", ""},
	{"nginx-directives.txt", "nginx", "%s a;\n", "%s a {}\n"},
	{"nginx-upstream.txt", "nginx", "upstream a { server b; %s c; }\n", ""},
	{"nginx-mail.txt", "nginx", "mail { %s a; }\n", ""},
}

// names are the lines of a list that are no comments.
func names(t *testing.T, file string) (list []string) {
	t.Helper()
	data, err := os.ReadFile("testdata/schemas/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			list = append(list, line)
		}
	}
	return list
}

// Every name that a product documents is in a drawer that says what becomes of it.
func TestDocumentedNamesAreKnown(t *testing.T) {
	for _, x := range schemas {
		t.Run(x.file, func(t *testing.T) {
			t.Parallel()
			for _, name := range names(t, x.file) {
				why := strange(x.product, fmt.Sprintf(x.configuration, name))
				if why != "" && x.block != "" {
					why = strange(x.product, fmt.Sprintf(x.block, name))
				}
				if why != "" {
					t.Errorf("%s: %s", name, why)
				}
			}
		})
	}
}

// strange is the remark that something in a configuration was not understood; "" where there is none, or it wants other words.
func strange(product, text string) string {
	c, err := importer.Import(importer.File("file", []byte(text)), product, "file")
	if err != nil {
		return ""
	}
	for _, r := range c.Remarks {
		if strings.Contains(r.Text, "not understood") {
			return r.String()
		}
	}
	return ""
}

// A name that no list has is not understood where a documented one is.
func TestUndocumentedNamesAreNotUnderstood(t *testing.T) {
	for _, x := range schemas {
		if x.file == "nginx-mail.txt" {
			continue // nothing in it is read
		}
		if text := fmt.Sprintf(x.configuration, "invented_name"); strange(x.product, text) == "" {
			t.Errorf("%s: no remark says that %q was not understood", x.file, text)
		}
	}
}
