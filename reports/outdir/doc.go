// Package outdir writes result directories, for --out of the command line. entries in write.go is the list of their files.
//
// Floor 7.
package outdir
