package sim

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"stickysim/sim/rng"
)

// Names of causes, failures and reasons are unique and read like labels; definitions are sentences; and every reason leads
// to one cause.
func TestTablesOfCauses(t *testing.T) {
	check := func(kind string, names, definitions []string) {
		label := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
		for i, name := range names {
			if !label.MatchString(name) || slices.Index(names, name) != i {
				t.Errorf("%s %q is no label, or another %s has it", kind, name, kind)
			}
			if d := definitions[i]; len(d) < 20 || d[0] < 'A' || d[0] > 'Z' || !strings.HasSuffix(d, ".") {
				t.Errorf("%s %s is defined as %q", kind, name, d)
			}
		}
	}
	check("cause", texts(Causes(), Cause.String), texts(Causes(), Cause.Definition))
	check("failure", texts(Failures(), Failure.String), texts(Failures(), Failure.Definition))
	check("reason", texts(Reasons(), Reason.String), texts(Reasons(), Reason.Definition))
	for _, why := range append(Reasons(), None) {
		n := 0
		for _, c := range causes {
			if slices.Contains(c.reasons, why) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d causes list the reason %s", n, why)
		}
	}
}

func texts[T any](list []T, text func(T) string) (out []string) {
	for _, x := range list {
		out = append(out, text(x))
	}
	return out
}

// documentedLosses is what a session counts as lost to when a request finds no state: by the reason for which the request
// did not go to the server of the session's last answer, and by what has become of the state there.
const documentedLosses = `
reason           lives               leaves              crashed  preempted   evicted          dropped       idle
none             routed-away         routed-away         crash    preemption  memory-eviction  idle-expired  idle-expired
not-sticky       routed-away         routed-away         crash    preemption  memory-eviction  idle-expired  idle-expired
cookie-missing   cookie              cookie              crash    preemption  memory-eviction  idle-expired  idle-expired
cookie-refused   cookie              cookie              crash    preemption  memory-eviction  idle-expired  idle-expired
cookie-expired   affinity-expired    affinity-expired    crash    preemption  memory-eviction  idle-expired  idle-expired
table-expired    affinity-expired    affinity-expired    crash    preemption  memory-eviction  idle-expired  idle-expired
table-evicted    table-evicted       table-evicted       crash    preemption  memory-eviction  idle-expired  idle-expired
table-lost       balancer-restarted  balancer-restarted  crash    preemption  memory-eviction  idle-expired  idle-expired
server-unusable  remapped            scale-in            crash    preemption  memory-eviction  idle-expired  idle-expired
remapped         remapped            scale-in            crash    preemption  memory-eviction  idle-expired  idle-expired
address-changed  address-changed     address-changed     crash    preemption  memory-eviction  idle-expired  idle-expired
`

// becomes does to a session with state on server 0 what a column of documentedLosses says.
var becomes = map[string]func(*run, ClientID){
	"lives":     func(*run, ClientID) {},
	"leaves":    func(r *run, _ ClientID) { r.drain(0, drainPlan{deadline: Hour, cause: LostScaleIn}) },
	"crashed":   func(r *run, _ ClientID) { r.crash(0, &Action{}, Never) },
	"preempted": func(r *run, _ ClientID) { r.drain(0, drainPlan{cause: LostPreemption}) },
	"evicted":   func(r *run, _ ClientID) { r.place.(*local).addTo(0, 1000) },
	"dropped": func(r *run, id ClientID) {
		r.now = Hour
		r.place.expire(scheduled{client: id, key: r.clients[id].key})
	},
	"idle": func(r *run, _ ClientID) { r.now = Hour },
}

func TestCauseOfEveryLoss(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(documentedLosses), "\n")
	columns := strings.Fields(lines[0])[1:]
	documented := []string{}
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		documented = append(documented, cells[0])
		for i, column := range columns {
			why := Reason(slices.Index(append([]string{"none"}, texts(Reasons(), Reason.String)...), cells[0]))
			if got := causeOfLoss(t, why, becomes[column]); got != cells[i+1] {
				t.Errorf("%s, the server %s: lost to %s, documented is %s", why, column, got, cells[i+1])
			}
		}
	}
	if want := texts(append([]Reason{None}, Reasons()...), Reason.String); !slices.Equal(documented, want) {
		t.Errorf("documented are the reasons %v, there are %v", documented, want)
	}
}

// causeOfLoss is why a session with state on server 0 is lost by a request that lands on server 1.
func causeOfLoss(t *testing.T, why Reason, become func(*run, ClientID)) string {
	t.Helper()
	p := sessionsOf(1, 300, 5)
	p.State, p.IdleTimeout = 100, 60*Second
	m := fleetModel(2, p, 7200)
	m.Equilibrium = false
	m.Servers[0].Memory = 500
	r := newRun(m, 1, 0, Options{})
	pop := r.pops[0]
	id := r.newClient(pop, rng.Root(1), 0, 0)
	r.beginSession(pop, id)
	r.place.begin(pop, id, 0)
	become(r, id)
	q := request{client: id, why: uint8(why)}
	cause, lost := r.place.(*local).loss(&q, pop, 1)
	if !lost {
		return "nothing"
	}
	return cause.String()
}

// A cause that is added takes reasons over, and everything that lists causes has it.
func TestNewCause(t *testing.T) {
	before := causes
	defer func() { causes = before }()
	causes = slices.Clone(causes)
	spilled := newCause(causeEntry{name: "spilled", definition: "The request spilled over to another server.", culprit: routedAway, reasons: []Reason{NotSticky}})
	m := fleetModel(4, sessionsOf(1, 300, 5), 300)
	m.NewPolicy = func(Env) Balancer { return notSticky{} }
	res := Run(m, 1, 0, Options{Log: true})
	n := figure(t, res, "sessions.lost{cause=spilled}")
	if n < 100 || figure(t, res, "sessions.lost") != n || res.Populations[0].Lost[spilled] != int64(n) {
		t.Errorf("%g sessions are lost, %g of them to the new cause", figure(t, res, "sessions.lost"), n)
	}
	if !slices.ContainsFunc(res.Log, func(e LogEntry) bool { return e.Event == "sessions lost" && e.Detail == "spilled" }) {
		t.Error("the log has no line about the new cause")
	}
}

// notSticky sends requests anywhere, and says that it has no affinity.
type notSticky struct{ pickRandom }

func (p notSticky) Pick(q *Request, v *View) ServerID {
	q.Why = NotSticky
	return p.pickRandom.Pick(q, v)
}
