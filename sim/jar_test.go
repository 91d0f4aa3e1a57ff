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

// sealing gives clients the number of their own key as a cookie, or another one, or none, and notes what each of them has.
type sealing struct {
	has          map[ClientID]Cookie
	own, another int
	wrong        int
}

func (p *sealing) Pick(q *Request, v *View) ServerID {
	if has, ok := p.has[q.Client]; ok && has != q.Cookie {
		p.wrong++
	}
	switch q.Cookie {
	case 0:
	case Cookie(q.Hash):
		p.own++
	default:
		p.another++
	}
	if len(v.Eligible) == 0 {
		return NoServer
	}
	return v.Eligible[q.Draw.IntN(len(v.Eligible))]
}

func (p *sealing) Answered(q *Request, _ ServerID, _ *View) {
	switch q.Draw.At(1).IntN(3) {
	case 0:
		q.SetCookie = Cookie(q.Hash)
	case 1:
		q.SetCookie = Cookie(q.Draw.At(2).Uint64() | 1)
	}
	if q.SetCookie != 0 {
		p.has[q.Client] = q.SetCookie
	}
}

// Clients present the cookie that they were given last, whether or not it is the number of their key.
func TestCookiesArePresentedAsGiven(t *testing.T) {
	for _, leaves := range []bool{false, true} {
		m := crashed(false)
		p := &sealing{has: map[ClientID]Cookie{}}
		m.NewPolicy = func(Env) Balancer { return p }
		Run(m, 1, 0, Options{leaves: leaves})
		if p.wrong > 0 || p.own < 100 || p.another < 100 {
			t.Errorf("exits forced %v: %d requests with a cookie that was not given last; %d with the client's own number, %d with another", leaves, p.wrong, p.own, p.another)
		}
	}
}
