package nginx

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

var _ = policies.Register("nginx/split_clients", SplitClients{Key: "$remote_addr", Inside: policies.Named("round-robin")}, policies.Doc{
	Summary: "split_clients: a text of the request decides the upstream, and that the server",
	Also:    []string{"ab-test", "variant"},
	Detail: "MurmurHash2 of the text falls into the range of one part, as nginx has them; a part is an upstream, whose servers have " +
		"options: {group: NAME}. Requests that no part takes, and those whose upstream has no usable server, get none. Certain (compared " +
		"with nginx): hash and ranges.",
	Source: "nginx src/http/modules/ngx_http_split_clients_module.c",
	Key:    policies.KeyAddress,
})

// SplitClients is a split_clients block whose variable names the upstream.
type SplitClients struct {
	Key    string          `yaml:"key" doc:"the text that is hashed, as nginx writes it: ${remote_addr}AAA"`
	Parts  []string        `yaml:"parts" check:"max=100" doc:"percentages and names of upstreams, as nginx has them: 0.5% next, and * stable for the rest. A percentage alone gets no server. Without any, all servers are one group"`
	Inside policies.Policy `yaml:"inside" check:"policy=single" doc:"policy inside each upstream"`
}

// part is a range of hashes: those below its end, or all that are left.
type part struct {
	end   uint32 // 0 = no end
	group int    // index of its group
}

// parse reads the parts, and the groups that they name. Requests that no part takes are of a last group, without a name.
func (c SplitClients) parse() (parts []part, names []string, err error) {
	sum, last := 0, uint32(0)
	for _, text := range c.Parts {
		share, name, _ := strings.Cut(strings.TrimSpace(text), " ")
		name = strings.TrimSpace(name)
		hundredths, err := percent(share)
		if err != nil {
			return nil, nil, fmt.Errorf("parts: %.40q %w", text, err)
		}
		sum += hundredths
		if hundredths == 0 {
			sum = whole
		}
		if sum > whole {
			return nil, nil, errors.New("parts: are more than 100%")
		}
		p := part{group: slices.Index(names, name)}
		if p.group < 0 {
			p.group = len(names)
			names = append(names, name)
		}
		if sum < whole {
			last += uint32(uint64(hundredths) * 0xffffffff / whole)
			p.end = last
		}
		parts = append(parts, p)
	}
	if !slices.Contains(names, "") {
		names = append(names, "")
	}
	if len(names) > policies.MaxGroups {
		return nil, nil, fmt.Errorf("parts: name more than %d upstreams", policies.MaxGroups-1)
	}
	return parts, names, nil
}

// whole is 100 %, in hundredths of a percent.
const whole = 10_000

// percent reads the first word of a part, in hundredths of a percent; 0 is the rest.
func percent(share string) (int, error) {
	if share == "*" {
		return 0, nil
	}
	digits, ok := strings.CutSuffix(share, "%")
	before, after, _ := strings.Cut(digits, ".")
	n, err := strconv.ParseUint(before+(after + "00")[:2], 10, 16)
	if !ok || err != nil || len(after) > 2 || n == 0 {
		return 0, errors.New("must begin with a percentage from 0.01% to 100%, or with *")
	}
	return int(n), nil
}

// Validate checks the key and the parts.
func (c SplitClients) Validate() error {
	if c.Key == "" {
		return errors.New("key: must be a text with variables, such as $remote_addr")
	}
	_, _, err := c.parse()
	return err
}

// Parse is the groups of servers, with their shares in hundredths of a percent.
func (c SplitClients) Parse() (groups []policies.Group, err error) {
	_, names, err := c.parse()
	if err != nil || len(c.Parts) == 0 {
		return nil, err
	}
	for _, name := range names {
		if name != "" {
			groups = append(groups, policies.Group{Name: name, Weight: 1})
		}
	}
	return groups, nil
}

// Rest is the share of the requests that no part takes, from 0 to 1; 0 also where the parts are wrong.
func (c SplitClients) Rest() float64 {
	rest := whole
	for _, text := range c.Parts {
		share, _, _ := strings.Cut(strings.TrimSpace(text), " ")
		hundredths, err := percent(share)
		if err != nil || hundredths == 0 {
			return 0
		}
		rest -= hundredths
	}
	return max(float64(rest)/whole, 0)
}

// Identifies implements [policies.Identifier].
func (c SplitClients) Identifies() policies.Key {
	if k := c.Inside.Key(); k != policies.KeyNone {
		return k
	}
	return identifies(template(c.Key))
}

// New makes an instance.
func (c SplitClients) New(env sim.Env) sim.Balancer {
	d := &splitClients{key: keys.Writer{Template: template(c.Key)}}
	w := policies.Weighted{Sticky: "none", Inside: c.Inside}
	if len(c.Parts) > 0 {
		var names []string
		d.parts, names, _ = c.parse() // Check has refused what is wrong
		for _, name := range names {
			if name == "" {
				name = nowhere
			}
			w.Groups = append(w.Groups, name+"=1")
		}
		d.rest = slices.Index(names, "")
	}
	return w.NewDivided(env, d)
}

// nowhere is a group that no server can be in.
const nowhere = "\x00"

// splitClients tells the part of a request.
type splitClients struct {
	key   keys.Writer
	parts []part
	rest  int // group of requests that no part takes
}

// NeedsKey implements [sim.Keyed].
func (d *splitClients) NeedsKey() bool { return d.key.NeedsKey() }

// KeyText is part of [sim.Keyed].
func (d *splitClients) KeyText() sim.KeyText { return d.key.KeyText() }

// Reads implements [sim.Reader].
func (d *splitClients) Reads() sim.Needs { return d.key.Reads() }

// Group implements [policies.Divider].
func (d *splitClients) Group(q *sim.Request) int {
	hash := murmur2(d.key.Of(q))
	for _, p := range d.parts {
		if p.end == 0 || hash < p.end {
			return p.group
		}
	}
	return d.rest
}

// murmur2 is MurmurHash2 with seed 0.
func murmur2(b []byte) uint32 {
	const m = 0x5bd1e995
	h := uint32(len(b))
	for ; len(b) >= 4; b = b[4:] {
		k := (uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24) * m
		h = h*m ^ (k^k>>24)*m
	}
	if len(b) > 0 {
		for i, c := range b {
			h ^= uint32(c) << (8 * i)
		}
		h *= m
	}
	h = (h ^ h>>13) * m
	return h ^ h>>15
}
