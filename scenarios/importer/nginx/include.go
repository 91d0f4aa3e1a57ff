package nginx

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"stickysim/scenarios/importer/ir"
)

// Bounds on includes; nginx has none of its own.
const (
	maxIncludeDepth = 16
	maxFiles        = 1000
)

// loader reads files and keeps count of what all of them together hold.
type loader struct {
	fsys       fs.FS // nil: includes are not followed
	base       string
	open       []string // files being read, outermost first
	files      int
	bytes      int
	directives int
	remarks    []ir.Remark
}

// readFile reads at most what the bounds allow.
func (l *loader) readFile(name string) ([]byte, error) {
	f, err := l.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, position{name, 1, 1}.errorf("cannot be read: %v", err)
	}
	if l.files == 0 {
		l.open = []string{name}
	}
	l.files++
	return data, nil
}

// include puts the directives of the included files in place of d.
func (p *parser) include(list []directive, d *directive, depth int, parent string) ([]directive, error) {
	if len(d.args) != 1 {
		return nil, d.errorf("include takes one file name or pattern, got %d words", len(d.args))
	}
	names, err := p.match(d)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if slices.Contains(p.loader.open, name) {
			return nil, d.errorf("include loop: %s includes itself through %s", name, strings.Join(p.loader.open, ", "))
		}
		if len(p.loader.open) == maxIncludeDepth {
			return nil, d.errorf("includes are nested more than %d deep", maxIncludeDepth)
		}
		if p.files == maxFiles {
			return nil, d.errorf("more than %d files", maxFiles)
		}
		data, err := p.readFile(name)
		if err != nil {
			return nil, d.errorf("include: %v", err)
		}
		p.loader.open = append(p.loader.open, name)
		more, err := p.parse(name, data, depth, parent)
		if err != nil {
			return nil, err
		}
		p.loader.open = p.loader.open[:len(p.loader.open)-1]
		list = append(list, more...)
	}
	return list, nil
}

// match lists the files that d names. A pattern may match none, as in nginx.
func (p *parser) match(d *directive) ([]string, error) {
	if p.fsys == nil {
		p.missing(d)
		return nil, nil
	}
	if path.IsAbs(d.args[0]) {
		names, err := p.glob(d, strings.TrimPrefix(path.Clean(d.args[0]), "/"))
		if rest, ok := strings.CutPrefix(path.Clean(d.args[0]), "/etc/nginx/"); ok && err == nil && len(names) == 0 {
			names, err = p.glob(d, path.Join(p.base, rest)) // fsys may be the copy of that folder
		}
		if err == nil && len(names) == 0 {
			p.missing(d)
		}
		return names, err
	}
	names, err := p.glob(d, path.Join(p.base, d.args[0]))
	if err == nil && len(names) == 0 {
		p.missing(d)
	}
	return names, err
}

// glob lists the files of a pattern, or the one file of that name, that exist.
func (p *parser) glob(d *directive, name string) ([]string, error) {
	if !fs.ValidPath(name) {
		return nil, d.errorf("include %s leads out of the configuration's directory", clip(d.args[0]))
	}
	names, err := fs.Glob(p.fsys, name)
	if err != nil {
		return nil, d.errorf("include %s: %v", clip(d.args[0]), err)
	}
	return names, nil
}

// missing remarks on an include that was not read. Some files are known to hold nothing about balancing.
func (p *parser) missing(d *directive) {
	level, why := ir.Unsupported, "not read; upstreams and servers in it are not part of the import"
	switch base := path.Base(d.args[0]); {
	case base == "mime.types" || strings.HasSuffix(base, "_params"):
		level, why = ir.Ignored, "not read; such files do not influence routing"
	case strings.Contains(base, "modules") || strings.Contains(d.args[0], "modules-enabled"):
		level, why = ir.Ignored, "not read; loads modules"
	}
	p.remarks = append(p.remarks, ir.Remark{Level: level, File: d.file, Line: d.line, Text: d.String() + ": " + why})
}
