package nginx_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

// several imports files that are named together.
func several(t *testing.T, files map[string]string, names ...string) *ir.Config {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := importer.Import(fsys, "nginx", names...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	mainFile = "events {}\nhttp {\n proxy_next_upstream_tries 2;\n include /etc/nginx/conf.d/*.conf;\n include sites/app;\n}\n"
	pool     = "upstream u { ip_hash; server 10.0.0.1; server 10.0.0.2; server 10.0.0.3; }\n"
	site     = "server { location / { proxy_pass http://u; } }\n"
)

// Files that are named together are one configuration, whatever their order and folders, and each is read once.
func TestFilesTogether(t *testing.T) {
	flat := map[string]string{"d/nginx.conf": mainFile, "d/pool.conf": pool, "d/app": site}
	folders := map[string]string{"etc/nginx/nginx.conf": mainFile, "etc/nginx/conf.d/pool.conf": pool, "etc/nginx/sites/app": site}
	for _, x := range []struct {
		files map[string]string
		names string
		tries int // further servers that a request is tried on
	}{
		{flat, "d/nginx.conf d/pool.conf d/app", 1},
		{flat, "d/app d/pool.conf d/nginx.conf", 1},
		{folders, "etc/nginx/nginx.conf", 1},
		{folders, "etc/nginx/conf.d/pool.conf etc/nginx/nginx.conf etc/nginx/sites/app", 1},
		{flat, "d/pool.conf d/app", 2},
	} {
		c := several(t, x.files, strings.Fields(x.names)...)
		if len(c.Pools) != 1 || c.Pools[0].Redispatch != x.tries || !c.Pools[0].Default {
			t.Errorf("%s: pools %+v, want one with %d further attempts", x.names, c.Pools, x.tries)
		}
	}
	two := several(t, map[string]string{"a": pool, "b": pool}, "a", "b")
	if len(two.Pools) != 2 {
		t.Errorf("two configurations with an upstream of one name: %+v", two.Pools)
	}
}

// What nginx -T prints is one configuration. Places are lines of what was printed.
func TestDump(t *testing.T) {
	text := "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n" +
		"# configuration file /etc/nginx/nginx.conf:\n" + mainFile +
		"# configuration file /etc/nginx/conf.d/pool.conf:\n" + pool +
		"# configuration file /etc/nginx/sites/app:\n" + site +
		"# configuration file /etc/nginx/other:\nupstream x { server a; }\n"
	c := several(t, map[string]string{"dump": text}, "dump")
	if len(c.Pools) != 1 || c.Pools[0].Redispatch != 1 || c.Pools[0].Line != 11 || c.Pools[0].File != "dump" {
		t.Errorf("pools %+v", c.Pools)
	}
	said := ""
	for _, r := range c.In(ir.NotCarried) {
		said += r.String() + "\n"
	}
	if !strings.Contains(said, "dump:14: /etc/nginx/other: no include names this file") {
		t.Errorf("not carried over: %s", said)
	}
	loop := "# configuration file /a:\ninclude b;\n# configuration file /b:\ninclude /a;\n"
	if _, err := importer.Import(importer.File("dump", []byte(loop)), "nginx", "dump"); err == nil || !strings.Contains(err.Error(), "include loop") {
		t.Errorf("a dump of files that include each other: %v", err)
	}
}
