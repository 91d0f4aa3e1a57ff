package traefik

import "strings"

// fields are the known field names in lower case. Traefik ignores the case of field names; names of services stay as
// they are.
var fields = map[string]bool{}

func init() {
	for _, f := range strings.Fields(`http tcp udp services routers middlewares providers file filename directory loadbalancer
		weighted mirroring failover highestrandomweight servers server url port scheme weight sticky cookie name secure
		httponly samesite maxage path domain healthcheck interval unhealthyinterval timeout strategy retry attempts
		passhostheader responseforwarding serverstransport preservepath passivehealthcheck failurewindow
		maxfailedattempts service deploy replicas scale labels enable
		entrypoints proxyprotocol forwardedheaders trustedips`) {
		fields[f] = true
	}
}

func fold(key string) string {
	if low := strings.ToLower(key); fields[low] {
		return low
	}
	return key
}
