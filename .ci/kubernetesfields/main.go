// Command kubernetesfields lists the fields of the objects of Kubernetes and the Gateway API that the importer reads, as paths
// of keys: a test demands that the importer knows each. It is a module of its own, so that the program has no dependency on
// what it reads.
//
//	go run . > ../../testdata/schemas/kubernetes.txt
package main

import (
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	apps "k8s.io/api/apps/v1"
	scaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	alpha "sigs.k8s.io/gateway-api/apis/v1alpha2"
	experimental "sigs.k8s.io/gateway-api/apisx/v1alpha1"
)

// kinds are in the order of the list.
var kinds = []any{
	core.Service{}, core.Endpoints{}, core.ConfigMap{},
	apps.Deployment{}, apps.StatefulSet{}, apps.DaemonSet{}, apps.ReplicaSet{}, core.ReplicationController{}, core.Pod{},
	networking.Ingress{}, networking.IngressClass{}, scaling.HorizontalPodAutoscaler{}, policy.PodDisruptionBudget{}, discovery.EndpointSlice{},
	gateway.GatewayClass{}, gateway.Gateway{}, gateway.HTTPRoute{}, gateway.GRPCRoute{}, gateway.TLSRoute{}, alpha.TCPRoute{}, alpha.UDPRoute{},
	gateway.BackendTLSPolicy{}, gateway.ListenerSet{}, gateway.ReferenceGrant{},
	experimental.XBackendTrafficPolicy{},
}

func main() {
	info, _ := debug.ReadBuildInfo()
	fmt.Println("# Fields of objects of Kubernetes and the Gateway API, as paths of keys. \"[]\" is behind a list, \"*\" is any key.")
	for _, m := range info.Deps {
		if m.Path == "k8s.io/api" || m.Path == "sigs.k8s.io/gateway-api" {
			fmt.Println("# Source:", m.Path, m.Version)
		}
	}
	fmt.Println("# Written by .ci/kubernetesfields. What several kinds have alike is listed once: metadata of the Service, pods of the Deployment.")
	fmt.Println("# The fields of status, volumes and security contexts are left out.")
	l := lister{seen: map[reflect.Type]bool{}}
	for _, k := range kinds {
		t, before := reflect.TypeOf(k), len(l.out)
		if l.walk(t, t.Name(), nil); len(l.out) < before+4 {
			fmt.Fprintln(os.Stderr, "no fields of", t.Name())
			os.Exit(1)
		}
	}
	fmt.Println(strings.Join(l.out, "\n"))
}

type lister struct {
	seen map[reflect.Type]bool // of those that are listed once
	out  []string
}

// once are types whose fields are listed the first time.
var once = []reflect.Type{reflect.TypeFor[meta.ObjectMeta](), reflect.TypeFor[core.PodTemplateSpec](), reflect.TypeFor[core.PodSpec]()}

// whole are types whose fields are not listed: none of them decides how a pod is reached.
var whole = []reflect.Type{reflect.TypeFor[core.Volume](), reflect.TypeFor[core.PersistentVolumeClaim](), reflect.TypeFor[core.SecurityContext](), reflect.TypeFor[core.PodSecurityContext]()}

// walk lists the fields below a type. above are the types it is in.
func (l *lister) walk(t reflect.Type, path string, above []reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer:
		l.walk(t.Elem(), path, above)
		return
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			path += "[]"
		}
		l.walk(t.Elem(), path, above)
		return
	case reflect.Map:
		l.walk(t.Elem(), path+" *", above)
		return
	}
	if t.Kind() != reflect.Struct || slices.Contains(above, t) || !named(t) || l.seen[t] || slices.Contains(whole, t) {
		l.out = append(l.out, path)
		return
	}
	above = append(slices.Clone(above), t)
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case name == "" && (f.Anonymous || strings.Contains(options, "inline")):
			l.walk(f.Type, path, above)
		case name == "status" && len(above) == 1:
			l.out = append(l.out, path+" status")
		default:
			l.walk(f.Type, path+" "+name, above)
		}
	}
	if slices.Contains(once, t) {
		l.seen[t] = true
	}
}

// named reports whether a struct has fields of its own in a file. Times and quantities are written as text.
func named(t reflect.Type) bool {
	for f := range t.Fields() {
		if tag := f.Tag.Get("json"); f.IsExported() && tag != "" && tag != "-" {
			return true
		}
	}
	return false
}
