package apache

import (
	"cmp"
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// limits are the directives ProxyTimeout and Timeout of a virtual host, or of the main server; nil where there are none.
type limits struct{ proxy, any *timeLimit }

// timeLimit is how long a member has for its answer, as a directive says.
type timeLimit struct {
	d    *directive
	time sim.Time
}

// timeLimit notes a time limit.
func (t *translation) timeLimit(d *directive, host string) {
	n, err := strconv.Atoi(strings.Join(d.args, " "))
	if err != nil || n < 1 {
		t.NotCarried(d, "%s: not a time in seconds", d)
		return
	}
	of := t.limits[host]
	if of == nil {
		of = &limits{}
		t.limits[host] = of
	}
	t.timeLimits = append(t.timeLimits, d)
	if limit := (&timeLimit{d, sim.Time(n) * sim.Second}); d.name == "proxytimeout" {
		of.proxy = limit
	} else {
		of.any = limit
	}
}

// limitOf is the time limit that holds in a virtual host: ProxyTimeout, its own or that of the main server, or without one Timeout.
func (t *translation) limitOf(host string) *timeLimit {
	own, main := t.limits[host], t.limits[""]
	if own == nil {
		own = &limits{}
	}
	if main == nil {
		main = &limits{}
	}
	return cmp.Or(own.proxy, main.proxy, own.any, main.any)
}

// applyLimits sets the time limits of a pool: those of its members, or of the virtual host from which requests come first. A
// connection has as long as an answer, unless the member says otherwise.
func (t *translation) applyLimits(b *balancer, p *ir.Pool) {
	p.Limits.Attempt = sim.Minute
	hosts := b.hosts
	if len(hosts) == 0 {
		hosts = []string{b.host}
	}
	for i, host := range hosts {
		switch limit := t.limitOf(host); {
		case limit == nil:
		case i == 0:
			p.Limits.Attempt = limit.time
			if !t.Mentioned(limit.d) {
				t.Translated(limit.d, "%s: how long a member has for its answer", limit.d)
			}
		case limit.time != p.Limits.Attempt && b.members[0].timeout == 0:
			t.NotCarried(limit.d, "%s: requests to %q come from several virtual hosts; the time limit of the first holds for all", limit.d, source.Short(b.name))
		}
	}
	first := b.members[0]
	for _, m := range b.members[1:] {
		if m.timeout != first.timeout || m.connect != first.connect {
			t.NotCarried(m, "the time limits of %s differ from those of %s, which hold for all members", source.Short(m.url), source.Short(first.url))
			break
		}
	}
	p.Limits.Attempt = cmp.Or(first.timeout, p.Limits.Attempt)
	p.Limits.Connect = cmp.Or(first.connect, p.Limits.Attempt)
}

// unusedLimits remarks on time limits that hold for no pool.
func (t *translation) unusedLimits() {
	for _, d := range t.timeLimits {
		if !t.Mentioned(d) {
			t.Harmless(d, "%s: no pool depends on it", d)
		}
	}
}

// template notes the settings of ProxyHCTemplate, which members take by its name.
func (t *translation) template(d *directive) error {
	if len(d.args) == 0 {
		return d.Errorf("ProxyHCTemplate needs a name")
	}
	t.templates[d.args[0]] = d.args[1:]
	t.Translated(d, "%s: health checks that members take by its name", d)
	return nil
}
