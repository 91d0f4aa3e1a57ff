// Package apache imports Apache httpd's configurations: every balancer:// becomes a pool with a policy of
// stickysim/policies/apache, everything else becomes a remark.
//
// It reads httpd.conf and site files, whole or just the <Proxy> block, with their Include files as far as the file
// system has them. Sections that depend on run time (<If>, <IfModule>, <IfDefine>) are assumed to apply.
//
// Input may be hostile: size, nesting, includes and the number of directives are bounded, and every error has a place.
//
// Floor 8.
package apache

import (
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name: "apache",
	Signs: lazy.Regexp(`(?mi)^\s*(<(Proxy|VirtualHost|IfModule|Location)\b|BalancerMember\s|ProxyPass\s|ProxySet\s|LoadModule\s|` +
		`Jk(Mount|WorkersFile|WorkerProperty)\s|worker\.([\w-]+\.type|list)\s*=)`),
	Precedence: 3,
	FileNames:  []string{"httpd*", "workers*.properties"},
	Import:     importFiles,
})

// workersFile finds files of mod_jk's workers: lines of properties, and no directive.
var workersFile = lazy.Regexp(`(?m)\A(\s*(#.*)?$)*\s*[\w.-]+\s*=`)

// importFiles reads files as one configuration, with the files they include. Files of mod_jk's workers come first: others name
// them.
func importFiles(in *source.Input, names []string) error {
	t := &translation{Input: in, byName: map[string]*balancer{}, workers: newWorkers(), cookies: map[string]string{}, defined: map[string]string{}, limits: map[string]*limits{}, templates: map[string][]string{}}
	var rest []string
	text := map[string][]byte{}
	for _, name := range names {
		err := in.Read(name, func(data []byte) error {
			if workersFile().Match(data) {
				return t.properties(name, data)
			}
			rest, text[name] = append(rest, name), data
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, name := range rest {
		err := in.Nest(ir.Place{File: name}, name, func() error { return t.configuration(name, text[name]) })
		if err != nil {
			return err
		}
	}
	t.finish()
	if err := t.jkPools(); err != nil {
		return err
	}
	if len(in.Pools) == 0 {
		in.NotCarried(ir.Place{File: names[0], Line: 1}, "no pool of servers: nothing to balance")
	}
	return nil
}

// configuration reads a file of directives.
func (t *translation) configuration(name string, data []byte) error {
	top, err := t.parse(name, data)
	if err != nil {
		return err
	}
	return t.walk(top, "")
}

// translation is the configuration under construction.
type translation struct {
	*source.Input
	balancers  []*balancer
	byName     map[string]*balancer // by virtual host and name
	cookies    map[string]string    // that Header directives give to clients whose route changed: what stands before the route
	workers    *workers
	mounts     []*directive      // JkMount and the like
	root       string            // ServerRoot
	defined    map[string]string // variables of Define
	directives int

	limits     map[string]*limits  // by virtual host
	timeLimits []*directive        // all of them
	templates  map[string][]string // the settings of ProxyHCTemplate, by name
}
