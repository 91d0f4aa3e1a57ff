package main

import (
	"strings"

	"github.com/spf13/cobra"
)

func (o *RouteOptions) flags(c *cobra.Command) {
	o.configuration.flags(c)
	f := c.Flags()
	f.StringVar(&o.Policy, "policy", "", "alternative of the scenario, or policy `name` (default: the first alternative)")
	f.StringVar(&o.Version, "product-version", "", "product `version` whose behaviour to use (default: the newest)")
	repeatable(f, &o.Resolve, "resolve", "addresses of a host name: `host=address,address` (repeatable)")
	f.StringVar(&o.Keys, "keys", "", "`file` with keys, or an access log; - is standard input")
	f.IntVar(&o.Requests, "requests", 0, "route this `number` of requests without a key")
	f.StringVar(&o.Trace, "trace", "", "replay requests and events from a CSV `file` with columns t_ms,op,req,key,cookie_in")
	f.StringVar(&o.KeyIs, "key-is", "", "`kind` of the keys, if SOURCE does not say: "+strings.Join(keyKinds, ", "))
	f.Uint64Var(&o.Seed, "seed", 1, "random `seed` of the policy: a whole number")
	f.BoolVar(&o.Compare, "compare", false, "also route without the changes and report which keys moved")
	f.StringVar(&o.Format, "format", "csv", "output `format`: csv, json")
	changes := []struct {
		list         *[]string
		name, effect string
	}{
		{&o.Changes.Dead, "dead", "`server` that refuses connections and is not marked down yet (repeatable)"},
		{&o.Changes.Down, "down", "`server` that is down (repeatable)"},
		{&o.Changes.Drain, "drain", "`server` that is draining: it gets no new clients (repeatable)"},
		{&o.Changes.Add, "add", "add a server: `address` or NAME=ADDRESS (repeatable)"},
		{&o.Changes.Remove, "remove", "remove a `server` from the configuration (repeatable)"},
		{&o.Changes.Weight, "weight", "set a weight: `server=weight` (repeatable)"},
	}
	for _, x := range changes {
		repeatable(f, x.list, x.name, x.effect)
	}
	_ = c.RegisterFlagCompletionFunc("policy", completePolicies)
	_ = c.RegisterFlagCompletionFunc("key-is", cobra.FixedCompletions(keyKinds, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"csv", "json"}, cobra.ShellCompDirectiveNoFileComp))
}
