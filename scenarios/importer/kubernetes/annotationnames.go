package kubernetes

import "stickysim/scenarios/importer/ir"

const (
	whoMay   = "who may send requests"
	passedOn = "which requests come, and how requests and answers are passed on"
	snippets = "text for the proxy, which is not read"
	listens  = "where the load balancer listens, and who may connect"
)

// furtherAnnotations are annotations of controllers that none of the other lists has.
var furtherAnnotations = []annotationNames{
	{ir.Harmless, ingressNginxPrefix, "auth-keepalive-share-vars proxy-redirect-from proxy-redirect-to proxy-busy-buffers-size relative-redirects use-port-in-redirects fastcgi-index fastcgi-params-configmap " +
		"disable-proxy-intercept-errors proxy-set-header http2-push-preload server-alias-regex", passedOn},
	{ir.NotCarried, ingressNginxPrefix, "auth-keepalive-requests auth-keepalive-timeout", asksOther},
	{ir.NotCarried, ingressNginxPrefix, "canary-by-header-pattern", "a canary that a header chooses is not modelled; split by weight is"},

	{ir.NotCarried, albPrefix, "enable-frontend-nlb frontend-nlb-", "a Network Load Balancer in front is one more hop, which is not modelled"},
	{ir.NotCarried, albPrefix, "multi-cluster-target-group", "targets of other clusters are not in these files"},
	{ir.NotCarried, albPrefix, "jwt-validation", refuses},
	{ir.Harmless, albPrefix, "security-group-prefix-lists ipam-ipv4-pool-id minimum-load-balancer-capacity listener-attributes. target-control-port. transforms. use-regex-path-match auth-type auth-idp-cognito " +
		"auth-idp-oidc auth-on-unauthenticated-request auth-scope auth-session-cookie auth-session-timeout", listens},

	{ir.Harmless, awsPrefix, "disable-nlb-sg enable-icmp-for-path-mtu-discovery enable-prefix-for-ipv6-source-nat enable-tcp-udp-listener inbound-sg-rules-on-private-link-traffic ipv6-addresses minimum-load-balancer-capacity " +
		"quic-enabled-ports security-group-prefix-lists source-nat-ipv6-prefixes proxy-protocol-per-target-group", listens},
	{ir.NotCarried, awsPrefix, "listener-attributes.", "open connections without requests do not end after a time"},
	{ir.NotCarried, awsPrefix, "target-group-attributes.", "attributes of the target group of one port are not read; target-group-attributes is"},
	{ir.NotCarried, awsPrefix, "multi-cluster-target-group", "targets of other clusters are not in these files"},
	{ir.Harmless, "", "service.beta.kubernetes.io/load-balancer-source-ranges", whoMay},
	{ir.NotCarried, "", "service.beta.kubernetes.io/actions.", "the split between target groups of a listener is not read"},

	{ir.Harmless, "haproxy.org/", "scale-server-slots proxy-protocol use-regex-path-match hsts-", passedOn},
	{ir.NotCarried, "haproxy.org/", "rate-limit-size rate-limit-status-code rate-limit-whitelist rate-limit-", refuses},
	{ir.NotCarried, "haproxy.org/", "frontend-config-snippet global-config-snippet", snippets},
	{ir.NotCarried, "haproxy.org/", "timeout-tunnel timeout-server-fin", "open connections are not closed after a time"},

	{ir.Harmless, haproxyIngressPrefix, "acme- cert-signer fcgi-app proxy-body-size proxy-protocol redirect- source-address-intf tls-alpn var-namespace server-alias-regex oauth- use-resolver backend-server-slots-increment " +
		"scale-server-slots slots-min-free timeout-http-request timeout-keep-alive ingress-class use-htx whitelist-source-range http-header-match http-header-match-regex path-type-order hsts- auth-", passedOn},
	{ir.NotCarried, haproxyIngressPrefix, "agent-check-", "servers report no state of their own"},
	{ir.NotCarried, haproxyIngressPrefix, "limit-whitelist waf waf-mode", refuses},
	{ir.NotCarried, haproxyIngressPrefix, "timeout-tunnel timeout-server-fin", "open connections are not closed after a time"},

	{ir.Harmless, "traefik.ingress.kubernetes.io/", "router.observability. router.rulesyntax", "what is watched, and which requests a router takes"},
	{ir.NotCarried, "traefik.ingress.kubernetes.io/", "service.middlewares", "what they do to requests of this service alone is not read"},

	{ir.Harmless, "nginx.org/", "hsts-preload proxy-redirect-from proxy-redirect-to use-regex-path-match rewrite-target rewrites ssl-ciphers redirect- http-redirect-code", passedOn},
	{ir.NotCarried, "nginx.org/", "limit-req-", refuses},
	{ir.NotCarried, "nginx.org/", "policies", "policies that refuse requests, or ask another server, are not modelled"},
	{ir.Harmless, "nginx.com/", "jwt-", whoMay},
	{ir.NotCarried, "nginx.com/", "policies", "policies that refuse requests, or ask another server, are not modelled"},

	{ir.Harmless, "konghq.com/", "headers headers-separator host-aliases path-handling regex-prefix rewrite host-header protocol client-cert tls-verify tls-verify-depth ca-certificates-secrets ca-certificates-configmaps", passedOn},
	{ir.Harmless, "konghq.com/", "write-timeout", "how long a request takes to send, which is no time here"},

	{ir.NotCarried, "projectcontour.io/", "per-host-max-connections", "connections of single pods are not limited"},

	{ir.Harmless, "k8s.apisix.apache.org/", "upstream-scheme rewrite-target- http-redirect-code csrf-key enable-csrf enable-response-rewrite response-rewrite- http-allow-methods http-block-methods auth-type", passedOn},
	{ir.Harmless, "k8s.apisix.apache.org/", "upstream-send-timeout", "how long a request takes to send, which is no time here"},
	{ir.NotCarried, "k8s.apisix.apache.org/", "auth-uri auth-ssl-verify auth-request-headers auth-upstream-headers auth-client-headers", asksOther},
	{ir.NotCarried, "k8s.apisix.apache.org/", "plugin-config-name", "plugins that hold requests back, or send them elsewhere, are not modelled"},
	{ir.NotCarried, "k8s.apisix.apache.org/", "svc-namespace", "Services are looked for in the namespace of the Ingress"},
}
