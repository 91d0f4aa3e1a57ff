package kubernetes

import (
	"slices"

	"stickysim/scenarios/importer/internal/source"
)

// matters are fields of objects that decide where requests go, when pods get them or how many, and that a scenario does not have.
// What a code path says of a field where it reads the rest goes before.
func matters() []source.Matters {
	return slices.Concat(istioMatters(), contourMatters, envoyGatewayMatters, awsMatters, keptOpen)
}

// trafficPolicies are where a DestinationRule has a policy.
var trafficPolicies = []string{"DestinationRule spec trafficPolicy", "DestinationRule spec subsets trafficPolicy"}

func istioMatters() []source.Matters {
	return []source.Matters{
		{Why: "retries at a time are not limited to a share of the requests", Names: below(trafficPolicies, "retryBudget")},
		{Why: "connections go through another proxy first, which is not modelled", Names: below(trafficPolicies, "tunnel")},
		{Why: "the rule holds for callers with these labels alone; here it holds for all", Names: []string{"DestinationRule spec workloadSelector"}},
	}
}

// keptOpen are the fields that let connections stay open.
var keptOpen = []source.Matters{
	{Why: source.KeptOpen, Names: []string{"HTTPProxy spec routes enableWebsockets", "Mapping spec allow_upgrade", "BackendTrafficPolicy spec httpUpgrade", "ApisixRoute spec http websocket"}},
}

const (
	asksOther = "the question to another server takes time, which is not modelled"
	refuses   = "requests that are refused are not modelled"
)

var contourMatters = []source.Matters{
	{Why: asksOther, Names: []string{"HTTPProxy spec routes authPolicy", "HTTPProxy spec virtualhost authorization"}},
	{Why: refuses, Names: []string{"HTTPProxy spec virtualhost rateLimitPolicy"}},
}

var envoyGatewayMatters = []source.Matters{
	{Why: "pods do not report how busy they are; least request is used", Names: []string{"BackendTrafficPolicy spec loadBalancer backendUtilization"}},
	{Why: "code that is not in these files; least request is used", Names: []string{"BackendTrafficPolicy spec loadBalancer dynamicModule"}},
	{Why: "first checks do not wait for a random time", Names: []string{"BackendTrafficPolicy spec healthCheck active initialJitter"}},
	{Why: "where it is Service, the Service's own balancing decides; pods are assumed", Names: []string{"BackendTrafficPolicy spec routingType"}},
}

var awsMatters = []source.Matters{
	{Why: "the target groups of Services that no TargetGroupConfiguration is for are not read", Names: []string{"LoadBalancerConfiguration spec defaultTargetGroupConfiguration"}},
}
