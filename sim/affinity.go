package sim

// affinityCounts is what became of stickiness.
type affinityCounts struct {
	hit                       int64 // requests that went where the client's last request had gone
	broken                    [reasons]int64
	met                       int64 // sessions that asked for the first time after a change of what their balancer knew
	stayed                    int64 // of them, those whose server was still usable
	movedAll, movedNeedlessly int64
}

// reasons is the number of Reasons.
const reasons = int(AddressChanged) + 1

var reasonNames = [reasons]string{"none", "not-sticky", "cookie-missing", "cookie-refused", "cookie-expired", "table-expired",
	"table-evicted", "table-lost", "server-unusable", "remapped", "address-changed"}

// String is the reason's name in results.
func (r Reason) String() string { return reasonNames[r] }

// noteAffinity compares where a request goes with where its client's last one went, and returns why they differ.
func (r *run) noteAffinity(b *balancer, rq *request, c *client, s ServerID) Reason {
	addressChanged := c.flags&moved != 0
	c.flags &^= moved
	home := c.home
	if home == NoServer {
		c.epoch = b.view.Epoch
		return None
	}
	count := rq.flags&measured != 0
	lostTable := b.lost > c.epoch
	if c.epoch != b.view.Epoch {
		c.epoch = b.view.Epoch
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
	case lostTable && (why == None || why == TableExpired || why == TableEvicted): // all that the policy can tell is that it is not there
		why = TableLost
	case why == None:
		why = Remapped
	}
	if count {
		r.affinity.broken[why]++
	}
	return why
}
