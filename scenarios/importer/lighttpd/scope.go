package lighttpd

import (
	"path"
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// scope is what holds in a block.
type scope struct {
	condition string
	balance   string // "" = not set
	balanceAt ir.Place
	balancing *statement  // that sets balance in this block
	servers   []statement // of proxy.server, set in this block
}

// scope translates a block; what it does not set, it takes from outer.
func (t *translation) scope(list []statement, outer scope) error {
	s := outer
	s.servers, s.balancing = nil, nil
	var blocks []statement
	if err := t.settings(list, &s, &blocks); err != nil {
		return err
	}
	for i := range s.servers {
		if err := t.pools(&s.servers[i], &s); err != nil {
			return err
		}
	}
	for i := range blocks {
		b := &blocks[i]
		inner := s
		inner.condition = strings.TrimSpace(s.condition + " " + b.key)
		if err := t.scope(b.block, inner); err != nil {
			return err
		}
	}
	return nil
}

// settings reads the assignments of a block, with included ones, and collects its blocks.
func (t *translation) settings(list []statement, s *scope, blocks *[]statement) error {
	for i := range list {
		x := &list[i]
		switch {
		case x.op == "{":
			*blocks = append(*blocks, *x)
		case x.key == "include":
			if err := t.include(x, s, blocks); err != nil {
				return err
			}
		case x.key == "include_shell":
			t.NotCarried(x, "include_shell: commands are not run")
		case x.key == "proxy.balance":
			if err := s.setBalance(x); err != nil {
				return err
			}
			if was := s.balancing; was != nil {
				t.NotCarried(was, "proxy.balance: set again in this block, at line %d, which lighttpd refuses; that one is used", x.Line)
			}
			s.balancing = x
			t.Translated(x, "proxy.balance = %q", source.Short(s.balance))
		case x.key == "proxy.server":
			if x.op != "+=" {
				s.servers = nil
			}
			s.servers = append(s.servers, *x)
		default:
			t.setting(x)
		}
	}
	return nil
}

// setting reads a setting that holds for all pools, or has no influence on them.
func (t *translation) setting(x *statement) {
	switch x.key {
	case "extforward.forwarder":
		t.forwarder(x)
	case "extforward.hap-PROXY":
		if x.value.Value() == "enable" {
			t.proxied = &ir.Sees{}
			t.Translated(x, "%s: the client's address is the one that the PROXY protocol tells (clients: {seen_as: forwarded})", x.key)
			return
		}
		t.Harmless(x, "%s: not in use", x.key)
	case "extforward.headers":
		t.Translated(x, "%s: where trusted proxies write the client's address", x.key)
	case "server.max-worker":
		n, err := strconv.Atoi(x.value.Value())
		if err != nil || n < 0 || n > 1024 {
			t.NotCarried(x, "%s: %s is no number of processes; 1 is used", x.key, x.value)
			return
		}
		t.workers = n
		t.Translated(x, "%s: %d balancer instances, each with its own counters", x.key, max(n, 1))
	default:
		t.byTable(x)
	}
}

// forwarder reads which proxies are trusted: ( "10.0.0.0/8" => "trust" ), "all" is any.
func (t *translation) forwarder(x *statement) {
	var networks []string
	all := false
	for _, n := range x.value.Children() {
		switch {
		case n.Value() != "trust" && n.Value() != "1":
			t.NotCarried(n, "%s: only proxies that are trusted are read", source.Short(n.Key))
		case n.Key == "all":
			all = true
		default:
			networks = append(networks, n.Key)
		}
	}
	sees, odd := ir.SeesFrom(networks)
	if all {
		sees = &ir.Sees{}
	}
	if t.proxied = sees; odd != "" && !all {
		t.NotCarried(x, "%s: %s is no network; all proxies are trusted", x.key, source.Short(odd))
		return
	}
	t.Translated(x, "%s: balance sticky sees the client that a trusted proxy writes into X-Forwarded-For (clients: {seen_as: forwarded})", x.key)
}

// policiesOf translates the values of proxy.balance.
var policiesOf = map[string]string{
	"hash": "lighttpd/hash", "sticky": "lighttpd/sticky", "round-robin": "lighttpd/round-robin",
	"least-connection": "lighttpd/least-connection", "fair": "lighttpd/least-connection",
}

func (s *scope) setBalance(x *statement) error {
	s.balance, s.balanceAt = x.value.Value(), x.Place
	if policiesOf[s.balance] == "" {
		return x.Errorf("proxy.balance: %q is not hash, sticky, round-robin, least-connection or fair", source.Short(x.value.String()))
	}
	return nil
}

// include reads other files as if their text were here.
func (t *translation) include(x *statement, s *scope, blocks *[]statement) error {
	name := x.value.Text
	if !path.IsAbs(name) {
		name = path.Join(path.Dir(x.File), name)
	}
	names := t.Glob(name)
	if x.value.Kind != tree.Scalar || len(names) == 0 {
		t.NotCarried(x, "include %s: no such file; what it contains is not part of the import", source.Short(x.value.Text))
		return nil
	}
	t.Translated(x, "include %s: read in place", source.Short(x.value.Text))
	for _, name := range names {
		err := t.Include(x.Place, name, func(data []byte) error {
			list, err := t.parse(name, data)
			if err != nil {
				return err
			}
			return t.settings(list, s, blocks)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
