// Package lighttpd decides as lighttpd's mod_proxy does: the four values of proxy.balance, and the disable-time of
// servers that refuse connections (lighttpd/lighttpd1.4, src/gw_backend.c).
//
// The host and port of a server are ServerInfo.Addr; Options["disable-time"] is its own, in seconds. lighttpd has no
// weights, limits or draining.
//
// Floor 4.
package lighttpd
