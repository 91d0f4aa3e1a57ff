package sim

import "stickysim/sim/prefetch"

// Powers is a Balancer with its optional interfaces. PowersOf discovers them, once; whoever drives a policy, or wraps
// another one, asks Powers instead of the policy's type. Calls of an interface that the policy lacks do nothing.
type Powers struct {
	balancer  Balancer
	rebuilder Rebuilder // nil where the policy lacks the interface; so are the next ones
	watcher   Watcher   // nil while the policy is calm, too
	failures  Watcher   // what watcher is otherwise
	calms     interface{ Calm() bool }
	binder    Binder
	retrier   Retrier
	sessions  SessionWatcher
	texts     CookieText
	preparer  Preparer
	repeater  Repeater
	needsKey  bool
	keyText   KeyText
	newKeys   bool // see CookieFirst
	failsOpen bool
	reads     Needs
}

// PowersOf discovers what b can do besides Pick.
func PowersOf(b Balancer) Powers {
	p := Powers{balancer: b, reads: needsAll}
	if x, ok := b.(Reader); ok {
		p.reads = x.Reads()
	}
	p.preparer, _ = b.(Preparer)
	p.rebuilder, _ = b.(Rebuilder)
	p.watcher, _ = b.(Watcher)
	if x, ok := b.(interface{ Watches() bool }); ok && !x.Watches() {
		p.watcher = nil
	}
	if p.failures = p.watcher; p.watcher != nil {
		p.calms, _ = b.(interface{ Calm() bool })
	}
	p.binder, _ = b.(Binder)
	if x, ok := b.(interface{ Binds() bool }); ok && !x.Binds() {
		p.binder = nil
	}
	p.retrier, _ = b.(Retrier)
	p.sessions, _ = b.(SessionWatcher)
	if x, ok := b.(interface{ FollowsSessions() bool }); ok && !x.FollowsSessions() {
		p.sessions = nil
	}
	if x, ok := b.(interface{ Retries() bool }); ok && !x.Retries() {
		p.retrier = nil
	}
	p.texts, _ = b.(CookieText)
	if x, ok := b.(interface{ Writes() bool }); ok && !x.Writes() {
		p.texts = nil
	}
	if k, ok := b.(Keyed); ok {
		p.needsKey = k.NeedsKey()
	}
	if k, ok := b.(interface{ KeyText() KeyText }); ok {
		p.keyText = k.KeyText()
	}
	if k, ok := b.(interface{ CookieFirst() bool }); ok {
		p.newKeys = k.CookieFirst()
	}
	p.repeater, _ = b.(Repeater)
	if f, ok := b.(FailOpener); ok {
		p.failsOpen = f.FailsOpen()
	}
	return p
}

// Balancer is the policy itself.
func (p *Powers) Balancer() Balancer { return p.balancer }

// NeedsKey reports whether the policy hashes the bytes of the key (see [Keyed]).
func (p *Powers) NeedsKey() bool { return p.needsKey }

// KeyText is what the key is that the policy hashes (see [Keyed]).
func (p *Powers) KeyText() KeyText { return p.keyText }

// CookieFirst reports whether the policy reads the key of clients without a cookie only (see [Keyed]).
func (p *Powers) CookieFirst() bool { return p.newKeys }

// Reads is which fields of a Request the policy reads (see [Reader]).
func (p *Powers) Reads() Needs { return p.reads }

// Repeats reports whether the policy picks the same for the same client in the same View (see [Repeater]).
func (p *Powers) Repeats() bool { return p.repeater != nil && p.repeater.Repeats() }

// FailsOpen reports whether the policy may pick servers that it believes Down (see [FailOpener]).
func (p *Powers) FailsOpen() bool { return p.failsOpen }

// Retries reports whether the policy has retries of its own (see [Retrier]).
func (p *Powers) Retries() bool { return p.retrier != nil }

// Writes reports whether the policy's cookies have a text of the product's (see [CookieText]).
func (p *Powers) Writes() bool { return p.texts != nil }

// FollowsSessions reports whether the policy follows the sessions (see [SessionWatcher]).
func (p *Powers) FollowsSessions() bool { return p.sessions != nil }

// Binds reports whether the policy acts on responses (see [Binder]).
func (p *Powers) Binds() bool { return p.binder != nil }

// Watches reports whether the policy follows its attempts (see [Watcher]).
func (p *Powers) Watches() bool { return p.failures != nil }

// watchesAnswers reports whether it follows those, too, that are answered.
func (p *Powers) watchesAnswers() bool { return p.watcher != nil }

// heed has the policy follow all attempts, or, while it is calm, failures only.
func (p *Powers) heed() {
	if p.calms == nil {
		return
	}
	if p.watcher = p.failures; p.calms.Calm() {
		p.watcher = nil
	}
}

// FollowAll has the policy follow all attempts and answers from now on, calm or not, and whether or not it says that it acts on
// answers.
func (p *Powers) FollowAll() {
	p.calms, p.watcher = nil, p.failures
	p.binder, _ = p.balancer.(Binder)
}

// Pick asks the policy (see [Balancer]). A policy inside another settles nothing for the outer one.
func (p *Powers) Pick(q *Request, v *View) ServerID {
	s := p.balancer.Pick(q, v)
	q.Settled = false
	return s
}

// Prepares reports whether the policy has something fetched ahead (see [Preparer]).
func (p *Powers) Prepares() bool { return p.preparer != nil }

// Prepare says that the client is about to send a request (see [Preparer]).
func (p *Powers) Prepare(c ClientID, soon *prefetch.Batch) {
	if p.preparer != nil {
		p.preparer.Prepare(c, soon)
	}
}

// Rebuild reports a change of v (see [Rebuilder]).
func (p *Powers) Rebuild(v *View) {
	if p.rebuilder != nil {
		p.rebuilder.Rebuild(v)
	}
	p.heed()
}

// Began reports an attempt that has been sent to s (see [Watcher]).
func (p *Powers) Began(s ServerID, v *View) {
	if p.watcher != nil {
		p.watcher.Began(s, v)
	}
}

// Ended reports the end of an attempt on s (see [Watcher]).
func (p *Powers) Ended(s ServerID, o Outcome, v *View) {
	switch {
	case p.watcher != nil:
		p.watcher.Ended(s, o, v)
	case p.failures != nil && o != Answered:
		p.failures.Ended(s, o, v)
		p.heed()
	}
}

// endedWell is Ended of an attempt that has been answered.
func (p *Powers) endedWell(s ServerID, v *View) {
	if p.watcher != nil {
		p.watcher.Ended(s, Answered, v)
	}
}

// Held reports a change of v.Sessions[s] (see [SessionWatcher]).
func (p *Powers) Held(s ServerID, v *View) {
	if p.sessions != nil {
		p.sessions.Held(s, v)
	}
}

// Answered reports the response of s to q (see [Binder]).
func (p *Powers) Answered(q *Request, s ServerID, v *View) {
	if p.binder != nil {
		p.binder.Answered(q, s, v)
	}
}

// Retry asks what follows an attempt on s that has failed (see [Retrier]). A policy without retries of its own answers no.
func (p *Powers) Retry(q *Request, s ServerID, o Outcome, v *View) (again bool, after Time) {
	if p.retrier == nil {
		return false, 0
	}
	return p.retrier.Retry(q, s, o, v)
}

// ParseCookie packs a cookie's text (see [CookieText]); ok is false where the policy's cookies have none.
func (p *Powers) ParseCookie(value string, v *View) (c Cookie, ok bool) {
	if p.texts == nil {
		return 0, false
	}
	return p.texts.ParseCookie(value, v), true
}

// FormatCookie is a cookie's text (see [CookieText]); empty where the policy's cookies have none.
func (p *Powers) FormatCookie(c Cookie, v *View) string {
	if p.texts == nil {
		return ""
	}
	return p.texts.FormatCookie(c, v)
}
