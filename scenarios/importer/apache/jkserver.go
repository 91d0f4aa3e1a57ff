package apache

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// jkServers adds the members of a worker of type lb to its pool.
func (t *translation) jkServers(w *worker, p *ir.Pool) error {
	seen := source.Names{}
	for _, name := range t.workers.membersOf(w) {
		m := t.workers.byName[name]
		if m == nil {
			t.NotCarried(w.settings["balance_workers"], "worker %s: the files read say nothing of it", source.Short(name))
			continue
		}
		if len(p.Servers) == maxMembers {
			return w.Errorf("more than %d members in a balancer", maxMembers)
		}
		s, err := t.jkServer(w, m)
		if err != nil {
			return err
		}
		s.Info.Name = seen.Unique(name)
		limits, err := t.jkLimits(m)
		if err != nil {
			return err
		}
		if len(p.Servers) == 0 {
			p.Limits = limits
		} else if limits != p.Limits {
			t.NotCarried(m, "worker %s: its time limits; those of the first member hold for all", source.Short(name))
		}
		p.Servers = append(p.Servers, s)
	}
	return nil
}

// jkServer translates the worker m as a member of w.
func (t *translation) jkServer(w, m *worker) (ir.Server, error) {
	get := func(attribute, otherwise string) setting {
		s, _ := t.workers.get(m, attribute)
		s.value = cmp.Or(s.value, otherwise)
		return s
	}
	s := ir.Server{Place: m.Place, Info: sim.ServerInfo{Weight: 1, Options: map[string]string{}}}
	s.Info.Addr = get("host", "localhost").value + ":" + get("port", "8009").value
	s.Info.Cookie = t.routeOf(m)
	s.Info.Options["route"] = s.Info.Cookie
	if x := get("redirect", ""); x.value != "" {
		s.Info.Options["redirect"] = x.value
		if to := t.workers.byName[x.value]; to != nil {
			s.Info.Options["redirect"] = t.routeOf(to)
		} else if !slices.ContainsFunc(t.workers.membersOf(w), func(name string) bool { of := t.workers.byName[name]; return of != nil && t.routeOf(of) == x.value }) {
			t.NotCarried(x, "%s: no member of worker %s has this route", x, source.Short(w.name))
		}
	}
	if x, ok := t.workers.get(w, "recover_time"); ok {
		s.Info.Options["retry"] = x.value
		if n, err := strconv.Atoi(x.value); err != nil || n < 0 {
			return s, x.Errorf("%s: not a time in seconds", x)
		}
	}
	if x := get("distance", "0"); x.value != "0" {
		s.Info.Options["lbset"] = x.value
		if n, err := strconv.Atoi(x.value); err != nil || n < 0 || n > 99 {
			return s, x.Errorf("%s: must be a whole number between 0 and 99", x)
		}
	}
	if x := get("lbfactor", "1"); x.value != "1" {
		n, err := strconv.Atoi(x.value)
		switch {
		case err != nil || n < 1:
			t.NotCarried(x, "%s: must be a whole number from 1, and mod_jk takes 1 instead", x)
		case n > 10_000:
			return s, x.Errorf("%s: must be a whole number up to 10000", x)
		default:
			s.Info.Weight = n
		}
	}
	activation := get("activation", "A")
	if !strings.ContainsAny(strings.ToUpper(activation.value[:1]), "ADS") {
		t.NotCarried(activation, "%s: must begin with A, D or S, and mod_jk takes A instead", activation)
	}
	t.jkState(&s, activation.value, t.jkTrue(get("disabled", "")), t.jkTrue(get("stopped", "")))
	return s, nil
}

// jkState sets the state of a member: a disabled one takes the requests of its sessions, a stopped one none.
func (t *translation) jkState(s *ir.Server, activation string, disabled, stopped bool) {
	letter := strings.ToUpper(activation[:1])
	switch {
	case letter == "S" || stopped:
		s.Status, s.Info.Options["status"] = sim.Down, "+S"
	case letter == "D" || disabled:
		s.Status, s.Info.Options["status"] = sim.Draining, "+N"
	}
}

// routeOf is the route of a worker: the text behind the session ids of its Tomcat.
func (t *translation) routeOf(w *worker) string {
	for _, attribute := range []string{"route", "jvm_route"} {
		if s, ok := t.workers.get(w, attribute); ok && s.value != "" {
			return s.value
		}
	}
	return w.name
}

// jkLimits reads the time limits of a member.
func (t *translation) jkLimits(m *worker) (limits ir.Limits, err error) {
	for _, x := range []struct {
		attribute string
		unit      sim.Time
		to        *sim.Time
	}{
		{"socket_timeout", sim.Second, &limits.Attempt},
		{"reply_timeout", sim.Millisecond, &limits.Attempt},
		{"socket_connect_timeout", sim.Millisecond, &limits.Connect},
	} {
		s, ok := t.workers.get(m, x.attribute)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(s.value, 10, 32)
		if err != nil || n < 0 {
			return limits, s.Errorf("%s: must be a whole number, 0 for no limit", s)
		}
		if n > 0 {
			*x.to = sim.Time(n) * x.unit
		}
	}
	return limits, nil
}
