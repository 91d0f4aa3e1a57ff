package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

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
