package recall

import "stickysim/sim/prefetch"

// Places are where a table keeps what belongs to each client, so that it need not search. They are hints: the table looks whether
// it is still there. The zero Places are empty.
type Places[Client ~uint32] struct {
	at []int32 // by client: one more than the place; 0 = unknown
}

// Note remembers the place of a client.
func (p *Places[Client]) Note(c Client, place int32) {
	if int(c) >= len(p.at) {
		p.at = append(p.at, make([]int32, max(int(c)+1, 2*len(p.at), 64)-len(p.at))...)
	}
	p.at[c] = place + 1
}

// Of is the place of a client; -1 = unknown.
func (p *Places[Client]) Of(c Client) int32 {
	if int(c) >= len(p.at) {
		return -1
	}
	return p.at[c] - 1
}

// Prepare puts the entry at the place of a client on the list of what will be read soon.
func Prepare[Client ~uint32, Entry any](p *Places[Client], c Client, entries []Entry, soon *prefetch.Batch) {
	if i := p.Of(c); i >= 0 && int(i) < len(entries) {
		prefetch.Add(soon, &entries[i])
	}
}
