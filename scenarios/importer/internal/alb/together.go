package alb

import (
	"slices"
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// The attributes whose meaning depends on others, as AWS calls them.
const (
	Kind        = "stickiness.type"
	Algorithm   = "load_balancing.algorithm.type"
	Cookie      = "stickiness.app_cookie.cookie_name"
	Slow        = "slow_start.duration_seconds"
	Balancers   = "stickiness.lb_cookie.duration_seconds"  // of the cookie of the load balancer
	Application = "stickiness.app_cookie.duration_seconds" // of the cookie beside the application's
	Lifetime    = "cookie_duration"                        // of either
)

// said is what a configuration says of an attribute.
type said struct {
	at    source.Part
	name  string // as the configuration has it
	value string
}

// Say notes what a configuration says of an attribute whose meaning depends on others. [Group.Settle] remarks on it.
func (g *Group) Say(attribute, name, value string, at source.Part) {
	if g.said == nil {
		g.said = map[string]said{}
	}
	g.said[attribute] = said{at, name, value}
}

// Settle sets the policy, key, cookie and time limits of a pool when all attributes are read, and remarks on those that depend on others.
func (g *Group) Settle(in *source.Input, p *ir.Pool) {
	g.Network = g.Network || g.Hidden && g.said[Kind].value == "source_ip"
	g.kind(in)
	g.algorithm(in)
	g.cookie(in)
	for _, attribute := range []string{Balancers, Application, Lifetime} {
		g.lifetime(in, attribute)
	}
	g.slow(in)
	g.apply(p)
}

// Protocol reads the protocol of a group, which tells the kind of its load balancer.
func (g *Group) Protocol(in *source.Input, at source.Part, name string) {
	switch name {
	case "HTTP", "HTTPS":
	case "TCP", "UDP", "TLS", "TCP_UDP", "QUIC", "TCP_QUIC":
		g.Network = true
	case "GENEVE":
		in.NotCarried(at, "protocol GENEVE: a Gateway Load Balancer is not modelled; a Network Load Balancer is used")
		g.Network = true
		return
	default:
		in.NotCarried(at, "protocol %s: must be HTTP, HTTPS, TCP, TLS, UDP, TCP_UDP, QUIC, TCP_QUIC or GENEVE; HTTP is used", source.Short(name))
		return
	}
	in.Translated(at, "protocol: %s", name)
}

// kind reads the type of stickiness, of which each kind of load balancer has its own.
func (g *Group) kind(in *source.Input) {
	x, given := g.said[Kind]
	own, otherwise := []string{"lb_cookie", "app_cookie"}, "lb_cookie"
	if g.Network {
		own, otherwise = []string{"source_ip"}, "source_ip"
	}
	switch {
	case !given:
	case !g.Sticky:
		in.Harmless(x.at, "%s %s: stickiness is off", x.name, source.Short(x.value))
	case slices.Contains(own, x.value):
		g.Type = x.value
		in.Translated(x.at, "%s: %s", x.name, x.value)
	default:
		in.NotCarried(x.at, "%s %s: must be %s with this protocol, and AWS refuses another; %s is used", x.name, source.Short(x.value), strings.Join(own, " or "), otherwise)
	}
}

func (g *Group) algorithm(in *source.Input) {
	x, given := g.said[Algorithm]
	switch {
	case !given:
	case g.Network:
		in.Harmless(x.at, "%s %s: of Application Load Balancers alone; flows are hashed", x.name, source.Short(x.value))
	case slices.Contains([]string{"round_robin", "least_outstanding_requests", "weighted_random"}, x.value):
		g.Algorithm = x.value
		in.Translated(x.at, "%s: %s", x.name, x.value)
	default:
		in.NotCarried(x.at, "%s %s: must be round_robin, least_outstanding_requests or weighted_random; round_robin is used", x.name, source.Short(x.value))
	}
}

// cookie reads the name of the application's cookie, without which AWS does not take app_cookie.
func (g *Group) cookie(in *source.Input) {
	x, given := g.said[Cookie]
	switch {
	case g.Type == "app_cookie" && x.value == "" && !g.Named:
		at := g.said[Kind].at
		in.NotCarried(at, "%s app_cookie: names no cookie of the application, and AWS refuses that; every answer is taken to set one", g.said[Kind].name)
	case !given:
	case g.Type != "app_cookie":
		in.Harmless(x.at, "%s: only type app_cookie has it", x.name)
	case strings.HasPrefix(x.value, "AWSALB"):
		in.NotCarried(x.at, "%s %s: names that begin with AWSALB are the load balancer's own, and AWS refuses them", x.name, source.Short(x.value))
	default:
		in.Translated(x.at, "%s: %s", x.name, source.Short(x.value))
	}
}

// lifetime reads how long a cookie lasts. That of another type than the group's has no effect.
func (g *Group) lifetime(in *source.Input, attribute string) {
	x, given := g.said[attribute]
	if !given {
		return
	}
	owner := "lb_cookie"
	if attribute == Application {
		owner = "app_cookie"
	}
	seconds, err := strconv.Atoi(x.value)
	switch t := sim.Time(seconds) * sim.Second; {
	case err != nil || seconds < 1 || seconds > int(week/sim.Second):
		in.NotCarried(x.at, "%s: must be a number of seconds from 1 to %d, got %s; 1 day is used", x.name, week/sim.Second, source.Short(x.value))
	case !g.Sticky:
		in.Harmless(x.at, "%s: stickiness is off", x.name)
	case g.Network:
		in.Harmless(x.at, "%s: type source_ip has no cookie", x.name)
	case attribute != Lifetime && (owner == "app_cookie") != (g.Type == "app_cookie"):
		in.Harmless(x.at, "%s: only type %s has it", x.name, owner)
	default:
		g.Duration = t
		in.Translated(x.at, "%s: %v", x.name, t)
	}
}

// slow reads how long a new target gets less than its share, which only round_robin has.
func (g *Group) slow(in *source.Input) {
	x, given := g.said[Slow]
	if !given {
		return
	}
	seconds, err := strconv.Atoi(x.value)
	switch {
	case err != nil || seconds != 0 && (seconds < 30 || seconds > 900):
		in.NotCarried(x.at, "%s: must be 0 or a number of seconds from 30 to 900, got %s; 0 is used", x.name, source.Short(x.value))
	case seconds == 0:
		in.Translated(x.at, "%s: off", x.name)
	case g.Network:
		in.NotCarried(x.at, "%s: of Application Load Balancers alone", x.name)
	case g.Algorithm != "" && g.Algorithm != "round_robin":
		in.NotCarried(x.at, "%s: needs algorithm round_robin, and AWS refuses it with %s; new targets get their full share at once", x.name, g.Algorithm)
	default:
		g.Slow = sim.Time(seconds) * sim.Second
		in.Translated(x.at, "%s: %v", x.name, g.Slow)
	}
}
