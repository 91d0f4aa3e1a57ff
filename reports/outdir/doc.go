// Package outdir writes a result directory: what --out of the command line leaves behind. entries in write.go is the
// list of its files.
//
// Floor 7: imports reports, reports/plot and the JSON codec; never scenarios, policies or workloads.
package outdir
