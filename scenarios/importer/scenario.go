package importer

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/scenarios"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// busy is the utilization of the default workload: high enough to show imbalance, far from overload.
const busy = 0.5

// ToScenario writes the scenario of a pool of c: servers, policy, health checks, balancers and autoscaler as they are
// configured. What a configuration does not say is a default, marked "default: fill in". Comments say what became of
// every directive. The scenario is valid; an error says why there is none.
func ToScenario(c *ir.Config, p *ir.Pool) ([]byte, error) {
	routing, err := policy(p.Policy, p.Params)
	if err != nil {
		return nil, err
	}
	fleet, left := servers(p)
	draft := func(rate float64) []byte {
		w := &writer{}
		w.head(c, p)
		w.WriteString(fleet)
		for _, why := range left {
			w.line("  # %s", why)
		}
		w.conditions(p)
		w.workload(p, rate)
		w.line("")
		w.line("policies:")
		w.line("  - %s", routing)
		w.planned(p)
		w.remarks(c)
		return []byte(w.String())
	}
	// The load depends on the size of the fleet, which the rules of scenario files compute.
	b, err := build(draft(1))
	if err != nil {
		return nil, err
	}
	yaml := draft(busy / b.Load[0].Utilization())
	if _, err := build(yaml); err != nil {
		return nil, err
	}
	return yaml, nil
}

// build checks a draft by the rules of scenario files.
func build(yaml []byte) (*scenarios.Built, error) {
	spec, err := scenarios.Parse("imported scenario", yaml)
	if err != nil {
		return nil, err
	}
	b := scenarios.Build(spec, nil)
	return &b, b.Problems.Err()
}

// writer writes a scenario line by line.
type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *writer) head(c *ir.Config, p *ir.Pool) {
	w.line("# yaml-language-server: $schema=%s", scenarios.SchemaName)
	w.line("# Imported from %s:%d, %s. Lines with \"default: fill in\" hold what the configuration does not say.", comment(p.File), p.Line, c.ProductOf(p))
	w.line("version: 1")
	w.line("name: %s", policies.Written(named(p.Name, "imported")))
	w.line("duration: 1h                 # default: fill in")
	w.line("start: equilibrium           # the sessions that are active in the long run are there from the beginning")
	w.line("seed: 1")
	w.line("replications: 10")
	w.line("")
}

// conditions writes what surrounds the servers: balancers, health checks, clients, state.
func (w *writer) conditions(p *ir.Pool) {
	w.balancers(p)
	w.health(p.Health)
	w.line("clients: {timeout: 10s, retries: 1, backoff: uniform(100ms 2s), retry_budget: 20%%%s}   # default: fill in", sees(p.Sees))
	w.line("state: local                 # default: fill in; none, store, token, {replicated: {copies: 2}}")
}

// health writes the health checks; nil: there are none.
func (w *writer) health(h *sim.Health) {
	if h == nil {
		h = &sim.Health{Interval: sim.Never}
	}
	parts := []string{"interval: " + span(h.Interval)}
	if h.Interval == sim.Never {
		parts[0] = "interval: none"
	} else {
		if h.FromEnd {
			parts = append(parts, "interval_from: end")
		}
		for _, x := range []struct {
			key string
			t   sim.Time
		}{{"interval_changing", h.Changing}, {"interval_down", h.Down}, {"connect_timeout", h.Connect}} {
			if x.t > 0 {
				parts = append(parts, x.key+": "+span(x.t))
			}
		}
		parts = append(parts, "timeout: "+span(h.Timeout), fmt.Sprintf("fall: %d, rise: %d", max(h.Fall, 1), max(h.Rise, 1)))
		switch h.Dead {
		case sim.Refusing:
			parts = append(parts, "refuse: true")
		case sim.Silent:
			parts = append(parts, "refuse: false")
		}
	}
	if h.Passive.Failures > 0 {
		parts = append(parts, fmt.Sprintf("passive: {failures: %d, eject: %s}", h.Passive.Failures, span(max(h.Passive.Eject, 1))))
	}
	if len(parts) == 1 && h.Interval == sim.Never {
		w.line("health: none                 # no health checks are configured: only failed requests tell")
		return
	}
	w.line("health: {%s}", strings.Join(parts, ", "))
}

// sees writes whose address the balancers see, as further settings of clients.
func sees(s *ir.Sees) string {
	switch {
	case s == nil:
		return ""
	case len(s.Trusted) == 0:
		return ", seen_as: forwarded"
	}
	trusted := make([]string, len(s.Trusted))
	for i, text := range s.Trusted {
		trusted[i] = policies.Written(text)
	}
	return ", seen_as: forwarded, trusted: [" + strings.Join(trusted, ", ") + "]"
}

func (w *writer) balancers(p *ir.Pool) {
	var parts []string
	if p.Balancers.Count > 0 {
		parts = append(parts, fmt.Sprintf("count: %d", min(p.Balancers.Count, 1024)))
	}
	if p.Balancers.Shared {
		parts = append(parts, "shared_table: true")
	}
	for _, limit := range []struct {
		key  string
		span sim.Time
	}{{"host_timeout", p.Limits.Connect}, {"attempt_timeout", p.Limits.Attempt}, {"request_timeout", p.Limits.Request}, {"queue_timeout", p.Limits.Queue}} {
		if limit.span > 0 {
			parts = append(parts, fmt.Sprintf("%s: %s", limit.key, span(limit.span)))
		}
	}
	if p.Redispatch > 0 {
		parts = append(parts, fmt.Sprintf("redispatch: %d", min(p.Redispatch, maxRedispatch)))
	}
	note := ""
	if p.Balancers.Count == 0 {
		parts = append([]string{"count: 1"}, parts...)
		note = "   # default: fill in"
	}
	if p.Balancers.Scope != "" && !p.Balancers.Shared {
		note += "; each " + comment(p.Balancers.Scope) + " routes for itself"
		note = "   # " + strings.TrimLeft(strings.TrimPrefix(note, "   # "), "; ")
	}
	w.line("balancers: {%s}%s", strings.Join(parts, ", "), note)
}

// workload writes the ordinary traffic of a web shop, with rate sessions per second.
func (w *writer) workload(p *ir.Pool, rate float64) {
	w.line("")
	w.line("workload:                    # default: fill in; the configuration does not say which clients come")
	idle := ""
	if p.IdleTimeout > 0 {
		idle = fmt.Sprintf("\n    state: {idle_timeout: %s}   # as long as the balancer remembers the client", span(p.IdleTimeout))
	}
	for _, class := range []struct {
		name string
		part float64
	}{{"shopper", 0.2}, {"casual", 0.8}} {
		w.line("  - population: %s", class.name)
		w.line("    sessions: poisson(%s/s)%s", rounded(class.part*rate), idle)
	}
	if p.Sees != nil || p.Key.Address || p.Key.Kind == "address" {
		w.line("  # With a CDN or another proxy in front, populations need through: its addresses, or their number")
	}
	switch k := p.Key; {
	case k.Address && keys.IsAddressHeader(k.Name):
		w.line("  # %s: the client's address, as a proxy in front writes it", comment(k.Kind+" "+k.Text))
	case k.Address:
		w.line("  # %s: holds the client's address", comment(k.Kind+" "+k.Text))
	case slices.Contains([]string{"header", "argument", "cookie", "uri"}, k.Kind):
		w.line("  # %s: every client has a value of its own for this key", comment(k.Kind+" "+k.Text))
	}
}

func (w *writer) remarks(c *ir.Config) {
	for _, drawer := range slices.Backward(ir.Drawers()) {
		for i, r := range c.In(drawer) {
			if i == 0 {
				w.line("\n# %s:", drawer.Heading())
			}
			r.File, r.Text = comment(r.File), comment(r.Text)
			w.line("#   %s", r)
		}
	}
}

// named makes a name valid in a scenario: one line, not empty, of limited length.
func named(name, otherwise string) string {
	const longest = 190 // bytes; a suffix such as #2 must fit behind it
	if name = comment(name); name == "" {
		return otherwise
	}
	if len(name) > longest {
		name = strings.ToValidUTF8(name[:longest], "")
	}
	return name
}

// number writes a decimal number without trailing zeros.
func number(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.6g", v), ".") }

// rounded writes a rate with two digits, without an exponent.
func rounded(v float64) string {
	digits := max(0, 1-int(math.Floor(math.Log10(v))))
	return fmt.Sprintf("%.*f", digits, v)
}
