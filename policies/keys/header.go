package keys

import (
	"strings"

	"stickysim/sim"
)

// addressHeaders are the request headers in which proxies tell the client's address, in lower case.
var addressHeaders = map[string]bool{
	"x-forwarded-for": true, "x-real-ip": true, "x-client-ip": true, "x-cluster-client-ip": true, "true-client-ip": true,
	"cf-connecting-ip": true, "cf-connecting-ipv6": true, "fastly-client-ip": true, "fly-client-ip": true, "x-azure-clientip": true,
	"x-azure-socketip": true, "x-envoy-external-address": true, "x-original-forwarded-for": true, "x-appengine-user-ip": true,
	"do-connecting-ip": true, "x-remote-ip": true, "x-remote-addr": true, "remote-addr": true, "wl-proxy-client-ip": true,
	"proxy-client-ip": true, "x-originating-ip": true, "ali-cdn-real-ip": true, "cdn-src-ip": true, "incap-client-ip": true,
}

// IsAddressHeader reports whether proxies write the client's address into the request header called name.
func IsAddressHeader(name string) bool { return addressHeaders[strings.ToLower(name)] }

// Header is the key that is the value of a request header: an address, if proxies write one into that header.
func Header(name string) Template {
	if IsAddressHeader(name) {
		return Template{{From: Forwarded, Name: name}}
	}
	if name == ":path" {
		return Target(sim.URIText)
	}
	return Template{{From: Own, Name: name}}
}
