package nginx

import (
	"io/fs"
	"path"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// loader reads files and counts what all of them together hold.
type loader struct {
	*source.Input
	base       string // folder of the first file
	directives int
	named      []string        // files of the command line
	read       map[string]bool // files, by name
	dump       *dump           // that is read; nil: none
}

// include puts the directives of the included files in place of d.
func (p *parser) include(list []directive, d *directive, depth int, parent string) ([]directive, error) {
	if len(d.args) != 1 {
		return nil, d.Errorf("include takes one file name or pattern, got %d words", len(d.args))
	}
	names, err := p.match(d)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		p.missing(d)
	} else {
		p.Translated(d, "%s: read in place", d)
	}
	for _, name := range names {
		more, err := p.included(d, name, depth, parent)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// included reads a file that d names.
func (p *parser) included(d *directive, name string, depth int, parent string) (list []directive, err error) {
	if p.dump != nil {
		err = p.Nest(d.Place, p.dump.key(name), func() error {
			list, err = p.fromDump(name, depth, parent)
			return err
		})
		return list, err
	}
	p.read[name] = true
	err = p.Include(d.Place, name, func(data []byte) error {
		list, err = p.parse(ir.Place{File: name, Line: 1, Col: 1}, data, depth, parent)
		return err
	})
	return list, err
}

// match lists the files that d names. A pattern may match none, as in nginx.
func (p *parser) match(d *directive) ([]string, error) {
	name := path.Clean(d.args[0])
	if p.dump != nil {
		return p.dump.match(name), nil
	}
	names, err := p.onDisk(d, name)
	if err == nil && len(names) == 0 {
		names = p.beside(name)
	}
	return names, err
}

// onDisk lists the files that d names in the file system.
func (p *parser) onDisk(d *directive, name string) ([]string, error) {
	if !path.IsAbs(name) {
		return p.glob(d, path.Join(p.base, name))
	}
	names, err := p.glob(d, strings.TrimPrefix(name, "/"))
	if rest, ok := strings.CutPrefix(name, "/etc/nginx/"); ok && err == nil && len(names) == 0 {
		return p.glob(d, path.Join(p.base, rest)) // the files may be a copy of that folder
	}
	return names, err
}

func (p *parser) glob(d *directive, name string) ([]string, error) {
	if !fs.ValidPath(name) {
		return nil, d.Errorf("include %s leads out of the configuration's directory", source.Short(d.args[0]))
	}
	if _, err := path.Match(name, ""); err != nil {
		return nil, d.Errorf("include %s: %v", source.Short(d.args[0]), err)
	}
	return p.Glob(name), nil
}

// missing remarks on an include that was not read. Some files are known to hold nothing about balancing.
func (p *parser) missing(d *directive) {
	switch base := path.Base(d.args[0]); {
	case base == "mime.types" || strings.HasSuffix(base, "_params"):
		p.Harmless(d, "%s: not read; such files do not influence routing", d)
	case strings.Contains(d.args[0], "modules"):
		p.Harmless(d, "%s: not read; loads modules", d)
	default:
		p.NotCarried(d, "%s: not read; upstreams and servers in it are not part of the import", d)
	}
}
