package traefik

import (
	"path"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
)

// providers are where Traefik learns of services; true where labels say them, which docker-compose files have.
var providers = map[string]bool{
	"docker": true, "swarm": true, "kubernetesingress": false, "kubernetescrd": false, "kubernetesgateway": false, "kubernetesingressnginx": false,
	"knative": false, "rest": false, "consulcatalog": false, "nomad": false, "ecs": false, "consul": false, "etcd": false, "zookeeper": false,
	"redis": false, "http": false, "plugin": false, "marathon": false, "rancher": false,
}

// providers follows the file provider.
func (t *translation) providers(n *tree.Node) error {
	for _, x := range n.Children() {
		if x.Key == "file" {
			if err := t.files(x); err != nil {
				return err
			}
			continue
		}
		switch labels, ok := providers[x.Key]; {
		case labels && t.labels:
			t.Translated(x, "providers.%s: reads the labels of this file", source.Short(x.Key))
			if e := x.Get("exposedbydefault"); e != nil {
				t.Translated(e, "exposedByDefault: %s", e)
				t.hidden = strings.EqualFold(e.Value(), "false")
			}
		case ok:
			t.NotCarried(x, "providers.%s: its services are known only at run time", source.Short(x.Key))
		}
	}
	return nil
}

// files reads the files of the file provider.
func (t *translation) files(n *tree.Node) error {
	var names []string
	if f := n.Get("filename").Value(); f != "" {
		names = t.Glob(f)
	}
	if d := n.Get("directory").Value(); d != "" {
		for _, ext := range []string{"*.toml", "*.yaml", "*.yml"} {
			names = append(names, t.Glob(path.Join(d, ext))...)
		}
	}
	at := n.First("filename", "directory")
	switch {
	case at == nil:
		return nil
	case len(names) == 0:
		t.NotCarried(at, "providers.file: its files are missing; what they contain is not part of the import")
	}
	for _, x := range []*tree.Node{n.Get("filename"), n.Get("directory")} {
		if x != nil && !x.Remarked() {
			t.Translated(x, "providers.file: %d files", len(names))
		}
	}
	for _, name := range names {
		if t.read[name] {
			continue
		}
		t.read[name] = true
		if err := t.Include(n.Place, name, func(data []byte) error { return t.file(name, data) }); err != nil {
			return err
		}
	}
	return nil
}
