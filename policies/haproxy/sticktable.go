package haproxy

import (
	"fmt"
	"slices"

	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
	"stickysim/sim/prefetch"

	"github.com/cespare/xxhash/v2"
)

// StickTable is `stick-table` with `stick on`: a table remembers which server a client met last.
type StickTable struct {
	Options `yaml:",inline"`
	Hashing `yaml:",inline"`
	Balance string         `yaml:"balance" doc:"balance line for clients that the table does not hold, for example leastconn"`
	Key     string         `yaml:"key" doc:"what stick on looks at: src or hdr_ip(NAME), or an expression such as hdr(X-Key), which is the last value of a list"`
	Type    string         `yaml:"type" check:"oneof=|ip|ipv6|integer|string|binary" doc:"type of the table's keys; empty = ip for src, string otherwise; ip holds IPv4 addresses only, so that clients with IPv6 addresses do not stick: ipv6 holds both"`
	Len     int            `yaml:"len" check:"min=0" doc:"most characters of a string key; 0 = 31"`
	Size    policies.Bytes `yaml:"size" check:"min=1" doc:"most entries; m and k are 1024 times"`
	Expire  sim.Time       `yaml:"expire" check:"min=0" doc:"entries not used for so long are dropped; 0 = never"`
	NoPurge bool           `yaml:"nopurge" doc:"a full table takes no new entries, instead of dropping the oldest"`
}

// defaultKeyLen is how many characters a key of type string has where len is not given.
const defaultKeyLen = 31

// maxTable bounds the size of a table; HAProxy's own limit is memory.
const maxTable = 1 << 31

// Validate refuses what HAProxy refuses. Errors name the parameter.
func (c StickTable) Validate() error {
	if _, err := ParseBalance(c.Balance); err != nil {
		return fmt.Errorf("balance: %w", err)
	}
	if c.Key == "" {
		return fmt.Errorf("key: must be src or an expression such as hdr(X-Key)")
	}
	if !slices.Contains([]string{"", "ip", "ipv6", "integer", "string", "binary"}, c.Type) {
		return fmt.Errorf("type: must be ip, ipv6, integer, string or binary, got %q", c.Type)
	}
	if c.Size < 1 || c.Size > maxTable {
		return fmt.Errorf("size: must be from 1 to %d entries, got %d", maxTable, c.Size)
	}
	return c.Hashing.Validate()
}

// Identifies implements [policies.Identifier].
func (c StickTable) Identifies() policies.Key { return identifies(c.Hashing.key(c.Key)) }

// New makes an instance.
func (c StickTable) New(env sim.Env) sim.Balancer {
	line, err := ParseBalance(c.Balance)
	if err != nil {
		panic("haproxy: balance: " + err.Error())
	}
	p := &sticking{backend: newBackend(c.Options, line.algorithm(c.Hashing), env), cfg: c, text: keys.Writer{Template: c.Hashing.key(c.Key)}, part: partOf(c.Key)}
	if p.cfg.Len == 0 {
		p.cfg.Len = defaultKeyLen
	}
	p.seen, p.persist = p.text.IsAddr() && p.text.IsSeen(), p
	p.table = newTable(int(c.Size), c.Expire, c.NoPurge, env.Clients, env.OwnAddr && p.seen)
	return p
}

var _ = policies.Register("haproxy/stick-table",
	StickTable{Options: DefaultOptions(), Hashing: DefaultHashing(), Balance: "roundrobin", Key: "src", Size: 1 << 20, Expire: 30 * sim.Minute},
	policies.Doc{
		Summary: "HAProxy's stick table",
		Detail: "The table maps a client's key to the server it met last, and every use renews the entry. Entries of drained " +
			"servers are honoured; those of servers that are down are rewritten, and the client does not return. A full table " +
			"drops the entries unused for longest.",
		Source: "HAProxy 2.6 src/{stick_table,stream}.c",
		Key:    policies.KeyAddress,
		Claims: policies.Claims{Sticky: true, Uniform: true, Limit: true},
	})

// sticking is a back end with a stick table. It implements Binder besides.
type sticking struct {
	*backend
	cfg   StickTable
	text  keys.Writer
	seen  bool // the key is the address that HAProxy sees, as a number
	part  part
	table *table
}

// NeedsKey reports whether the table or the algorithm looks at text.
func (p *sticking) NeedsKey() bool { return p.text.NeedsKey() || p.backend.NeedsKey() }

// KeyText is what that text is. The table comes before the algorithm.
func (p *sticking) KeyText() sim.KeyText {
	if p.text.NeedsKey() {
		return p.text.KeyText()
	}
	return p.backend.KeyText()
}

// Reads implements [sim.Reader].
func (p *sticking) Reads() sim.Needs { return p.text.Reads() | p.backend.Reads() }

// Repeats implements [sim.Repeater]: each request renews its entry.
func (p *sticking) Repeats() bool { return false }

// key condenses the request's key to 64 bits; longer keys are hashed, practically without collisions.
func (p *sticking) key(q *sim.Request) (key uint64, ok bool) {
	if p.seen && q.Addr.Is4() { // as most are; all types hold it
		return uint64(q.Addr.V4()), true
	}
	if p.text.IsAddr() {
		a, ok := &q.Addr, true
		if !p.seen {
			other, known := p.text.Addr(q)
			a, ok = &other, known
		}
		return keys.Number(a), ok && (a.Is4() || p.cfg.Type != "ip" && p.cfg.Type != "")
	}
	text, ok := p.part(p.text.Of(q))
	if len(text) > p.cfg.Len && p.cfg.Type != "integer" {
		text = text[:p.cfg.Len]
	}
	return xxhash.Sum64(text), ok
}

// Prepare implements [sim.Preparer].
func (p *sticking) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.table.Prepare(c, soon) }

// Pick is the back end's. A request that waits, or is refused, has no entry reserved meanwhile.
func (p *sticking) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	waited := q.Memo&memoQueue != 0
	if q.Attempt == 0 && q.Memo == 0 {
		q.Memo = memoLoose
	}
	s := p.backend.Pick(q, v)
	switch reserved := q.Memo&memoLoose == 0; {
	case s < 0 && reserved:
		q.Memo |= memoLoose
		p.table.release()
	case s >= 0 && waited && !reserved:
		if key, ok := p.key(q); ok {
			p.reserve(q, key)
		}
	}
	return s
}

func (p *sticking) reserve(q *sim.Request, key uint64) {
	if p.table.reserve(q.Client, key) {
		q.Memo &^= memoLoose
	}
}

// Ended releases the entry of a request that failed.
func (p *sticking) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	if o != sim.Answered {
		p.table.release()
	}
	p.backend.Ended(s, o, v)
}

// Retry is the back end's; the request keeps its entry.
func (p *sticking) Retry(q *sim.Request, s sim.ServerID, o sim.Outcome, v *sim.View) (again bool, after sim.Time) {
	again, after = p.backend.Retry(q, s, o, v)
	if again && q.Memo&memoLoose == 0 {
		p.table.reserved++
	}
	return again, after
}

// bound returns the server of the client's entry, if it is still valid.
func (p *sticking) bound(q *sim.Request, v *sim.View) sim.ServerID {
	key, ok := p.key(q)
	if !ok {
		return sim.NoServer
	}
	s, why := p.table.find(q.Client, key, v.Now)
	if q.Why = why; s >= 0 && !v.Usable(s) {
		s, q.Why = sim.NoServer, sim.ServerUnusable
	}
	p.reserve(q, key)
	return s
}

// Answered stores the server that answered the client.
func (p *sticking) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	if q.Memo&memoLoose != 0 {
		return
	}
	q.Memo |= memoLoose
	p.table.release()
	if key, ok := p.key(q); ok && !(p.nonStick && p.srv[s].nonStick) {
		p.table.store(q.Client, key, s, v.Now)
	}
}
