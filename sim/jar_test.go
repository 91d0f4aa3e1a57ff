package sim

import "testing"

// homing sends a client where its cookie says, and elsewhere when that server has failed it. It learns nothing from the answers
// to clients with a cookie, and gives them the same server as long as nothing changes.
type homing struct{ retried, without int }

func (*homing) Repeats() bool { return true }

func (p *homing) Pick(q *Request, v *View) ServerID {
	home := ServerID(q.Cookie) - 1
	if q.Attempt > 0 {
		p.retried++
		if q.Cookie == 0 {
			p.without++
		}
	}
	if q.Cookie != 0 && q.Attempt == 0 && v.Usable(home) {
		q.Settled = true
		return home
	}
	if len(v.Eligible) == 0 {
		return NoServer
	}
	return v.Eligible[q.Draw.IntN(len(v.Eligible))]
}

func (p *homing) Answered(q *Request, s ServerID, _ *View) { q.SetCookie = Cookie(s) + 1 }

// A request that goes to its client's server without a question shows its cookie when that server fails it.
func TestCookieIsThereWhenARequestIsSentOnAgain(t *testing.T) {
	for _, leaves := range []bool{false, true} {
		m := crashed(false)
		m.Balancers.Redispatch = 2
		p := &homing{}
		m.NewPolicy = func(Env) Balancer { return p }
		Run(m, 1, 0, Options{leaves: leaves})
		if p.retried < 20 || p.without != 0 {
			t.Errorf("exits forced %v: of %d attempts after a failed one, %d have no cookie; want none of 20 or more", leaves, p.retried, p.without)
		}
	}
}
