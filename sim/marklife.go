package sim

// markLives notes how long a client keeps the mark that it was just given: for ttl, or with 0 until its browser is closed. The
// table is made when a mark first has a ttl; few policies give one.
func (r *run) markLives(id ClientID, ttl Time) {
	if r.markUntil == nil && ttl == 0 {
		return
	}
	r.jarsLast = false
	for len(r.markUntil) < len(r.clients) {
		r.markUntil = append(r.markUntil, withBrowser)
	}
	r.markUntil[id] = withBrowser
	if ttl > 0 {
		r.markUntil[id] = r.now + min(ttl, Never-1-r.now)
	}
}

// markLasts reports whether a client's mark outlives its browser.
func (r *run) markLasts(id ClientID) bool {
	return int(id) < len(r.markUntil) && r.markUntil[id] != withBrowser
}

// expireMark takes a mark out of the client's jar whose time is over.
func (r *run) expireMark(id ClientID) {
	if int(id) < len(r.markUntil) && r.now >= r.markUntil[id] {
		r.clients[id].lower(marks)
	}
}
