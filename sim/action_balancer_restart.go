package sim

import "fmt"

// BalancerRestart restarts Action.Servers balancer instances, which lose their tables and are out for Action.Repair.
var BalancerRestart = registerAction(&ActionKind{
	Name: "balancer_restart", Also: []string{"reload", "lb-restart", "proxy-restart", "haproxy-reload", "nginx-reload"}, Doc: "balancer instances lose their tables",
	Params: []ActionParam{
		{Key: "balancers", Doc: "how many", Max: 1024, Count: func(a *Action) *int { return &a.Servers }},
		lasting("for", "how long they are out. Default: not at all"),
	},
	Default: Action{Servers: 1},
	noEffect: func(m *Model, a *Action) (why, hint string) {
		if a.Servers <= m.Balancers.Count {
			return "", ""
		}
		return fmt.Sprintf("restarts %d balancers of %d", a.Servers, m.Balancers.Count), fmt.Sprintf("write balancers: {count: %d}, or restart fewer", a.Servers)
	},
	once: (*run).restartBalancers,
})
