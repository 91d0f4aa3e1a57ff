package goldentest

import (
	"strconv"
	"strings"

	"stickysim/policies/replay"
	"stickysim/sim"
)

// ReplayServers returns the servers of the case as an importer of the product would give them. A name with several
// addresses becomes one server for each, named NAME@ADDRESS as in the recordings, with Options["host"] as written.
func (c Case) ReplayServers() []replay.Server {
	var list []replay.Server
	for _, s := range c.Servers {
		if len(s.Listen) == 0 {
			list = append(list, c.server(s))
			continue
		}
		for _, address := range s.Listen {
			one := c.server(s)
			if one.Info.Addr = address; len(s.Listen) > 1 {
				one.Info.Name += "@" + address
			}
			one.Info.Options["host"] = s.Addr
			list = append(list, one)
		}
	}
	return list
}

func (c Case) server(s Server) replay.Server {
	info := sim.ServerInfo{
		Name: s.Name, Addr: s.Addr, Number: s.ID, Cookie: s.Cookie, Weight: 1,
		Backup: s.Backup || strings.HasPrefix(s.Status, "+H"),
		Limit:  s.MaxConns + s.MaxConn + s.MaxRequests, // a product has one of them
	}
	if s.Weight != nil {
		info.Weight = *s.Weight
	}
	if s.LoadFactor != nil {
		info.Weight = *s.LoadFactor
	}
	info.Options = c.options(s)
	status := sim.Up
	switch {
	case s.Down:
		status = sim.Down
	case s.Drain || strings.HasPrefix(s.Status, "+N"):
		status = sim.Draining
	}
	return replay.Server{Info: info, Status: status}
}

func (c Case) options(s Server) map[string]string {
	m := map[string]string{}
	put := func(name, value string) {
		if value != "" {
			m[name] = value
		}
	}
	put("route", s.Route)
	put("redirect", s.Redirect)
	put("status", s.Status)
	put("fail_timeout", s.FailTimeout)
	if s.Retry != nil {
		m["retry"] = strconv.Itoa(*s.Retry)
	}
	if s.MaxFails != nil {
		m["max_fails"] = strconv.Itoa(*s.MaxFails)
	}
	if s.Check != nil {
		m["check"] = *s.Check
	}
	if health, ok := c.Params["healthCheck"].(map[string]any); ok { // Traefik: the first failure and success count
		interval, _ := health["interval"].(string)
		m["check"] = "inter " + interval + " fall 1 rise 1"
	}
	return m
}
