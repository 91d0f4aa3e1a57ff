package haproxy

import (
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
	t := &table{at: l}
	for i := 1; i < len(l.words); i++ {
		used, err := im.tableWord(t, l, i)
		if err != nil {
			return err
		}
		i += used
	}
	if t.pars.Type == "" || t.pars.Size == 0 {
		return l.errorf(0, "stick-table needs a type and a size")
	}
	p.table = t
	im.tables[p.name] = t
	im.tableList = append(im.tableList, t)
	return nil
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
		p.stick = append(p.stick, l)
		return nil
	}
	return l.errorf(1, "stick: %q is not one of on, match, store-request, store-response", source.Short(l.arg(1)))
}

// sticks returns the stick rule that decides and its table; nil where there is none.
func (im *translation) sticks(p *proxy) (rule *line, t *table) {
	for _, l := range p.stick {
		rest, conditional, name := l.text(2), false, p.name
		for i := 3; i < len(l.words); i++ {
			switch l.arg(i) {
			case "table":
				name = l.arg(i + 1)
			case "if", "unless":
				conditional = true
			}
		}
		switch found := im.tables[name]; {
		case l.arg(1) == "store-response":
			im.Assumed(l, "stick store-response %s: clients are assumed to send the key from their first request", source.Short(rest))
			if rule == nil {
				rule, t = l, found
			}
		case rule != nil && rule.arg(1) != "store-response" && rule.arg(2) != l.arg(2):
			im.NotCarried(l, "stick %s: only the first rule of a pool is carried over", source.Short(l.text(1)))
		case found == nil:
			im.NotCarried(l, "stick %s: there is no stick-table %q", source.Short(l.text(1)), source.Short(name))
		default:
			rule, t = l, found
			im.Translated(l, "stick %s: key of the table", source.Short(l.text(1)))
			if conditional {
				im.NotCarried(l, "stick %s: the condition is ignored; the rule applies to all requests", source.Short(l.text(1)))
			}
			if name != p.name {
				im.NotCarried(l, "stick %s: the pool has a table of its own instead of one shared with %s", source.Short(l.text(1)), source.Short(name))
			}
		}
	}
	if t == nil {
		return nil, nil
	}
	t.used = true
	return rule, t
}
