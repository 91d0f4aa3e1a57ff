package sim

import "slices"

// Cause is why a session was lost: a number in the table of causes, which results list in order.
type Cause uint8

// The causes of a lost session. More can be added with newCause.
const (
	LostCrash Cause = iota
	LostPreemption
	LostDrainCut
	LostScaleIn
	LostRemapped
	LostAffinityExpired
	LostTableEvicted
	LostBalancerRestart
	LostCookie
	LostAddressChanged
	LostMemoryEviction
	LostReplicaLag
	LostStoreOutage
	LostToken
	LostRoutedAway
	LostIdle
)

// culprit is which kind of event in the log a cause of loss goes back to.
type culprit uint8

const (
	serverLeft   culprit = iota // the end or the departure of the server that held the state, if there was one
	routedAway                  // as serverLeft; from a server that stays, the event that took it out of rotation
	storeEmptied                // the outage in which the store forgot the state
	ownTimeout                  // none: the session's own time was over
)

// causeEntry is a row of the table of causes.
type causeEntry struct {
	name       string   // in results: sessions.lost{cause=name}
	definition string   // a sentence for users
	culprit    culprit  // routedAway: the session was sent elsewhere while its server lived
	reasons    []Reason // why affinity broke, where that alone leads to this loss; each Reason has one cause
}

// causeRoom bounds the number of causes: counts by cause are arrays of this length.
const causeRoom = 32

// causes is the table; newCause appends to it.
var causes = []causeEntry{
	LostCrash:           {name: "crash", definition: "The server that held the state crashed."},
	LostPreemption:      {name: "preemption", definition: "The server that held the state was preempted: taken away after a notice."},
	LostDrainCut:        {name: "drain-cut", definition: "The server that held the state was drained, or replaced by a deployment, before the session had ended."},
	LostScaleIn:         {name: "scale-in", definition: "The autoscaler, or a timeline entry that resizes the fleet, removed the server that held the state."},
	LostRemapped:        {name: "remapped", definition: "The policy mapped the client to another server, because its server was unusable, the fleet had changed, or the request had another key, such as another URI, or fell to another group of servers, while the server that held the state lived.", culprit: routedAway, reasons: []Reason{Remapped, ServerUnusable}},
	LostAffinityExpired: {name: "affinity-expired", definition: "The affinity cookie or the entry in the balancer's table had expired, and the client was sent to another server.", reasons: []Reason{CookieExpired, TableExpired}},
	LostTableEvicted:    {name: "table-evicted", definition: "The balancer's table was full and had evicted the client's entry, and the client was sent to another server.", reasons: []Reason{TableEvicted}},
	LostBalancerRestart: {name: "balancer-restarted", definition: "The balancer had lost its table in a restart, or another instance without the entry was asked, and the client was sent to another server.", reasons: []Reason{TableLost}},
	LostCookie:          {name: "cookie", definition: "The client sent no affinity cookie, or one that the balancer refused, and was sent to another server.", reasons: []Reason{CookieMissing, CookieRefused}},
	LostAddressChanged:  {name: "address-changed", definition: "The client's source address had changed, and with it the server that the policy chose.", reasons: []Reason{AddressChanged}},
	LostMemoryEviction:  {name: "memory-eviction", definition: "The server's memory was full and it had evicted the state."},
	LostReplicaLag:      {name: "replica-lag", definition: "The server that held the state died before the last write had reached a copy."},
	LostStoreOutage:     {name: "store-outage", definition: "The session store lost the state in an outage.", culprit: storeEmptied},
	LostToken:           {name: "token", definition: "The token had expired and was not renewed, or the session had been revoked.", culprit: ownTimeout},
	LostRoutedAway:      {name: "routed-away", definition: "The policy has no affinity, or its affinity broke for no other reason listed here, and sent the client to another server while the server that held the state lived.", culprit: routedAway, reasons: []Reason{None, NotSticky}},
	LostIdle:            {name: "idle-expired", definition: "The session had been idle for longer than its idle timeout.", culprit: ownTimeout},
}

// newCause adds a cause to the table. It is called to set a package variable, so that a cause is one file. A reason that
// other causes have is taken over from them.
func newCause(e causeEntry) Cause {
	if len(causes) == causeRoom {
		panic("sim: the table of causes is full")
	}
	causes = append(causes, e)
	return Cause(len(causes) - 1)
}

// causeOf is the cause of a loss to which nothing but a broken affinity has led.
func causeOf(why Reason) Cause {
	for c := len(causes) - 1; ; c-- {
		if slices.Contains(causes[c].reasons, why) {
			return Cause(c)
		}
	}
}

// Causes lists the causes of a lost session in the order of results.
func Causes() []Cause { return numbered[Cause](len(causes)) }

// String is the cause's name in results.
func (c Cause) String() string { return causes[c].name }

// Definition is a sentence about when a session counts as lost to the cause.
func (c Cause) Definition() string { return causes[c].definition }

// SentElsewhere reports whether a loss with this cause means that the balancer sent the session to another server while
// the server that held its state lived.
func (c Cause) SentElsewhere() bool { return causes[c].culprit == routedAway }

// Failure is why a request failed for its user.
type Failure uint8

// The causes of a failed request.
const (
	FailedNoServer Failure = iota
	FailedUnreachable
	FailedRefused
	FailedBroken
	FailedTimeout
	FailedStore
	FailedLimit
	FailedQueue
	failureKinds int = iota
)

// term is a name in results and what it means, in a sentence for users.
type term struct{ name, definition string }

var failures = [failureKinds]term{
	FailedNoServer:    {"no-server", "The balancer believed that no server was up."},
	FailedUnreachable: {"unreachable", "No connection to the server could be made."},
	FailedRefused:     {"refused", "The server's queue was full."},
	FailedBroken:      {"broken", "The server died while the request waited or was in service there."},
	FailedTimeout:     {"timeout", "The client's timeout ended before the answer came."},
	FailedStore:       {"store", "The session store was down, or refused the operation."},
	FailedLimit:       {"balancer-timeout", "The balancer's own time limit ended before the server answered (504)."},
	FailedQueue:       {"queue-timeout", "The request waited in the balancer's queue for as long as the balancer lets it (503)."},
}

// Failures lists the causes of a failed request in the order of results.
func Failures() []Failure { return numbered[Failure](failureKinds) }

// String is the failure's name in results.
func (f Failure) String() string { return failures[f].name }

// Definition is a sentence about when a request counts as failed with this cause.
func (f Failure) Definition() string { return failures[f].definition }

// numbered is 0, 1, … n-1.
func numbered[T ~uint8](n int) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = T(i)
	}
	return list
}
