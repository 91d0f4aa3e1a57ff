// Package kubernetes imports Kubernetes manifests: Services, Ingresses of several controllers, Gateway API routes,
// and the workloads and autoscalers behind them. Every backend of an Ingress or route, and every Service nothing else
// leads to, becomes a pool. Values files of Helm charts are read for the annotations in them.
//
// Floor 8.
package kubernetes

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name:       "kubernetes",
	Signs:      lazy.Regexp(`(?m)^[\s{]*"?apiVersion"?\s*:|"apiVersion"\s*:\s*"|\b[a-z-]+\.ingress\.kubernetes\.io/|service\.beta\.kubernetes\.io/`),
	Precedence: 6,
	Folders:    extensions,
	Import:     importFiles,
})

var extensions = []string{".yaml", ".yml", ".json"}

// importFiles reads files of any number of YAML or JSON documents. They belong together: a Service in one selects a
// Deployment in another. Text that is neither YAML nor JSON, or is too large, or holds nothing of Kubernetes, is an
// error; anything else that cannot be carried over is a remark.
func importFiles(in *source.Input, names []string) error {
	im := &translation{Input: in, named: map[string]*object{}, names: map[string]bool{}, led: map[string]bool{}, places: map[string]int{}, fleets: map[string]ir.Pool{}}
	docs, err := documents(in, names)
	if err != nil {
		return err
	}
	values := false
	for _, doc := range docs {
		if im.add(doc); doc.Get("kind") == nil {
			values = im.ciliumValues(doc) || im.helm(doc) || values
		}
	}
	if len(im.objects) == 0 && !values {
		return ir.Place{File: names[0]}.Errorf("no Kubernetes object in it (a map with apiVersion and kind), and no annotations of a Helm chart")
	}
	if im.pool(); im.wrong != nil {
		return im.wrong
	}
	im.configMaps()
	for _, o := range im.objects {
		if !o.values {
			im.account(o)
		}
	}
	for _, doc := range docs {
		im.remainder(doc)
	}
	return nil
}

// documents reads all documents of files, and of those in folders.
func documents(in *source.Input, names []string) (docs []*tree.Node, err error) {
	for _, name := range names {
		files, err := in.Files(name, extensions...)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			err := in.Read(file, func(data []byte) error {
				more, err := tree.Documents(file, data, nil)
				docs = append(docs, more...)
				var placed *ir.Error
				if bytes.Contains(data, []byte("{{")) && errors.As(err, &placed) {
					return placed.Errorf("%s; of a Helm chart, import what helm template writes", placed.Text)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return docs, nil
}

// object is one Kubernetes object.
type object struct {
	root      *tree.Node
	kind      string
	namespace string
	name      string
	values    bool // made of a Helm chart's values
	used      bool // its own settings are part of a pool
}

// spaceOf is a namespace as objects have it here: those without one are in default.
func spaceOf(name string) string {
	if name == "default" {
		return ""
	}
	return name
}

// ref is what other objects call an object by.
func (o *object) ref(kind, name string) string { return kind + "/" + o.namespace + "/" + name }

func (o *object) spec(keys ...string) *tree.Node { return o.root.Get("spec").Get(keys...) }

func (o *object) annotation(key string) *tree.Node {
	return o.root.Get("metadata", "annotations").Get(key)
}

type translation struct {
	*source.Input
	objects []*object
	named   map[string]*object // by ref
	names   map[string]bool    // of pools
	led     map[string]bool    // refs of Services and workloads that are part of a pool
	proxy   *nodeProxy         // of the nodes; nil = not in the files
	places  map[string]int     // of pools, by what they are made of
	splits  []split
	fleets  map[string]ir.Pool // by ref of a Service: what its pods are, as far as that has been read
	wrong   error              // what makes the files invalid
}

// add indexes an object, or those of a List.
func (im *translation) add(n *tree.Node) {
	kind := n.Get("kind").Value()
	if kind == "" {
		return
	}
	if items := n.Get("items"); items.Is(tree.List) {
		for _, x := range items.Children() {
			im.add(x)
		}
		return
	}
	meta := n.Get("metadata")
	o := &object{root: n, kind: kind, namespace: spaceOf(meta.Get("namespace").Value()), name: meta.Get("name").Value()}
	if foreign(kind, o.group(), n.Get("apiVersion") != nil) {
		o.kind += "." + o.group()
	}
	ref := o.ref(o.kind, o.name)
	if was := im.named[ref]; was != nil && o.name != "" && was.root.Get("apiVersion").Value() == n.Get("apiVersion").Value() {
		im.NotCarried(was.root, "%s %s: given again in %s, which replaces it", o.kind, source.Short(o.name), n.From(was.root.Place))
		im.objects = slices.DeleteFunc(im.objects, func(x *object) bool { return x == was })
	}
	im.objects = append(im.objects, o)
	im.named[ref] = o
}

// pool makes the pools: of Ingresses and routes first, then of the kinds of others, then of the remaining Services, then
// of workloads that no Service selects.
func (im *translation) pool() {
	for _, o := range im.objects {
		switch o.kind {
		case "Ingress":
			im.ingress(o)
		case "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute":
			im.route(o)
		}
	}
	for _, o := range im.objects {
		if read := kinds[kind{o.group(), o.kind}]; read != nil {
			read(im, o)
		}
	}
	for _, o := range im.objects {
		if o.kind == "Service" && !im.led[o.ref("Service", o.name)] {
			im.service(o)
		}
	}
	im.lonely()
	for i := range im.Pools {
		if p := &im.Pools[i]; p.Health == nil {
			p.Health = &unprobed
			im.Assumed(p.Place, "readinessProbe: none; a pod whose process has died leaves after a second, one whose node is gone after 40, one that hangs never")
		}
	}
	im.join()
}

// unprobed is how a cluster notices that a pod without a probe is gone: kubelet looks every second at what runs, and after 40 s
// without news of a node its pods count as not ready. A pod that hangs keeps its requests.
var unprobed = sim.Health{Interval: sim.Second, Connect: 40 * sim.Second, Timeout: sim.Never, Fall: 1, Rise: 1}

// newPool starts a pool for a Service, which need not be in the file, and gives it the workload behind it.
func (im *translation) newPool(from *object, service string) *ir.Pool {
	p := im.namedPool(from, service)
	ref := from.ref("Service", service)
	im.led[ref] = true
	if s := im.named[ref]; s != nil {
		p.Place = s.root.Place
		im.fleet(p, s)
	} else {
		im.Assumed(from.root, "service %s: not in this file; the scenario says how many pods there are", source.Short(service))
	}
	return p
}

// namedPool starts a pool under the name of a Service, or of a part of one, without pods.
func (im *translation) namedPool(from *object, service string) *ir.Pool {
	name := service
	if im.names[name] {
		name = from.name + "/" + service
	}
	for i := 2; im.names[name]; i++ {
		name = fmt.Sprintf("%s/%s-%d", from.name, service, i)
	}
	im.names[name] = true
	im.Pools = append(im.Pools, ir.Pool{Name: name, Place: from.root.Place})
	return &im.Pools[len(im.Pools)-1]
}

// remainder accounts for what is around the objects of a list, and for values of a Helm chart.
func (im *translation) remainder(doc *tree.Node) {
	switch kind := doc.Get("kind").Value(); {
	case doc.Get("items").Is(tree.List):
		doc.Get("items").Cover(true) // each is accounted for
		doc.Account(im.Input, known(), kind, kind)
	case kind == "":
		for _, x := range doc.Children() {
			if x.Key == "ingress" || x.Key == "service" {
				im.leaveOut(x, "no annotation of a controller is beside it, so what the chart makes of it is not known; import what helm template writes", "ingressClassName", "className", "type")
			} else {
				im.NotCarried(x, "%s: no object of Kubernetes, and what a chart makes of its values is not in the file; import what helm template writes", source.Short(x.Key))
			}
		}
		im.annotations(doc.Get("ingress"), doc.Get("service"))
		doc.Account(im.Input, known(), "", "values")
	}
}
