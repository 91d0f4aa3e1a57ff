package main

import "github.com/spf13/cobra"

func (o *RouteOptions) flags(c *cobra.Command) {
	o.configuration.flags(c)
	f := c.Flags()
	f.StringVar(&o.Policy, "policy", "", "`name` of the policy, of a scenario (default: its first)")
	f.StringVar(&o.Version, "product-version", "", "`version` of the product, where versions decide differently (default: the newest)")
	f.StringArrayVar(&o.Resolve, "resolve", nil, "addresses behind a host name: `host=address,address` (repeatable)")
	f.StringVar(&o.Keys, "keys", "", "`file` of keys; - is standard input")
	f.IntVar(&o.Requests, "requests", 0, "route this `number` of requests without a key")
	f.StringVar(&o.Trace, "trace", "", "replay requests and events of a CSV `file` with the columns t_ms,op,req,key,cookie_in")
	f.StringVar(&o.KeyIs, "key-is", "", "`kind` of a key, where SOURCE does not say: address, header, argument, cookie, uri, none")
	f.Uint64Var(&o.Seed, "seed", 1, "decides what the policy leaves to chance")
	f.BoolVar(&o.Compare, "compare", false, "also route without the changes, and say who moved")
	f.StringVar(&o.Format, "format", "csv", "`format` of the answer: csv, json")
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
