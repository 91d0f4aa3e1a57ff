package sim

// affinityCounts are the counts of kept and broken affinity in the measured part.
type affinityCounts struct {
	hit             int64              // requests sent to the server of the client's last request
	broken          [reasonKinds]int64 // requests sent elsewhere, by Reason
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
	Remapped:       {"remapped", "The function of key and fleet that chooses the server gave another one."},
	AddressChanged: {"address-changed", "The client's source address is the key, and it had changed."},
}

// Reasons lists the reasons for which affinity breaks in the order of results: all but None.
func Reasons() []Reason { return numbered[Reason](reasonKinds)[NotSticky:] }

// String is the reason's name in results.
func (r Reason) String() string { return reasons[r].name }

// Definition is a sentence about when affinity counts as broken for the reason.
func (r Reason) Definition() string { return reasons[r].definition }

// noteAffinity compares where a request goes with where its client's last one went, and returns why they differ.
func (r *run) noteAffinity(b *balancer, rq *request, c *client, s ServerID) Reason {
	addressChanged := c.flags&moved != 0
	c.lower(moved)
	home := c.home
	if home == NoServer {
		c.seen(b.view.Epoch)
		return None
	}
	count := rq.flags&measured != 0
	lostTable := b.lostAt > c.epoch
	if c.epoch != b.view.Epoch {
		c.seen(b.view.Epoch)
		if count {
			r.affinity.met++
			usable := b.view.Usable(home)
			if usable {
				r.affinity.stayed++
			}
			if s != home {
				r.affinity.movedAll++
				if usable {
					r.affinity.movedNeedlessly++
				}
			}
		}
	}
	if s == home {
		if count {
			r.affinity.hit++
		}
		return None
	}
	why := Reason(rq.why)
	switch {
	case !b.view.Usable(home):
		why = ServerUnusable
	case addressChanged && (why == None || why == Remapped):
		why = AddressChanged
	case lostTable && (why == None || why == TableExpired || why == TableEvicted): // the policy knows only that the entry is missing
		why = TableLost
	case why == None:
		why = Remapped
	}
	if count {
		r.affinity.broken[why]++
	}
	return why
}
