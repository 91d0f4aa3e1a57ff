// Package apache decides as Apache httpd's mod_proxy_balancer does: its three lbmethods, stickysession routes, error
// states with retry, and the member states drain, hot standby and hot spare (apache/httpd, modules/proxy, 2.4.x).
//
// A member's own settings come from ServerInfo.Options in BalancerMember's words: route, redirect, retry, status
// (letters after + and -, such as "+H"), lbset. Weight is loadfactor, Backup the same as status=+H.
//
// Decision: bytes on the wire are not simulated. bytraffic takes every answered request as the same amount of traffic;
// with such requests it decides as the original does.
//
// Floor 4.
package apache
