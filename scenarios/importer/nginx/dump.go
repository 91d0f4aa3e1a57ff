package nginx

import (
	"bytes"
	"path"
	"slices"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

// dump is what `nginx -T` prints: all files of a configuration in one stream, the first of which includes the others.
type dump struct {
	file  string // that holds the stream
	order []string
	parts map[string]part
}

// part is a file within a dump.
type part struct {
	line int // where it begins
	data []byte
}

// header is the line of a dump above a file.
var header = lazy.Regexp(`(?m)^# configuration file (/\S*):\r?$`)

// dumped reads a file as a dump; nil where it is none. Two files of one name are one, the first.
func dumped(f file) *dump {
	heads := header().FindAllSubmatchIndex(f.data, source.MaxReads+1)
	if len(heads) == 0 || len(bytes.TrimSpace(comments().ReplaceAll(f.data[:heads[0][0]], nil))) > 0 {
		return nil
	}
	d := &dump{file: f.name, parts: map[string]part{}}
	line, at := 1, 0
	for i, h := range heads {
		line, at = line+bytes.Count(f.data[at:h[1]], []byte("\n")), h[1]
		end := len(f.data)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		name := path.Clean(string(f.data[h[2]:h[3]]))
		if _, again := d.parts[name]; !again {
			d.order = append(d.order, name)
			d.parts[name] = part{line, f.data[h[1]:end]}
		}
	}
	return d
}

// comments are what may stand above the first file: comments, and what nginx says about its test.
var comments = lazy.Regexp(`(?m)^(#|nginx: ).*$`)

// match lists the files of the dump that an include names.
func (d *dump) match(pattern string) []string {
	if !path.IsAbs(pattern) {
		pattern = path.Join(path.Dir(d.order[0]), pattern)
	}
	var names []string
	for _, name := range d.order {
		if ok, _ := path.Match(pattern, name); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// configuration reads the directives of a named file, or of the first file of a dump with what it includes.
func (l *loader) configuration(f file) ([]directive, error) {
	if l.dump = dumped(f); l.dump == nil {
		return l.parse(ir.Place{File: f.name, Line: 1, Col: 1}, f.data, 0, "")
	}
	list, err := l.fromDump(l.dump.order[0], 0, "")
	if err != nil {
		return nil, err
	}
	for _, name := range l.dump.order {
		if p := l.dump.parts[name]; !l.read[l.dump.key(name)] && len(bytes.TrimSpace(p.data)) > 0 {
			l.NotCarried(ir.Place{File: f.name, Line: p.line}, "%s: no include names this file; it was not read", source.Short(name))
		}
	}
	return list, nil
}

// key is the name of a file of the dump among all files that were read.
func (d *dump) key(name string) string { return d.file + " " + name }

// fromDump reads the directives of a file of the dump.
func (l *loader) fromDump(name string, depth int, parent string) ([]directive, error) {
	p := l.dump.parts[name]
	l.read[l.dump.key(name)] = true
	return l.parse(ir.Place{File: l.dump.file, Line: p.line, Col: 1}, p.data, depth, parent)
}

// beside lists the named files that an include means whose own files are not there: those that its last element matches.
func (l *loader) beside(pattern string) []string {
	var names []string
	for _, name := range l.named {
		if ok, _ := path.Match(path.Base(pattern), path.Base(name)); ok && !l.read[name] {
			names = append(names, name)
		}
	}
	return names
}
