package source

import "fmt"

// Harmless are names in a product's configurations that are known to have no influence on routing, load, sessions and time, and
// why. What is in no such list, and gets no other remark, was not understood.
//
// In formats that are trees, such as YAML, a name is a path of keys with single spaces between them. Indexes of lists do not
// count, "*" is any one key, and "**" in front is any keys or none. It stands for all below it. In other formats it is the name
// of a directive.
type Harmless struct {
	Names []string
	Why   string // "what runs in a pod, not how it is reached"
}

// KeptOpen is why parts matter that let clients keep connections open, or forbid it: a client stays on the server that it has
// connected to, and what ends the connection moves it.
const KeptOpen = "where it is on, clients may keep connections open (WebSockets), and those of the workload do not: add population websocket"

// Matters are names that have an influence which a scenario cannot have, and why. Names are as those of [Harmless].
type Matters Harmless

// Reasons are the reasons for the names in the lists, by name. A name that is listed twice is a programming error and panics.
func Reasons(lists []Harmless) map[string]string {
	why := map[string]string{}
	for _, l := range lists {
		for _, name := range l.Names {
			if _, dup := why[name]; dup {
				panic(fmt.Sprintf("source: %q is listed as harmless twice", name))
			}
			why[name] = l.Why
		}
	}
	return why
}
