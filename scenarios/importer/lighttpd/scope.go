package lighttpd

import (
	"path"
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
	servers   []statement // of proxy.server, set in this block
}

// scope translates a block; what it does not set, it takes from outer.
func (t *translation) scope(list []statement, outer scope) error {
	s := outer
	s.servers = nil
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
			t.Translated(x, "proxy.balance = %q", source.Short(s.balance))
		case x.key == "proxy.server":
			if x.op != "+=" {
				s.servers = nil
			}
			s.servers = append(s.servers, *x)
		default:
			t.Harmless(x, "%s: does not choose among servers", source.Short(x.key))
		}
	}
	return nil
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
