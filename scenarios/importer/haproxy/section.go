package haproxy

import (
	"fmt"
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// translation gathers sections while files are read.
type translation struct {
	*source.Input
	lines      int
	servers    int
	conditions []condition
	current    *section // nil before the first one of a file

	process   process
	defaults  map[string]*settings // by name
	last      *settings            // of the last defaults section
	proxies   []*proxy
	entries   []*proxy         // frontends and listeners
	named     map[string]*line // backends and listeners
	peers     map[string]*peers
	tables    map[string]*table // by the name of their proxy, or as peers/table
	tableList []*table
	stored    map[string]bool // tables that a stick rule puts keys into
	users     map[string]int  // sections whose stick rules name a table
	choices   []choice
	ways      []*line // default_backend and use_backend
}

// choice is a line that says how servers are chosen. Whether it does is known once all modes are.
type choice struct {
	at   *line
	does string // the remark where it does
}

// chooses notes such a line.
func (im *translation) chooses(l *line, format string, args ...any) {
	im.choices = append(im.choices, choice{l, fmt.Sprintf(format, args...)})
}

// section is the section that lines belong to now.
type section struct {
	kind  string
	proxy *proxy // of defaults, frontend, backend and listen
	peers *peers // of peers
	from  *line  // its first line
}

// process is what the global section says about processes.
type process struct {
	count int // nbproc; 0 = not said
}

// peers is a peers section: processes that share their tables.
type peers struct {
	count int
}

// proxy is a defaults, frontend, backend or listen section.
type proxy struct {
	kind, name string
	at         *line
	settings
	servers []ir.Server
	checked []serverParams
	stick   []*line

	set      map[string]*line // what lines of the section have set
	backends []string         // of use_backend
	known    map[string]bool  // names of servers
	ids      map[int]bool
}

func newTranslation(in *source.Input) *translation {
	return &translation{
		Input:    in,
		defaults: map[string]*settings{},
		named:    map[string]*line{},
		peers:    map[string]*peers{},
		tables:   map[string]*table{},
	}
}

// skipped are the sections that have no influence on routing, load or sessions.
var skipped = map[string]string{
	"userlist":    "passwords",
	"mailers":     "mail",
	"cache":       "answers from HAProxy's own cache are not part of the workload",
	"program":     "other processes",
	"http-errors": "error pages",
	"ring":        "logging",
	"log-forward": "logging",
	"log-profile": "logging",
	"traces":      "logging",
	"fcgi-app":    "the protocol to servers",
	"crt-store":   "certificates",
	"acme":        "certificates",
	"resolvers":   "names are not resolved: the servers are those listed",
}

// line reads one line.
func (im *translation) line(l *line) error {
	word := l.arg(0)
	if strings.HasPrefix(word, ".") {
		return im.condition(l)
	}
	if !im.live() {
		return nil
	}
	im.variables(l)
	if opened, err := im.open(l); opened || err != nil {
		return err
	}
	switch s := im.current; {
	case s == nil:
		return l.errorf(0, "%q is outside of any section; a configuration begins with a section such as backend NAME", source.Short(word))
	case s.kind == "global":
		return im.global(l)
	case s.peers != nil && word == "table":
		return im.peersTable(s.from.arg(1), l)
	case s.peers != nil:
		if word == "peer" || word == "server" {
			s.peers.count++
		}
		im.Harmless(l, "%s: part of peers %s", word, s.from.arg(1))
	case s.proxy != nil:
		return im.directive(s.proxy, l)
	default:
		im.Cover(l) // by the remark on the section
	}
	return nil
}

// open begins a section where the line does so.
func (im *translation) open(l *line) (opened bool, err error) {
	switch kind := l.arg(0); kind {
	case "global":
		im.current = &section{kind: kind, from: l}
		im.Harmless(l, "global: settings of the process")
	case "defaults", "frontend", "backend", "listen":
		p, err := im.proxy(l)
		if err != nil {
			return true, err
		}
		im.current = &section{kind: kind, from: l, proxy: p}
	case "peers":
		if l.arg(1) == "" {
			return true, l.errorf(1, "a peers section needs a name")
		}
		p := &peers{}
		im.peers[l.arg(1)] = p
		im.current = &section{kind: kind, from: l, peers: p}
		im.Harmless(l, "peers %s: matters where a stick-table names it", source.Short(l.arg(1)))
	default:
		why, ok := skipped[kind]
		if !ok {
			return false, nil
		}
		im.current = &section{kind: kind, from: l}
		im.Harmless(l, "section %s: %s", source.Short(l.text(0)), why)
	}
	return true, nil
}

// proxy begins a section with the settings of its defaults.
func (im *translation) proxy(l *line) (*proxy, error) {
	p := &proxy{kind: l.arg(0), name: l.arg(1), at: l, known: map[string]bool{}, ids: map[int]bool{}}
	base, from := im.last, 2
	if p.kind == "defaults" {
		base = nil
		if p.name == "from" {
			p.name, from = "", 1
		}
	} else if p.name == "" {
		return nil, l.errorf(1, "a %s section needs a name", p.kind)
	}
	if l.arg(from) == "from" {
		if base = im.defaults[l.arg(from+1)]; base == nil {
			return nil, l.errorf(from+1, "there is no defaults section %q before this", source.Short(l.arg(from+1)))
		}
	} else if more := l.text(from); more != "" {
		im.NotCarried(l, "%s %s: %s behind its name, which HAProxy 2.6 refuses; an address belongs into a bind line", p.kind, source.Short(p.name), source.Short(more))
	}
	if p.settings = newSettings(); base != nil {
		p.settings = *base
	}
	switch p.kind {
	case "frontend":
		im.entries = append(im.entries, p)
		im.Harmless(l, "frontend %s: which requests get here is part of the workload", source.Short(p.name))
	case "defaults":
		im.Translated(l, "defaults: for the sections behind it")
		im.last = &p.settings
		if p.name != "" {
			im.defaults[p.name] = &p.settings
		}
	case "backend", "listen":
		if was := im.named[p.name]; was != nil {
			return nil, l.errorf(1, "%s %q is defined twice, first in %s", p.kind, source.Short(p.name), was.From(l.Place))
		}
		if p.kind == "listen" {
			im.entries = append(im.entries, p)
		}
		im.named[p.name] = l
		im.proxies = append(im.proxies, p)
	}
	return p, nil
}

// variables remarks environment variables.
func (im *translation) variables(l *line) {
	if i := slices.IndexFunc(l.words, func(w word) bool { return w.env }); i >= 0 {
		im.NotCarried(l, "%s: the environment variable is not known; the text is used as written", source.Short(l.words[i].text))
	}
}
