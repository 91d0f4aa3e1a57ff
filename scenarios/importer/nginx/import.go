// Package nginx imports nginx.conf: upstreams become pools with the policies of stickysim/policies/nginx, everything
// else becomes a remark.
//
// It reads whole configurations with includes, single files, and fragments that hold just an upstream block. Both
// spellings of session affinity are understood: the sticky directive of nginx 1.29.6 and
// NGINX Plus, and that of the third-party sticky module, which is read as the former, with a remark.
//
// The package has its own parser. The maintained one, tufanbarisyildirim/gonginx, accepts a superfluous
// "}" and binary data without an error, refuses split_clients, gives no columns, and opens includes from the
// operating system's files only; a file that decides about servers needs a stricter one.
//
// Input may be hostile: size, nesting, includes and word length are bounded, and every error has a place.
//
// Floor 8.
package nginx

import (
	"path"
	"regexp"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
)

var _ = importer.Register(importer.Product{
	Name: "nginx",
	Signs: regexp.MustCompile(`(?m)^\s*(upstream\s+\S+\s*\{|(http|events|stream)\s*\{|location\s.*\{|proxy_pass\s+\S+;|` +
		`server\s+[^{}]*;|(ip_hash|least_conn)\s*;|(hash|sticky|random)\b[^{}]*;)`),
	Precedence: 2,
	Harmless:   harmless,
	Import:     importer.Each(importFile),
})

// importFile reads a configuration file with all its includes. Relative includes are looked up beside the file,
// absolute ones below the root of the file system; a file that is missing is a remark, since exported configurations
// rarely come with their mime.types.
func importFile(in *source.Input, name string) error {
	l := loader{Input: in, base: path.Dir(name)}
	t := newTranslation(in)
	return in.Read(name, func(data []byte) error {
		top, err := l.parse(name, data, 0, "")
		if err != nil {
			return err
		}
		t.survey(top, false)
		if err := t.walk(top, context{}); err != nil {
			return err
		}
		t.finish()
		return nil
	})
}
