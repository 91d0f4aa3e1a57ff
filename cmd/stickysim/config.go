package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

// configuration says how to read the configuration of a load balancer.
type configuration struct {
	Type     string // product; empty = detected
	Upstream string // name of the pool; empty = see importer.Choose
	Strict   bool   // end with an error where something is not carried over
}

func (o *configuration) flags(c *cobra.Command) {
	products := importer.Products()
	c.Flags().StringVar(&o.Type, "type", "", "`product` of the configuration: "+strings.Join(products, ", ")+" (default: detected)")
	c.Flags().StringVar(&o.Upstream, "upstream", "", "`name` of the upstream, backend or service (default: the one that the file designates, else the largest sticky one)")
	c.Flags().BoolVar(&o.Strict, "strict", false, "exit with code 2, after the output, if anything is not carried over")
	_ = c.RegisterFlagCompletionFunc("upstream", completeUpstream)
	_ = c.RegisterFlagCompletionFunc("type", cobra.FixedCompletions(products, cobra.ShellCompDirectiveNoFileComp))
}

func (o *configuration) check() error {
	if known := importer.Products(); o.Type != "" && !slices.Contains(known, o.Type) {
		return usagef("--type: unknown product %q%s", o.Type, didYouMean(o.Type, known))
	}
	return nil
}

// read imports configuration files; "-" is standard input.
func (o *configuration) read(s *streams, names []string) (*ir.Config, error) {
	return load(s, func() (*ir.Config, error) { return o.readNow(s, names) })
}

func (o *configuration) readNow(s *streams, names []string) (*ir.Config, error) {
	if len(names) == 1 && names[0] == "-" {
		data, err := s.readPiped("-")
		if err != nil {
			return nil, err
		}
		c, err := importer.Import(importer.File("standard input", data), o.Type, "standard input")
		return c, badConfig(err, nil)
	}
	if slices.Contains(names, "-") {
		return nil, usagef("standard input cannot be one of several files")
	}
	files, err := s.confine(names)
	if err != nil {
		return nil, err
	}
	c, err := importer.Import(files, o.Type, files.names...)
	if err != nil {
		return nil, badConfig(err, files)
	}
	for i := range c.Remarks {
		c.Remarks[i].File = files.shown(c.Remarks[i].File)
	}
	for i := range c.Pools {
		c.Pools[i].File = files.shown(c.Pools[i].File)
	}
	return c, nil
}

// choose picks the pool. Where there is a choice, it prints a table of the pools.
func (o *configuration) choose(s *streams, c *ir.Config, names []string) (*ir.Pool, error) {
	p, err := importer.Choose(c, o.Upstream)
	if err != nil {
		return nil, usagef("%s: %w", strings.Join(names, ", "), err)
	}
	if len(c.Pools) > 1 && o.Upstream == "" {
		s.note("%s", poolTable(c, p))
	}
	return p, nil
}

// verdict is the error of --strict: nil without it, or where everything is carried over.
func (o *configuration) verdict(c *ir.Config) error {
	if n := len(c.In(ir.NotCarried)); o.Strict && n > 0 {
		return usagef("--strict: %s not carried over", count(n, "remark"))
	}
	return nil
}

// poolTable lists the pools of a configuration, the chosen one marked.
func poolTable(c *ir.Config, chosen *ir.Pool) string {
	const most, longest = 20, 40 // rows, and characters of a name
	var b strings.Builder
	t := newTable(&b)
	t.row("", "POOL", "LINE", "SERVERS", "POLICY")
	for i := range c.Pools {
		p := &c.Pools[i]
		mark, servers, policy := "", "not said", p.Policy
		if p == chosen {
			mark = "▸"
		}
		if n := importer.Size(p); n > 0 {
			servers = strconv.Itoa(n)
		}
		if p.Params == nil {
			policy = "none: nothing to balance"
		}
		if i < most || p == chosen {
			t.row(mark, clip(p.Name, longest), strconv.Itoa(p.Line), servers, policy)
		}
	}
	_ = t.end() // a strings.Builder takes all
	if len(c.Pools) > most {
		fmt.Fprintf(&b, "… %s in all\n", count(len(c.Pools), "pool"))
	}
	fmt.Fprintf(&b, "▸ %q is used; --upstream selects another", chosen.Name)
	return b.String()
}

// badConfig distinguishes a wrong configuration, a usage error, from a file that cannot be read.
func badConfig(err error, files *confined) error {
	if err == nil {
		return nil
	}
	var path *fs.PathError
	var placed *ir.Error
	switch {
	case errors.As(err, &placed) && files != nil:
		shown := *placed
		shown.File = files.shown(placed.File)
		return usageError{&shown}
	case errors.Is(err, fs.ErrNotExist) && errors.As(err, &path) && files != nil:
		return usagef("%s: there is no such file", files.shown(path.Path))
	case errors.As(err, &path):
		return err
	}
	return usageError{err}
}
