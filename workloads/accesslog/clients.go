package accesslog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// longestKey bounds what one client can cost in memory: longer fields are distinguished by their beginning and a hash.
const longestKey = 512 // bytes

// clientTable numbers clients by the text of the fields that identify them. User agents are numbered first, so that a
// client costs the text of its address and not of its browser.
type clientTable struct {
	fields   []slot // identify a client
	fallback []slot // used when all of fields are empty
	max      int

	anonymous int // lines that fallback identified

	byKey   map[string]uint32
	byAgent map[string]uint32
	clients []Client
	agents  []string
	key     []byte
}

func newClientTable(o Options) *clientTable {
	return &clientTable{max: o.MaxClients, byKey: map[string]uint32{}, byAgent: map[string]uint32{"": 0, "-": 0}, agents: []string{""}}
}

// use finds the fields in the lines of a parser.
func (t *clientTable) use(p parser, o Options) error {
	t.fields, t.fallback = nil, nil
	for _, f := range []Field{Address, UserAgent} {
		if s, ok := p.slot(f); ok {
			t.fallback = append(t.fallback, s)
		}
	}
	for _, f := range o.Client {
		s, ok := p.slot(f)
		switch {
		case ok:
			t.fields = append(t.fields, s)
		case f != UserAgent || len(o.Client) == 1:
			return fmt.Errorf("client: format %s has no field %q; name one that it has, or give the format", p.name(), f)
		}
	}
	return nil
}

// number is the client of a line.
func (t *clientTable) number(l *line) (uint32, error) {
	fields := t.fields
	if blank(fields, l) && !blank(t.fallback, l) {
		fields = t.fallback
		t.anonymous++
	}
	t.key = t.key[:0]
	for _, s := range fields {
		if s == slotAgent {
			t.key = binary.LittleEndian.AppendUint32(t.key, t.agent(l.text[slotAgent]))
		} else {
			t.key = append(appendBounded(t.key, l.text[s]), 0)
		}
	}
	if len(fields) > 0 && &fields[0] != &t.fields[0] {
		t.key = append(t.key, 1) // a user called like an address stays a user
	}
	id, ok := t.byKey[string(t.key)]
	if !ok {
		if len(t.clients) >= t.max {
			return 0, fmt.Errorf("more than %d clients; identify them by fewer fields, or raise MaxClients", t.max)
		}
		id = uint32(len(t.clients))
		t.byKey[string(t.key)] = id
		t.clients = append(t.clients, t.describe(fields, l))
	}
	t.clients[id].Requests++
	return id, nil
}

// agent numbers a user agent.
func (t *clientTable) agent(b []byte) uint32 {
	if len(b) > longestKey {
		b = appendBounded(nil, b)
	}
	id, ok := t.byAgent[string(b)]
	if !ok {
		id = uint32(len(t.agents))
		text := string(b)
		t.byAgent[text] = id
		t.agents = append(t.agents, unescape(text))
	}
	return id
}

func (t *clientTable) describe(fields []slot, l *line) Client {
	c := Client{Agent: t.agent(l.text[slotAgent])}
	var names []string
	address := l.text[slotAddress]
	for _, s := range fields {
		switch s {
		case slotAgent, slotAddress:
		case slotForwarded:
			first, _, _ := bytes.Cut(l.text[s], []byte(","))
			address = bytes.TrimSpace(first)
		default:
			if !empty(l.text[s]) {
				names = append(names, unescape(string(appendBounded(nil, l.text[s]))))
			}
		}
	}
	var err error
	if c.Addr, err = netip.ParseAddr(string(address)); err != nil && !empty(address) && len(address) < 256 {
		names = append(names, string(address))
	}
	c.Name = strings.Join(names, " ")
	return c
}

// besides reports whether two clients have the same address, or host name in its place.
func (c *Client) besides(d *Client) bool {
	return c.Addr == d.Addr && (c.Addr.IsValid() || c.Name == d.Name)
}

// appendBounded appends b, a long one by its beginning and a hash.
func appendBounded(key, b []byte) []byte {
	if len(b) <= longestKey {
		return append(key, b...)
	}
	return strconv.AppendUint(append(key, b[:longestKey-16]...), hash64(b), 16)
}

func blank(fields []slot, l *line) bool {
	for _, s := range fields {
		if !empty(l.text[s]) {
			return false
		}
	}
	return true
}

// empty tells whether a field says nothing; servers log a missing value as "-", and Apache an empty user as two quotes.
func empty(b []byte) bool { return len(b) == 0 || string(b) == "-" || string(b) == `""` }

// unescape resolves what servers write for bytes that would break the line: \" and \\ (Apache), \x22 (both).
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out = append(out, s[i])
			continue
		}
		i++
		switch {
		case s[i] == 'x' && i+2 < len(s):
			v, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				out = append(out, '\\', 'x')
				continue
			}
			out = append(out, byte(v))
			i += 2
		case s[i] == 't':
			out = append(out, '\t')
		case s[i] == 'n':
			out = append(out, '\n')
		default:
			out = append(out, s[i])
		}
	}
	return string(out)
}
