package kubernetes

import (
	"slices"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim/lazy"
)

// harmless are the fields of objects that do not decide where requests go, how much work there is, or when pods come and go.
// A path begins with the kind; in values of Helm charts with "values".
var harmless = lazy.Value(func() []source.Harmless {
	return slices.Concat(everywhere, fieldsOfPods("* spec template spec"), fieldsOfPods("Pod spec"), ownKinds, gatewayKinds(), otherKinds, kindsOfOthers())
})

var known = lazy.Value(func() *tree.Known { return tree.NewKnown(harmless()).Matters(matters()) })

// everywhere are fields that objects of all kinds have.
var everywhere = []source.Harmless{
	{Why: "the API's own notes on the object", Names: []string{
		"* apiVersion", "* kind", "* status", "* metadata name", "* metadata namespace", "* metadata generateName", "* metadata selfLink", "* metadata uid",
		"* metadata resourceVersion", "* metadata generation", "* metadata creationTimestamp", "* metadata deletionGracePeriodSeconds",
		"* metadata finalizers", "* metadata managedFields", "* metadata ownerReferences", "* metadata continue", "* metadata remainingItemCount",
		"* spec template metadata name", "* spec template metadata namespace", "* spec template metadata creationTimestamp",
	}},
	{Why: "what selectors and people find objects by", Names: []string{"* metadata labels", "* spec template metadata labels"}},
}

// fieldsOfPods are the fields of a pod, which several kinds have.
func fieldsOfPods(pod string) []source.Harmless {
	at := func(container string, names ...string) (paths []string) {
		for _, name := range names {
			paths = append(paths, pod+" "+container+name)
		}
		return paths
	}
	lists := []source.Harmless{
		{Why: "what a pod may do and see, not how it is reached", Names: at("", "volumes", "securityContext", "serviceAccountName", "serviceAccount", "automountServiceAccountToken",
			"imagePullSecrets", "hostPID", "hostIPC", "hostUsers", "shareProcessNamespace", "enableServiceLinks", "resourceClaims", "runtimeClassName", "os", "overhead")},
		{Why: "names and networks of a pod; its Service finds it by its labels", Names: at("", "hostNetwork", "dnsPolicy", "dnsConfig", "hostname", "subdomain", "hostAliases",
			"setHostnameAsFQDN", "hostnameOverride")},
		{Why: "on which nodes pods run; they count as alike", Names: at("", "nodeSelector", "nodeName", "schedulerName", "tolerations key", "tolerations operator",
			"tolerations value", "tolerations effect", "affinity nodeAffinity")},
		{Why: "a pod of a workload always restarts", Names: at("", "restartPolicy")},
		{Why: "containers for people who look for a fault", Names: at("", "ephemeralContainers")},
		{Why: "where a pod fits", Names: at("resources ", "requests memory", "requests ephemeral-storage", "limits ephemeral-storage", "claims")},
	}
	for _, c := range []string{"containers ", "initContainers "} {
		lists = append(lists,
			source.Harmless{Why: "what runs in a pod, not how it is reached", Names: at(c, "name", "image", "imagePullPolicy", "command", "args", "workingDir", "env", "envFrom",
				"volumeMounts", "volumeDevices", "securityContext", "stdin", "stdinOnce", "tty", "terminationMessagePath", "terminationMessagePolicy", "lifecycle stopSignal")},
			source.Harmless{Why: "where a pod listens", Names: at(c, "ports name", "ports containerPort", "ports hostPort", "ports hostIP", "ports protocol")},
			source.Harmless{Why: "where a pod fits", Names: at(c, "resources requests memory", "resources requests ephemeral-storage", "resources limits ephemeral-storage", "resources claims")},
			source.Harmless{Why: "what becomes of a container whose resources change, or that ends", Names: at(c, "resizePolicy", "restartPolicy", "restartPolicyRules")},
		)
		for _, probe := range []string{"startupProbe ", "readinessProbe "} {
			lists = append(lists, source.Harmless{Why: "what a probe asks for; a pod that serves answers", Names: at(c+probe, "exec", "httpGet", "tcpSocket", "grpc")},
				source.Harmless{Why: "of a restart, which a pod that starts does not have", Names: at(c+probe, "terminationGracePeriodSeconds")})
		}
	}
	return lists
}

// ownKinds are fields of Kubernetes' own kinds.
var ownKinds = []source.Harmless{
	{Why: "says which pods are the workload's own", Names: []string{"Deployment spec selector", "StatefulSet spec selector", "DaemonSet spec selector",
		"ReplicaSet spec selector", "ReplicationController spec selector", "Rollout spec selector"}},
	{Why: "what is kept of earlier versions", Names: []string{"* spec revisionHistoryLimit"}},
	{Why: "when a rollout counts as failed; it is not stopped", Names: []string{"Deployment spec progressDeadlineSeconds", "Rollout spec progressDeadlineSeconds"}},
	{Why: "the disks of pods", Names: []string{"StatefulSet spec volumeClaimTemplates", "StatefulSet spec persistentVolumeClaimRetentionPolicy"}},
	{Why: "the domain of the pods' names", Names: []string{"StatefulSet spec serviceName"}},
	{Why: "the order in which pods are made at first and when their number changes; versions are replaced one after the other", Names: []string{"StatefulSet spec podManagementPolicy"}},
	{Why: "where a Service listens, and which port of a pod answers", Names: []string{"Service spec ports name", "Service spec ports port",
		"Service spec ports targetPort", "Service spec ports nodePort", "Service spec ports protocol", "Service spec ports appProtocol"}},
	{Why: "addresses of a Service", Names: []string{"Service spec clusterIP", "Service spec clusterIPs", "Service spec externalIPs", "Service spec loadBalancerIP", "Service spec ipFamilies",
		"Service spec ipFamilyPolicy", "Service spec allocateLoadBalancerNodePorts", "Service spec healthCheckNodePort", "Service spec externalName"}},
	{Why: "who may connect", Names: []string{"Service spec loadBalancerSourceRanges"}},
	{Why: "which requests a rule takes", Names: []string{"Ingress spec rules host", "Ingress spec rules http paths path", "Ingress spec rules http paths pathType"}},
	{Why: "encryption", Names: []string{"Ingress spec tls"}},
	{Why: "the port of a backend", Names: []string{"Ingress spec rules http paths backend service port", "Ingress spec rules http paths backend servicePort",
		"Ingress spec defaultBackend service port", "Ingress spec backend service port", "Ingress spec backend servicePort"}},
	{Why: "the version of the target's API", Names: []string{"HorizontalPodAutoscaler spec scaleTargetRef apiVersion"}},
	{Why: "shows by the other fields", Names: []string{"HorizontalPodAutoscaler spec metrics type", "HorizontalPodAutoscaler spec metrics resource target type",
		"HorizontalPodAutoscaler spec metrics containerResource target type"}},
	{Why: "whether pods that are not ready may be evicted as well", Names: []string{"PodDisruptionBudget spec unhealthyPodEvictionPolicy"}},
	{Why: "what an address belongs to", Names: []string{"EndpointSlice endpoints targetRef", "EndpointSlice endpoints hostname", "EndpointSlice endpoints nodeName",
		"Endpoints subsets addresses targetRef", "Endpoints subsets addresses hostname", "Endpoints subsets addresses nodeName",
		"Endpoints subsets notReadyAddresses targetRef", "Endpoints subsets notReadyAddresses hostname", "Endpoints subsets notReadyAddresses nodeName"}},
	{Why: "the form of the addresses", Names: []string{"EndpointSlice addressType", "EndpointSlice ports name", "EndpointSlice ports protocol", "EndpointSlice ports appProtocol",
		"Endpoints subsets ports name", "Endpoints subsets ports protocol", "Endpoints subsets ports appProtocol"}},
	{Why: "an old form of zone and nodeName", Names: []string{"EndpointSlice endpoints deprecatedTopology"}},
	{Why: "whether it may change", Names: []string{"ConfigMap immutable"}},
	{Why: "no text", Names: []string{"ConfigMap binaryData"}},
	{Why: "settings of the controller", Names: []string{"IngressClass spec parameters"}},
	{Why: "whether the section counts", Names: []string{"values ingress enabled", "values service enabled"}},
	{Why: "which requests the Ingress takes, and how they are encrypted", Names: []string{"values ingress hosts", "values ingress host", "values ingress hostname", "values ingress path", "values ingress pathType", "values ingress tls"}},
	{Why: "where the Service listens", Names: []string{"values service port", "values service ports", "values service targetPort", "values service nodePort"}},
}

// gatewayKinds are fields of the Gateway API.
func gatewayKinds() []source.Harmless {
	return slices.Concat(fieldsOfRoutes("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute"), []source.Harmless{
		{Why: "which requests a rule takes", Names: []string{"HTTPRoute spec hostnames", "HTTPRoute spec rules matches", "GRPCRoute spec hostnames", "GRPCRoute spec rules matches", "TLSRoute spec hostnames"}},
		{Why: "where a Gateway listens, and which routes it takes", Names: []string{"Gateway spec listeners", "Gateway spec addresses", "Gateway spec allowedListeners", "Gateway spec defaultScope"}},
		{Why: "encryption", Names: []string{"Gateway spec tls"}},
		{Why: "notes on what the controller makes", Names: []string{"Gateway spec infrastructure labels", "Gateway spec infrastructure annotations", "GatewayClass spec description"}},
		{Why: "the Service whose sessions it keeps", Names: []string{"BackendLBPolicy spec targetRefs", "BackendLBPolicy spec targetRef", "XBackendTrafficPolicy spec targetRefs"}},
	})
}

func fieldsOfRoutes(kinds ...string) (lists []source.Harmless) {
	for _, k := range kinds {
		lists = append(lists,
			source.Harmless{Why: "which requests a rule takes, and the Gateway that takes them", Names: []string{k + " spec parentRefs", k + " spec useDefaultGateways", k + " spec rules name"}},
			source.Harmless{Why: "the port and the API of a backend", Names: []string{k + " spec rules backendRefs group", k + " spec rules backendRefs port"}},
			source.Harmless{Why: "of one backend alone, which takes all", Names: []string{k + " spec rules backendRefs weight"}},
		)
	}
	return lists
}

// otherKinds are kinds of which no field decides where requests go.
var otherKinds = []source.Harmless{
	{Why: "who may do what", Names: []string{"ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "NetworkPolicy", "ReferenceGrant", "ValidatingWebhookConfiguration"}},
	{Why: "secrets and certificates", Names: []string{"Secret", "SealedSecret", "ExternalSecret", "SecretStore", "ClusterSecretStore", "Certificate", "Issuer", "ClusterIssuer", "BackendTLSPolicy"}},
	{Why: "where names and the kinds of objects come from", Names: []string{"Namespace", "CustomResourceDefinition"}},
	{Why: "disks", Names: []string{"PersistentVolume", "PersistentVolumeClaim", "StorageClass"}},
	{Why: "work without requests", Names: []string{"Job", "CronJob"}},
	{Why: "what is watched, not how requests are balanced", Names: []string{"ServiceMonitor", "PodMonitor", "PrometheusRule", "Probe", "Event", "Lease"}},
	{Why: "where a Gateway listens, and which routes it takes", Names: []string{"ListenerSet"}},
}
