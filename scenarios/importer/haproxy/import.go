// Package haproxy imports haproxy.cfg: backends and listeners with servers become pools with the policies of
// stickysim/policies/haproxy, everything else becomes a remark.
//
// Whole configurations, several files as `haproxy -f a -f b` reads them, directories, and fragments with just a backend
// or listen section are read. Nothing is evaluated: environment variables and `.if` conditions are remarks.
//
//	files → lines of words (words.go) → sections (section.go) → settings (settings.go), servers → pools (pool.go)
//
// Input may be hostile: size, lines, servers and remarks are bounded, and every error has a place.
//
// Floor 8.
package haproxy

import (
	"bytes"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name: "haproxy",
	Signs: lazy.Regexp(`(?m)^\s*((backend|listen|frontend|defaults)\b[^{]*$|global\s*$|balance\s+\S+|` +
		`(default-)?server\s+\S+\s+\S+[^;{]*$|stick-table\s|use_backend\s)`),
	Folders: []string{".cfg"},
	Import:  importFiles,
})

// The bounds of what is read.
const (
	maxLine    = 64 << 10 // bytes of a line
	maxLines   = 500_000
	maxWords   = 512     // of a line
	maxServers = 100_000 // of all pools together
)

// importFiles reads files as one configuration, in their order. A folder stands for its files *.cfg in the order of
// their names.
func importFiles(in *source.Input, names []string) error {
	im := newTranslation(in)
	for _, name := range names {
		files, err := in.Files(name, ".cfg")
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := in.Read(file, func(data []byte) error { return im.file(file, data) }); err != nil {
				return err
			}
		}
	}
	im.finish()
	return nil
}

// file reads the lines of one file into sections.
func (im *translation) file(name string, data []byte) error {
	im.conditions = im.conditions[:0]
	im.current = nil
	for no := 1; len(data) > 0; no++ {
		text, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		if im.lines++; im.lines > maxLines {
			return ir.Place{File: name, Line: no, Col: 1}.Errorf("more than %d lines", maxLines)
		}
		l, err := split(name, no, bytes.TrimSuffix(text, []byte("\r")))
		if err != nil {
			return err
		}
		if len(l.words) == 0 {
			continue
		}
		if im.live() {
			im.Expect(l, l.text(0))
		}
		if err := im.line(l); err != nil {
			return err
		}
	}
	if len(im.conditions) > 0 {
		at := im.conditions[len(im.conditions)-1].at
		return at.errorf(0, ".if without .endif")
	}
	return nil
}
