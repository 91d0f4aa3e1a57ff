package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"stickysim/scenarios"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/scenarios/route"
	"stickysim/sim/lazy"
)

var keyKinds = []string{"address", "header", "argument", "cookie", "uri", "none"}

// routeSource reads SOURCE: a scenario, or the configuration of a load balancer. verdict is the error of --strict, for the end.
func (s *streams) routeSource(o *RouteOptions) (source route.Source, verdict, err error) {
	if err := o.validate(); err != nil {
		return source, nil, err
	}
	isScenario, err := s.isScenario(o)
	switch {
	case err != nil:
	case isScenario && o.Strict:
		err = usagef("--strict applies to the configuration of a load balancer; %s is a scenario", o.Source)
	case isScenario:
		source, err = s.scenarioSource(o)
	default:
		source, verdict, err = s.configSource(o)
	}
	source.Seed = o.Seed
	if o.KeyIs != "" {
		source.Key = o.KeyIs
	}
	return source, verdict, err
}

func (o *RouteOptions) validate() error {
	switch {
	case o.Requests < 0 || o.Requests > 1e9:
		return usagef("--requests: must be a number up to 1000000000, got %d", o.Requests)
	case o.Format != "csv" && o.Format != "json":
		return usagef("--format: must be csv or json, got %q", o.Format)
	case o.KeyIs != "" && !slices.Contains(keyKinds, o.KeyIs):
		return usagef("--key-is: unknown kind %q%s", o.KeyIs, didYouMean(o.KeyIs, keyKinds))
	case o.Source == "-" && (o.Keys == "-" || o.Trace == "-"):
		return usagef("standard input cannot be both SOURCE and keys")
	}
	return o.check()
}

func (s *streams) configSource(o *RouteOptions) (source route.Source, verdict, err error) {
	if o.Policy != "" {
		return source, nil, usagef("--policy applies to scenarios; %s is the configuration of a load balancer", o.Source)
	}
	c, err := o.read(s, []string{o.Source})
	if err != nil {
		return source, nil, err
	}
	p, err := o.choose(s, c, []string{o.Source})
	printNotCarried(s, c)
	if err != nil {
		return source, nil, err
	}
	if o.Version != "" {
		if err := importer.AtVersion(p, c.ProductOf(p), o.Version); err != nil {
			return source, nil, usagef("--product-version: %w", err)
		}
	}
	source, err = route.FromPool(c.ProductOf(p), *p).Resolve(o.Resolve)
	if err != nil {
		return source, nil, usageError{err}
	}
	return source, o.verdict(c), nil
}

// printNotCarried says what of the configuration the answers do not know of.
func printNotCarried(s *streams, c *ir.Config) {
	const most = 20
	left := c.In(ir.NotCarried)
	for i, r := range left {
		if i == 0 {
			s.note("%s:", ir.NotCarried.Heading())
		}
		if i == most {
			s.note("  … %d more; import shows all", len(left)-most)
			return
		}
		s.note("  %s", r)
	}
}

func (s *streams) scenarioSource(o *RouteOptions) (route.Source, error) {
	spec, files, err := s.open(o.Source)
	if err == nil && o.Policy != "" {
		if spec, err = spec.Only(o.Policy); err != nil {
			err = usagef("--policy: %w", err)
		}
	}
	if err != nil {
		return route.Source{}, err
	}
	b := scenarios.Build(spec, files)
	if err := b.Problems.Err(); err != nil {
		return route.Source{}, err
	}
	v := &b.Study.Variants[0]
	if o.Policy == "" && len(b.Study.Variants) > 1 {
		s.note("%s: using %s, the first alternative (--policy selects one)", b.Study.Name, v.Name)
	}
	return route.FromModel(v.Model, b.Policies[0]), nil
}

// scenarioField is a line that scenarios have and configurations of load balancers do not.
var scenarioField = lazy.Regexp(`(?m)^["']?(workload|servers|policies)["']?\s*:|^\s*"(workload|replications)"\s*:`)

// isScenario distinguishes a scenario from a configuration: by --policy and --type, otherwise by the content.
func (s *streams) isScenario(o *RouteOptions) (bool, error) {
	if o.Type != "" || o.Source == "-" {
		return o.Type == "" && o.Policy != "", nil
	}
	info, err := os.Stat(o.Source)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil // a built-in scenario, or an error that lists them
	case err != nil || info.IsDir():
		return false, err
	}
	if !info.Mode().IsRegular() {
		data, err := s.readPiped(o.Source)
		return scenarioField().Match(data), err
	}
	f, err := s.openNamed(o.Source)
	if err != nil {
		return false, err
	}
	defer f.Close()
	const head = 1 << 20 // bytes that are searched
	data, err := io.ReadAll(io.LimitReader(f, head))
	if err != nil {
		return false, fmt.Errorf("%s: %w", o.Source, err)
	}
	return scenarioField().Match(data), nil
}
