package main

import (
	"errors"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"stickysim/scenarios/route"
)

// RouteOptions are the flags and the argument of `route`.
type RouteOptions struct {
	configuration
	Source  string   // a scenario, or the configuration of a load balancer
	Policy  string   // of a scenario: an alternative or a policy
	Version string   // of the product
	Resolve []string // HOST=ADDRESS,ADDRESS: the addresses of host names
	Keys    string   // file of keys; "-" = standard input
	Trace   string   // file of requests and events
	KeyIs   string   // kind of the keys; empty = as the source says
	Seed    uint64
	route.Options
}

const routeExample = `  stickysim route nginx.conf --keys clients.txt
  stickysim route haproxy.cfg --keys sessions.csv --down app2 --compare
  stickysim route nat-hotspot --policy maglev --keys ids.txt --remove server-3
  stickysim route nginx.conf --requests 20
  stickysim route haproxy.cfg --trace trace.csv`

func newRoute(s *streams) *cobra.Command {
	o := &RouteOptions{}
	c := &cobra.Command{
		Use: "route SOURCE (--keys FILE | --requests N | --trace FILE)", Short: "Show which server each key maps to (no simulation)",
		Long: "Show which server each key maps to, without simulating.\n\n" +
			"SOURCE is the configuration of a load balancer, or a scenario. A fragment with only the upstream, " +
			"backend or balancer block is enough.\n\n" +
			"A key is what the policy looks at: the client address, or the value of a header, query argument, cookie " +
			"or URI. Keys are one per line, or the column `key` of a CSV file; of an access log they are the clients, " +
			"in order of arrival. Files may be compressed with gzip.\n\n" +
			"The output is CSV with the columns key,server. If no server answers a request, server is the status that " +
			"the client gets, such as !502.",
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

// routeKeys reads as it writes: all of it ends with the command.
func routeKeys(s *streams, o *RouteOptions) error {
	_, err := load(s, func() (struct{}, error) { return struct{}{}, routeNow(s, o) })
	return err
}

func routeNow(s *streams, o *RouteOptions) error {
	source, verdict, err := s.routeSource(o)
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
	out := s.out
	if o.Trace != "" {
		if err := route.Trace(out, in, source, o.Changes); err != nil {
			return out.blame(name, err)
		}
		return verdict
	}
	sum, err := route.Keys(out, in, source, o.Options)
	if err != nil {
		return out.blame(name, err)
	}
	summarizeRoutes(s, o, &sum)
	return verdict
}

// input opens a file of keys. An empty name stands for an empty file.
func (s *streams) input(name string) (io.ReadCloser, error) {
	switch name {
	case "":
		return io.NopCloser(eof{}), nil
	case "-":
		return io.NopCloser(s.standardInput()), nil
	}
	f, err := s.openNamed(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usageError{err}
	}
	return f, err
}
