// Package outdir writes result directories, for --out of the command line. entries in write.go is the list of their files. Create is the one way to write a file that a user names.
//
// Floor 7.
package outdir
