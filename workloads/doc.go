// Package workloads holds the traffic of a scenario: arrival processes ([ParseArrivals]), the built-in classes of clients
// ([Lookup]) and the replay of access logs ([FromLog]).
//
// A class and an arrival process are one file each, which registers them.
//
// An arrival process draws its random numbers by key ([rng.Key]) and allocates nothing per arrival; [ParseArrivals] reads
// its String. A stationary process (Poisson, renewal, MMPP) starts in its stationary distribution, so its rate is right
// from the first second. Several arrivals may have the same nanosecond.
//
// Floor 3.
package workloads
