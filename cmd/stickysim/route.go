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
  stickysim route nat-hotspot --policy consistent-hash --keys clients.txt --remove server-3 --compare
  stickysim route nginx.conf --requests 20
  stickysim route haproxy.cfg --trace trace.csv`

func newRoute(s *streams) *cobra.Command {
	o := &RouteOptions{}
	c := &cobra.Command{
		Use: "route SOURCE (--keys FILE | --requests N | --trace FILE)", Short: "Which server does each key get? Without simulating",
		Long: "Say which server each key gets, without simulating. SOURCE is a scenario (with --policy) or the configuration of\n" +
			"a load balancer; a fragment with just the upstream, backend or balancer block is enough. A key is what the policy\n" +
			"looks at: the client address, or the value of the header, argument, cookie or URI; one per line, or the column\n" +
			"`key` of a CSV. The answer is CSV key,server; !502 and the like stand for a request that no server answered.",
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

func (o *RouteOptions) flags(c *cobra.Command) {
	o.configuration.flags(c)
	f := c.Flags()
	f.StringVar(&o.Policy, "policy", "", "`name` of the policy, of a scenario (default: its first)")
	f.StringVar(&o.Version, "product-version", "", "`version` of the product, where versions decide differently (default: the newest)")
	f.StringArrayVar(&o.Resolve, "resolve", nil, "addresses behind a host name: `host=address,address` (repeatable)")
	f.StringVar(&o.Keys, "keys", "", "`file` of keys; - is standard input")
	f.IntVar(&o.Requests, "requests", 0, "route this `number` of requests without a key")
	f.StringVar(&o.Trace, "trace", "", "replay requests and events of a CSV `file` with the columns t_ms,op,req,key,cookie_in")
	f.StringVar(&o.KeyIs, "key-is", "", "what a key is, where SOURCE does not say: `address|header|argument|cookie|uri|none`")
	f.Uint64Var(&o.Seed, "seed", 1, "decides what the policy leaves to chance")
	f.BoolVar(&o.Compare, "compare", false, "also route without the changes, and say who moved")
	f.StringVar(&o.Format, "format", "csv", "of the answers: `csv|json`")
	changes := []struct {
		list         *[]string
		name, effect string
	}{
		{&o.Changes.Dead, "dead", "`server` that refuses connections, unnoticed by the balancer (repeatable)"},
		{&o.Changes.Down, "down", "`server` that is down (repeatable)"},
		{&o.Changes.Drain, "drain", "`server` that takes no new clients (repeatable)"},
		{&o.Changes.Add, "add", "server to append: `address`, or NAME=ADDRESS (repeatable)"},
		{&o.Changes.Remove, "remove", "`server` to delete from the configuration (repeatable)"},
		{&o.Changes.Weight, "weight", "change a weight: `server=weight` (repeatable)"},
	}
	for _, x := range changes {
		f.StringArrayVar(x.list, x.name, nil, x.effect)
	}
	_ = c.RegisterFlagCompletionFunc("policy", completePolicies)
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"csv", "json"}, cobra.ShellCompDirectiveNoFileComp))
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
