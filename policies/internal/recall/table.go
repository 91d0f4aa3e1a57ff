// Package recall remembers what a policy has picked for each client, for policies whose pick is a function of what they know the
// client by and of the View, and costs more than looking it up.
//
// Floor 1.
package recall

import "stickysim/sim/prefetch"

// Table holds the last pick for each client until the next change of the View. The zero Table is empty.
type Table[Client ~uint32, Server ~int32] struct {
	picks      []pick[Server] // by client
	generation uint32
}

// pick is what was picked for a client, and what for.
type pick[Server ~int32] struct {
	key        uint64
	generation uint32
	server     Server
}

// Forget forgets all picks: the View has changed.
func (t *Table[Client, Server]) Forget() {
	if t.generation++; t.generation == 0 {
		clear(t.picks)
		t.generation = 1
	}
}

// Prepare puts the client's pick on the list of what will be read soon.
func (t *Table[Client, Server]) Prepare(client Client, soon *prefetch.Batch) {
	if int(client) < len(t.picks) {
		prefetch.Add(soon, &t.picks[client])
	}
}

// Find is the server that was picked for the key of a client, if it was the client's last one. Forget must have been called.
func (t *Table[Client, Server]) Find(client Client, key uint64) (s Server, ok bool) {
	if int(client) >= len(t.picks) {
		return 0, false
	}
	p := &t.picks[client]
	return p.server, p.key == key && p.generation == t.generation
}

// Note remembers a pick.
func (t *Table[Client, Server]) Note(client Client, key uint64, s Server) {
	if int(client) >= len(t.picks) {
		t.picks = append(t.picks, make([]pick[Server], max(int(client)+1, 2*len(t.picks), 64)-len(t.picks))...)
	}
	t.picks[client] = pick[Server]{key, t.generation, s}
}
