package experiment

import (
	"fmt"
	"slices"
	"strings"

	"stickysim/sim"
	"stickysim/sim/dist"
)

// Switch is a part of the models of a study that can be switched off, while the rest and all its draws stay as they are: an
// entry of the timeline, a population, the autoscaler, or garbage collection. Different alternatives may each have it.
type Switch struct {
	Name   string  // unique in a study: what the scenario calls it, or "deploy at 1h"
	Kind   string  // of an entry the kind of action, else population, autoscaler or gc
	Places [][]int // of an entry, by variant: its places in the timeline, several of a recording; nil of others
	in     []bool  // by variant: it has the part
	off    func(variant int, m *sim.Model)
}

// In reports whether a variant has the part.
func (s *Switch) In(variant int) bool { return s.in[variant] }

// IsEntry reports whether the part is an entry of the timeline.
func (s *Switch) IsEntry() bool { return s.Places != nil }

// Off switches the part off in a copy of the variant's model.
func (s *Switch) Off(variant int, m *sim.Model) {
	if s.in[variant] {
		s.off(variant, m)
	}
}

// Switches are the parts of the study that can be switched off: the entries of the timelines in their order, then the
// autoscaler, the populations where there are several, and garbage collection.
func (s *Study) Switches() []Switch {
	list := s.entries()
	add := func(name, kind string, has func(m *sim.Model) bool, off func(variant int, m *sim.Model)) {
		w := Switch{Name: name, Kind: kind, in: make([]bool, len(s.Variants)), off: off}
		for v := range s.Variants {
			w.in[v] = has(s.Variants[v].Model)
		}
		if slices.Contains(w.in, true) {
			for slices.ContainsFunc(list, func(o Switch) bool { return o.Name == w.Name }) {
				w.Name = kind + " " + w.Name
			}
			list = append(list, w)
		}
	}
	add("autoscaler", "autoscaler", func(m *sim.Model) bool { return m.Autoscaler != nil }, func(_ int, m *sim.Model) { m.Autoscaler = nil })
	for _, name := range s.populations() {
		place := func(m *sim.Model) int {
			return slices.IndexFunc(m.Populations, func(p sim.Population) bool { return p.Name == name })
		}
		add(name, "population", func(m *sim.Model) bool { return place(m) >= 0 }, func(_ int, m *sim.Model) {
			m.Populations = slices.Clone(m.Populations)
			p := &m.Populations[place(m)]
			p.Users, p.Sessions, p.Trace = 0, nil, &sim.Trace{} // a log without clients
			p.Loop, p.Requests, p.Life = sim.ClosedLoop, nil, nil
		})
	}
	add("gc", "gc", collects, func(_ int, m *sim.Model) {
		m.Servers, m.Template.GC = slices.Clone(m.Servers), nil
		for i := range m.Servers {
			m.Servers[i].GC = nil
		}
	})
	return list
}

func collects(m *sim.Model) bool {
	return m.Template.GC != nil || slices.ContainsFunc(m.Servers, func(s sim.Server) bool { return s.GC != nil })
}

// populations are the names of those of alternatives with several.
func (s *Study) populations() []string {
	var names []string
	for v := range s.Variants {
		m := s.Variants[v].Model
		for i := range m.Populations {
			if name := m.Populations[i].Name; len(m.Populations) > 1 && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// entries are the entries of all timelines. Those of different alternatives are the same entry if they have one name.
func (s *Study) entries() []Switch {
	var list []Switch
	for v := range s.Variants {
		m := s.Variants[v].Model
		taken := map[string]int{}
		for from := 0; from < len(m.Timeline); {
			places := []int{from}
			for k := from + 1; k < len(m.Timeline) && m.Timeline[k].Entry > 0 && m.Timeline[k].Entry == m.Timeline[from].Entry; k++ {
				places = append(places, k)
			}
			from += len(places)
			a := &m.Timeline[places[0]]
			name := entryName(a, len(places))
			if taken[name]++; taken[name] > 1 {
				name = fmt.Sprintf("%s (%d)", name, taken[name])
			}
			i := slices.IndexFunc(list, func(w Switch) bool { return w.Name == name })
			if i < 0 {
				i = len(list)
				list = append(list, Switch{Name: name, Kind: a.Kind.Name, Places: make([][]int, len(s.Variants)), in: make([]bool, len(s.Variants))})
			}
			list[i].Places[v], list[i].in[v] = places, true
		}
	}
	for i := range list {
		places := list[i].Places
		list[i].off = func(variant int, m *sim.Model) {
			m.Timeline = slices.Clone(m.Timeline)
			for _, k := range places[variant] {
				m.Timeline[k].Off = true
			}
		}
	}
	return list
}

// entryName is what the scenario calls an entry of so many actions, or its kind and when it happens: deploy at 1h.
func entryName(a *sim.Action, actions int) string {
	kind := strings.ReplaceAll(a.Kind.Name, "_", " ")
	switch {
	case a.Name != "":
		return a.Name
	case actions > 1:
		return kind + " recording"
	case a.Each:
		return kind + " each " + between(a.Every)
	case a.Every != nil:
		return kind + " every " + between(a.Every)
	case a.At < 0:
		return kind + " at -" + dist.Seconds.Format((-a.At).Seconds())
	}
	return kind + " at " + dist.Seconds.Format(a.At.Seconds())
}

// between is a distribution of times as a scenario has it: a time that is always the same stands alone.
func between(d dist.Dist) string {
	text := d.String()
	if plain, ok := strings.CutPrefix(text, "deterministic("); ok && strings.Count(text, "(") == 1 {
		return strings.TrimSuffix(plain, ")")
	}
	return text
}
