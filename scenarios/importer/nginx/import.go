// Package nginx imports nginx.conf: upstreams become pools with the policies of stickysim/policies/nginx, everything
// else becomes a remark.
//
// Whole configurations with includes, single files and fragments that hold just an upstream block are read. Comments
// are no configuration. Both spellings of session affinity are understood: the sticky directive of nginx 1.29.6 and
// NGINX Plus, and that of the third-party sticky module, which is taken for the former with a remark.
//
// The reader is the package's own. The maintained parser at hand, tufanbarisyildirim/gonginx, accepts a superfluous
// "}" and binary data without an error, refuses split_clients, gives no columns, and opens includes from the
// operating system's files only; for a file that decides about servers, "accepted something" is not good enough.
//
// Input may be hostile: size, nesting, includes, word length and the number of remarks are bounded, and every error
// names file, line and column.
//
// Floor 6: imports importer/ir, policies and sim.
package nginx

import (
	"io/fs"
	"path"

	"stickysim/scenarios/importer/ir"
)

// Import reads the configuration file name of fsys with all its includes. Relative includes are looked up beside the
// file, absolute ones below the root of fsys; a file that is missing is a remark, since exported configurations
// rarely come with their mime.types.
func Import(fsys fs.FS, name string) (*ir.Config, error) {
	l := loader{fsys: fsys, base: path.Dir(name)}
	data, err := l.readFile(name)
	if err != nil {
		return nil, err
	}
	return l.load(name, data)
}

// Parse reads one file without its includes; each include is a remark. name stands in errors and remarks.
func Parse(name string, data []byte) (*ir.Config, error) {
	l := loader{}
	return l.load(name, data)
}

func (l *loader) load(name string, data []byte) (*ir.Config, error) {
	top, err := l.parse(name, data, 0, "")
	if err != nil {
		return nil, err
	}
	t := newTranslation(l.remarks)
	t.survey(top, false)
	if err := t.walk(top, context{}); err != nil {
		return nil, err
	}
	return t.finish()
}
