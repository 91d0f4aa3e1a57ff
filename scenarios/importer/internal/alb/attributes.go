package alb

import (
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const week = 7 * 24 * sim.Hour

// Attribute reads an attribute of a target group, such as load_balancing.algorithm.type, into g and the drain time of p, and remarks on
// it, or leaves that to [Group.Settle].
func (g *Group) Attribute(in *source.Input, at source.Part, p *ir.Pool, name, value string) {
	switch name {
	case "stickiness.enabled":
		if g.Sticky = strings.EqualFold(value, "true"); !g.Sticky && !strings.EqualFold(value, "false") {
			in.NotCarried(at, "%s: must be true or false, got %s; false is used", name, source.Short(value))
			return
		}
	case Kind, Algorithm, Cookie, Slow, Balancers, Application:
		g.Say(name, name, value, at)
		return
	case "deregistration_delay.timeout_seconds":
		seconds(in, at, name, value, 0, sim.Hour, &p.Drain)
		return
	default:
		remark(in, at, name, value, groupAttributes)
		return
	}
	in.Translated(at, "%s: %s", name, source.Short(value))
}

// BalancerAttribute remarks on an attribute of a load balancer, other than its idle timeout.
func BalancerAttribute(in *source.Input, at source.Part, name, value string) {
	remark(in, at, name, value, balancerAttributes)
}

// ListenerAttribute remarks on an attribute of a listener.
func ListenerAttribute(in *source.Input, at source.Part, name, value string) {
	if name == "tcp.idle_timeout.seconds" {
		in.NotCarried(at, "%s %s: open connections without requests do not end after a time", name, source.Short(value))
		return
	}
	if strings.HasPrefix(name, "routing.http.") {
		in.Harmless(at, "%s: headers of requests and answers", source.Short(name))
		return
	}
	in.NotCarried(at, "%s: not understood", source.Short(name))
}

func seconds(in *source.Input, at source.Part, name, value string, least, most sim.Time, to *sim.Time) {
	x, err := strconv.Atoi(value)
	if t := sim.FromSeconds(float64(x)); err == nil && x < 1<<30 && t >= least && t <= most {
		*to = t
		in.Translated(at, "%s: %v", name, t)
		return
	}
	in.NotCarried(at, "%s: must be a number of seconds from %v to %v, got %s", name, least, most, source.Short(value))
}

// attribute is what is known of an attribute that is not read. A name that ends in a dot stands for all that begin with it.
type attribute struct {
	drawer ir.Drawer
	name   string
	why    string
}

func remark(in *source.Input, at source.Part, name, value string, known []attribute) {
	for _, a := range known {
		if name == a.name || strings.HasSuffix(a.name, ".") && strings.HasPrefix(name, a.name) {
			in.Remark(a.drawer, at, "%s %s: %s", source.Short(name), source.Short(value), a.why)
			return
		}
	}
	in.NotCarried(at, "%s: not understood", source.Short(name))
}

var groupAttributes = []attribute{
	{ir.NotCarried, "load_balancing.algorithm.anomaly_mitigation", "weights of anomalous targets are not lowered"},
	{ir.NotCarried, "load_balancing.cross_zone.enabled", "targets of all zones are one set"},
	{ir.NotCarried, "target_group_health.unhealthy_state_routing.", "all targets are used only when none is healthy"},
	{ir.NotCarried, "target_group_health.dns_failover.", "zones do not leave the DNS"},
	{ir.NotCarried, "deregistration_delay.connection_termination.enabled", "open connections end when a server has drained"},
	{ir.NotCarried, "target_health_state.unhealthy.connection_termination.enabled", "open connections stay when a probe fails"},
	{ir.NotCarried, "target_health_state.unhealthy.draining_interval_seconds", "an unhealthy target does not drain"},
	{ir.NotCarried, "target_failover.", "flows of a Gateway Load Balancer are not modelled"},
	{ir.NotCarried, "preserve_client_ip.enabled", "servers do not look at addresses"},
	{ir.Harmless, "lambda.multi_value_headers.enabled", "about Lambda functions"},
	{ir.Harmless, "proxy_protocol_v2.enabled", "what servers learn of the client"},
}

var balancerAttributes = []attribute{
	{ir.NotCarried, "client_keep_alive.seconds", "connections do not end by their age"},
	{ir.NotCarried, "load_balancing.cross_zone.enabled", "targets of all zones are one set"},
	{ir.NotCarried, "zonal_shift.config.enabled", "no zone is taken out of service"},
	{ir.NotCarried, "dns_record.client_routing_policy", "clients do not prefer the load balancer of their zone"},
	{ir.NotCarried, "secondary_ips.auto_assigned.per_subnet", "ports for connections to targets do not run out"},
	{ir.Harmless, "access_logs.", "logs"},
	{ir.Harmless, "connection_logs.", "logs"},
	{ir.Harmless, "health_check_logs.", "logs"},
	{ir.Harmless, "deletion_protection.enabled", "protection against deletion"},
	{ir.Harmless, "ipv6.deny_all_igw_traffic", "who may connect"},
	{ir.Harmless, "waf.fail_open.enabled", "who may send requests"},
	{ir.Harmless, "routing.http.", "headers of requests, and how they are read"},
	{ir.Harmless, "routing.http2.enabled", "how clients connect"},
}
