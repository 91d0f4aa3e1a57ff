package sim

// lifetimes are when the clients' jars drop one of the two things they hold: affinity cookies, or marks. The list is made when
// one first has a lifetime; few policies give any.
type lifetimes []Time

// withBrowser is when a jar drops what has no lifetime: the browser does so when it is closed.
const withBrowser = Never

// keep notes how long a client keeps what it was just given: for ttl, or with 0 until its browser is closed.
func (r *run) keep(id ClientID, l *lifetimes, ttl Time) {
	if *l == nil && ttl == 0 {
		return
	}
	r.jarsLast = false
	if *l == nil {
		*l = make(lifetimes, 0, cap(r.clients))
	}
	for len(*l) < len(r.clients) {
		*l = append(*l, withBrowser)
	}
	until := withBrowser
	if ttl > 0 {
		until = r.now + min(ttl, Never-1-r.now)
	}
	(*l)[id] = until
}

// over reports whether the time of what the client was given is over.
func (l lifetimes) over(id ClientID, now Time) bool { return int(id) < len(l) && now >= l[id] }

// outlast reports whether it outlives the client's browser.
func (l lifetimes) outlast(id ClientID) bool { return int(id) < len(l) && l[id] != withBrowser }
