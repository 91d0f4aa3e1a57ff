package apache

import (
	"io/fs"
	"path"
	"strings"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// Bounds on includes.
const (
	maxIncludes     = 1000
	maxIncludeDepth = 16
)

// walk translates the directives of a virtual host, or of the main server.
func (t *translation) walk(list []directive, host string) error {
	for i := range list {
		if err := t.one(&list[i], host); err != nil {
			return err
		}
	}
	return nil
}

func (t *translation) one(d *directive, host string) error {
	switch d.name {
	case "proxy":
		return t.proxySection(d, host)
	case "virtualhost":
		return t.walk(d.block, strings.Join(d.args, " ")+"@"+d.file+":"+itoa(d.line))
	case "ifmodule", "ifdefine", "ifversion", "if", "elseif", "else", "iffile", "ifdirective", "ifsection":
		t.remark(ir.Default, d.place, "<%s>: taken to apply", d)
		return t.walk(d.block, host)
	case "location", "locationmatch", "directory", "directorymatch", "files", "filesmatch", "proxymatch", "limit", "limitexcept":
		return t.location(d, host)
	case "balancermember":
		return t.member(d, d.args, nil, host)
	case "proxyset":
		return t.proxySet(d, d.args, nil, host)
	case "proxypass", "proxypassmatch":
		return t.proxyPass(d, d.args, host)
	case "header":
		t.header(d)
	case "include", "includeoptional":
		return t.include(d, host)
	case "serverroot":
		if len(d.args) == 1 {
			t.root = d.args[0]
		}
		t.remark(ir.Ignored, d.place, "%s", d)
	case "proxytimeout", "timeout":
		t.remark(ir.Ignored, d.place, "%s: how long answers may take is the scenario's to say", d)
	default:
		t.remark(ir.Ignored, d.place, "%s: does not choose among servers", d)
	}
	return nil
}

// location looks for ProxyPass without a path, as it is written in sections.
func (t *translation) location(d *directive, host string) error {
	for i := range d.block {
		x := &d.block[i]
		if x.name == "proxypass" || x.name == "proxypassmatch" {
			if err := t.proxyPass(x, append([]string{strings.Join(d.args, " ")}, x.args...), host); err != nil {
				return err
			}
			continue
		}
		if err := t.one(x, host); err != nil {
			return err
		}
	}
	return nil
}

// include reads other files in place.
func (t *translation) include(d *directive, host string) error {
	if len(d.args) != 1 {
		return d.errorf("%s takes one file name or pattern, got %d words", d.name, len(d.args))
	}
	names := t.match(d)
	if len(names) == 0 {
		t.remark(ir.Unsupported, d.place, "%s: no such file; what it holds is not part of the import", d)
	}
	for _, name := range names {
		for _, open := range t.open {
			if open == name {
				return d.errorf("include loop: %s includes itself", clip(name))
			}
		}
		if t.files++; t.files > maxIncludes || len(t.open) == maxIncludeDepth {
			return d.errorf("more than %d files, or includes nested more than %d deep", maxIncludes, maxIncludeDepth)
		}
		data, err := tree.ReadFile(t.fsys, name)
		if err != nil {
			return d.errorf("include: %v", err)
		}
		list, err := t.parse(name, data)
		if err != nil {
			return err
		}
		t.open = append(t.open, name)
		if err := t.walk(list, host); err != nil {
			return err
		}
		t.open = t.open[:len(t.open)-1]
	}
	return nil
}

// match looks for the files of a pattern: below ServerRoot, beside the file, and below the root of fsys.
func (t *translation) match(d *directive) []string {
	target := path.Clean(d.args[0])
	tries := []string{target}
	if !path.IsAbs(target) {
		tries = []string{path.Join(t.root, target), path.Join(path.Dir(d.file), target), target}
	} else if rest, ok := strings.CutPrefix(target, path.Clean("/"+t.root)+"/"); ok && t.root != "" {
		tries = append(tries, rest)
	}
	for _, name := range tries {
		name = strings.TrimPrefix(path.Clean(name), "/")
		if !fs.ValidPath(name) {
			continue
		}
		if names, err := fs.Glob(t.fsys, name); err == nil && len(names) > 0 {
			return names
		}
	}
	return nil
}
