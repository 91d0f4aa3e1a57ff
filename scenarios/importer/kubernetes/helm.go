package kubernetes

import (
	"strings"

	"stickysim/scenarios/importer/internal/tree"
)

// helm reads a chart's values: its ingress and service sections become an Ingress and a Service of their own, as most
// charts write them. It reports whether there was anything of the kind.
func (im *translation) helm(doc *tree.Node) bool {
	ingress, service := doc.Get("ingress"), doc.Get("service")
	found := false
	if controlled(ingress) && !strings.EqualFold(ingress.Get("enabled").Value(), "false") {
		o := &object{root: disguise(ingress, doc), kind: "Ingress", name: "ingress", values: true}
		o.root.Get("spec").Items = append(o.root.Get("spec").Items, ruleTo("service", ingress))
		im.objects = append(im.objects, o)
		found = true
	}
	if controlled(service) {
		o := &object{root: disguise(service, doc), kind: "Service", name: "service", values: true}
		im.objects = append(im.objects, o)
		im.named[o.ref("Service", o.name)] = o
		found = true
	}
	if found {
		im.Assumed(doc, "values of a Helm chart: its ingress and service sections are read as the objects most charts make of them")
	}
	return found
}

// controlled reports whether a section carries annotations of an ingress controller, or says how sessions stick.
func controlled(n *tree.Node) bool {
	for _, a := range n.Get("annotations").Children() {
		if ofController(a) {
			return true
		}
	}
	return n.Get("sessionAffinity") != nil
}

// disguise gives a section the shape of an object. Its parts are the nodes of the file, so that remarks cover them.
func disguise(section, doc *tree.Node) *tree.Node {
	annotations := section.Get("annotations")
	if annotations == nil {
		annotations = &tree.Node{Kind: tree.Map, Key: "annotations", Place: section.Place}
	}
	spec := &tree.Node{Kind: tree.Map, Key: "spec", Place: section.Place}
	if class := section.Get("className"); class != nil {
		named := *class
		named.Key = "ingressClassName"
		class.Cover(true) // the remark is on the other
		spec.Items = append(spec.Items, &named)
	}
	for _, key := range []string{"ingressClassName", "type", "sessionAffinity", "sessionAffinityConfig", "externalTrafficPolicy"} {
		if x := section.Get(key); x != nil {
			spec.Items = append(spec.Items, x)
		}
	}
	meta := &tree.Node{Kind: tree.Map, Key: "metadata", Place: section.Place, Items: []*tree.Node{annotations}}
	return &tree.Node{Kind: tree.Map, Place: section.Place, Items: []*tree.Node{meta, spec}}
}

// ruleTo is the backend of an Ingress that leads to one Service.
func ruleTo(service string, at *tree.Node) *tree.Node {
	name := &tree.Node{Kind: tree.Scalar, Key: "serviceName", Text: service, Place: at.Place}
	return &tree.Node{Kind: tree.Map, Key: "defaultBackend", Items: []*tree.Node{name}}
}
