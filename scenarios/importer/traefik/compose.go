package traefik

import (
	"fmt"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
)

// composed reports whether these are the services of a docker-compose file, which are containers.
func composed(services *tree.Node) bool {
	for _, s := range services.Items {
		if s.First("image", "build", "labels", "deploy", "command") != nil {
			return true
		}
	}
	return false
}

// compose translates the labels of docker-compose services; each container of a service is a server.
func (t *translation) compose(services *tree.Node) error {
	for _, s := range services.Items {
		if all := labelsOf(s.First("labels"), s.Get("deploy", "labels")); isVersion1(all) {
			count, err := containersOf(s)
			if err == nil {
				err = t.version1(s, all, count)
			}
			if err != nil {
				return err
			}
			continue
		}
		labels, err := labelTree(s.First("labels"), s.Get("deploy", "labels"))
		if err != nil {
			return err
		}
		traefik := labels.Get("traefik")
		if traefik == nil || strings.EqualFold(traefik.Get("enable").Value(), "false") {
			t.Harmless(s, "%s: not behind Traefik", source.Short(s.Key))
			continue
		}
		list := traefik.Get("http", "services")
		if list == nil { // Traefik makes one, named after the container
			list = &tree.Node{Kind: tree.Map, Items: []*tree.Node{{Kind: tree.Map, Key: s.Key, Place: s.Place,
				Items: []*tree.Node{{Kind: tree.Map, Key: "loadbalancer", Place: s.Place}}}}}
		}
		for _, x := range list.Items {
			if err := t.containers(s, x); err != nil {
				return err
			}
		}
	}
	return nil
}

// containers translates one service of the labels.
func (t *translation) containers(s, x *tree.Node) error {
	lb := x.Get("loadbalancer")
	if lb == nil {
		t.NotCarried(x, "service %s: of no known kind", source.Short(x.Key))
		return nil
	}
	count, err := containersOf(s)
	if err != nil {
		return err
	}
	scheme, port := "http", ""
	if v := lb.Get("server", "scheme").Value(); v != "" {
		scheme = v
	}
	if v := lb.Get("server", "port").Value(); v != "" {
		port = ":" + v
	}
	p := t.pool(x.Key, x)
	for i := range count {
		host := containerName(s, i) + port
		if err := t.add(&p, s, host, scheme+"://"+host, 1); err != nil {
			return err
		}
	}
	t.Assumed(s, "%s: %d container(s); Docker gives their addresses, so names stand for them", source.Short(s.Key), count)
	return t.finish(&p, lb)
}

// containersOf is how many containers a service has.
func containersOf(s *tree.Node) (int, error) {
	count := 1
	n := s.Get("deploy", "replicas")
	if n == nil {
		n = s.Get("scale")
	}
	if v, ok := n.Int(); ok {
		count = v
	}
	if count < 1 || count > maxServers {
		return 0, s.Errorf("%s: replicas must be between 1 and %d, got %d", source.Short(s.Key), maxServers, count)
	}
	return count, nil
}

// containerName stands for the address of a container.
func containerName(s *tree.Node, i int) string { return fmt.Sprintf("%s-%d", s.Key, i+1) }

// labelTree makes nested maps of labels such as traefik.http.services.chat.loadBalancer.sticky.cookie.name=id. The
// labels are lists or maps.
func labelTree(lists ...*tree.Node) (*tree.Node, error) {
	top := &tree.Node{Kind: tree.Map}
	made := index{}
	nodes := 0
	for _, list := range lists {
		for _, x := range list.Children() {
			key, value := x.Key, x.Value()
			if list.Kind == tree.List {
				key, value, _ = strings.Cut(x.Value(), "=")
			}
			path := strings.Split(key, ".")
			if nodes += len(path); nodes > maxNodes || len(path) > maxDepth {
				return nil, x.Errorf("more than %d labels, or one with more than %d parts", maxNodes, maxDepth)
			}
			n := top
			for _, part := range path {
				n = made.below(n, fold(part), x)
			}
			if n.Text = value; len(n.Items) == 0 {
				n.Kind = tree.Scalar
			}
		}
	}
	return top, nil
}

// index finds the fields of maps that are being made.
type index map[*tree.Node]map[string]*tree.Node

// below returns the field of n with the key, and adds it if it is missing.
func (made index) below(n *tree.Node, key string, at *tree.Node) *tree.Node {
	n.Kind = tree.Map
	if x := made[n][key]; x != nil {
		return x
	}
	x := &tree.Node{Kind: tree.Map, Key: key, Place: at.Place}
	made.add(n, x)
	return x
}

// add adds a field to n.
func (made index) add(n, x *tree.Node) {
	if made[n] == nil {
		made[n] = map[string]*tree.Node{}
	}
	made[n][x.Key] = x
	n.Items = append(n.Items, x)
}
