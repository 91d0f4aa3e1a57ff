package apache

import (
	"path"
	"strconv"
	"strings"
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

// sections are the directives that hold others, and say nothing themselves.
var sections = set("virtualhost location locationmatch directory directorymatch files filesmatch proxymatch limit limitexcept")

func (t *translation) one(d *directive, host string) error {
	t.substitute(d)
	if sections[d.name] && len(d.block) == 0 {
		t.Harmless(d, "<%s>: an empty section", d)
		return nil
	}
	switch d.name {
	case "proxy":
		return t.proxySection(d, host)
	case "virtualhost":
		return t.walk(d.block, strings.Join(d.args, " ")+"@"+d.File+":"+strconv.Itoa(d.Line))
	case "ifmodule", "ifdefine", "ifversion", "if", "elseif", "else", "iffile", "ifdirective", "ifsection":
		t.Assumed(d, "<%s>: assumed to apply", d)
		return t.walk(d.block, host)
	case "location", "locationmatch", "directory", "directorymatch", "files", "filesmatch", "proxymatch", "limit", "limitexcept":
		return t.location(d, host)
	case "balancermember":
		return t.member(d, d.args, nil, host)
	case "proxyset":
		return t.proxySet(d, d.args, nil, host)
	case "proxypass", "proxypassmatch":
		return t.proxyPass(d, d.args, host)
	case "rewriterule", "sethandler":
		t.toBalancer(d, host)
	case "header":
		t.header(d)
	case "setenv", "setenvif", "setenvifnocase", "setenvifexpr", "browsermatch", "browsermatchnocase":
		t.environment(d)
	case "define", "undefine":
		t.define(d)
	case "include", "includeoptional":
		return t.include(d, host)
	case "serverroot":
		if len(d.args) == 1 {
			t.root = d.args[0]
		}
		t.Harmless(d, "%s: where files are", d)
	case "proxytimeout", "timeout":
		t.timeLimit(d, host)
	case "proxyhctemplate":
		return t.template(d)
	case "jkworkersfile", "jkworkerproperty", "jkmount":
		return t.jk(d)
	default:
		t.byTable(d, d.name, d.String())
		t.cover(d.block)
	}
	return nil
}

// cover notes that the remark on a section covers what is in it.
func (t *translation) cover(block []directive) {
	for i := range block {
		t.Cover(block[i])
		t.cover(block[i].block)
	}
}

// location reads a section, in which ProxyPass has no path of its own.
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

// include reads other files as if their text were here.
func (t *translation) include(d *directive, host string) error {
	if len(d.args) != 1 {
		return d.Errorf("%s takes one file name or pattern, got %d words", d.name, len(d.args))
	}
	names := t.match(d)
	if len(names) == 0 {
		t.NotCarried(d, "%s: no such file; what it contains is not part of the import", d)
	} else {
		t.Translated(d, "%s: read in place", d)
	}
	for _, name := range names {
		err := t.Include(d.Place, name, func(data []byte) error {
			list, err := t.parse(name, data)
			if err != nil {
				return err
			}
			return t.walk(list, host)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// match looks for the files of a pattern: below ServerRoot, beside the file, and below the root of fsys.
func (t *translation) match(d *directive) []string {
	target := path.Clean(d.args[0])
	tries := []string{target}
	if !path.IsAbs(target) {
		tries = []string{path.Join(t.root, target), path.Join(path.Dir(d.File), target), target}
	} else if rest, ok := strings.CutPrefix(target, path.Clean("/"+t.root)+"/"); ok && t.root != "" {
		tries = append(tries, rest)
	}
	for _, name := range tries {
		if names := t.Glob(name); len(names) > 0 {
			return names
		}
	}
	return nil
}
