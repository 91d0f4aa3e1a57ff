package sim

import "stickysim/sim/metric"

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

// crowd counts sessions by address and by server.
type crowd struct {
	sessions  int64
	addresses map[Addr]int64
	servers   []int64

	atAddress, onServer int64 // the most
}

func (r *run) crowdMetrics(b *metricsBuilder) {
	all, parts := r.newCrowd(), make([]*crowd, len(r.pops))
	for i := range parts {
		parts[i] = r.newCrowd()
	}
	for i := range r.clients {
		if c := &r.clients[i]; c.flags&inSession != 0 {
			all.add(r.addressOf(c), c.home)
			parts[c.pop].add(r.addressOf(c), c.home)
		}
	}
	b.crowd(whole, all)
	if len(parts) > 1 {
		for i := range parts {
			b.crowd(ofPopulation(r.pops[i].Name), parts[i])
		}
	}
}

func (r *run) newCrowd() *crowd {
	return &crowd{addresses: map[Addr]int64{}, servers: make([]int64, len(r.servers))}
}

func (c *crowd) add(from Addr, on ServerID) {
	c.sessions++
	c.addresses[from]++
	c.atAddress = max(c.atAddress, c.addresses[from])
	if on != NoServer {
		c.servers[on]++
		c.onServer = max(c.onServer, c.servers[on])
	}
}

// addressOf is the client's source address as balancers see it.
func (r *run) addressOf(c *client) Addr {
	var a Addr
	p := &r.pops[c.pop]
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
	b.ratio(part(metricOneAddress, label), float64(c.atAddress), float64(c.sessions))
	b.ratio(part(metricOneServer, label), float64(c.onServer), float64(c.sessions))
}
