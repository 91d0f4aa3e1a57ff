// Package envoy imports Envoy configurations: bootstrap files, single clusters, xDS and config dumps, in YAML or
// JSON, with field names in either of protobuf's spellings. Clusters become pools; routes and filters say what the
// pools' keys are.
//
// Floor 6: imports policies/envoy, scenarios/importer/internal/tree and ir.
package envoy

import (
	"fmt"
	"io/fs"
	"strings"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// Import reads one file. The error is about text that is no YAML or JSON, or too large, or holds no cluster; anything
// else that cannot be carried over is a remark.
func Import(fsys fs.FS, name string) (*ir.Config, error) {
	docs, err := tree.Documents(fsys, name, snakeCase)
	if err != nil {
		return nil, err
	}
	im := &importer{routes: map[string][]route{}}
	for _, doc := range docs {
		im.collect(doc)
	}
	if len(im.clusters) == 0 {
		return nil, fmt.Errorf("%s: no Envoy cluster in it (a map with a name and lb_policy, load_assignment or an @type of Cluster)", name)
	}
	config := &ir.Config{Product: "envoy"}
	for _, c := range im.clusters {
		config.Pools = append(config.Pools, im.pool(c))
	}
	known := map[string]bool{}
	for _, p := range config.Pools {
		known[p.Name] = true
	}
	for _, r := range im.ordered {
		im.remarkRoute(r, known[r.cluster.Value()])
	}
	for _, doc := range docs {
		im.notes.Rest(doc, "", im.rest)
	}
	config.Remarks = im.notes.Remarks()
	return config, nil
}

// importer holds what the file was found to contain, in order of appearance.
type importer struct {
	notes    tree.Notes
	clusters []*tree.Node
	routes   map[string][]route // by cluster
	ordered  []route
	sessions []*tree.Node // stateful_session filters
}

// collect finds clusters, routes and session filters at any depth: files wrap them in many ways.
func (im *importer) collect(n *tree.Node) {
	switch {
	case n.Key == "diff" && n.Kind == tree.List:
		im.notes.Ignored(n, "diff: patches are not applied; the resources themselves are read")
		return
	case isCluster(n):
		im.clusters = append(im.clusters, n)
		return
	case isSession(n):
		im.sessions = append(im.sessions, n)
		return
	}
	for _, r := range routesOf(n) {
		im.routes[r.cluster.Value()] = append(im.routes[r.cluster.Value()], r)
		im.ordered = append(im.ordered, r)
	}
	for _, x := range n.Children() {
		im.collect(x)
	}
}

func isCluster(n *tree.Node) bool {
	if !n.Is(tree.Map) {
		return false
	}
	if t := n.Get("@type").Value(); t != "" && n.Get("cluster") == nil {
		return strings.HasSuffix(t, ".Cluster")
	}
	return n.Get("name") != nil && n.First("lb_policy", "load_assignment", "load_balancing_policy", "eds_cluster_config", "ring_hash_lb_config") != nil
}

// snakeCase turns lowerCamelCase field names into snake_case; names of resources (with a dot, slash or @) stay.
func snakeCase(key string) string {
	if strings.ContainsAny(key, "./@-") || key == strings.ToLower(key) || key[0] < 'a' || key[0] > 'z' {
		return key
	}
	var b strings.Builder
	for _, r := range key {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// grave are fields that matter to where requests go, wherever they are.
var grave = map[string]string{
	"slow_start_config":           "new hosts get their full share at once",
	"circuit_breakers":            "limits of the whole cluster are not modelled",
	"locality_lb_config":          "hosts of all localities are one set",
	"locality_weighted_lb_config": "hosts of all localities are one set",
	"zone_aware_lb_config":        "hosts of all zones are one set",
	"lb_subset_config":            "subsets are not modelled: all hosts are one set",
	"hedge_policy":                "hedged requests are not modelled",
	"weighted_clusters":           "the split between clusters is not modelled",
}

// rest remarks what nothing else did, and what in it matters.
func (im *importer) rest(path string, n *tree.Node) {
	matters := func(x *tree.Node) bool { return grave[x.Key] != "" }
	warn := func(path string, x *tree.Node) {
		im.notes.Unsupported(x, "%s: %s", tree.Short(path), grave[x.Key])
	}
	if matters(n) {
		warn(path, n)
		return
	}
	n.Find(path, matters, warn)
	im.notes.Ignored(n, "%s: no influence on the choice of a host", tree.Short(path))
}
