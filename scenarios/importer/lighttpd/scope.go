package lighttpd

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// Bounds on includes.
const (
	maxIncludes     = 1000
	maxIncludeDepth = 16
)

// scope is what holds in a block.
type scope struct {
	condition string
	balance   string // "" = not set
	balanceAt place
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
			t.remark(ir.Unsupported, x.place, "include_shell: commands are not run")
		case x.key == "proxy.balance":
			if err := s.setBalance(x); err != nil {
				return err
			}
			t.remark(ir.Translated, x.place, "proxy.balance = %q", clip(s.balance))
		case x.key == "proxy.server":
			if x.op != "+=" {
				s.servers = nil
			}
			s.servers = append(s.servers, *x)
		default:
			t.remark(ir.Ignored, x.place, "%s: does not choose among servers", clip(x.key))
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
	s.balance, s.balanceAt = x.value.Value(), x.place
	if policiesOf[s.balance] == "" {
		return x.errorf("proxy.balance: %q is not hash, sticky, round-robin, least-connection or fair", clip(x.value.String()))
	}
	return nil
}

// include reads other files in place.
func (t *translation) include(x *statement, s *scope, blocks *[]statement) error {
	name := path.Join(path.Dir(x.file), x.value.Text)
	if path.IsAbs(x.value.Text) {
		name = strings.TrimPrefix(path.Clean(x.value.Text), "/")
	}
	names, err := fs.Glob(t.fsys, name)
	if err != nil || x.value.Kind != tree.Scalar || !fs.ValidPath(name) || len(names) == 0 {
		t.remark(ir.Unsupported, x.place, "include %s: no such file; what it holds is not part of the import", clip(x.value.Text))
		return nil
	}
	for _, name := range names {
		if slices.Contains(t.open, name) {
			return x.errorf("include loop: %s includes itself", clip(name))
		}
		if t.files++; t.files > maxIncludes || len(t.open) == maxIncludeDepth {
			return x.errorf("more than %d files, or includes nested more than %d deep", maxIncludes, maxIncludeDepth)
		}
		data, err := tree.ReadFile(t.fsys, name)
		if err != nil {
			return x.errorf("include: %v", err)
		}
		list, err := t.parse(name, data)
		if err != nil {
			return err
		}
		t.open = append(t.open, name)
		if err := t.settings(list, s, blocks); err != nil {
			return err
		}
		t.open = t.open[:len(t.open)-1]
	}
	return nil
}
