// Package envoy holds Envoy's load balancing policies: ring hash, Maglev, least request, round robin, random, and
// stateful sessions in front of them. Hash tables are built as Envoy builds them, point for point (its unit tests'
// tables are this package's tests).
//
// Every policy embeds [Cluster], the settings all Envoy clusters share: panic threshold and outlier detection. In panic,
// tables and turns are made of all hosts, those included that health checking holds down (Envoy docs, panic_threshold);
// what Envoy does per priority is done for the cluster as a whole.
//
// Floor 4.
package envoy
