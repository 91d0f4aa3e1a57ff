package traefik

import (
	"slices"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim/lazy"
)

// harmless are the keys that have no influence on routing, load, sessions and time. Those of docker-compose files begin with
// "compose", labels with "labels" or "labels1" (Traefik 1), except those of http, which are those of files.
func harmless() []source.Harmless {
	return []source.Harmless{
		{Why: "logs, statistics and traces", Names: []string{
			"log", "accesslog", "metrics", "tracing", "entrypoints * observability", "http routers * observability", "experimental otlplogs",
			"providers file debugloggeneratedtemplate",
		}},
		{Why: "what Traefik and its makers tell each other and ask, beside requests", Names: []string{"api", "ping", "global checknewversion", "global sendanonymoususage"}},
		{Why: "encrypts connections; its cost belongs to the service times", Names: []string{
			"tls", "certificatesresolvers", "ocsp", "spiffe", "entrypoints * http tls", "entrypoints * http3", "entrypoints * allowacmebypass", "http routers * tls",
			"http serverstransports * servername", "http serverstransports * insecureskipverify", "http serverstransports * rootcas",
			"http serverstransports * certificates", "http serverstransports * ciphersuites", "http serverstransports * minversion",
			"http serverstransports * maxversion", "http serverstransports * peercerturi", "http serverstransports * spiffe",
			"serverstransport insecureskipverify", "serverstransport rootcas", "serverstransport spiffe",
		}},
		{Why: "how requests are put on connections, which does not change their servers", Names: []string{
			"entrypoints * http2", "entrypoints * reuseport", "entrypoints * transport keepalivemaxrequests", "entrypoints * transport keepalivemaxtime",
			"entrypoints * transport respondingtimeouts idletimeout", "experimental fastproxy",
			"http serverstransports * disablehttp2", "http serverstransports * maxidleconnsperhost", "http serverstransports * forwardingtimeouts idleconntimeout",
			"serverstransport maxidleconnsperhost", "serverstransport forwardingtimeouts idleconntimeout",
		}},
		{Why: "where Traefik listens", Names: []string{"entrypoints * address"}},
		{Why: "of UDP and TCP, whose services are not imported", Names: []string{"entrypoints * udp", "tcpserverstransport"}},
		{Why: "which X-Forwarded headers servers get; hrw goes by the address of the connection", Names: []string{
			"entrypoints * forwardedheaders", "global notappendxforwardedfor",
		}},
		{Why: "which requests come to a service; here all of the scenario do", Names: []string{
			"http routers * rule", "http routers * rulesyntax", "http routers * priority", "http routers * entrypoints", "http routers * service",
			"http routers * parentrefs", "entrypoints * asdefault", "core", "providers precedence", "hostresolver", "labels1 frontend rule",
			"labels1 frontend entrypoints", "labels1 frontend priority", "labels1 domain", "labels1 frontend passtlscert",
			"providers docker defaultrule", "providers swarm defaultrule",
		}},
		{Why: "answered by Traefik itself, without a server", Names: []string{
			"entrypoints * http redirections", "http middlewares * redirectregex", "http middlewares * redirectscheme", "labels1 frontend redirect",
		}},
		{Why: "refuses requests of clients that may not send them; those of the scenario may", Names: []string{
			"http middlewares * basicauth", "http middlewares * digestauth", "http middlewares * ipallowlist", "http middlewares * ipwhitelist",
			"http middlewares * encodedcharacters", "entrypoints * http encodedcharacters", "entrypoints * http maxheaderbytes",
			"entrypoints * http underscoreheadersstrategy", "labels1 frontend auth basic", "labels1 frontend auth digest", "labels1 frontend auth headerfield",
			"labels1 frontend whitelist",
		}},
		{Why: "changes requests and responses, not their servers", Names: []string{
			"entrypoints * http encodequerysemicolons", "entrypoints * http sanitizepath",
			"http middlewares * addprefix", "http middlewares * compress", "http middlewares * contenttype", "http middlewares * grpcweb",
			"http middlewares * headers", "http middlewares * passtlsclientcert", "http middlewares * replacepath", "http middlewares * replacepathregex",
			"http middlewares * stripprefix", "http middlewares * stripprefixregex",
			"http services * loadbalancer passhostheader", "http services * loadbalancer responseforwarding",
			"http services * loadbalancer servers preservepath", "http services * loadbalancer server preservepath",
			"labels1 frontend passhostheader", "labels1 frontend headers", "labels1 frontend passtlsclientcert", "labels1 backend responseforwarding",
		}},
		{Why: "holds for services that name it; in these files none does", Names: slices.Concat(
			[]string{"http services * loadbalancer serverstransport"},
			below("http serverstransports * forwardingtimeouts", "dialtimeout", "responseheadertimeout"),
			below("serverstransport forwardingtimeouts", "dialtimeout", "responseheadertimeout"))},
		{Why: "what a probe asks for; a server that is up answers", Names: slices.Concat(
			below("http services * loadbalancer healthcheck", "scheme", "mode", "path", "method", "status", "port", "hostname", "followredirects", "headers"),
			below("labels1 backend healthcheck", "scheme", "port", "hostname", "headers"))},
		{Why: "how Traefik finds containers and files", Names: slices.Concat([]string{"providers file watch", "labels docker network", "labels swarm network", "labels1 docker network", "labels1 tags"},
			below("providers docker", dockers...), below("providers swarm", dockers...))},
		{Why: "allows providers and plugins, which have remarks of their own", Names: []string{
			"experimental abortonpluginfailure", "experimental knative", "experimental kubernetesgateway", "experimental kubernetesingressnginx",
		}},
		{Why: "the container is behind Traefik, as its other labels say", Names: []string{"labels enable", "labels1 enable"}},
		{Why: "what runs in a container, not how it is reached", Names: below("compose services *", "image", "build", "command", "entrypoint", "environment",
			"env_file", "volumes", "working_dir", "user", "tty", "stdin_open", "init", "privileged", "cap_add", "cap_drop", "security_opt", "read_only", "tmpfs",
			"configs", "secrets", "logging", "pull_policy", "platform", "devices", "group_add", "sysctls", "ulimits", "shm_size", "develop")},
		{Why: "names and networks of containers; Traefik finds them by their labels", Names: append(below("compose services *", "container_name", "hostname", "domainname",
			"networks", "network_mode", "ports", "expose", "links", "external_links", "extra_hosts", "dns", "dns_search", "mac_address"), "compose services * deploy endpoint_mode")},
		{Why: "in which order containers start, and that they start again", Names: append(below("compose services *", "depends_on", "restart"),
			"compose services * deploy restart_policy")},
		{Why: "on which hosts containers fit; they count as alike", Names: append(below("compose services *", "mem_limit", "mem_reservation"), "compose services * deploy placement",
			"compose services * deploy resources reservations", "compose services * deploy resources limits memory")},
		{Why: "definitions for containers", Names: below("compose", "version", "name", "networks", "volumes", "configs", "secrets")},
	}
}

// dockers are the harmless keys of the providers that read labels.
var dockers = []string{"endpoint", "network", "tls", "username", "password", "httpclienttimeout", "refreshseconds", "usebindportip", "watch", "swarmmode", "swarmmoderefreshseconds"}

// matters are keys that decide where requests go, when, or how many, and that a scenario does not have.
func matters() []source.Matters {
	return []source.Matters{
		{Why: "requests that Traefik refuses are not modelled", Names: []string{
			"http middlewares * circuitbreaker", "http middlewares * inflightreq", "http middlewares * ratelimit",
			"labels1 backend maxconn", "labels1 backend circuitbreaker", "labels1 frontend ratelimit",
		}},
		{Why: "requests are passed on as they come, and none is repeated because of an answer", Names: []string{"http middlewares * buffering", "labels1 backend buffering"}},
		{Why: "the load on the service that answers instead is not modelled", Names: []string{"http middlewares * errors", "labels1 frontend errors"}},
		{Why: "the time and the failures of the other service are not modelled", Names: []string{"http middlewares * forwardauth", "labels1 frontend auth forward"}},
		{Why: "what a plugin does is not known", Names: []string{"http middlewares * plugin", "experimental plugins", "experimental localplugins"}},
		{Why: "connections to servers that have become silent are not given up", Names: below("http serverstransports * forwardingtimeouts", "readidletimeout", "pingtimeout")},
		{Why: "slow clients are not modelled", Names: below("entrypoints * transport respondingtimeouts", "readtimeout", "writetimeout")},
		{Why: "Traefik itself does not stop here", Names: []string{"entrypoints * transport lifecycle"}},
		{Why: "changes of servers take effect at once", Names: []string{"providers providersthrottleduration"}},
		{Why: "containers stand for themselves", Names: []string{"http services * loadbalancer server url"}},
		{Why: "which containers Traefik takes is not decided here: all with its labels are taken", Names: []string{"providers docker constraints", "providers swarm constraints"}},
		{Why: "Traefik sends nothing to containers that Docker knows to be unhealthy; here they count as up", Names: []string{
			"compose services * healthcheck", "providers docker allowemptyservices", "providers swarm allowemptyservices",
		}},
		{Why: "how containers are replaced is not modelled", Names: append(below("compose services * deploy", "update_config", "rollback_config"),
			"compose services * stop_grace_period", "compose services * stop_signal")},
		{Why: "a container's share of CPU is not modelled; write it into the service times", Names: append(below("compose services *", "cpus", "cpu_shares", "cpu_quota", "cpuset"),
			"compose services * deploy resources limits cpus")},
		{Why: "Docker's own load balancer picks the container, which is not modelled", Names: []string{
			"labels docker lbswarm", "labels swarm lbswarm", "labels1 backend loadbalancer swarm",
		}},
		{Why: "containers take turns by weight", Names: []string{"labels1 backend loadbalancer method"}},
		{Why: "services that other files or profiles add are not imported", Names: []string{
			"compose services * extends", "compose services * profiles", "compose include", "configfile",
		}},
	}
}

// below are the keys below a path.
func below(path string, keys ...string) (names []string) {
	for _, k := range keys {
		names = append(names, path+" "+k)
	}
	return names
}

var known = lazy.Value(func() *tree.Known { return tree.NewKnown(harmless()).Matters(matters()) })
