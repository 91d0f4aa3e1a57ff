package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"stickysim/scenarios/importer"
	_ "stickysim/scenarios/importer/all"
	"stickysim/scenarios/importer/ir"
)

// ImportOptions are the flags and arguments of `import`.
type ImportOptions struct {
	configuration
	Output string // file for the scenario; empty = standard output
	Files  []string
}

const importExample = `  stickysim import /etc/nginx/nginx.conf > shop.yaml
  stickysim import haproxy.cfg --upstream app -o app.yaml
  stickysim import service.yaml deployment.yaml ingress.yaml
  kubectl get deploy,svc,ing,hpa -o yaml | stickysim import -`

func newImport(s *streams) *cobra.Command {
	o := &ImportOptions{}
	c := &cobra.Command{
		Use: "import FILE...", Short: "Convert a load balancer configuration to a scenario",
		Long: "Convert the configuration of nginx, HAProxy, Caddy, Apache, lighttpd, Traefik, Envoy, YARP, Kong, APISIX, Kubernetes, Terraform or CloudFormation " +
			"to a scenario. Standard error reports what became of every line. A configuration does not contain the " +
			"traffic and the cost of requests: the scenario has defaults for them, marked with comments.",
		Example: importExample, Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			o.Files = args
			return importFiles(s, o)
		},
	}
	o.flags(c)
	c.Flags().StringVarP(&o.Output, "output", "o", "", "write the scenario to a `file` instead of standard output, and its schema beside it")
	return c
}

func importFiles(s *streams, o *ImportOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	c, err := o.read(s, o.Files)
	if err != nil {
		return err
	}
	if err := errors.Join(writable("--output", o.Output), s.inputs.spare(outputFile{"--output", o.Output})); err != nil {
		return err
	}
	p, err := o.choose(s, c, o.Files)
	printRemarks(s, c) // they are the reasons if there is no pool
	if err != nil {
		return err
	}
	yaml, err := importer.ToScenario(c, p)
	if err != nil {
		return usagef("%s:%d: %q makes no scenario: %w", p.File, p.Line, p.Name, err)
	}
	if o.Output == "" {
		if _, err = s.out.Write(yaml); err != nil {
			return err
		}
		return o.verdict(c)
	}
	if err := s.writeText("--output", o.Output, yaml); err != nil {
		return err
	}
	if info, err := os.Stat(o.Output); err == nil && info.Mode().IsRegular() {
		if err := s.writeSchema(filepath.Dir(o.Output)); err != nil {
			return err
		}
	}
	s.note("run it with: stickysim run %s", o.Output)
	return o.verdict(c)
}

// printRemarks says what became of the configuration. What was not carried over comes last, where people look first.
func printRemarks(s *streams, c *ir.Config) {
	for _, drawer := range ir.Drawers() {
		for i, r := range c.In(drawer) {
			if i == 0 {
				s.note("%s:", drawer.Heading())
			}
			s.note("  %s", r)
		}
	}
}
