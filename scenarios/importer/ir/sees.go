package ir

import "net/netip"

// Sees says that the balancer takes the client's address from what proxies in front tell it, in a header or the PROXY
// protocol. A pool without it goes by the address of the connection.
type Sees struct {
	Trusted []string // networks of the proxies that are believed; empty: all are
}

// SeesFrom is the Sees of the networks and addresses that a configuration trusts. Where one of them is neither, such as the
// name of a host, all are trusted, and odd is that text.
func SeesFrom(trusted []string) (s *Sees, odd string) {
	for _, text := range trusted {
		_, err := netip.ParsePrefix(text)
		if err != nil {
			_, err = netip.ParseAddr(text)
		}
		if err != nil {
			return &Sees{}, text
		}
	}
	return &Sees{Trusted: trusted}, ""
}
