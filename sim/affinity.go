package sim

// affinityCounts are the counts of kept and broken affinity in the measured part.
type affinityCounts struct {
	hit             int64              // requests answered by the server of the client's last answer
	broken          [reasonKinds]int64 // requests answered elsewhere, by Reason
	met             int64              // requests whose balancer's view had changed since the client's last one
	stayed          int64              // of them, those whose server was still usable
	movedAll        int64              // of met, those sent to another server
	movedNeedlessly int64              // of them, those whose server was still usable
}

// reasonKinds is how many Reasons there are, None included.
const reasonKinds = int(AddressChanged) + 1

var reasons = [reasonKinds]term{
	None:           {"none", "Affinity decided, or there was none to honour."},
	NotSticky:      {"not-sticky", "The policy has no affinity."},
	CookieMissing:  {"cookie-missing", "The client sent no affinity cookie."},
	CookieRefused:  {"cookie-refused", "The affinity cookie was unknown or forged, or named a server that is gone."},
	CookieExpired:  {"cookie-expired", "The cookie was older, or had been idle for longer, than the balancer accepts."},
	TableExpired:   {"table-expired", "The client's entry in the balancer's table had expired."},
	TableEvicted:   {"table-evicted", "The balancer's table was full and had evicted the client's entry."},
	TableLost:      {"table-lost", "The balancer had lost its table in a restart, or another instance without the entry was asked."},
	ServerUnusable: {"server-unusable", "The client's server was down, removed, full or refusing."},
	Remapped:       {"remapped", "The function of key and fleet gave another server: the fleet has changed, or the key, as that of a hash of the URI does with each URI, or the group of servers that a request falls to."},
	AddressChanged: {"address-changed", "The client's source address is the key, and it had changed."},
}

// Reasons lists the reasons for which affinity breaks in the order of results: all but None.
func Reasons() []Reason { return numbered[Reason](reasonKinds)[NotSticky:] }

// String is the reason's name in results.
func (r Reason) String() string { return reasons[r].name }

// Definition is a sentence about when affinity counts as broken for the reason.
func (r Reason) Definition() string { return reasons[r].definition }

// noteAffinity compares where a request's first attempt goes with where its client's last answer came from, and notes why
// they differ, and whether the fleet has changed in between.
func (r *run) noteAffinity(b *balancer, rq *request, c *client, s ServerID) {
	addressChanged := c.flags&moved != 0
	c.lower(moved)
	c.asksAgain()
	home, lostTable := c.home, b.lostAt > c.epoch
	if home == NoServer {
		c.seen(b.view.Epoch)
		rq.explain(None)
		return
	}
	usable := b.view.Usable(home)
	if c.epoch != b.view.Epoch {
		c.seen(b.view.Epoch)
		rq.raise(meetsChange)
		if rq.flags&measured != 0 {
			r.affinity.meet(s != home, usable)
		}
	}
	why := Reason(rq.why)
	switch {
	case s == home:
		why = None
	case !usable:
		why = ServerUnusable
	case addressChanged && (why == None || why == Remapped):
		why = AddressChanged
	case lostTable && (why == None || why == TableExpired || why == TableEvicted): // the policy knows only that the entry is missing
		why = TableLost
	case why == None:
		why = Remapped
	}
	rq.explain(why)
}

// keepReason is noteAffinity of a further attempt: unless it goes to the client's server, it keeps the reason of the one
// before. If that went there, the server has failed it.
func (c *client) keepReason(rq *request, s ServerID, before Reason) {
	switch {
	case c.home == s || c.home == NoServer:
		before = None
	case before == None:
		before = ServerUnusable
	}
	rq.explain(before)
}

// meet counts a session that sends its first request after a change of the fleet.
func (a *affinityCounts) meet(movedAway, usable bool) {
	a.met++
	if usable {
		a.stayed++
	}
	if movedAway {
		a.movedAll++
		if usable {
			a.movedNeedlessly++
		}
	}
}

// answer counts where a request was answered whose client a sticky policy had sent somewhere before.
func (a *affinityCounts) answer(why Reason) {
	if why == None {
		a.hit++
		return
	}
	a.broken[why]++
}
