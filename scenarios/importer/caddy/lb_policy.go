package caddy

import (
	"strconv"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/sim"
)

// lbPolicy reads `lb_policy NAME [arguments] { options }`.
func (t *translation) lbPolicy(s *selection, d *directive) error {
	if len(d.args) == 0 {
		return d.Errorf("lb_policy takes the name of a policy")
	}
	if s.name != "" {
		return d.Errorf("lb_policy is given twice")
	}
	s.Place, s.name = d.args[0].Place, d.args[0].text
	args := d.args[1:]
	most := 0
	switch s.name {
	case "header", "query", "random_choose":
		most = 1
		if len(args) == 0 {
			return d.Errorf("lb_policy %s takes an argument", s.name)
		}
	case "cookie":
		most = 2
	case "weighted_round_robin":
		most = maxUpstreams
	}
	if len(args) > most {
		return args[most].Errorf("lb_policy %s: unexpected argument %q", source.Short(s.name), source.Short(args[most].text))
	}
	for i, a := range args {
		if err := s.argument(i, a); err != nil {
			return err
		}
	}
	for i := range d.block {
		if err := t.policyOption(s, &d.block[i]); err != nil {
			return err
		}
	}
	return setting{t, d}.done()
}

func (s *selection) argument(i int, a token) error {
	switch s.name {
	case "random_choose", "weighted_round_robin":
		n, err := strconv.Atoi(a.text)
		if err != nil || n < 0 || n > 1e6 {
			return a.Errorf("lb_policy %s: %q is not a whole number between 0 and 1000000", s.name, source.Short(a.text))
		}
		if s.name == "weighted_round_robin" {
			s.weights = append(s.weights, n)
			return nil
		}
		if s.choose = n; n == 1 || n > 1000 {
			return a.Errorf("lb_policy random_choose: choose must be between 2 and 1000, or 0 for Caddy's default, 2; got %d", n)
		}
	default:
		if i == 0 {
			s.key = a.text
		} else {
			s.secret = a.text
		}
	}
	return nil
}

func (t *translation) policyOption(s *selection, d *directive) error {
	switch {
	case d.name == "fallback" && len(d.args) > 0:
		s.fallback = d.args[0].text
		return setting{t, d}.done()
	case d.name == "max_age" && s.name == "cookie":
		if err := (setting{t, d}).duration(&s.maxAge); err != nil || s.maxAge > 0 {
			return err
		}
		return d.args[0].Errorf("max_age: Caddy takes no 0: want a duration such as 1h, or no max_age for a cookie that ends with the browser")
	}
	return d.Errorf("lb_policy %s: unknown option %q", source.Short(s.name), source.Short(d.String()))
}

// setting is a directive with one value.
type setting struct {
	*translation
	*directive
}

func (s setting) done() error {
	s.Translated(s.directive, "%s", s.directive)
	return nil
}

func (s setting) value(form string) (token, error) {
	if len(s.args) != 1 {
		return token{}, s.Errorf("%s takes %s, got %d arguments", s.name, form, len(s.args))
	}
	return s.args[0], nil
}

func (s setting) number(to *int) error {
	a, err := s.value("a whole number")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(a.text)
	if err != nil || n < 0 || n > 1e6 {
		return a.Errorf("%s: %q is not a whole number between 0 and 1000000", s.name, source.Short(a.text))
	}
	*to = n
	return s.done()
}

func (s setting) duration(to *sim.Time) error {
	a, err := s.value("a duration")
	if err != nil {
		return err
	}
	d, ok := duration(a.text)
	if !ok {
		return a.Errorf("%s: %q is not a duration such as 500ms, 10s or 1d", s.name, source.Short(a.text))
	}
	*to = d
	return s.done()
}
