package replay

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"stickysim/sim"
)

// cookie is what a client of a trace was given last.
type cookie struct {
	packed  sim.Cookie
	text    string
	app     string // the text clients present for it, where the application writes it
	expires sim.Time
}

// mark is the mark that a client of a trace was given last.
type mark struct {
	number  uint8
	expires sim.Time
}

// do carries out a line. Its error belongs to the named column.
func (t *tracer) do(fields [][]byte) (res result, column string, err error) {
	res.server = sim.NoServer
	key := t.field(fields, t.key)
	switch op := t.field(fields, t.op); op {
	case "req", "creq":
		return t.request(fields, op == "creq")
	case "open":
		return t.open(fields)
	case "close":
		a, _, err := t.r.Close(t.field(fields, t.req))
		return t.answered(a), "req", err
	case "arrive":
		s, ok := t.r.Held(t.field(fields, t.req))
		if !ok {
			return res, "req", fmt.Errorf("request %q is not open", clip(t.field(fields, t.req)))
		}
		if res.server = s; s == sim.Wait {
			res.server, res.status = sim.NoServer, "queued"
		}
	case "kill", "revive":
		s, err := t.r.Find(key)
		if err != nil {
			return res, "key", err
		}
		t.r.SetDead(s, op == "kill")
	case "admin":
		return res, "key", t.r.Admin(key)
	case "wait":
		return res, "key", t.wait(key, t.field(fields, t.tms) != "")
	default:
		return res, "op", fmt.Errorf("%q is not one of req, creq, open, close, arrive, kill, revive, admin, wait", clip(op))
	}
	return res, "", nil
}

// wait moves the clock, unless t_ms has done so already.
func (t *tracer) wait(text string, timed bool) error {
	ms, err := strconv.ParseFloat(text, 64)
	if err != nil || !(ms >= 0) || ms > 1e13 {
		return fmt.Errorf("%q is not a number of milliseconds", clip(text))
	}
	if !timed {
		t.r.Advance(t.r.View().Now + sim.Time(math.Round(ms*float64(sim.Millisecond))))
	}
	return nil
}

func (t *tracer) request(fields [][]byte, client bool) (result, string, error) {
	name := t.field(fields, t.key)
	k, err := t.keyOf(name, client)
	if err != nil {
		return result{}, "key", err
	}
	t.present(&k, fields, name, client)
	if client {
		if m := t.marks[name]; t.r.View().Now < m.expires {
			k.Mark = m.number
		}
	}
	a := t.r.Request(k)
	if client && a.Mark != 0 {
		m := mark{number: a.Mark, expires: sim.Never}
		if a.MarkTTL > 0 {
			m.expires = t.r.View().Now + a.MarkTTL
		}
		t.marks[name] = m
	}
	if client && a.Cookie != 0 {
		c := cookie{packed: a.Cookie, text: a.CookieText, expires: sim.Never}
		if a.CookieTTL > 0 {
			c.expires = t.r.View().Now + a.CookieTTL
		}
		if old := t.jar[name]; old.packed == c.packed {
			c.app = old.app
		}
		t.jar[name] = c
	}
	return t.answered(a), "", nil
}

// keyOf reads the column key. A client's name need not be what the policy looks at.
func (t *tracer) keyOf(text string, client bool) (Key, error) {
	k, err := KeyOf(t.o.Key, text)
	if err != nil && client {
		return KeyOf("none", text)
	}
	return k, err
}

// present puts the cookie into the request: the column's, or else the one in the client's jar.
func (t *tracer) present(k *Key, fields [][]byte, name string, client bool) {
	given, kept := t.jar[name]
	kept = kept && client && t.r.View().Now < given.expires
	if t.cookieIn >= 0 {
		value, sent := cookieValue(t.field(fields, t.cookieIn), t.o.Cookie)
		if !sent {
			return
		}
		k.Cookie = value
		if kept && given.text == "" { // the application's own cookie
			if given.app == "" {
				given.app = value
				t.jar[name] = given
			}
			if given.app == value {
				k.Packed = given.packed
			}
		}
		return
	}
	if kept {
		k.Packed = given.packed
	}
}

// cookieValue finds a cookie in a Cookie header. Without a name, the value is what follows the first "=", or all.
func cookieValue(header, name string) (value string, sent bool) {
	if name == "" {
		if _, v, ok := strings.Cut(header, "="); ok {
			return v, v != ""
		}
		return header, header != ""
	}
	for part := range strings.SplitSeq(header, ";") {
		if n, v, ok := strings.Cut(strings.TrimSpace(part), "="); ok && n == name {
			return v, v != ""
		}
	}
	return "", false
}

func (t *tracer) open(fields [][]byte) (result, string, error) {
	id := t.field(fields, t.req)
	if id == "" {
		return result{}, "req", errors.New("an open request needs a name, for its close")
	}
	k, err := KeyOf(t.o.Key, t.field(fields, t.key))
	if err != nil {
		return result{}, "key", err
	}
	t.present(&k, fields, "", false)
	a, err := t.r.Open(id, k)
	return t.answered(a), "req", err
}

// answered puts an answer in the words of the columns.
func (t *tracer) answered(a Answer) result {
	if t.o.Observe != nil {
		t.o.Observe(t.in.Line(), a)
	}
	res := result{server: a.Server}
	switch {
	case a.Status == Queued:
		res.status = "queued"
	case a.Status > 0:
		res.status = strconv.Itoa(a.Status)
	}
	if res.cookie = a.CookieText; res.cookie != "" {
		if t.o.Cookie != "" {
			res.cookie = t.o.Cookie + "=" + res.cookie
		}
		res.cookie += t.o.Attributes
	}
	return res
}
