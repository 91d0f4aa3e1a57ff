package traefik

import (
	"fmt"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
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
	t.labels = true
	for _, s := range services.Items {
		if err := t.flags(s); err != nil {
			return err
		}
	}
	for _, s := range services.Items {
		if err := t.composeService(s); err != nil {
			return err
		}
	}
	return nil
}

// composeService translates the labels of a docker-compose service.
func (t *translation) composeService(s *tree.Node) error {
	lists := []*tree.Node{s.Get("labels"), s.Get("deploy", "labels")}
	for _, n := range append(lists, s.Get("deploy", "replicas"), s.Get("scale")) {
		t.interpolate(n)
	}
	labels, err := labelTree(lists...)
	if err != nil {
		return err
	}
	traefik := labels.Get("traefik")
	if traefik == nil || !t.exposed(traefik.Get("enable")) || internal(traefik.Get("http")) {
		if s.Is(tree.Map) {
			t.Harmless(s, "%s: not behind Traefik", source.Short(s.Key))
		}
		return nil
	}
	for _, list := range lists {
		t.repeated(list)
		list.Cover(true) // each label gets its remark in the tree of labels
	}
	for _, x := range labels.Items {
		if x != traefik {
			t.Harmless(x, "label %s: Traefik does not read it", source.Short(x.Key))
		}
	}
	if t.mode(s); isVersion1(traefik) {
		t.parts = append(t.parts, part{traefik, "traefik", []string{"labels1"}})
		return t.version1(s, traefik)
	}
	for _, x := range traefik.Items {
		under := []string{"labels", x.Key}
		switch x.Key {
		case "http", "tls": // as in files
			under = under[1:]
		case "tcp", "udp":
			t.NotCarried(x, "traefik.%s: only HTTP services are imported", x.Key)
		}
		t.parts = append(t.parts, part{x, "traefik." + x.Key, under})
	}
	return t.labelled(s, traefik)
}

// exposed reports whether a container with the label, which can be missing, is behind Traefik.
func (t *translation) exposed(enable *tree.Node) bool {
	if enable == nil {
		return !t.hidden
	}
	return !strings.EqualFold(enable.Value(), "false")
}

// internal reports whether all routers lead to services of Traefik itself, such as its dashboard.
func internal(http *tree.Node) bool {
	routers := http.Get("routers").Children()
	for _, r := range routers {
		if !strings.HasSuffix(r.Get("service").Value(), "@internal") {
			return false
		}
	}
	return len(routers) > 0 && http.Get("services") == nil
}

// labelled translates the services that labels define.
func (t *translation) labelled(s, traefik *tree.Node) error {
	list := traefik.Get("http", "services")
	if list == nil { // Traefik makes one, named after the container
		list = &tree.Node{Kind: tree.Map, Items: []*tree.Node{{Kind: tree.Map, Key: s.Key, Place: s.Place,
			Items: []*tree.Node{{Kind: tree.Map, Key: "loadbalancer", Place: s.Place}}}}}
	}
	for _, r := range traefik.Get("http", "routers").Children() {
		if r.Get("service") == nil && r.Is(tree.Map) && len(list.Items) == 1 { // the only one is meant
			service := &tree.Node{Kind: tree.Scalar, Key: "service", Text: list.Items[0].Key, Place: r.Place}
			service.Cover(true) // is in no file
			r.Items = append(r.Items, service)
		}
	}
	t.collect(traefik.Get("http"))
	for _, x := range list.Items {
		if err := t.containers(s, x); err != nil {
			return err
		}
	}
	return nil
}

// mode remarks on how many containers a service has.
func (t *translation) mode(s *tree.Node) {
	if m := s.Get("deploy", "mode"); strings.HasPrefix(m.Value(), "global") {
		t.NotCarried(m, "%s: a container on each host; one is assumed", source.Short(s.Key))
	} else if strings.HasPrefix(m.Value(), "replicated") {
		t.Translated(m, "%s: mode %s", source.Short(s.Key), m)
	}
	for _, n := range []*tree.Node{s.Get("deploy", "replicas"), s.Get("scale")} {
		if _, whole := n.Int(); whole {
			t.Translated(n, "%s: %s containers", source.Short(s.Key), n)
		} else if n != nil {
			t.NotCarried(n, "%s: must be a whole number of containers, got %s; one is used", source.Short(s.Key), n)
		}
	}
}

// flags reads the static configuration that Traefik itself gets as flags, such as --entryPoints.web.address=:80.
func (t *translation) flags(s *tree.Node) error {
	image := s.Get("image").Value()
	image, _, _ = strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":")
	command := s.Get("command")
	if image != "traefik" || command == nil {
		return nil
	}
	list := &tree.Node{Kind: tree.List}
	for _, x := range append([]*tree.Node{command}, command.Items...) {
		for flag := range strings.FieldsSeq(x.Value()) {
			if name, ok := strings.CutPrefix(flag, "--"); ok {
				list.Items = append(list.Items, &tree.Node{Kind: tree.Scalar, Text: name, Place: x.Place})
			} else {
				t.NotCarried(x, "%s: %s: not understood", source.Short(s.Key), source.Short(flag))
			}
		}
	}
	flags, err := labelTree(list)
	if err != nil {
		return err
	}
	under, err := t.document(flags)
	t.parts = append(t.parts, part{flags, "", under})
	return err
}

// containers translates one service of the labels.
func (t *translation) containers(s, x *tree.Node) error {
	lb := x.Get("loadbalancer")
	if lb == nil {
		t.NotCarried(x, "service %s: of no known kind", source.Short(x.Key))
		return nil
	}
	count, err := t.containersOf(s)
	if err != nil || count == 0 {
		return err
	}
	scheme, port := "http", ""
	if v := lb.Get("server", "scheme").Value(); v != "" {
		scheme = v
	}
	if v := lb.Get("server", "port").Value(); v != "" {
		port = ":" + v
	}
	weight, err := weightOf(lb.Get("server"))
	if err != nil {
		return err
	}
	if made := t.made[x.Key]; made != nil {
		return t.join(made, s, x, func(p *ir.Pool) error { return t.addContainers(p, s, count, port, scheme, weight) })
	}
	p := t.pool(x.Key, x)
	if err := t.addContainers(&p, s, count, port, scheme, weight); err != nil {
		return err
	}
	t.made[x.Key] = &defined{pool: len(t.Pools), first: s, says: says(lb)}
	return t.finish(&p, lb)
}

// defined is a service that the labels of a container define.
type defined struct {
	pool  int // index
	first *tree.Node
	says  string
}

// says is the same for services that differ in their servers alone.
func says(n *tree.Node) string {
	text := n.Key + "=" + n.Value() + "{"
	for _, x := range n.Children() {
		if x.Key != "server" {
			text += says(x) + ","
		}
	}
	return text + "}"
}

// join adds the containers of s to a service that another container defines, too. Where both define it differently, Traefik drops it.
func (t *translation) join(made *defined, s, x *tree.Node, add func(p *ir.Pool) error) error {
	if says(x.Get("loadbalancer")) != made.says {
		t.NotCarried(x, "service %s: containers %s and %s define it differently, so that Traefik drops it; the first definition is used", source.Short(x.Key), source.Short(made.first.Key), source.Short(s.Key))
		return nil
	}
	if err := add(&t.Pools[made.pool]); err != nil {
		return err
	}
	for _, n := range []*tree.Node{x, x.Get("loadbalancer")} {
		t.Translated(n, "service %s: further containers, of %s", source.Short(x.Key), source.Short(s.Key))
		n.Cover(true)
	}
	return nil
}

// addContainers adds the containers of a service of the file.
func (t *translation) addContainers(p *ir.Pool, s *tree.Node, count int, port, scheme string, weight int) error {
	for i := range count {
		host := containerName(s, i) + port
		if err := t.add(p, s, host, scheme+"://"+host, weight); err != nil {
			return err
		}
	}
	t.Assumed(s, "%s: containers: %d; Docker gives their addresses, so names stand for them", source.Short(s.Key), count)
	return nil
}

// containersOf is how many containers a service has.
func (t *translation) containersOf(s *tree.Node) (int, error) {
	count := 1
	n := s.Get("deploy", "replicas")
	if n == nil {
		n = s.Get("scale")
	}
	if v, ok := n.Int(); ok {
		count = v
	}
	if count < 0 || count > maxServers {
		return 0, s.Errorf("%s: replicas must be between 0 and %d, got %d", source.Short(s.Key), maxServers, count)
	}
	if count == 0 {
		t.NotCarried(n, "%s: has no container, so that nothing in it counts", source.Short(s.Key))
	}
	return count, nil
}

// containerName stands for the address of a container.
func containerName(s *tree.Node, i int) string { return fmt.Sprintf("%s-%d", s.Key, i+1) }

// repeated remarks on labels that a later one of the list gives another value.
func (t *translation) repeated(list *tree.Node) {
	last := map[string]*tree.Node{}
	for _, x := range list.Children() {
		key, _, _ := strings.Cut(strings.ToLower(x.Value()), "=")
		if was := last[key]; list.Is(tree.List) && was != nil && was.Value() != x.Value() {
			t.NotCarried(was, "label %s: without effect, since line %d gives it again", source.Short(was.Value()), x.Line)
		}
		last[key] = x
	}
}

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
				n = made.below(n, fold(n.Key, part), x)
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
