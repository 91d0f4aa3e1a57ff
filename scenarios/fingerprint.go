package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"stickysim/scenarios/internal/tree"
)

// aside are the fields that replications do not depend on: words, and what is made of the replications; and the seed, which
// a study has beside its fingerprint.
var aside = []string{"version", "name", "description", "question", "seed", "replications", "objectives", "gate"}

// fingerprint is equal for scenarios with the same values and the same contents of files, however they are laid out. With
// controls, replications have more figures than without.
func (r *reader) fingerprint(root *tree.Node, controls bool) string {
	h := sha256.New()
	root.WriteValue(h, func(key string) bool { return !slices.Contains(aside, key) && !strings.HasPrefix(key, "x-") })
	for _, name := range r.names() {
		fmt.Fprintf(h, "\n%q %x", name, r.sums[name])
	}
	if controls {
		fmt.Fprint(h, "\ncontrols")
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// names are the files that were read.
func (r *reader) names() []string { return slices.Sorted(maps.Keys(r.sums)) }

// summed is an open file that adds its contents to the reader's sums when it is closed.
type summed struct {
	fs.File
	of   *reader
	name string
	sum  hash.Hash
}

// Read reads from the file.
func (f *summed) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.sum.Write(p[:n])
	return n, err
}

// Close reads what is left and closes the file.
func (f *summed) Close() error {
	_, _ = io.Copy(f.sum, f.File) // who reads a file reports its errors
	f.of.sums[f.name] = f.sum.Sum(nil)
	return f.File.Close()
}
