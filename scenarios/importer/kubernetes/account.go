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
	_ = register("configuration.konghq.com", func(*translation, *object) {}, "KongUpstreamPolicy")
	_ = register("policy", (*translation).unusedBudget, "PodDisruptionBudget")
)

// knows reports whether an object is of a kind whose fields have a meaning to the program.
func (im *translation) knows(o *object) bool {
	_, read := kinds[kind{o.group(), o.kind}]
	if o.root.Get("apiVersion") == nil {
		for k := range kinds {
			read = read || k.name == o.kind
		}
	}
	return read || groups[o.kind] != nil || slices.ContainsFunc(harmless, func(h source.Harmless) bool {
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
	meta := o.root.Get("metadata")
	for _, x := range []*tree.Node{o.root.Get("apiVersion"), o.root.Get("kind"), meta.Get("name"), meta.Get("namespace")} {
		if x != nil {
			im.Translated(x, "%s: %s", x.Key, x)
		}
	}
	if o.kind == "Service" {
		im.passedBy(o)
	}
	im.annotations(meta, o.spec("template", "metadata"))
	o.root.Account(im.Input, known, shown, o.kind)
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

// gatewayClass says whose controller a Gateway has.
func (im *translation) gatewayClass(o *object) {
	switch c := o.spec("controllerName"); {
	case strings.HasPrefix(c.Value(), "gateway.envoyproxy.io/"):
		im.Translated(c, "controllerName: Envoy Gateway")
	case c != nil:
		im.NotCarried(c, "controllerName %s: Envoy Gateway is assumed", c)
	}
	if n := o.spec("parametersRef"); n != nil {
		im.NotCarried(n, "parametersRef: how the controller's proxies are set up is not read")
	}
}
