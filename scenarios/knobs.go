package scenarios

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"stickysim/policies"
	"stickysim/scenarios/internal/tree"
	"stickysim/sim/dist"
	"stickysim/sim/experiment"
	planning "stickysim/sim/experiment/plan"
)

// knob is what people turn when more servers do not help: fields of a scenario, and values that may.
type knob struct {
	name   string
	text   string // with %s for the value
	values []string
	paths  func(s *Spec, alternative int) []string // of the fields, where the scenario has them
	value  func(value string) string               // as YAML; nil: as it is
	skip   func(s *Spec, path, value string) bool  // no change for the better; nil: never
}

// knobs are tried in this order.
var knobs = []knob{
	{name: "drain", text: "a drain of %s", values: []string{"5m", "30m", "1h", "2h"}, paths: drains, skip: notLonger},
	{name: "balance of new sessions", text: "new sessions to %s", values: []string{"least-connections", "least-sessions"}, paths: balances},
	{name: "cookie lifetime", text: "a cookie lifetime of %s", values: []string{"8h", "24h"}, paths: parameter("ttl"), skip: notLonger},
	{name: "health interval", text: "health checks every %s", values: []string{"2s", "1s"}, paths: probes},
	{name: "copies", text: "%s copies of each state", values: []string{"2", "3"}, paths: copies},
	{name: "placement", text: "state in %s", values: []string{"two copies", "a store"}, paths: movable, value: func(value string) string {
		return map[string]string{"two copies": "{replicated: {copies: 2}}", "a store": "{store: {latency: lognormal(mean=0.4ms cv=1)}}"}[value]
	}},
}

// Knobs are the settings that may help an alternative where more servers do not: those of fields that the scenario has.
func (s *Spec) Knobs(alternative string) []planning.Knob {
	var all []planning.Knob
	at := s.element(alternative)
	for _, k := range knobs {
		paths := k.paths(s, at)
		for _, value := range k.values {
			turned := planning.Knob{Name: k.name, Text: strings.ReplaceAll(k.text, "%s", value)}
			text := value
			if k.value != nil {
				text = k.value(value)
			}
			for _, path := range paths {
				if k.skip == nil || !k.skip(s, path, value) {
					turned.Setting = append(turned.Setting, experiment.Setting{Path: path, Value: text})
				}
			}
			if len(turned.Setting) > 0 {
				all = append(all, turned)
			}
		}
	}
	return all
}

// element is the place of an alternative in policies; −1 without a list.
func (s *Spec) element(alternative string) int {
	for i, name := range s.Names("policies") {
		if name == alternative {
			return i
		}
	}
	return -1
}

// find is the value at a path; nil where it is not written.
func (s *Spec) find(path string) *tree.Node {
	n := s.root
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		if i, err := strconv.Atoi(step); err == nil && n != nil && n.Kind == tree.List && i < len(n.Items) {
			n = n.Items[i]
			continue
		}
		n = n.Get(step)
	}
	return n
}

// Value is the value of a field as the scenario has it; false where it says nothing, or has a list or further fields there.
func (s *Spec) Value(path string) (text string, written bool) {
	n := s.find(path)
	if n == nil || n.Kind == tree.List || n.Kind == tree.Map {
		return "", false
	}
	return n.Text, true
}

// places are the paths of a field of the scenario: at the top, and in the alternative where that has its own.
func (s *Spec) places(path string, alternative int) []string {
	top, _, _ := strings.Cut(strings.ReplaceAll(path, "[", "."), ".")
	own := tree.Element("policies", alternative) + "." + path
	if alternative >= 0 && ownFields(s.find(tree.Element("policies", alternative))) != nil && s.find(tree.Element("policies", alternative)+"."+top) != nil {
		return []string{own}
	}
	return []string{path}
}

// Everywhere is the settings that give a field one value in all alternatives, those included that have their own.
func (s *Spec) Everywhere(path, value string) []experiment.Setting {
	all := []experiment.Setting{{Path: path, Value: value}}
	for i := range s.Names("policies") {
		if own := s.places(path, i)[0]; own != path {
			all = append(all, experiment.Setting{Path: own, Value: value})
		}
	}
	return all
}

// drains are the fields that say how long servers drain.
func drains(s *Spec, alternative int) []string {
	var paths []string
	timeline := s.places("timeline", alternative)[0]
	if n := s.find(timeline); n != nil && n.Kind == tree.List {
		for i, item := range n.Items {
			for _, field := range [][2]string{{"deploy", "drain"}, {"drain", "deadline"}, {"scale", "drain"}} {
				if item.Get(field[0]) != nil {
					paths = append(paths, tree.Element(timeline, i)+"."+field[0]+"."+field[1])
				}
			}
		}
	}
	if at := s.places("autoscaler", alternative)[0]; s.find(at) != nil {
		paths = append(paths, at+".drain")
	}
	return paths
}

// notLonger reports that a time is written and as long already.
func notLonger(s *Spec, path, value string) bool {
	have := s.find(path)
	if have == nil {
		return false
	}
	now, err := dist.ParseDuration(have.Text)
	then, _ := dist.ParseDuration(value)
	return err == nil && now >= then
}

// parameters is the path of the parameters of an alternative's policy; empty without a list of policies.
func (s *Spec) parameters(alternative int) (path, name string) {
	if alternative < 0 {
		return "", ""
	}
	path = tree.Element("policies", alternative)
	n := s.find(path)
	if at := n.Get("policy"); at != nil {
		path, n = path+".policy", at
	} else if ownFields(n) != nil {
		return "", ""
	}
	name = n.Name()
	return path + "." + name, name
}

// balances is the field that says where sessions without a cookie go.
func balances(s *Spec, alternative int) []string {
	path, name := s.parameters(alternative)
	if path == "" || !hasParameter(name, "balance") {
		return nil
	}
	return []string{path + ".balance"}
}

// hasParameter reports whether a policy has a parameter.
func hasParameter(policy, parameter string) bool {
	e, ok := policies.Lookup(policy)
	return ok && slices.Contains(paramsOf(reflect.TypeOf(e.Default)).keys(), parameter)
}

// parameter is one of the policy that the scenario sets.
func parameter(name string) func(s *Spec, alternative int) []string {
	return func(s *Spec, alternative int) []string {
		path, _ := s.parameters(alternative)
		if path == "" || s.find(path+"."+name) == nil {
			return nil
		}
		return []string{path + "." + name}
	}
}

// probes is the interval of health checks, where there are any and something that they could notice.
func probes(s *Spec, alternative int) []string {
	at := s.places("health", alternative)[0]
	n, timeline := s.find(at), s.find(s.places("timeline", alternative)[0])
	if n != nil && n.Kind != tree.Map || timeline == nil || len(timeline.Items) == 0 {
		return nil
	}
	return []string{at + ".interval"}
}

// copies is the number of copies of replicated state.
func copies(s *Spec, alternative int) []string {
	at := s.places("state", alternative)[0]
	if n := s.find(at + ".replicated"); n == nil || n.Get("copies") == nil {
		return nil
	}
	return []string{at + ".replicated.copies"}
}

// movable is where state is, for state that is local.
func movable(s *Spec, alternative int) []string {
	at := s.places("state", alternative)[0]
	if n := s.find(at); n != nil && n.Text != "local" {
		return nil
	}
	return []string{at}
}
