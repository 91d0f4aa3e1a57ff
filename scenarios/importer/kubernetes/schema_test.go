package kubernetes

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"stickysim/scenarios/importer/ir"
)

// field is a part of an object that a schema lists, with those below it in order.
type field struct {
	name  string // of a list with "[]" behind it
	below []*field
}

func (f *field) at(name string) *field {
	for _, x := range f.below {
		if x.name == name {
			return x
		}
	}
	f.below = append(f.below, &field{name: name})
	return f.below[len(f.below)-1]
}

// schemas are the fields of all kinds, by kind.
func schemas(t *testing.T) *field {
	t.Helper()
	data, err := os.ReadFile("../../../testdata/schemas/kubernetes.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := &field{}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := all
		for _, name := range strings.Fields(line) {
			f = f.at(name)
		}
	}
	return all
}

// samples are the values of fields that decide what becomes of others, by the end of their paths. All others are 1.
var samples = []struct{ end, value string }{
	{"metadata annotations", "{prometheus.io/scrape: \"1\"}"}, {"metadata", "{name: \"1\", labels: {x: \"1\", kubernetes.io/service-name: \"1\"}}"},
	{"template", "{metadata: {labels: {x: \"1\"}}, spec: {containers: [{name: c}]}}"},
	{"Pod spec", "{containers: [{name: c}]}"},
	{"resources limits", "{cpu: 1, memory: 1Gi, ephemeral-storage: 1Gi}"}, {"resources requests", "{cpu: 1, memory: 1Gi, ephemeral-storage: 1Gi}"},
	{"backendRefs kind", "Service"}, {"targetRefs kind", "Service"}, {"scaleTargetRef kind", "Deployment"}, {"namespace", "\"\""},
	{"resource name", "cpu"}, {"containerResource name", "cpu"}, {"containerResource container", "c"}, {"ConfigMap data", "{app.properties: a=1}"},
}

// write writes a field below a path as YAML.
func (f *field) write(w *strings.Builder, path, indent string) {
	name, list := strings.CutSuffix(f.name, "[]")
	path += " " + name
	for _, s := range samples {
		if strings.HasSuffix(path, " "+s.end) {
			fmt.Fprintf(w, "%s%s: %s\n", indent, name, s.value)
			return
		}
	}
	switch {
	case name == "*":
		fmt.Fprintf(w, "%sx: \"1\"\n", indent)
	case len(f.below) == 0 && list:
		fmt.Fprintf(w, "%s%s: [1]\n", indent, name)
	case len(f.below) == 0:
		fmt.Fprintf(w, "%s%s: 1\n", indent, name)
	default:
		fmt.Fprintf(w, "%s%s:\n", indent, name)
		if list {
			fmt.Fprintf(w, "%s  -\n", indent)
			indent += "  "
		}
		for _, x := range f.below {
			x.write(w, path, indent+"  ")
		}
	}
}

// version is the API of a kind.
func version(kind string) string {
	group := gatewayAPI
	if of, ok := groups[kind]; ok {
		group = of[0]
	} else if kind == "XBackendTrafficPolicy" {
		group = "gateway.networking.x-k8s.io"
	}
	return strings.TrimPrefix(group+"/v1", "/")
}

// around are what an object of a kind refers to, or is referred to by.
func around(kind string) string {
	text := ""
	if kind != "Service" {
		text += "---\nkind: Service\nmetadata: {name: \"1\"}\nspec: {selector: {x: \"1\"}}\n"
	}
	if !isWorkload(kind) {
		text += "---\nkind: Deployment\nmetadata: {name: \"1\"}\nspec: {replicas: 1, template: {metadata: {labels: {x: \"1\"}}, spec: {containers: [{name: c}]}}}\n"
	}
	if kind == "XBackendTrafficPolicy" {
		text += "---\nkind: HTTPRoute\nmetadata: {name: \"1\"}\nspec: {rules: [{backendRefs: [{name: \"1\"}]}]}\n"
	}
	return text
}

// Every field of the schemas of Kubernetes and the Gateway API is known: translated, harmless by the list, or not carried over
// for a reason.
func TestFieldsOfSchemas(t *testing.T) {
	all := schemas(t)
	if len(all.below) < 20 {
		t.Fatalf("%d kinds", len(all.below))
	}
	for _, kind := range all.below {
		var w strings.Builder
		for _, x := range kind.below {
			switch {
			case x.name == "kind":
				fmt.Fprintf(&w, "kind: %s\n", kind.name)
			case x.name == "apiVersion":
				fmt.Fprintf(&w, "apiVersion: %s\n", version(kind.name))
			default:
				x.write(&w, kind.name, "")
			}
		}
		c := importText(t, w.String()+around(kind.name))
		for _, r := range c.In(ir.NotCarried) {
			if strings.Contains(r.Text, "not understood") {
				t.Errorf("%s", r.Text)
			}
		}
	}
}

// A list has only names of fields that there are: of kinds in the schemas, the schemas'.
func TestHarmlessFieldsExist(t *testing.T) {
	all := schemas(t)
	old := regexp.MustCompile(`servicePort|Ingress spec backend |BackendLBPolicy|metadata continue|metadata remainingItemCount`) // of earlier versions and of lists
	for _, h := range harmless() {
		for _, name := range h.Names {
			path := strings.Fields(name)
			f := all
			for i, key := range path {
				if i == 0 && key == "*" {
					key = "Deployment"
				}
				next := slices.IndexFunc(f.below, func(x *field) bool { return strings.TrimSuffix(x.name, "[]") == key || x.name == "*" })
				if next < 0 && (i > 0 || len(path) > 1 && isWorkload(path[0])) && len(f.below) > 0 && !old.MatchString(name) && path[0] != "Rollout" {
					t.Errorf("%s: no %s in the schemas", name, key)
				}
				if next < 0 {
					break
				}
				f = f.below[next]
			}
		}
	}
}
