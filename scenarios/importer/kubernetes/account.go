package kubernetes

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
)

const gatewayAPI = "gateway.networking.k8s.io"

// groups are the API groups of the kinds that are Kubernetes' own. An object of another group is of another kind, although it
// may be called alike. Objects without a version count as Kubernetes' own.
var groups = map[string][]string{
	"Service": {""}, "Endpoints": {""}, "ConfigMap": {""}, "Pod": {""}, "ReplicationController": {""},
	"Deployment": {"apps", "extensions"}, "StatefulSet": {"apps"}, "DaemonSet": {"apps", "extensions"}, "ReplicaSet": {"apps", "extensions"}, "Rollout": {"argoproj.io"},
	"Ingress": {"networking.k8s.io", "extensions"}, "IngressClass": {"networking.k8s.io"}, "EndpointSlice": {"discovery.k8s.io"},
	"HorizontalPodAutoscaler": {"autoscaling"}, "PodDisruptionBudget": {"policy"},
	"HTTPRoute": {gatewayAPI}, "GRPCRoute": {gatewayAPI}, "TCPRoute": {gatewayAPI}, "TLSRoute": {gatewayAPI},
}

// foreign reports whether a kind that is called like one of Kubernetes' own is another.
func foreign(kind, group string, versioned bool) bool {
	of, ok := groups[kind]
	return ok && versioned && !slices.Contains(of, group)
}

// The kinds that matter to pools and are read from no file.
var (
	_ = register("", leftOut("gives containers resources that they do not ask for; write cores"), "LimitRange")
	_ = register("", leftOut("bounds how many pods there may be"), "ResourceQuota")
	_ = register("autoscaling.k8s.io", leftOut("changes the CPU that pods request; cores stay as they are"), "VerticalPodAutoscaler")
	_ = register("keda.sh", leftOut("what it follows is not modelled; write autoscaler"), "ScaledObject")
	_ = register("scheduling.k8s.io", leftOut("decides which pods a full node evicts; a drain in the timeline is an eviction"), "PriorityClass")
	_ = register("kustomize.config.k8s.io", leftOut("changes other files; import what kubectl kustomize writes"), "Kustomization", "Component")
	_ = register("helm.toolkit.fluxcd.io", leftOut("installs a chart; import what helm template writes"), "HelmRelease")
	_ = register("helm.cattle.io", leftOut("installs a chart; import what helm template writes"), "HelmChart")
	_ = register(gatewayAPI, leftOut("only requests are modelled, not datagrams"), "UDPRoute")
	_ = register(gatewayAPI, (*translation).gatewayClass, "GatewayClass")
	_ = register(gatewayAPI, (*translation).gateway, "Gateway")
)

// knows reports whether an object is of a kind whose fields have a meaning to the program.
func (im *translation) knows(o *object) bool {
	_, read := kinds[kind{o.group(), o.kind}]
	read = read || attachable[kind{o.group(), o.kind}]
	if o.root.Get("apiVersion") == nil {
		for k := range kinds {
			read = read || k.name == o.kind
		}
	}
	return read || o.root.Touched() || groups[o.kind] != nil || slices.ContainsFunc(harmless(), func(h source.Harmless) bool {
		return slices.ContainsFunc(h.Names, func(name string) bool { return name == o.kind || strings.HasPrefix(name, o.kind+" ") })
	})
}

// account gives every part of an object a remark that has none.
func (im *translation) account(o *object) {
	shown := o.kind + " " + source.Short(o.name)
	if !im.knows(o) {
		im.NotCarried(o.root, "%s: kind not understood%s", shown, im.refers(o))
		return
	}
	if attachable[kind{o.group(), o.kind}] && !o.used {
		im.NotCarried(o.root, "%s: nothing in these files leads to it", shown)
		return
	}
	meta := o.root.Get("metadata")
	for _, x := range []*tree.Node{o.root.Get("apiVersion"), o.root.Get("kind"), meta.Get("name"), meta.Get("namespace")} {
		if x != nil {
			im.Translated(x, "%s: %s", x.Key, x)
		}
	}
	switch o.kind {
	case "Service":
		if !o.used {
			im.passedBy(o)
		}
	case "PodDisruptionBudget":
		im.unusedBudget(o)
	case "EndpointSlice", "Endpoints":
		im.unusedEndpoints(o)
	case "Pod":
		im.unusedPod(o)
	case "IngressClass":
		im.leaveOut(o.spec(), "decides for Ingresses whose class does not name a controller; it is not read", "controller")
	case "BackendLBPolicy", "XBackendTrafficPolicy":
		im.sessionsOf(o)
		im.leaveOut(o.spec(), "a budget of retries is not modelled", "retryConstraint")
	case "Ingress":
		im.resourceBackends(o)
	case "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute":
		im.routeParts(o)
	}
	im.annotations(meta, o.spec("template", "metadata"))
	o.root.Account(im.Input, known(), shown, o.kind)
}

// sessionsOf remarks on session persistence that is attached to a Service.
func (im *translation) sessionsOf(o *object) {
	at := o.spec("sessionPersistence")
	switch {
	case at == nil:
	case o.used:
		im.Assumed(at, "%s %s: the controller is taken to have it; Envoy Gateway has session persistence in rules of routes alone", o.kind, source.Short(o.name))
	default:
		im.NotCarried(at, "sessionPersistence: no route in these files leads to a Service that targetRefs name, without session persistence of its own")
	}
}

// resourceBackends remarks on backends of an Ingress that are no Services, and on those that several rules have.
func (im *translation) resourceBackends(o *object) {
	all := []*tree.Node{o.root.Get("spec").First("defaultBackend", "backend")}
	for _, rule := range o.spec("rules").Children() {
		for _, path := range rule.Get("http", "paths").Children() {
			all = append(all, path.Get("backend"))
		}
	}
	for _, b := range all {
		im.leaveOut(b, "only Services are read", "resource")
		for _, name := range []*tree.Node{b.Get("service", "name"), b.Get("serviceName")} {
			if name != nil && !name.Remarked() {
				im.Translated(name, "backend service %s", name)
			}
		}
	}
}

// refers says which Service or workload of the files an object names.
func (im *translation) refers(o *object) (text string) {
	o.root.Get("spec").Find("", func(n *tree.Node) bool { return n.Value() != "" }, func(_ string, n *tree.Node) {
		for _, kind := range []string{"Service", "Deployment", "StatefulSet"} {
			if text == "" && im.named[o.ref(kind, n.Value())] != nil {
				text = "; it names " + kind + " " + source.Short(n.Value()) + ", whose pods it may balance otherwise"
			}
		}
	})
	return text
}

// unusedBudget remarks on a PodDisruptionBudget that is of no workload in the files.
func (im *translation) unusedBudget(o *object) {
	if !o.used {
		im.NotCarried(o.root, "PodDisruptionBudget %s: of no workload in these files", source.Short(o.name))
	}
}
