package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"stickysim/scenarios"
	"stickysim/scenarios/catalog"
)

func newScenarios(s *streams) *cobra.Command {
	o := &listing{}
	list := &cobra.Command{
		Use: "list", Short: "List the built-in scenarios and their questions", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return listScenarios(s, o) },
	}
	o.flags(list)
	show := &cobra.Command{
		Use: "show NAME", Short: "Print a built-in scenario", Args: cobra.ExactArgs(1), ValidArgsFunction: completeEntries,
		RunE: func(_ *cobra.Command, args []string) error {
			yaml, _, err := entry(args[0])
			if err == nil {
				_, err = s.out.Write(yaml)
			}
			return err
		},
	}
	replace := false
	copying := &cobra.Command{
		Use: "copy NAME [DIR]", Short: "Copy a built-in scenario, its files and its schema to a directory",
		Example: "  stickysim scenarios copy nat-hotspot\n  stickysim scenarios copy replay-example my-scenarios",
		Args:    cobra.RangeArgs(1, 2), ValidArgsFunction: completeEntries,
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 2 {
				dir = args[1]
			}
			return copyScenario(s, args[0], dir, replace)
		},
	}
	copying.Flags().BoolVar(&replace, "force", false, "overwrite existing files")
	return group("scenarios", "List, show and copy built-in scenarios", list, show, copying)
}

func listScenarios(s *streams, o *listing) error {
	type line struct {
		Name        string `json:"name"`
		Question    string `json:"question"`
		Description string `json:"description"`
	}
	var rows [][]string
	var all []line
	for _, e := range scenarios.List() {
		rows = append(rows, []string{e.Name, cmp.Or(e.Question, e.Description)})
		all = append(all, line{e.Name, e.Question, e.Description})
	}
	return o.print(s, []string{"NAME", "QUESTION"}, rows, all)
}

// entry is the text of a built-in scenario and the names of the files it uses.
func entry(name string) (yaml []byte, files []string, err error) {
	if yaml, files, err = scenarios.Source(name); err != nil {
		return nil, nil, usageError{err}
	}
	return yaml, files, nil
}

// copyScenario writes a scenario and the files it uses below dir. It overwrites files only if replace is set.
func copyScenario(s *streams, name, dir string, replace bool) error {
	yaml, names, err := entry(name)
	if err != nil {
		return err
	}
	contents := map[string][]byte{name + ".yaml": yaml}
	for _, file := range names {
		if contents[file], err = fs.ReadFile(catalog.Files, file); err != nil {
			return err
		}
	}
	names = append([]string{name + ".yaml"}, names...)
	for _, file := range names {
		path := filepath.Join(dir, file)
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) && !replace {
			return usagef("%s exists; use --force to overwrite it", path)
		}
	}
	for _, file := range names {
		path := filepath.Join(dir, file)
		if err := s.writeText(file, path, contents[file]); err != nil {
			return err
		}
		fmt.Fprintln(s.out, path)
	}
	if err := s.writeSchema(dir); err != nil {
		return err
	}
	s.note("run it with: stickysim run %s", filepath.Join(dir, name+".yaml"))
	return nil
}

// completeEntries completes names of built-in scenarios.
func completeEntries(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	found, _ := completeScenarios(c, args, typed)
	return found, cobra.ShellCompDirectiveNoFileComp
}
