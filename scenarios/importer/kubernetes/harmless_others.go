package kubernetes

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// below are the paths of names below each of some paths.
func below(paths []string, names ...string) (all []string) {
	for _, path := range paths {
		for _, name := range names {
			all = append(all, path+" "+name)
		}
	}
	return all
}

// of splits a list of names at spaces. In it, # stands between the keys of a path.
func of(names string) []string {
	list := strings.Fields(names)
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], "#", " ")
	}
	return list
}

const (
	requestsOf  = "which requests a route takes, and in which form they reach a pod"
	encryption  = "encryption"
	probeAsks   = "what a probe asks for; a pod that serves answers"
	forBrowsers = "an attribute for browsers"
	portOf      = "the port of a backend"
	aloneOf     = "of one backend alone, which takes all"
	connections = "how connections are kept; which pod gets a request does not depend on it"
)

// kindsOfOthers are fields of kinds that are not Kubernetes' own.
func kindsOfOthers() []source.Harmless {
	return slices.Concat(istioHarmless(), traefikHarmless(), envoyHarmless(), nginxHarmless(), cloudHarmless(), awsHarmless())
}

func istioHarmless() []source.Harmless {
	return []source.Harmless{
		{Why: "which namespaces see the object", Names: []string{"DestinationRule spec exportTo", "VirtualService spec exportTo"}},
		{Why: encryption, Names: below([]string{"DestinationRule spec trafficPolicy", "DestinationRule spec trafficPolicy portLevelSettings", "DestinationRule spec subsets trafficPolicy"}, "tls", "proxyProtocol")},
		{Why: connections, Names: []string{"** connectionPool tcp tcpKeepalive", "** connectionPool http maxRequestsPerConnection", "** connectionPool http idleTimeout", "** connectionPool http http2KeepAlive"}},
		{Why: forBrowsers, Names: []string{"** consistentHash httpCookie path", "** consistentHash httpCookie attributes"}},
		{Why: requestsOf, Names: slices.Concat([]string{"VirtualService spec hosts", "VirtualService spec gateways"},
			below([]string{"VirtualService spec http"}, of("name match rewrite redirect headers corsPolicy directResponse")...),
			[]string{"VirtualService spec http route headers", "VirtualService spec tls match", "VirtualService spec tcp match"})},
		{Why: aloneOf, Names: below(below([]string{"VirtualService spec"}, "http", "tls", "tcp"), "route weight")},
		{Why: "who may send requests, and encryption", Names: []string{"PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication"}},
		{Why: "what is watched", Names: []string{"Telemetry"}},
	}
}

// traefikServices are where Traefik's kinds refer to a Service.
var traefikServices = []string{"IngressRoute spec routes services", "IngressRouteTCP spec routes services", "TraefikService spec weighted services",
	"TraefikService spec highestRandomWeight services", "TraefikService spec mirroring", "TraefikService spec failover service"}

func traefikHarmless() []source.Harmless {
	return []source.Harmless{
		{Why: requestsOf, Names: slices.Concat(below([]string{"IngressRoute spec", "IngressRouteTCP spec"}, of("entryPoints ingressClassName parentRefs tls")...),
			below([]string{"IngressRoute spec routes", "IngressRouteTCP spec routes"}, "priority", "syntax"), []string{"IngressRoute spec routes observability"},
			below(traefikServices, of("scheme passHostHeader responseForwarding kind proxyProtocol tls")...),
			[]string{"IngressRoute spec routes match", "IngressRoute spec routes kind", "IngressRouteTCP spec routes match"})},
		{Why: portOf, Names: below(traefikServices, "port")},
		{Why: aloneOf, Names: below(traefikServices, "weight")},
		{Why: forBrowsers, Names: below(below(append([]string{"TraefikService spec weighted"}, traefikServices...), "sticky cookie"), of("secure httpOnly sameSite path domain")...)},
		{Why: probeAsks, Names: below(below(traefikServices, "healthCheck"), of("scheme mode path method status port hostname followRedirects headers")...)},
		{Why: "how much of a request is copied", Names: below([]string{"TraefikService spec mirroring"}, "mirrorBody", "maxBodySize")},
		{Why: encryption, Names: slices.Concat([]string{"TLSOption", "TLSStore"},
			below([]string{"ServersTransport spec"}, of("serverName insecureSkipVerify rootCAs rootCAsSecrets certificatesSecrets cipherSuites minVersion maxVersion peerCertURI peerCertSANs spiffe")...))},
		{Why: connections, Names: below([]string{"ServersTransport spec"}, of("maxIdleConnsPerHost disableHTTP2")...)},
		{Why: connections, Names: below([]string{"ServersTransport spec forwardingTimeouts"}, of("idleConnTimeout readIdleTimeout pingTimeout")...)},
		{Why: "who may send requests, and in which form they reach a pod", Names: below([]string{"Middleware spec"},
			of("addPrefix stripPrefix stripPrefixRegex replacePath replacePathRegex ipWhiteList ipAllowList headers errors redirectRegex redirectScheme basicAuth digestAuth compress encodedCharacters passTLSClientCert contentType grpcWeb")...)},
	}
}

func envoyHarmless() []source.Harmless {
	return []source.Harmless{
		{Why: requestsOf, Names: slices.Concat([]string{"HTTPProxy spec includes", "HTTPProxy spec ingressClassName", "HTTPProxy spec tcpproxy include", "HTTPProxy spec tcpproxy includes"},
			below([]string{"HTTPProxy spec virtualhost"}, of("fqdn tls corsPolicy jwtProviders ipAllowPolicy ipDenyPolicy")...),
			below([]string{"HTTPProxy spec routes"}, of("conditions permitInsecure pathRewritePolicy requestHeadersPolicy responseHeadersPolicy cookieRewritePolicies requestRedirectPolicy directResponsePolicy internalRedirectPolicy jwtVerificationPolicy ipAllowPolicy ipDenyPolicy")...),
			below([]string{"HTTPProxy spec routes services", "HTTPProxy spec tcpproxy services"}, of("protocol validation requestHeadersPolicy responseHeadersPolicy cookieRewritePolicies")...))},
		{Why: requestsOf, Names: below([]string{"Mapping spec"}, of("prefix prefix_regex prefix_exact hostname host host_regex method method_regex headers regex_headers query_parameters regex_query_parameters case_sensitive precedence "+
			"rewrite regex_rewrite add_request_headers add_response_headers remove_request_headers remove_response_headers cors tls ambassador_id bypass_auth host_rewrite auto_host_rewrite docs")...)},
		{Why: forBrowsers, Names: of("Mapping#spec#load_balancer#cookie#path Module#spec#config#load_balancer#cookie#path")},
		{Why: aloneOf, Names: of("Mapping#spec#weight")},
		{Why: portOf, Names: []string{"HTTPProxy spec routes services port", "HTTPProxy spec tcpproxy services port"}},
		{Why: aloneOf, Names: []string{"HTTPProxy spec routes services weight", "HTTPProxy spec tcpproxy services weight"}},
		{Why: probeAsks, Names: slices.Concat([]string{"HTTPProxy spec routes services healthPort", "HTTPProxy spec tcpproxy services healthPort"}, below([]string{"HTTPProxy spec routes healthCheckPolicy"}, "path", "host", "expectedStatuses"),
			below([]string{"BackendTrafficPolicy spec healthCheck active"}, of("type http tcp grpc overrides healthCheckLog")...))},
		{Why: connections, Names: slices.Concat([]string{"HTTPProxy spec routes timeoutPolicy idleConnection", "BackendTrafficPolicy spec circuitBreaker maxRequestsPerConnection"},
			below([]string{"BackendTrafficPolicy spec"}, of("tcpKeepalive proxyProtocol useClientProtocol http2 connection dns")...))},
		{Why: requestsOf, Names: below([]string{"BackendTrafficPolicy spec"}, of("compression compressor telemetry")...)},
	}
}

func nginxHarmless() []source.Harmless {
	return []source.Harmless{
		{Why: requestsOf, Names: slices.Concat(
			below([]string{"VirtualServer spec", "VirtualServerRoute spec"}, of("host ingressClassName listener tls gunzip externalDNS add-header-inherit internalRoute")...),
			below([]string{"VirtualServer spec routes", "VirtualServerRoute spec subroutes"}, of("path route routeSelector errorPages add-header-inherit matches#conditions")...),
			below(below([]string{"VirtualServer spec routes", "VirtualServerRoute spec subroutes"}, of("action splits#action matches#action matches#splits#action")...), of("return redirect proxy#rewritePath proxy#requestHeaders proxy#responseHeaders")...))},
		{Why: "the name of an upstream", Names: below([]string{"VirtualServer spec upstreams", "VirtualServerRoute spec upstreams"}, "name")},
		{Why: portOf, Names: below([]string{"VirtualServer spec upstreams", "VirtualServerRoute spec upstreams"}, "port")},
		{Why: connections, Names: below([]string{"VirtualServer spec upstreams", "VirtualServerRoute spec upstreams"},
			of("keepalive buffering buffers buffer-size busy-buffers-size client-max-body-size client-body-buffer-size tls type send-timeout")...)},
		{Why: forBrowsers, Names: below([]string{"VirtualServer spec upstreams sessionCookie", "VirtualServerRoute spec upstreams sessionCookie"}, of("path domain httpOnly secure samesite")...)},
		{Why: probeAsks, Names: below([]string{"VirtualServer spec upstreams healthCheck", "VirtualServerRoute spec upstreams healthCheck"},
			of("path port tls headers statusMatch grpcStatus grpcService keepalive-time send-timeout")...)},
	}
}

func cloudHarmless() []source.Harmless {
	return []source.Harmless{
		{Why: requestsOf, Names: slices.Concat(below([]string{"Route spec"}, of("host subdomain path wildcardPolicy httpHeaders")...),
			below([]string{"BackendConfig spec"}, "customRequestHeaders", "customResponseHeaders"),
			below([]string{"ApisixRoute spec http"}, of("name priority match authentication")...), below([]string{"ApisixRoute spec stream"}, of("name protocol match")...),
			below([]string{"ApisixRoute spec", "ApisixUpstream spec"}, "ingressClassName"), below([]string{"BackendTrafficPolicy spec"}, of("scheme passHost upstreamHost")...), below([]string{"ApisixUpstream spec"}, of("scheme tlsSecret passHost upstreamHost")...))},
		{Why: "what a Route leads to, and its only Service's weight", Names: []string{"Route spec to kind", "Route spec to weight", "Route spec alternateBackends kind", "Route spec alternateBackends weight", "Route spec port"}},
		{Why: encryption, Names: below([]string{"Route spec tls"}, of("insecureEdgeTerminationPolicy certificate key caCertificate destinationCACertificate externalCertificate")...)},
		{Why: portOf, Names: []string{"ApisixRoute spec http backends servicePort", "ApisixRoute spec stream backend servicePort"}},
		{Why: aloneOf, Names: []string{"ApisixRoute spec http backends weight"}},
		{Why: "how long a request takes to send, which is no time here", Names: []string{"ApisixRoute spec http timeout send", "ApisixUpstream spec timeout send", "BackendTrafficPolicy spec timeout send"}},
		{Why: "what is watched", Names: []string{"BackendConfig spec logging", "GCPBackendPolicy spec default logging", "HealthCheckPolicy spec default logConfig"}},
		{Why: "what it is attached to", Names: []string{"GCPBackendPolicy spec targetRef group", "HealthCheckPolicy spec targetRef group", "BackendTrafficPolicy spec targetRefs group", "BackendTrafficPolicy spec targetRef group"}},
		{Why: probeAsks, Names: slices.Concat(below([]string{"BackendConfig spec healthCheck"}, of("type port requestPath")...), []string{"HealthCheckPolicy spec default config"},
			below([]string{"ApisixUpstream spec healthCheck active"}, of("type host port httpPath strictTLS requestHeaders concurrency healthy#httpCodes unhealthy#httpCodes")...),
			below([]string{"BackendTrafficPolicy spec healthCheck active"}, of("host port httpPath strictTLS requestHeaders concurrency healthy#httpCodes unhealthy#httpCodes")...),
			below([]string{"KongUpstreamPolicy spec healthchecks active"}, of("type concurrency httpPath httpsSni httpsVerifyCertificate headers healthy#httpStatuses unhealthy#httpStatuses")...))},
		{Why: "who may send requests, and certificates", Names: of("KongConsumer KongConsumerGroup KongCustomEntity ApisixTls ApisixConsumer Consumer TLSCertificateDelegation")},
		{Why: forBrowsers, Names: []string{"KongUpstreamPolicy spec stickySessions cookiePath", "KongUpstreamPolicy spec hashOn cookiePath", "BackendTrafficPolicy spec loadBalancer consistentHash cookie attributes"}},
	}
}

const (
	haproxyIngressPrefix = "haproxy-ingress.github.io/"
	openshiftPrefix      = "haproxy.router.openshift.io/"
)

// annotationsOfOthers are annotations of controllers that are read here.
var annotationsOfOthers = []annotationNames{
	{ir.Harmless, "nginx.org/", "add-header add-header-inherit app-root basic-auth-realm basic-auth-secret client-body-buffer-size client-max-body-size custom-http-errors grpc-services hsts hsts-behind-proxy " +
		"hsts-include-subdomains hsts-max-age http-redirect-code keepalive listen-ports listen-ports-ssl path-regex proxy-buffer-size proxy-buffering proxy-buffers proxy-busy-buffers-size proxy-hide-headers " +
		"proxy-max-temp-file-size proxy-pass-headers proxy-redirect- proxy-set-headers redirect-to-https rewrite-target rewrites server-tokens ssl- upstream-zone-size mergeable-ingress-type proxy-send-timeout", requestsOf},
	{ir.NotCarried, "nginx.org/", "websocket-services", source.KeptOpen},
	{ir.Harmless, haproxyIngressPrefix, "allowlist-source- denylist-source- auth- oauth cors- hsts ssl- secure- path-type rewrite-target redirect-to app-root server-alias backend-protocol headers request- response- " +
		"session-cookie-domain session-cookie-same-site forwardfor health-check-uri health-check-port health-check-addr backend-server-naming", requestsOf},
	{ir.Harmless, "haproxy.org/", "ssl- path-rewrite request- response- set-host cors- forwarded-for ingress.class whitelist blacklist allow-list deny-list server-ca server-crt server-proto server-ssl check-http " +
		"send-proxy-protocol timeout-client timeout-http- auth- client-", requestsOf},
	{ir.Harmless, openshiftPrefix, "hsts_header rewrite-target ip_allowlist ip_whitelist set-forwarded-headers h1-adjust-case", requestsOf},
	{ir.NotCarried, openshiftPrefix, "timeout-tunnel", "open connections are not closed after a time"},
	{ir.Harmless, "", "router.openshift.io/cookie-same-site router.openshift.io/cookie-samesite openshift.io/host.generated", forBrowsers},
	{ir.Harmless, "traefik.ingress.kubernetes.io/", "router.entrypoints router.priority router.pathmatcher router.tls router.tls. service.serversscheme service.passhostheader", requestsOf},
	{ir.NotCarried, "traefik.ingress.kubernetes.io/", "router.middlewares service.nativelb service.nodeportlb service.serverstransport", "not read on an Ingress or Service; use an IngressRoute"},
	{ir.NotCarried, "konghq.com/", "plugins", "plugins that hold requests back or answer them are not modelled"},
	{ir.Harmless, "projectcontour.io/", "upstream-protocol. ingress.class tls-minimum-protocol-version", requestsOf},
	{ir.NotCarried, "projectcontour.io/", "websocket-routes", source.KeptOpen},
	{ir.Harmless, "", "cloud.google.com/app-protocols cloud.google.com/neg-status cloud.google.com/load-balancer-type networking.gke.io/managed-certificates networking.gke.io/v1beta1.FrontendConfig", "where the load balancer listens, and encryption"},
	{ir.Harmless, "", "cloud.google.com/neg", "pods are the load balancer's backends, as they are here"},
	{ir.Harmless, "k8s.apisix.apache.org/", "enable-cors cors- http-to-https http-redirect rewrite-target allowlist-source-range blocklist-source-range use-regex", requestsOf},
	{ir.NotCarried, "k8s.apisix.apache.org/", "enable-websocket", source.KeptOpen},
}

// awsGroups are where a TargetGroupConfiguration describes a target group.
var awsGroups = []string{"TargetGroupConfiguration spec defaultConfiguration", "TargetGroupConfiguration spec routeConfigurations targetGroupProps"}

func awsHarmless() []source.Harmless {
	return []source.Harmless{
		{Why: probeAsks, Names: below(below(awsGroups, "healthCheckConfig"), of("healthCheckPath healthCheckPort healthCheckProtocol matcher")...)},
		{Why: "how pods are reached, and what the group is called", Names: below(awsGroups, of("ipAddressType nodeSelector protocol protocolVersion tags targetControlPort targetGroupName enableMultiCluster")...)},
		{Why: "where the load balancer listens, and who may connect", Names: slices.Concat(
			below([]string{"LoadBalancerConfiguration spec"}, of("customerOwnedIpv4Pool disableSecurityGroup enableICMP enforceSecurityGroupInboundRulesOnPrivateLinkTraffic ipAddressType ipv4IPAMPoolId loadBalancerName "+
				"loadBalancerSubnets loadBalancerSubnetsSelector manageBackendSecurityGroupRules mergingMode minimumLoadBalancerCapacity scheme securityGroupPrefixes securityGroups shieldConfiguration sourceRanges tags wafV2")...),
			below([]string{"LoadBalancerConfiguration spec listenerConfigurations"}, of("alpnPolicy certificates defaultCertificate mutualAuthentication protocolPort quicEnabled sslPolicy")...),
			below([]string{"IngressClassParams spec"}, of("PrefixListsIDs prefixListsIDs certificateArn group inboundCIDRs ipAddressType ipamConfiguration loadBalancerName minimumLoadBalancerCapacity namespaceSelector "+
				"scheme sslPolicy sslRedirectPort subnets tags wafv2AclArn wafv2AclName")...),
			below([]string{"IngressClassParams spec listeners"}, "port", "protocol"))},
	}
}
