// Package envoy imports Envoy configurations: bootstrap files, single clusters, xDS and config dumps, in YAML or
// JSON, with field names in either of protobuf's spellings. Clusters become pools; routes and filters say what the
// pools' keys are.
//
// Floor 8.
package envoy

import (
	"regexp"
	"strings"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

var _ = importer.Register(importer.Product{
	Name: "envoy",
	Signs: regexp.MustCompile(`(?m)"?(lb_policy|lbPolicy|load_assignment|loadAssignment|static_resources|staticResources)"?\s*:|` +
		`type\.googleapis\.com/envoy`),
	Precedence: 7,
	Import:     importer.Each(importFile),
})

// importFile reads one file. Text that is no YAML or JSON, or is too large, or holds no cluster, is an error; anything
// else that cannot be carried over is a remark.
func importFile(in *source.Input, name string) error {
	return in.Read(name, func(data []byte) error {
		docs, err := tree.Documents(name, data, snakeCase)
		if err != nil {
			return err
		}
		im := &translation{Input: in, routes: map[string][]route{}}
		for _, doc := range docs {
			im.collect(doc)
		}
		if len(im.clusters) == 0 {
			return ir.Place{File: name}.Errorf("no Envoy cluster in it (a map with a name and lb_policy, load_assignment or an @type of Cluster)")
		}
		im.pools()
		for _, doc := range docs {
			doc.Rest("", im.rest)
		}
		return nil
	})
}

// pools makes a pool of every cluster, and remarks on the routes to them.
func (im *translation) pools() {
	known := map[string]bool{}
	for _, c := range im.clusters {
		p := im.pool(c)
		p.Sees = im.sees
		im.Pools = append(im.Pools, p)
		known[p.Name] = true
	}
	for _, r := range im.ordered {
		im.remarkRoute(r, known[r.cluster.Value()])
	}
}

// translation holds what the file was found to contain, in order of appearance.
type translation struct {
	*source.Input
	clusters []*tree.Node
	routes   map[string][]route // by cluster
	ordered  []route
	sessions []*tree.Node // stateful_session filters
	sees     *ir.Sees     // what the connection manager says
}

// collect finds clusters, routes and session filters at any depth, since files nest them in many ways.
func (im *translation) collect(n *tree.Node) {
	switch {
	case n.Key == "diff" && n.Kind == tree.List:
		im.Harmless(n, "diff: patches are not applied; the resources themselves are read")
		return
	case isCluster(n):
		im.clusters = append(im.clusters, n)
		return
	case isSession(n):
		im.sessions = append(im.sessions, n)
		return
	}
	if isManager(n) {
		im.manager(n)
	}
	for _, r := range routesOf(n) {
		im.routes[r.cluster.Value()] = append(im.routes[r.cluster.Value()], r)
		im.ordered = append(im.ordered, r)
	}
	for _, x := range n.Children() {
		im.collect(x)
	}
}

// isManager reports whether n is an HTTP connection manager.
func isManager(n *tree.Node) bool {
	return n.Is(tree.Map) && (strings.HasSuffix(n.Get("@type").Value(), ".HttpConnectionManager") || n.First("use_remote_address", "xff_num_trusted_hops") != nil)
}

// manager reads whose address the connection manager takes for the client's: without use_remote_address, or with trusted
// hops, the one in X-Forwarded-For.
func (im *translation) manager(n *tree.Node) {
	use, hops := n.Get("use_remote_address"), n.Get("xff_num_trusted_hops")
	if number, _ := hops.Int(); use.True() && number == 0 {
		im.Translated(use, "use_remote_address: the client's address is that of the connection (clients: {seen_as: peer})")
		return
	}
	im.sees = &ir.Sees{}
	for _, x := range []*tree.Node{use, hops} {
		if x != nil {
			im.Translated(x, "%s %s: the client's address is the one in X-Forwarded-For (clients: {seen_as: forwarded})", x.Key, x)
		}
	}
	if use == nil {
		im.Assumed(n, "use_remote_address: not given, so Envoy takes the client's address from X-Forwarded-For (clients: {seen_as: forwarded})")
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

// decisive are fields that decide where requests go, at any depth.
var decisive = map[string]string{
	"slow_start_config":           "new hosts get their full share at once",
	"locality_lb_config":          "hosts of all localities are one set",
	"locality_weighted_lb_config": "hosts of all localities are one set",
	"zone_aware_lb_config":        "hosts of all zones are one set",
	"lb_subset_config":            "subsets are not modelled: all hosts are one set",
	"hedge_policy":                "hedged requests are not modelled",
	"weighted_clusters":           "the split between clusters is not modelled",
}

// rest remarks on a part that no other remark covers, and on what matters in it.
func (im *translation) rest(path string, n *tree.Node) {
	matters := func(x *tree.Node) bool { return decisive[x.Key] != "" }
	warn := func(path string, x *tree.Node) {
		im.NotCarried(x, "%s: %s", source.Short(path), decisive[x.Key])
	}
	if matters(n) {
		warn(path, n)
		return
	}
	n.Find(path, matters, warn)
	im.Harmless(n, "%s: no influence on the choice of a host", source.Short(path))
}
