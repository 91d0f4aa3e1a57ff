package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"stickysim/scenarios"
	"stickysim/sim/dist"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/plan"
	"stickysim/sim/experiment/sweep"
	"stickysim/sim/lazy"
)

// Usual ends of a search.
const (
	timesServers = 32   // of the servers that the scenario has
	fewServers   = 64   // or so many, if that is more
	timesLoad    = 32   // of the scenario's load, and as small a part of it
	loadStep     = 1.02 // from a load to the next
	rangeSteps   = 33   // values of a range without steps
)

// aim reads --find: what is searched, and where the search begins.
func (p *planned) aim(find string) error {
	what, text, given := strings.Cut(find, "=")
	what = strings.TrimSpace(what)
	var err error
	switch what {
	case "servers":
		err = p.aimServers(text)
	case "load":
		err = p.aimLoad(text)
	default:
		if !given {
			return p.aimAround(what)
		}
		err = p.aimField(what, text)
	}
	return err
}

// timesField is how many times the value of a field, and what part of it, is searched where no values are given.
const timesField = 32

// aimAround searches for a field without values around the one that it has, as far as the scenario allows.
func (p *planned) aimAround(path string) error {
	text, has := p.present(path)
	now, ok := sweep.ParseQuantity(text)
	if !ok || now.Value <= 0 {
		if !isField(path) {
			if _, err := p.build(p.spec.Everywhere(path, "1")); err != nil {
				return err
			}
		}
		return usagef("--find: %s needs its values, such as --find %s=1..64: %s", path, path, has)
	}
	whole := now.Unit == "" && now.Value == math.Trunc(now.Value)
	reach := func(factor float64) sweep.Quantity {
		at := now
		for next := at; ; at = next {
			next.Value = at.Value * factor
			if whole {
				next.Value = math.Trunc(next.Value)
			} else {
				next.Value, _ = strconv.ParseFloat(strconv.FormatFloat(next.Value, 'g', 3, 64), 64)
			}
			if times := next.Value / now.Value; times > 1.01*timesField || times < .99/timesField {
				return at
			}
			if _, err := p.build(p.spec.Everywhere(path, next.String())); err != nil {
				return at
			}
		}
	}
	from, to := reach(.5), reach(2)
	if from.Value == to.Value {
		return usagef("--find: %s needs its values, such as --find %s=1..64: %s, and may be neither half nor twice of that", path, path, has)
	}
	values := fmt.Sprintf("log %s..%s in %d", from, to, int(math.Round(4*math.Log2(to.Value/from.Value)))+1)
	if whole && to.Value-from.Value < sweep.MaxPoints {
		values = fmt.Sprintf("%s..%s", from, to)
	}
	p.Start = func(string) float64 { return now.Base() }
	p.assumed = fmt.Sprintf("%s, so %s to %s are searched; --find %s=A..B sets other ends.", has, from, to, path)
	return p.aimField(path, values)
}

// present is the value of a field, and that in a sentence; empty where it has none.
func (p *planned) present(path string) (text, has string) {
	if text, written := p.spec.Value(path); written {
		return text, path + " is " + text
	}
	for _, f := range fieldsOfScenarios() {
		if f.Path == withoutPlaces(path) && f.Default != nil {
			return fmt.Sprint(f.Default), fmt.Sprintf("%s is %v by default", path, f.Default)
		}
	}
	return "", "the scenario does not say what " + path + " is"
}

// isField reports whether scenarios have a field of that path.
func isField(path string) bool {
	return slices.ContainsFunc(fieldsOfScenarios(), func(f scenarios.Field) bool { return f.Path == withoutPlaces(path) })
}

var place = lazy.Regexp(`\[\d+\]|\.\d+\b`)

// withoutPlaces is a path as scenarios.Fields has it, without the places in lists.
func withoutPlaces(path string) string { return place().ReplaceAllString(path, "") }

// aimServers searches for the size of the fleet.
func (p *planned) aimServers(text string) error {
	most := 0
	for _, v := range p.study.Variants {
		if v.Model.Autoscaler != nil {
			return usagef("--find servers: %s has an autoscaler, which sets the size of its fleet; find one of its own limits, such as --find autoscaler.hpa.max=2..40 or --find autoscaler.hpa.min=1..20", v.Name)
		}
		most = max(most, len(v.Model.Servers))
	}
	p.Axis = plan.Axis{Name: "servers", Ease: plan.Upwards, Whole: true}
	p.Start = func(alternative string) float64 { return float64(len(p.variant(alternative).Model.Servers)) }
	p.Point = func(value string) []experiment.Setting { return p.spec.Everywhere("servers.count", value) }
	if text != "" {
		return p.values(text)
	}
	for n := 1; n <= min(max(most*timesServers, fewServers), 100_000); n++ {
		p.Axis.Values, p.Axis.Number = append(p.Axis.Values, strconv.Itoa(n)), append(p.Axis.Number, float64(n))
	}
	return nil
}

func (p *planned) variant(name string) *experiment.Variant {
	i := slices.IndexFunc(p.study.Variants, func(v experiment.Variant) bool { return v.Name == name })
	return &p.study.Variants[i]
}

// aimLoad searches for the largest load, in multiples of the scenario's own.
func (p *planned) aimLoad(text string) error {
	p.Axis = plan.Axis{Name: "load", Ease: plan.Downward}
	p.Start = func(string) float64 { return 1 }
	p.Point = func(value string) []experiment.Setting { return p.spec.Everywhere("load", value) }
	if text != "" {
		return p.values(text)
	}
	steps := int(math.Round(math.Log(timesLoad) / math.Log(loadStep)))
	for k := -steps; k <= steps; k++ {
		value := strconv.FormatFloat(math.Pow(loadStep, float64(k)), 'g', 4, 64)
		number, _ := strconv.ParseFloat(value, 64)
		p.Axis.Values, p.Axis.Number = append(p.Axis.Values, value), append(p.Axis.Number, number)
	}
	return nil
}

// aimField searches for a value of any field between two ends. A field of an alternative is searched for that one.
func (p *planned) aimField(path, text string) error {
	p.Axis = plan.Axis{Name: path}
	p.Point = func(value string) []experiment.Setting { return p.spec.Everywhere(path, value) }
	if rest, of := strings.CutPrefix(path, "policies"); of {
		for i, name := range p.spec.Names("policies") {
			if strings.HasPrefix(rest, "."+name+".") || strings.HasPrefix(rest, fmt.Sprintf("[%d].", i)) || strings.HasPrefix(rest, fmt.Sprintf(".%d.", i)) {
				p.Only = []string{name}
			}
		}
	}
	if err := p.values(text); err != nil {
		return err
	}
	var last error
	for _, value := range []string{p.Axis.Values[0], p.Axis.Values[len(p.Axis.Values)-1]} {
		if _, last = p.build(p.Point(value)); last == nil {
			return nil
		}
	}
	return last
}

// values reads the values of the axis: a list or a range. A range without steps has even ones, by factors where it can.
func (p *planned) values(text string) error {
	v, err := sweep.ParseValues(text)
	if r, ok := v.Range(); err == nil && ok && r.Continuous() {
		start := ""
		if r.From.Value > 0 && !r.Log {
			start = "log "
		}
		v, err = sweep.ParseValues(fmt.Sprintf("%s%s in %d", start, strings.TrimSpace(text), rangeSteps))
	}
	var list []string
	if err == nil {
		list, err = v.List()
	}
	var e *dist.Error
	if errors.As(err, &e) {
		return usagef("--find %s=%s: %s; %s", p.Axis.Name, text, e.Message, e.Hint)
	}
	if err != nil {
		return usagef("--find %s: %w", p.Axis.Name, err)
	}
	return p.numbered(list)
}

// numbered puts values in the order of their numbers.
func (p *planned) numbered(list []string) error {
	number := map[string]float64{}
	for _, text := range list {
		q, ok := sweep.ParseQuantity(text)
		if !ok {
			return usagef("--find %s: %q is not a number; values that have no order are for sweep", p.Axis.Name, text)
		}
		number[text] = q.Base()
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Compare(number[a], number[b]) })
	a := &p.Axis
	a.Values, a.Number, a.Whole = list, nil, true
	for i, text := range list {
		a.Number = append(a.Number, number[text])
		a.Whole = a.Whole && number[text] == math.Trunc(number[text]) && (i == 0 || number[text] == a.Number[i-1]+1)
	}
	if a.Number[0] <= 0 && (a.Name == "servers" || a.Name == "load") {
		return usagef("--find %s: values must be above 0, got %s", a.Name, list[0])
	}
	return nil
}

// parsePrice reads the price of a server hour; 0 is none.
func parsePrice(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	hours := map[string]float64{"": 1, "/h": 1, "/d": 24, "/month": monthHours, "/mo": monthHours}
	q, ok := sweep.ParseQuantity(strings.TrimLeft(text, "$€£ "))
	per, known := hours[q.Unit]
	if !ok || !known || q.Value <= 0 {
		return 0, usagef("--price: must be a price per hour, day or month, such as 0.12/h, got %q", text)
	}
	return q.Value / per, nil
}

// monthHours are the hours of a mean month.
const monthHours = 730
