package haproxy

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
)

// mostWords are how many words lines have at most that say one thing.
var mostWords = map[string]int{"default_backend": 2, "retries": 2, "mode": 2, "timeout": 3, "hash-type": 4, "hash-balance-factor": 2, "hash-key": 2, "hash-preserve-affinity": 2}

// elsewhere are the lines that sections of a kind cannot have.
var elsewhere = map[string][]string{
	"defaults": {"bind", "use_backend", "stick"},
	"frontend": {"default-server"},
}

// allows refuses what HAProxy refuses: lines in sections that cannot have them, and words behind the last that a line can have.
func (p *proxy) allows(l *line) error {
	word := l.arg(0)
	if slices.Contains(elsewhere[p.kind], word) {
		return l.errorf(0, "a %s section cannot have %s", p.kind, word)
	}
	if most := mostWords[word]; most > 0 && len(l.words) > most {
		return l.errorf(most, "%s: nothing can follow %s, got %q; HAProxy refuses it", word, source.Short(l.arg(most-1)), source.Short(l.arg(most)))
	}
	return nil
}

// ofServers are settings that only sections with servers go by.
var ofServers = map[string]bool{
	"retries": true, "balance": true, "cookie": true, "hash-type": true, "hash-balance-factor": true, "hash-key": true, "hash-preserve-affinity": true, "retry-on": true,
	"timeout connect": true, "timeout server": true, "timeout queue": true, "timeout check": true, "option redispatch": true, "option allbackups": true,
}

// ignores remarks on a line that HAProxy ignores in sections of a kind: what is about servers in a frontend, and bind in a backend.
func (im *translation) ignores(p *proxy, l *line) bool {
	if p.kind == "frontend" && ofServers[l.setting()] || p.kind == "backend" && l.arg(0) == "bind" {
		im.NotCarried(l, "%s: HAProxy ignores it in a %s", source.Short(l.text(0)), p.kind)
		return true
	}
	return false
}

// single are the lines of which the last one in a section counts.
var single = map[string]bool{
	"retries": true, "mode": true, "balance": true, "cookie": true, "default_backend": true, "hash-type": true, "hash-balance-factor": true, "hash-key": true,
	"hash-preserve-affinity": true, "retry-on": true,
}

// setting names what a line sets; "" where others of its kind in the section count as well.
func (l *line) setting() string {
	at := 0
	if l.arg(0) == "no" {
		at = 1
	}
	switch word := l.arg(at); {
	case word == "timeout" || word == "option":
		return word + " " + l.arg(at+1)
	case single[word]:
		return word
	}
	return ""
}

// replaces notes that a line sets what an earlier line of its section has set, which then has no effect.
func (im *translation) replaces(p *proxy, l *line) {
	name := l.setting()
	if name == "" {
		return
	}
	if was := p.set[name]; was != nil {
		im.NotCarried(was, "%s: without effect, since line %d sets %s, too", source.Short(strings.TrimSpace(was.text(0))), l.Line, source.Short(name))
	}
	if p.set == nil {
		p.set = map[string]*line{}
	}
	p.set[name] = l
}
