package sim

import "errors"

// Through says that the clients of a population come through proxies, such as a CDN or another load balancer, each client
// through one of them.
type Through struct {
	Proxies []Proxy
	Direct  float64 // share of clients that connect without one; 1 where there are no proxies
}

// Proxy stands between clients and balancers. It writes the client's address into headers such as X-Forwarded-For.
type Proxy struct {
	Addr    Addr
	Trusted bool // balancers take the client's address from the header; otherwise they see that of the proxy
}

func (t *Through) check() error {
	if !(t.Direct >= 0 && t.Direct <= 1) || len(t.Proxies) == 0 && t.Direct < 1 {
		return errors.New("clients come through proxies, and there are none")
	}
	return nil
}

// proxyOf is the proxy that the client comes through; nil where it connects itself.
func (t *Through) proxyOf(c *client) *Proxy {
	k := c.key.Stream("proxy")
	if t.Direct > 0 && k.Float64() < t.Direct {
		return nil
	}
	return &t.Proxies[k.At(1).IntN(len(t.Proxies))]
}

// fillVia fills in what the balancer sees of a client, whose own address is in x, where proxies are said to be in front.
func (r *run) fillVia(p *population, c *client, x *Request) {
	r.via = Via{Peer: x.Addr, Client: x.Addr}
	x.Via = &r.via
	proxy := p.Through.proxyOf(c)
	if proxy == nil {
		return
	}
	r.via.Peer, r.via.Header = proxy.Addr, true
	if !proxy.Trusted {
		x.Addr = proxy.Addr
	}
}
