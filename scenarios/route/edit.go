package route

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stickysim/policies/replay"
	"stickysim/sim"
)

// edited is a source while its changes are made.
type edited struct {
	source Source
	lines  []line
}

// line is a server line and what became of it.
type line struct {
	server replay.Server
	was    int // position in the source, -1 = added
	dead   bool
	less   bool // takes fewer clients than before
	more   bool // takes more
}

// edit makes the changes: additions first, so that the others can speak of them, and removals last.
func (s Source) edit(c Changes) (*edited, error) {
	e := &edited{source: s}
	for i, server := range s.Servers {
		e.lines = append(e.lines, line{server: server, was: i})
	}
	for _, a := range c.Add {
		if err := e.add(a); err != nil {
			return nil, err
		}
	}
	if err := e.weigh(c.Weight); err != nil {
		return nil, err
	}
	for _, change := range []struct {
		name    string
		servers []string
		do      func(*line)
	}{
		{"down", c.Down, func(l *line) { l.server.Status, l.less = sim.Down, true }},
		{"drain", c.Drain, func(l *line) { l.server.Status, l.less = sim.Draining, true }},
		{"dead", c.Dead, func(l *line) { l.dead, l.less = true, true }},
	} {
		for _, name := range change.servers {
			i, err := e.find(change.name, name)
			if err != nil {
				return nil, err
			}
			change.do(&e.lines[i])
		}
	}
	for _, name := range c.Remove {
		i, err := e.find("remove", name)
		if err != nil {
			return nil, err
		}
		e.lines = slices.Delete(e.lines, i, i+1)
	}
	return e, nil
}

// add appends a server like the last one, with a name and address of its own.
func (e *edited) add(text string) error {
	name, addr, named := strings.Cut(text, "=")
	if !named {
		addr = text
	}
	if name == "" || addr == "" {
		return fmt.Errorf("add: %q is not ADDRESS or NAME=ADDRESS", text)
	}
	for _, l := range e.lines {
		if l.server.Info.Name == name || !named && l.server.Info.Addr == addr {
			return fmt.Errorf("add: there is a server %q already", name)
		}
	}
	info := sim.ServerInfo{Weight: 1}
	if n := len(e.lines); n > 0 {
		info = e.lines[n-1].server.Info
		info.Options = maps.Clone(info.Options)
		for _, own := range []string{"route", "redirect", "host", "status"} {
			delete(info.Options, own)
		}
		if info.Cookie != "" {
			info.Cookie = name
		}
		info.Backup, info.Number = false, e.number()
	}
	info.Name, info.Addr = name, addr
	e.lines = append(e.lines, line{server: replay.Server{Info: info}, was: -1, more: true})
	return nil
}

// number is the id of an added server: the next free one where all servers have ids of their own, otherwise its
// position.
func (e *edited) number() int {
	top := 0
	for _, l := range e.lines {
		if l.server.Info.Number == 0 {
			return 0
		}
		top = max(top, l.server.Info.Number)
	}
	return top + 1
}

func (e *edited) weigh(changes []string) error {
	for _, text := range changes {
		at := strings.LastIndexByte(text, '=')
		if at < 0 {
			return fmt.Errorf("weight: %q is not SERVER=WEIGHT", text)
		}
		i, err := e.find("weight", text[:at])
		if err != nil {
			return err
		}
		w, err := strconv.Atoi(text[at+1:])
		if err != nil || w < 0 || w > 1_000_000 {
			return fmt.Errorf("weight: %q is not a whole number from 0 to 1000000", text[at+1:])
		}
		l := &e.lines[i]
		was := l.server.Info.Weight
		l.server.Info.Weight, l.less, l.more = w, l.less || w < was, l.more || w > was
	}
	return nil
}
