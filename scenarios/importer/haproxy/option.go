package haproxy

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
)

// option reads `option NAME` and `no option NAME`.
func (im *translation) option(p *proxy, l *line) error {
	at, off := 1, false
	if l.arg(0) == "no" {
		if l.arg(1) != "option" {
			im.byTable(l, "", l.arg(1))
			return nil
		}
		at, off = 2, true
	}
	switch name := l.arg(at); {
	case name == "":
		return l.errorf(at, "option needs a name")
	case name == "redispatch":
		return im.redispatch(p, l, at+1, off)
	case name == "allbackups":
		p.options.AllBackups = !off
		im.Translated(l, "%s: %s", l.text(0), backups(!off))
	case off && lost["option "+name] != "":
		im.Harmless(l, "no option %s: as without the option", name)
	case name == "forwardfor":
		return im.forwardFor(p, l, at+1, off)
	default:
		im.byTable(l, "option", name)
	}
	return nil
}

// forwardFor notes that the source address is added to X-Forwarded-For, where a key can be taken from it.
func (im *translation) forwardFor(p *proxy, l *line, at int, off bool) error {
	if off {
		return l.errorf(0, "no option forwardfor: HAProxy knows no such line; leave option forwardfor out of the section")
	}
	add := "add"
	for i := at; i < len(l.words); i++ {
		switch l.arg(i) {
		case "if-none":
			add = "if-none"
		case "header":
			if i++; !strings.EqualFold(l.arg(i), "x-forwarded-for") {
				off = true
			}
		case "except":
			i++
		default:
			return l.errorf(i, "option forwardfor: %q is not one of if-none, header, except", source.Short(l.arg(i)))
		}
	}
	if off {
		add = ""
	}
	p.forwardsFor = add
	im.Harmless(l, "option forwardfor: which address the servers see; a key that is taken from X-Forwarded-For holds it, too")
	return nil
}

func backups(all bool) string {
	if all {
		return "all backup servers share the load"
	}
	return "only the first backup server that is up is used"
}

func (im *translation) redispatch(p *proxy, l *line, at int, off bool) error {
	p.options.Redispatch = -1
	switch {
	case off:
		p.options.Redispatch = 0
		im.Translated(l, "no option redispatch: retries stay on the same server")
		return nil
	case l.arg(at) != "":
		n, ok, err := l.number(at, -100, 100)
		if err != nil || !ok {
			return err
		}
		p.options.Redispatch = n
	}
	im.Translated(l, "option redispatch: retries may go to another server")
	return nil
}
