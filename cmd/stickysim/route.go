package main

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"stickysim/scenarios/route"
)

// RouteOptions are the flags and the argument of `route`.
type RouteOptions struct {
	configuration
	Source  string   // a scenario, or a configuration
	Policy  string   // of a scenario
	Version string   // of the product
	Resolve []string // HOST=ADDRESS,ADDRESS: what the balancer finds behind host names
	Keys    string   // file of keys; "-" = standard input
	Trace   string   // file of requests and events
	KeyIs   string   // what a key is, where the source does not say
	Seed    uint64
	route.Options
}

const routeExample = `  stickysim route nginx.conf --keys clients.txt
  stickysim route haproxy.cfg --upstream app --keys sessions.csv --down app2 --compare
  stickysim route nat-hotspot --policy maglev --keys clients.txt --remove server-3 --compare
  stickysim route nginx.conf --requests 20
  stickysim route haproxy.cfg --trace trace.csv`

func newRoute(s *streams) *cobra.Command {
	o := &RouteOptions{}
	c := &cobra.Command{
		Use: "route SOURCE (--keys FILE | --requests N | --trace FILE)", Short: "Which server does each key get? Without simulating",
		Long: "Say which server each key gets, without simulating. SOURCE is a scenario (with --policy) or the\n" +
			"configuration of a load balancer; a fragment with just the upstream, backend or balancer block is\n" +
			"enough. A key is what the policy looks at: the client address, or the value of the header, argument,\n" +
			"cookie or URI; one per line, or the column `key` of a CSV. The answer is CSV key,server; !502 and\n" +
			"the like stand for a request that no server answered.",
		Example: routeExample, Args: cobra.ExactArgs(1), ValidArgsFunction: completeScenarios,
		RunE: func(_ *cobra.Command, args []string) error {
			o.Source = args[0]
			return routeKeys(s, o)
		},
	}
	o.flags(c)
	c.MarkFlagsMutuallyExclusive("keys", "requests", "trace")
	c.MarkFlagsOneRequired("keys", "requests", "trace")
	return c
}

func routeKeys(s *streams, o *RouteOptions) error {
	source, err := s.routeSource(o)
	if err != nil {
		return err
	}
	if _, err := source.Router(o.Changes); err != nil {
		return usageError{err}
	}
	name := o.Keys + o.Trace // flags exclude each other
	in, err := s.input(name)
	if err != nil {
		return err
	}
	defer in.Close()
	out := &failing{w: s.out}
	if o.Trace != "" {
		return out.blame(name, route.Trace(out, in, source, o.Changes))
	}
	sum, err := route.Keys(out, in, source, o.Options)
	if err != nil {
		return out.blame(name, err)
	}
	summarizeRoutes(s, o, &sum)
	return nil
}

// input opens a file of keys. An empty name is an empty file.
func (s *streams) input(name string) (io.ReadCloser, error) {
	switch name {
	case "":
		return io.NopCloser(eof{}), nil
	case "-":
		return io.NopCloser(s.in), nil
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usageError{err}
	}
	return f, err
}
