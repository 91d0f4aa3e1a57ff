package haproxy

import (
	"slices"

	"stickysim/policies"
	"stickysim/policies/haproxy"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/sim"
)

// table is a stick-table line.
type table struct {
	at    *line
	pars  haproxy.StickTable
	peers string
	used  bool
}

var tableTypes = map[string]bool{"ip": true, "ipv6": true, "integer": true, "string": true, "binary": true}

// stickTable reads `stick-table type T size S ...`.
func (im *translation) stickTable(p *proxy, l *line) error {
	if p.kind == "defaults" {
		return l.errorf(0, "a defaults section cannot have a stick-table")
	}
	_, err := im.newTable(p.name, l, 1)
	return err
}

// peersTable reads `table NAME type T size S ...` of a peers section.
func (im *translation) peersTable(section string, l *line) error {
	if l.arg(1) == "" {
		return l.errorf(1, "table needs a name")
	}
	t, err := im.newTable(section+"/"+l.arg(1), l, 2)
	if err == nil {
		t.peers = section
	}
	return err
}

// newTable reads the words of l from word i on into the table that stick rules call name.
func (im *translation) newTable(name string, l *line, i int) (*table, error) {
	t := &table{at: l}
	for ; i < len(l.words); i++ {
		used, err := im.tableWord(t, l, i)
		if err != nil {
			return nil, err
		}
		i += used
	}
	if t.pars.Type == "" || t.pars.Size == 0 {
		return nil, l.errorf(0, "%s needs a type and a size", l.arg(0))
	}
	if was := im.tables[name]; was != nil {
		return nil, l.errorf(0, "there is a table %s already, in %s", source.Short(name), was.at.From(l.Place))
	}
	im.tables[name] = t
	im.tableList = append(im.tableList, t)
	return t, nil
}

// tableWord reads word i, and returns how many of the words behind it are its arguments.
func (im *translation) tableWord(t *table, l *line, i int) (used int, err error) {
	switch word := l.arg(i); word {
	case "type":
		if t.pars.Type = l.arg(i + 1); !tableTypes[t.pars.Type] {
			return 0, l.errorf(i+1, "stick-table type: must be ip, ipv6, integer, string or binary, got %q", source.Short(l.arg(i+1)))
		}
		return 1, nil
	case "len":
		n, _, err := l.number(i+1, 1, 1<<20)
		t.pars.Len = n
		return 1, err
	case "size":
		n, ok, err := l.size(i + 1)
		if ok && n > 1<<31 {
			return 0, l.errorf(i+1, "stick-table size: must be at most 2g entries, got %q", source.Short(l.arg(i+1)))
		}
		if t.pars.Size = policies.Bytes(n); !ok && err == nil {
			t.pars.Size = 1 << 20
		}
		return 1, err
	case "expire":
		t.pars.Expire, _, err = l.span(i+1, sim.Millisecond)
		return 1, err
	case "nopurge":
		t.pars.NoPurge = true
	case "peers":
		t.peers = l.arg(i + 1)
		return 1, nil
	case "store":
		im.Harmless(l, "stick-table store %s: counters beside the server", source.Short(l.arg(i+1)))
		return 1, nil
	case "srvkey", "write-to", "brates-factor", "recv-only":
		im.NotCarried(l, "stick-table %s", word)
		if word == "recv-only" {
			return 0, nil
		}
		return 1, nil
	default:
		return 0, l.errorf(i, "stick-table: %q is not one of type, len, size, expire, nopurge, peers, store, srvkey, write-to", source.Short(word))
	}
	return 0, nil
}

// stickRule reads `stick on|match|store-request|store-response ...`. Its table may follow later: see sticks.
func (im *translation) stickRule(p *proxy, l *line) error {
	switch l.arg(1) {
	case "on", "match", "store-request", "store-response":
		if l.arg(2) == "" {
			return l.errorf(2, "stick %s needs an expression, as in stick on src", l.arg(1))
		}
		switch expression := l.arg(2); {
		case ofAnswer(expression) && l.arg(1) != "store-response":
			return l.errorf(2, "stick %s: %s looks into answers, and there is none yet; HAProxy refuses the rule; stick store-response takes it", l.arg(1), source.Short(expression))
		case onlyOfRequest(expression) && l.arg(1) == "store-response":
			return l.errorf(2, "stick store-response: %s looks into requests, which are gone by then; HAProxy refuses the rule; stick store-request takes it", source.Short(expression))
		}
		if i := stickEnd(l); i < len(l.words) {
			return l.errorf(i, "stick %s: after the expression there can be table NAME, and if or unless with a condition, got %q", l.arg(1), source.Short(l.arg(i)))
		}
		p.stick = append(p.stick, l)
		return nil
	}
	return l.errorf(1, "stick: %q is not one of on, match, store-request, store-response", source.Short(l.arg(1)))
}

// stickEnd is the first word of a stick rule that is none of its parts.
func stickEnd(l *line) int {
	i := 3
	if l.arg(i) == "table" && l.arg(i+1) != "" {
		i += 2
	}
	if word := l.arg(i); word == "if" || word == "unless" {
		return len(l.words)
	}
	return i
}

// sticks returns the stick rule that decides and its table; nil where there is none. That is the first which looks a key up, as
// long as some rule puts keys into its table.
func (im *translation) sticks(p *proxy) (rule *line, t *table) {
	var lookup *line
	if i := slices.IndexFunc(p.stick, looksUp); i >= 0 {
		lookup = p.stick[i]
	}
	for _, l := range p.stick {
		name, shown := p.tableOf(l), source.Short(l.text(1))
		switch found := im.tables[name]; {
		case found == nil:
			im.NotCarried(l, "stick %s: there is no stick-table %q", shown, source.Short(name))
		case lookup == nil:
			im.NotCarried(l, "stick %s: no rule looks the key up, so no client is bound", shown)
		case l.arg(1) == "store-response":
			im.Assumed(l, "stick store-response %s: clients are assumed to send the key from their first request", source.Short(l.text(2)))
		case l.arg(2) != lookup.arg(2):
			im.NotCarried(l, "stick %s: only the first rule of a pool is carried over", shown)
		case !im.stored[name]:
			im.NotCarried(l, "stick %s: no rule puts keys into the table, so no client is bound", shown)
		default:
			im.Translated(l, "stick %s: key of the table", shown)
			if slices.ContainsFunc(l.words[3:], func(w word) bool { return w.text == "if" || w.text == "unless" }) {
				im.NotCarried(l, "stick %s: the condition is ignored; the rule applies to all requests", shown)
			}
			if rule != nil || !looksUp(l) {
				continue
			}
			if rule, t = l, found; im.users[name] > 1 {
				im.NotCarried(l, "stick %s: the pool has a table of its own instead of one shared with %s", shown, source.Short(name))
			}
		}
	}
	if t != nil {
		t.used = true
	}
	return rule, t
}

// looksUp reports whether a stick rule sends requests to the server that the table has for their key.
func looksUp(l *line) bool { return l.arg(1) == "on" || l.arg(1) == "match" }

// tableOf is the name of the table of a stick rule.
func (p *proxy) tableOf(l *line) string {
	for i := 3; i < len(l.words); i++ {
		if l.arg(i) == "table" {
			return l.arg(i + 1)
		}
	}
	return p.name
}

// surveySticks finds which tables get keys, and from how many sections they are used.
func (im *translation) surveySticks() {
	im.stored, im.users = map[string]bool{}, map[string]int{}
	for _, p := range im.proxies {
		own := map[string]bool{}
		for _, l := range p.stick {
			name := p.tableOf(l)
			if l.arg(1) != "match" {
				im.stored[name] = true
			}
			if !own[name] {
				own[name] = true
				im.users[name]++
			}
		}
	}
}
