package sim

import "slices"

// Instance is one load balancer instance: a policy with its optional powers, and the View in which it is asked. The
// engine, `route` and the conformance bench drive policies through it, so that all of them show a policy the same.
//
// Join, Leave, SetStatus and SetWeight change the View; the caller finishes a batch of them with Changed, which derives
// Eligible and reports the change to the policy. At moves the clock. Began and Ended frame every attempt.
type Instance struct {
	Powers
	view  View
	stale bool // Eligible is to be derived anew
}

// NewInstance returns an instance with room for so many servers that knows none yet and has no policy.
func NewInstance(room int) Instance {
	i := Instance{view: NewPart(room)}
	i.view.InFlight = make([]int32, room)
	i.view.Weight = make([]float64, room)
	i.view.Sessions = make([]int32, room)
	return i
}

// Use gives the instance a policy, or a fresh one with empty tables. Call Changed before the first Pick.
func (i *Instance) Use(b Balancer) { i.Powers = PowersOf(b) }

// View is what the instance knows: read only.
func (i *Instance) View() *View { return &i.view }

// Know sets the identities of the servers, by ServerID. The slice is kept, so that instances can share it.
func (i *Instance) Know(servers []ServerInfo) { i.view.Servers, i.stale = servers, true }

// At moves the clock of the View.
func (i *Instance) At(now Time) { i.view.Now = now }

// Join makes s an Up member with the given weight: the last one, unless it is a member already.
func (i *Instance) Join(s ServerID, weight float64) {
	if i.view.Status[s] == Removed {
		i.view.Members = append(i.view.Members, s)
	}
	i.view.Status[s] = Up
	i.view.Weight[s] = weight
	i.stale = true
}

// Leave takes s out of the configuration.
func (i *Instance) Leave(s ServerID) {
	i.view.Status[s], i.stale = Removed, true
	if at := slices.Index(i.view.Members, s); at >= 0 {
		i.view.Members = slices.Delete(i.view.Members, at, at+1)
	}
}

// SetStatus sets what the instance believes of a member. Removed is not a belief: see Leave.
func (i *Instance) SetStatus(s ServerID, status Status) { i.view.Status[s], i.stale = status, true }

// SetWeight sets the effective weight of s. A server that starts slowly gets a little more every second.
func (i *Instance) SetWeight(s ServerID, weight float64) {
	if (weight > 0) != (i.view.Weight[s] > 0) {
		i.stale = true
	}
	i.view.Weight[s] = weight
}

// Changed derives Eligible and reports the change to the policy.
func (i *Instance) Changed() {
	i.view.Epoch++
	if i.stale {
		i.view.deriveEligible()
		i.stale = false
	}
	i.Powers.Rebuild(&i.view)
}

// Pick asks the policy for a server.
func (i *Instance) Pick(q *Request) ServerID {
	q.Settled = false
	return i.balancer.Pick(q, &i.view)
}

// MayPick reports whether s is a server that the policy is allowed to pick: usable, or Down where the policy fails open.
func (i *Instance) MayPick(s ServerID) bool {
	at := uint(s)
	if at >= uint(len(i.view.Status)) {
		return false
	}
	status := i.view.Status[at] // of servers that are yet to be made: Removed
	return status <= Draining || status == Down && i.failsOpen
}

// Began counts an attempt that is sent to s.
func (i *Instance) Began(s ServerID) {
	i.view.InFlight[s]++
	if i.watcher != nil {
		i.watcher.Began(s, &i.view)
	}
}

// Ended takes an attempt on s that Began has counted off the books.
func (i *Instance) Ended(s ServerID, o Outcome) {
	i.left(s)
	i.Powers.Ended(s, o, &i.view)
}

// left is Ended for a policy that does not follow its attempts.
func (i *Instance) left(s ServerID) { i.view.InFlight[s]-- }

// Answered reports the response of s to q, before Ended.
func (i *Instance) Answered(q *Request, s ServerID) { i.Powers.Answered(q, s, &i.view) }

// Retry asks what follows an attempt on s that has failed.
func (i *Instance) Retry(q *Request, s ServerID, o Outcome) (again bool, after Time) {
	return i.Powers.Retry(q, s, o, &i.view)
}

// ParseCookie packs a cookie's text; ok is false where the policy's cookies have none.
func (i *Instance) ParseCookie(value string) (c Cookie, ok bool) {
	return i.Powers.ParseCookie(value, &i.view)
}

// FormatCookie is a cookie's text; empty where the policy's cookies have none.
func (i *Instance) FormatCookie(c Cookie) string { return i.Powers.FormatCookie(c, &i.view) }

// count is Hold for a policy that does not follow the sessions.
func (i *Instance) count(s ServerID, n int32) { i.view.Sessions[s] += n }

// Hold adds n to the sessions that this instance counts at s.
func (i *Instance) Hold(s ServerID, n int32) {
	i.count(s, n)
	i.Held(s, &i.view)
}

// ForgetSessions takes all sessions off the counts.
func (i *Instance) ForgetSessions() {
	clear(i.view.Sessions)
	for _, s := range i.view.Members {
		i.Held(s, &i.view)
	}
}
