package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/spf13/cobra"
)

func newVersion(s *streams) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(s.out, versionText())
			return err
		},
	}
}

// versionText is the version that was built, its commit and the toolchain.
func versionText() string {
	return fmt.Sprintf("stickysim %s %s %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// engine is all of the program that decides the figures of a replication: its version, the toolchain and the architecture,
// on which the last digits depend. A build whose version does not say what is in it has its checksum too.
func engine() (string, error) {
	text := version() + " " + runtime.Version() + " " + runtime.GOARCH
	if info, ok := debug.ReadBuildInfo(); ok && exact(info) {
		return text, nil
	}
	sum, err := ownSum()
	return text + " " + sum, err
}

// exact reports whether a build has a version that names its sources.
func exact(info *debug.BuildInfo) bool {
	clean := info.Main.Sum != "" // of a released module
	for _, set := range info.Settings {
		clean = clean || set.Key == "vcs.modified" && set.Value == "false"
	}
	return clean
}

// ownSum is the checksum of the program's file.
var ownSum = sync.OnceValues(func() (string, error) {
	name, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := xxhash.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
})

// version is the module's version and, where the build knows it, the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	text, revision, modified := info.Main.Version, "", ""
	for _, set := range info.Settings {
		switch {
		case set.Key == "vcs.revision":
			revision = set.Value
		case set.Key == "vcs.modified" && set.Value == "true":
			modified = ", modified"
		}
	}
	if text == "" {
		text = "(devel)"
	}
	if revision != "" {
		text += " (" + revision[:min(12, len(revision))] + modified + ")"
	}
	return text
}
