// Package envoy holds Envoy's load balancing policies: ring hash, Maglev, least request, round robin, random, and
// stateful sessions in front of them. Hash tables are built as Envoy builds them, point for point (its unit tests'
// tables are this package's tests).
//
// Every policy embeds [Cluster], the settings all Envoy clusters share: panic threshold and outlier detection.
// Hosts that health checking holds down are never used; panic brings back only what outlier detection ejected.
//
// Floor 3: imports policies and sim.
package envoy
