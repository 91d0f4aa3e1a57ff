// Package workloads says who comes, when, and how they behave: arrival processes ([ParseArrivals]), the built-in
// classes of clients ([Lookup]) and the replay of access logs ([FromLog]).
//
// Every arrival process draws from addresses ([rng.Key]) and allocates nothing per arrival; its String reads back with
// [ParseArrivals]. Those with a steady law (Poisson, renewal, MMPP) start in their stationary regime, so their
// rate is right from the first second. Arrivals may fall into the same nanosecond.
//
// Floor 3: imports sim and below, and workloads/accesslog.
package workloads
