// Package catalog holds the built-in scenarios as files, to be run by name, read, and copied. Each is also a test.
//
// Floor 0.
package catalog

import "embed"

// Files has a NAME.yaml for each scenario, and the files they name.
//
//go:embed *.yaml *.log *.gz *.txt
var Files embed.FS
