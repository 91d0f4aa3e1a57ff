// Package cost says what each entry of a timeline costs, and the autoscaler: the same users with it and without it. It runs
// every alternative of a study as it is, without each entry, without all of them, and with what is to be tried, and pairs
// the replications.
//
// An entry is switched off in its place, so nothing that is drawn for the others changes: what hangs on none of it is the
// same, and its cost is exactly 0.
//
// Floor 4.
package cost
