package sim

import (
	"slices"

	"stickysim/sim/metric"
)

const whenNobodyIsThere = "when no session is in progress at the end"

var (
	metricOneAddress = metric.Register(metric.Family{Name: "sessions.one_address", Kind: metric.Share, Labels: byPopulation,
		Short:   "sessions from the most common address",
		Doc:     "How far people share an address, as those behind one NAT do, at the end of the run. A policy that goes by the address sends them all to one server.",
		Formula: "sessions from the address with the most of them / sessions in progress at the end", Undefined: whenNobodyIsThere})
	metricOneServer = metric.Register(metric.Family{Name: "sessions.one_server", Kind: metric.Share, Labels: byPopulation,
		Short:   "sessions on the server that has the most",
		Doc:     "How far sessions crowd on one server at the end of the run. A session is on the server that answered its last request.",
		Formula: "sessions on the server with the most of them / sessions in progress at the end", Undefined: whenNobodyIsThere})
)

var _ = reports(36, (*run).crowdMetrics)

// crowd is sessions in progress, by address and by server.
type crowd struct {
	addresses []uint32 // the number of each session's, in no order
	servers   []int64  // sessions by server
}

func (r *run) crowdMetrics(b *metricsBuilder) {
	parts := r.crowds()
	if len(parts) == 1 {
		b.crowd(whole, parts[0])
		return
	}
	all := r.newCrowd(0)
	for _, c := range parts {
		all.join(c)
	}
	b.crowd(whole, all)
	for i, c := range parts {
		b.crowd(ofPopulation(r.pops[i].Name), c)
	}
}

func (r *run) newCrowd(sessions int) *crowd {
	return &crowd{addresses: make([]uint32, 0, sessions), servers: make([]int64, len(r.servers))}
}

// crowds are the sessions of each population.
func (r *run) crowds() []*crowd {
	parts := make([]*crowd, len(r.pops))
	for i := range parts {
		parts[i] = r.newCrowd(r.pops[i].Users)
	}
	number := r.addressNumbers()
	for i := range r.clients {
		c := &r.clients[i]
		if c.flags&inSession == 0 {
			continue
		}
		part := parts[c.pop]
		part.addresses = append(part.addresses, number(c))
		if c.home != NoServer {
			part.servers[c.home]++
		}
	}
	return parts
}

// addressNumbers returns a function that numbers the clients' addresses. Those of generated clients have numbers; where some
// are recorded or a proxy's, all are numbered as they come.
func (r *run) addressNumbers() func(c *client) uint32 {
	numbered := true
	for i := range r.pops {
		p := r.pops[i]
		numbered = numbered && p.Trace == nil && p.Through == nil
	}
	if numbered {
		return func(c *client) uint32 { return c.addr }
	}
	numbers := map[Addr]uint32{}
	return func(c *client) uint32 {
		a := r.addressOf(c)
		n, seen := numbers[a]
		if !seen {
			n = uint32(len(numbers))
			numbers[a] = n
		}
		return n
	}
}

// join adds the sessions of another crowd.
func (c *crowd) join(o *crowd) {
	c.addresses = append(c.addresses, o.addresses...)
	for s, n := range o.servers {
		c.servers[s] += n
	}
}

// atAddress is how many come from the most common address.
func (c *crowd) atAddress() (most int) {
	slices.Sort(c.addresses)
	first := 0
	for i, n := range c.addresses {
		if n != c.addresses[first] {
			first = i
		}
		most = max(most, i-first+1)
	}
	return most
}

// onServer is how many are on the server that has the most.
func (c *crowd) onServer() (most int64) {
	for _, n := range c.servers {
		most = max(most, n)
	}
	return most
}

// addressOf is the client's source address as balancers see it.
func (r *run) addressOf(c *client) Addr {
	var a Addr
	p := r.pops[c.pop]
	if p.Trace != nil {
		a = p.Trace.Clients[c.addr].Addr
	} else {
		a.set4(r.sourceAddr(c.addr))
	}
	if p.Through != nil {
		if proxy := p.Through.proxyOf(c); proxy != nil && !proxy.Trusted {
			return proxy.Addr
		}
	}
	return a
}

// crowd adds the figures of a population, or of all.
func (b *metricsBuilder) crowd(label metric.Label, c *crowd) {
	b.ratio(part(metricOneAddress, label), float64(c.atAddress()), float64(len(c.addresses)))
	b.ratio(part(metricOneServer, label), float64(c.onServer()), float64(len(c.addresses)))
}
