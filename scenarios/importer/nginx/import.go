// Package nginx imports nginx.conf: upstreams become pools with the policies of stickysim/policies/nginx, everything
// else becomes a remark.
//
// It reads whole configurations with includes, single files, fragments that hold just an upstream block, several files
// that belong together, and what `nginx -T` prints. Both spellings of session affinity are understood: the sticky
// directive of nginx 1.29.6 and NGINX Plus, and that of the third-party sticky module, which is read as the former, with
// a remark.
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
	"bytes"
	"path"
	"slices"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name: "nginx",
	Signs: lazy.Regexp(`(?m)^\s*(upstream\s+\S+\s*\{|(http|events|stream)\s*\{|location\s.*\{|proxy_pass\s+\S+;|` +
		`server\s+[^{}]*;|(ip_hash|least_conn)\s*;|(hash|sticky|random)\b[^{}]*;)`),
	Precedence: 2,
	Import:     importFiles,
})

// file is a named file, read.
type file struct {
	name string
	data []byte
}

// whole matches configurations that are not a part of another one.
var whole = lazy.Regexp(`(?m)^\s*(http|events|stream)\s*\{`)

// importFiles reads files. One with a block http, events or stream is a configuration with all that it includes: named files
// among that, wherever they are. The other files are parts of one configuration, as in a
// folder that nginx.conf includes.
func importFiles(in *source.Input, names []string) error {
	l := &loader{Input: in, named: names, read: map[string]bool{}}
	var configurations, parts []file
	for _, name := range names {
		err := in.Read(name, func(data []byte) error {
			if f := (file{name, data}); whole().Match(data) {
				configurations = append(configurations, f)
			} else {
				parts = append(parts, f)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, f := range configurations {
		if err := l.importOne([]file{f}); err != nil {
			return err
		}
	}
	for _, together := range l.together(parts) {
		if err := l.importOne(together); err != nil {
			return err
		}
	}
	return nil
}

var upstreams = lazy.Regexp(`(?m)^\s*upstream\s+(\S+?)\s*\{`)

// together groups the parts that no configuration has included. Parts with an upstream of one name belong to different ones.
func (l *loader) together(parts []file) (groups [][]file) {
	taken := map[string]bool{}
	for _, f := range parts {
		if l.read[f.name] {
			continue
		}
		names := upstreams().FindAllSubmatch(bytes.ToLower(f.data), -1)
		if len(groups) == 0 || slices.ContainsFunc(names, func(m [][]byte) bool { return taken[string(m[1])] }) {
			groups = append(groups, nil)
			clear(taken)
		}
		for _, m := range names {
			taken[string(m[1])] = true
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], f)
	}
	return groups
}

// importOne reads files as one configuration. Relative includes are looked up beside the first of them, absolute ones below
// the root of the file system; a file that is missing is a remark, since exported configurations rarely come with their
// mime.types.
func (l *loader) importOne(files []file) error {
	l.base = path.Dir(files[0].name)
	t := newTranslation(l.Input)
	var top []directive
	for _, f := range files {
		l.read[f.name] = true
		err := l.Nest(ir.Place{File: f.name}, f.name, func() error {
			list, err := l.configuration(f)
			top = append(top, list...)
			return err
		})
		if err != nil {
			return err
		}
	}
	t.survey(top, false)
	if err := t.walk(top, context{}); err != nil {
		return err
	}
	if t.finish(); len(t.order) == 0 {
		l.NotCarried(ir.Place{File: files[0].name, Line: 1}, "no pool of servers: nothing to balance")
	}
	return nil
}
