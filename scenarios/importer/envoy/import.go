// Package envoy imports Envoy configurations: bootstrap files, single clusters, xDS and config dumps, in YAML or
// JSON, with field names in either of protobuf's spellings. Clusters become pools; routes and filters say what the
// pools' keys are.
//
// Floor 8.
package envoy

import (
	"cmp"
	"strings"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name: "envoy",
	Signs: lazy.Regexp(`(?m)"?(lb_policy|lbPolicy|load_assignment|loadAssignment|static_resources|staticResources)"?\s*:|` +
		`type\.googleapis\.com/envoy`),
	Precedence: 7,
	Import:     importFiles,
})

var known = tree.NewKnown(harmless)

// importFiles reads files that belong together, such as clusters (CDS), their hosts (EDS) and routes (RDS). Text that is no YAML
// or JSON, or is too large, or files without any cluster are errors; anything else that cannot be carried over is a remark.
func importFiles(in *source.Input, names []string) error {
	im := &translation{Input: in, routes: map[string][]route{}}
	var docs []*tree.Node
	for _, name := range names {
		err := in.Read(name, func(data []byte) error {
			more, err := tree.Documents(name, data, snakeCase)
			docs = append(docs, more...)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, doc := range docs {
		im.collect(doc, enclosing{})
	}
	if len(im.clusters) == 0 {
		return ir.Place{File: names[0]}.Errorf("no Envoy cluster in it (a map with a name and lb_policy, load_assignment or an @type of Cluster)")
	}
	im.pools()
	for _, doc := range docs {
		im.remarkMatters(doc, "")
		doc.Account(in, known, "")
	}
	return nil
}

// pools makes a pool of every cluster, and remarks on the routes to them.
func (im *translation) pools() {
	known := map[string]bool{}
	for _, c := range im.clusters {
		name := clusterName(c.Node)
		switch {
		case known[name] && c.bootstrap != im.clusters[0].bootstrap:
			im.Harmless(c, "cluster %s: the dump has it a second time", source.Short(name))
			continue
		case known[name]:
			im.NotCarried(c, "cluster %s: given twice, the first one is used", source.Short(name))
			continue
		}
		known[name] = true
		p := im.pool(c.Node)
		p.Sees = im.seesOf(name)
		im.Pools = append(im.Pools, p)
	}
	for _, r := range im.ordered {
		im.remarkRoute(r, known[r.cluster.Value()])
	}
	for _, hosts := range im.hosts {
		if !im.Mentioned(hosts) {
			im.NotCarried(hosts, "hosts of cluster %s: there is no such cluster that gets its hosts by EDS", hosts.Get("cluster_name"))
		}
	}
}

// cluster is a cluster, and whether it is in the bootstrap part of a dump, which other parts repeat.
type cluster struct {
	*tree.Node
	bootstrap bool
}

// translation holds what the files were found to contain, in order of appearance.
type translation struct {
	*source.Input
	clusters []cluster
	hosts    []*tree.Node       // assignments that stand outside of clusters (EDS)
	routes   map[string][]route // by cluster
	ordered  []route
	sessions []*tree.Node // stateful_session filters
	manager  *manager     // the last with the client's address from a header, else the first
}

// manager is what an HTTP connection manager says about the client's address.
type manager struct{ sees *ir.Sees }

// collect finds clusters, hosts, routes and filters at any depth, since files nest them in many ways. at is what n is in.
func (im *translation) collect(n *tree.Node, at enclosing) {
	switch {
	case n.Key == "diff" && n.Kind == tree.List:
		im.Harmless(n, "diff: patches are not applied; the resources themselves are read")
		return
	case isCluster(n, at):
		im.clusters = append(im.clusters, cluster{n, at.bootstrap})
		return
	case n.Get("cluster_name") != nil && n.Get("endpoints") != nil:
		im.hosts = append(im.hosts, n)
		return
	case isSession(n):
		im.sessions = append(im.sessions, n)
		return
	case at.key == "http_filters" && n.Is(tree.Map):
		im.filter(n)
		return
	case at.key == "filters" && networkFilters[extension(n)]:
		im.Harmless(n, "network filter %s: no influence on the choice of a host", n.Get("name"))
		return
	case at.key == "request_mirror_policies":
		return
	}
	if isManager(n) {
		at.manager = im.readManager(n)
	}
	if r := n.Get("retry_policy"); n.Get("routes") != nil {
		at.retry = r
	}
	for _, r := range routesOf(n) {
		if r.retry = n.Get("retry_policy"); r.retry == nil {
			r.retry = at.retry
		}
		r.manager = at.manager
		im.routes[r.cluster.Value()] = append(im.routes[r.cluster.Value()], r)
		im.ordered = append(im.ordered, r)
	}
	if n.Is(tree.Map) || n.Key != "" {
		at.key = n.Key
	}
	at.bootstrap = at.bootstrap || n.Key == "bootstrap"
	for _, x := range n.Children() {
		im.collect(x, at)
	}
}

// enclosing is what a part of a file stands in.
type enclosing struct {
	key       string     // of the list or map around it
	bootstrap bool       // below the bootstrap part of a dump
	retry     *tree.Node // retry policy of the virtual host
	manager   *manager
}

// seesOf is what the connection managers whose routes lead to a cluster say; where none has such routes, as with routes by RDS, what
// any says.
func (im *translation) seesOf(cluster string) *ir.Sees {
	var first *manager
	for _, r := range im.routes[cluster] {
		switch {
		case r.manager == nil:
		case first == nil:
			first = r.manager
		case (r.manager.sees == nil) != (first.sees == nil):
			im.NotCarried(r.cluster, "route to %s: its listener takes the client's address from elsewhere than the first one, which holds for all", r.cluster)
		}
	}
	if first = cmp.Or(first, im.manager); first == nil {
		return nil
	}
	return first.sees
}

// isManager reports whether n is an HTTP connection manager.
func isManager(n *tree.Node) bool {
	return n.Is(tree.Map) && (strings.HasSuffix(n.Get("@type").Value(), ".HttpConnectionManager") || n.First("use_remote_address", "xff_num_trusted_hops") != nil)
}

// readManager reads whose address a connection manager takes for the client's: without use_remote_address, or with trusted
// hops, the one in X-Forwarded-For.
func (im *translation) readManager(n *tree.Node) *manager {
	use, hops := n.Get("use_remote_address"), n.Get("xff_num_trusted_hops")
	if number, _ := hops.Int(); use.True() && number == 0 {
		im.Translated(use, "use_remote_address: the client's address is that of the connection (clients: {seen_as: peer})")
		m := &manager{}
		im.manager = cmp.Or(im.manager, m)
		return m
	}
	im.manager = &manager{&ir.Sees{}}
	for _, x := range []*tree.Node{use, hops} {
		if x != nil {
			im.Translated(x, "%s %s: the client's address is the one in X-Forwarded-For (clients: {seen_as: forwarded})", x.Key, x)
		}
	}
	if use == nil {
		im.Assumed(n, "use_remote_address: not given, so Envoy takes the client's address from X-Forwarded-For (clients: {seen_as: forwarded})")
	}
	return im.manager
}

func isCluster(n *tree.Node, at enclosing) bool {
	if !n.Is(tree.Map) {
		return false
	}
	if t := n.Get("@type").Value(); t != "" && n.Get("cluster") == nil {
		return strings.HasSuffix(t, ".Cluster")
	}
	if strings.HasSuffix(at.key, ".Cluster") && n.Get("name") != nil {
		return true
	}
	if at.key == "clusters" && n.Get("name") != nil && n.First("type", "connect_timeout", "cluster_type", "outlier_detection", "circuit_breakers", "health_checks") != nil {
		return true
	}
	return n.Get("name") != nil && n.First("lb_policy", "load_assignment", "load_balancing_policy", "eds_cluster_config", "ring_hash_lb_config") != nil
}

// clusterName is the name of a cluster, or what stands for it where it has none.
func clusterName(c *tree.Node) string {
	return cmp.Or(c.Get("name").Value(), c.Get("load_assignment", "cluster_name").Value(), c.Key)
}

// snakeCase turns lowerCamelCase field names into snake_case; names of resources (with a dot, slash or @) stay.
func snakeCase(key string) string {
	if key == "consecutive5xx" || key == "enforcingConsecutive5xx" { // a digit begins the last word
		key = strings.Replace(key, "5xx", "_5xx", 1)
	}
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
