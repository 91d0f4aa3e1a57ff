package kubernetes

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// annotationNames are names of annotations that no importer of a controller reads, and what is known of them. A name that ends in
// a slash, a dash or a dot stands for all that begin with it.
type annotationNames struct {
	drawer ir.Drawer
	prefix string
	names  string // separated by spaces
	why    string
}

const (
	ingressNginxPrefix = "nginx.ingress.kubernetes.io/"
	albPrefix          = "alb.ingress.kubernetes.io/"
	digitalOceanPrefix = "service.beta.kubernetes.io/do-loadbalancer-"
	awsPrefix          = "service.beta.kubernetes.io/aws-load-balancer-"
)

var annotationLists = []annotationNames{
	{ir.Harmless, "", "kubectl.kubernetes.io/last-applied-configuration kubectl.kubernetes.io/restartedAt kubectl.kubernetes.io/default-container deployment.kubernetes.io/ meta.helm.sh/ helm.sh/ " +
		"argocd.argoproj.io/ kustomize.toolkit.fluxcd.io/ checksum/ autoscaling.alpha.kubernetes.io/ endpoints.kubernetes.io/ control-plane.alpha.kubernetes.io/ app.kubernetes.io/ " +
		"field.cattle.io/ backstage.io/ deprecated.daemonset.template.generation kubernetes.io/change-cause kubernetes.io/description description", "a note of the tool or the people that keep the object"},
	{ir.Harmless, "", "prometheus.io/", "what is watched"},
	{ir.Harmless, "", "cert-manager.io/ acme.cert-manager.io/ external-dns.alpha.kubernetes.io/ kubernetes.io/tls-acme", "names and certificates"},
	{ir.NotCarried, "", "service.kubernetes.io/topology-mode service.kubernetes.io/topology-aware-hints", "pods of the client's zone go first, which is not modelled"},

	{ir.Harmless, ingressNginxPrefix, "ssl-redirect force-ssl-redirect preserve-trailing-slash app-root rewrite-target use-regex permanent-redirect permanent-redirect-code temporal-redirect " +
		"temporal-redirect-code from-to-www-redirect server-alias x-forwarded-prefix", "which requests come, and under which path they reach a pod"},
	{ir.Harmless, "", "ingress.kubernetes.io/force-ssl-redirect ingress.kubernetes.io/ssl-redirect", "which requests come"},
	{ir.Harmless, ingressNginxPrefix, "whitelist-source-range allowlist-source-range denylist-source-range auth-tls- auth-type auth-secret auth-secret-type auth-realm satisfy enable-cors cors- enable-modsecurity " +
		"enable-owasp-core-rules modsecurity-", "who may send requests"},
	{ir.Harmless, ingressNginxPrefix, "proxy-body-size client-body-buffer-size proxy-buffering proxy-buffers-number proxy-buffer-size proxy-max-temp-file-size proxy-http-version proxy-request-buffering backend-protocol " +
		"proxy-ssl- secure-verify-ca-secret ssl-ciphers ssl-prefer-server-ciphers connection-proxy-header proxy-cookie-domain proxy-cookie-path http2-push-preload", "how requests and answers are passed on"},
	{ir.Harmless, ingressNginxPrefix, "enable-access-log enable-rewrite-log enable-opentracing enable-opentelemetry opentelemetry- opentracing-", "what is written down"},
	{ir.NotCarried, ingressNginxPrefix, "limit- global-rate-limit", "requests beyond the limit are refused, which is not modelled"},
	{ir.NotCarried, ingressNginxPrefix, "auth-url auth-method auth-signin auth-cache-key auth-cache-duration auth-keepalive auth-response-headers auth-proxy-set-headers auth-snippet enable-global-auth auth-request-redirect " +
		"auth-always-set-cookie auth-signin-redirect-param", "the question to another server takes time, which is not modelled"},
	{ir.NotCarried, ingressNginxPrefix, "mirror-target mirror-request-body mirror-host", "requests that are sent twice are not modelled"},
	{ir.NotCarried, ingressNginxPrefix, "configuration-snippet server-snippet stream-snippet upstream-vhost custom-headers", "text for nginx, which is not read"},
	{ir.NotCarried, ingressNginxPrefix, "service-upstream", "requests go to the Service's address, and kube-proxy chooses the pod; pods are assumed"},
	{ir.NotCarried, ingressNginxPrefix, "ssl-passthrough", "connections are passed on unread, so nothing in a request decides; requests are assumed"},
	{ir.NotCarried, ingressNginxPrefix, "proxy-connect-timeout proxy-send-timeout proxy-read-timeout proxy-next-upstream proxy-next-upstream-tries proxy-next-upstream-timeout default-backend custom-http-errors",
		"what nginx does with pods that do not answer is taken as it is by default"},

	{ir.Harmless, albPrefix, "scheme subnets security-groups manage-backend-security-group-rules inbound-cidrs listen-ports ssl-redirect ssl-policy certificate-arn tags ip-address-type wafv2-acl-arn waf-acl-id shield-advanced-protection " +
		"customer-owned-ipv4-pool auth- group.name group.order load-balancer-name backend-protocol backend-protocol-version target-node-labels mutual-authentication", "where the load balancer listens, and who may connect"},
	{ir.Harmless, albPrefix, "healthcheck-path healthcheck-port healthcheck-protocol success-codes", "what a probe asks for; a pod that serves answers"},
	{ir.NotCarried, albPrefix, "actions. conditions.", "not read; the target group of each backend is"},

	{ir.Harmless, "konghq.com/", "strip-path preserve-host protocols methods regex-priority https-redirect-status-code snis path request-buffering response-buffering tags", "which requests come, and how they are passed on"},

	{ir.Harmless, digitalOceanPrefix, "name protocol tls-ports tls-passthrough certificate-id hostname redirect-http-to-https size-slug size-unit http-ports http2-ports http3-port disable-lets-encrypt-dns-records allow-rules deny-rules type network", "where the load balancer listens, and who may connect"},
	{ir.Harmless, digitalOceanPrefix, "healthcheck-path healthcheck-port healthcheck-protocol", "what a probe asks for; a node that serves answers"},
	{ir.NotCarried, digitalOceanPrefix, "healthcheck- enable-proxy-protocol enable-backend-keepalive http-idle-timeout-seconds", "not read; the pods' own probes decide"},

	{ir.Harmless, awsPrefix, "name scheme internal subnets security-groups ssl-cert ssl-ports ssl-negotiation-policy alpn-policy additional-resource-tags ip-address-type eip-allocations private-ipv4-addresses access-log- manage-backend-security-group-rules", "where the load balancer listens, and who may connect"},
	{ir.NotCarried, awsPrefix, "healthcheck- proxy-protocol cross-zone-load-balancing-enabled connection-draining- connection-idle-timeout attributes target-node-labels backend-protocol", "not read"},
}

// annotations accounts for those that no importer of a controller has remarked on.
func (im *translation) annotations(of ...*tree.Node) {
	for _, meta := range of {
		for _, a := range meta.Get("annotations").Children() {
			if a.Remarked() {
				continue
			}
			for _, l := range slices.Concat(annotationLists, annotationsOfOthers, furtherAnnotations) {
				if name, ok := strings.CutPrefix(a.Key, l.prefix); ok && l.has(name) {
					im.Remark(l.drawer, a, "%s: %s", source.Short(a.Key), l.why)
					break
				}
			}
			if !a.Remarked() {
				im.NotCarried(a, "annotation %s: not understood", source.Short(a.Key))
			}
		}
	}
}

func (l *annotationNames) has(name string) bool {
	return slices.ContainsFunc(strings.Fields(l.names), func(x string) bool {
		return name == x || strings.ContainsAny(x[len(x)-1:], "/-.") && strings.HasPrefix(name, x)
	})
}
