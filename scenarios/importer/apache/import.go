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
	"regexp"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/sim"
)

var _ = importer.Register(importer.Product{
	Name:       "apache",
	Signs:      regexp.MustCompile(`(?mi)^\s*(<(Proxy|VirtualHost|IfModule|Location)\b|BalancerMember\s|ProxyPass\s|ProxySet\s|LoadModule\s)`),
	Precedence: 3,
	FileNames:  []string{"httpd*"},
	Import:     importer.Each(importFile),
})

// importFile reads a file and the files it includes.
func importFile(in *source.Input, name string) error {
	t := &translation{Input: in, byName: map[string]*balancer{}, timeout: 60 * sim.Second}
	err := in.Read(name, func(data []byte) error {
		top, err := t.parse(name, data)
		if err != nil {
			return err
		}
		return t.walk(top, "")
	})
	if err != nil {
		return err
	}
	t.finish()
	return nil
}

// translation is the configuration under construction.
type translation struct {
	*source.Input
	balancers  []*balancer
	byName     map[string]*balancer // by virtual host and name
	cookies    []cookie             // that Header directives set
	root       string               // ServerRoot
	directives int

	timeout      sim.Time // how long a member has for its answer
	proxyTimeout bool     // it is that of ProxyTimeout
}
