package cloudformation

import (
	"stickysim/policies/aws"
	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const (
	targetGroupType = "AWS::ElasticLoadBalancingV2::TargetGroup"
	classicType     = "AWS::ElasticLoadBalancing::LoadBalancer"
	week            = 7 * 24 * sim.Hour
)

// balancer makes a pool of a target group or a Classic Load Balancer.
func (im *translation) balancer(r resource) {
	switch r.kind {
	case targetGroupType:
		im.targetGroup(r)
	case classicType:
		im.classic(r)
	}
}

func (im *translation) targetGroup(r resource) {
	if t := r.property("TargetType"); t.Value() == "lambda" {
		im.Harmless(r.n, "target group %s: a Lambda function, no servers to choose from", source.Short(r.name))
		return
	}
	p := im.newPool(r)
	p.Drain = 300 * sim.Second
	g := alb.Group{}
	if protocol := r.property("Protocol"); im.said(protocol, "HTTP is used") {
		switch protocol.Value() {
		case "TCP", "UDP", "TLS", "TCP_UDP", "QUIC", "TCP_QUIC":
			g.Network = true
		case "GENEVE":
			im.NotCarried(protocol, "protocol GENEVE: a Gateway Load Balancer is not modelled; round robin is used")
		}
		im.Translated(protocol, "protocol: %s", protocol)
	}
	given := im.attributes(r, p, &g)
	g.Apply(p)
	if g.Sticky {
		im.Translated(given, "stickiness: policy %s", p.Policy)
	} else {
		im.Assumed(r.n, "target group %s: no stickiness; policy %s", source.Short(r.name), p.Policy)
	}
	im.targets(r, p)
	p.Health = im.health(r, g.Network)
}

// attributes reads the list of attributes, and returns the one that switches stickiness on.
func (im *translation) attributes(r resource, p *ir.Pool, g *alb.Group) (sticky *tree.Node) {
	var lb, app sim.Time
	for _, a := range r.property("TargetGroupAttributes").Children() {
		key, value := a.Get("Key"), a.Get("Value")
		if value.Is(tree.Unknown) {
			im.NotCarried(a, "%s = %s: its value is not in the template", key, value)
			continue
		}
		switch key.Value() {
		case "stickiness.enabled":
			if g.Sticky = value.True(); g.Sticky {
				sticky = a
				continue
			}
		case "stickiness.type":
			g.Type = value.Value()
		case "stickiness.lb_cookie.duration_seconds":
			im.attributeSeconds(a, &lb, week)
			continue
		case "stickiness.app_cookie.duration_seconds":
			im.attributeSeconds(a, &app, week)
			continue
		case "stickiness.app_cookie.cookie_name":
			g.Cookie = value.Value()
		case "load_balancing.algorithm.type":
			g.Algorithm = value.Value()
		case "deregistration_delay.timeout_seconds":
			im.attributeSeconds(a, &p.Drain, sim.Hour)
			continue
		case "slow_start.duration_seconds":
			if slow, ok := value.Seconds(); !ok || slow > 0 {
				im.NotCarried(a, "slow_start.duration_seconds %s: write it as servers.slow_start of the scenario", value)
				continue
			}
		default:
			if why := attributeMatters[key.Value()]; why != "" {
				im.NotCarried(a, "%s %s: %s", key, value, why)
			} else if why := attributeHarmless[key.Value()]; why != "" {
				im.Harmless(a, "%s: %s", key, why)
			} else {
				im.NotCarried(a, "%s: not understood", source.Short(key.Value()))
			}
			continue
		}
		im.Translated(a, "%s: %s", key, value)
	}
	if g.Duration = lb; g.Type == "app_cookie" {
		g.Duration = app
	}
	return sticky
}

// attributeSeconds reads the value of an attribute.
func (im *translation) attributeSeconds(a *tree.Node, to *sim.Time, limit sim.Time) {
	key, value := a.Get("Key"), a.Get("Value")
	t, ok := value.Seconds()
	if !ok || t > limit {
		im.NotCarried(a, "%s: must be a number of seconds up to %v, got %s", key, limit, value)
		return
	}
	*to = t
	im.Translated(a, "%s: %v", key, t)
}

var attributeMatters = map[string]string{
	"load_balancing.algorithm.anomaly_mitigation":                                    "weights of anomalous targets are not lowered",
	"load_balancing.cross_zone.enabled":                                              "targets of all zones are one set",
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":      "all targets are used only when none is healthy",
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "all targets are used only when none is healthy",
	"target_group_health.dns_failover.minimum_healthy_targets.count":                 "zones do not leave the DNS",
	"target_group_health.dns_failover.minimum_healthy_targets.percentage":            "zones do not leave the DNS",
	"deregistration_delay.connection_termination.enabled":                            "open connections end when a server has drained",
	"target_health_state.unhealthy.connection_termination.enabled":                   "open connections stay when a probe fails",
	"target_health_state.unhealthy.draining_interval_seconds":                        "an unhealthy target does not drain",
	"target_failover.on_deregistration":                                              "flows of a Gateway Load Balancer are not modelled",
	"target_failover.on_unhealthy":                                                   "flows of a Gateway Load Balancer are not modelled",
	"preserve_client_ip.enabled":                                                     "servers do not look at addresses",
}

var attributeHarmless = map[string]string{
	"lambda.multi_value_headers.enabled": "about Lambda functions",
	"proxy_protocol_v2.enabled":          "what servers learn of the client",
}

// targets adds the targets that the group lists.
func (im *translation) targets(r resource, p *ir.Pool) {
	for _, t := range r.property("Targets").Children() {
		id := t.Get("Id")
		if id == nil || len(p.Servers) == 10_000 {
			continue
		}
		p.Servers = append(p.Servers, ir.Server{Place: t.Place, Info: sim.ServerInfo{Name: source.Short(id.Text), Addr: source.Short(id.Text), Weight: 1}})
		im.Translated(t, "target %s", source.Short(id.Text))
	}
}

// health reads the health check, with the defaults of AWS.
func (im *translation) health(r resource, network bool) *sim.Health {
	if e := r.property("HealthCheckEnabled"); e.Is(tree.Scalar) && !e.True() {
		im.Translated(e, "HealthCheckEnabled: %s", e)
		return nil
	}
	h := &sim.Health{Interval: 30 * sim.Second, Timeout: 5 * sim.Second, Fall: 2, Rise: 5}
	if network {
		h.Timeout = 10 * sim.Second
	}
	given := im.seconds(r.property("HealthCheckIntervalSeconds"), &h.Interval, sim.Hour)
	given = im.seconds(r.property("HealthCheckTimeoutSeconds"), &h.Timeout, sim.Hour) || given
	given = im.count(r.property("HealthyThresholdCount"), 1, 1000, &h.Rise) || given
	given = im.count(r.property("UnhealthyThresholdCount"), 1, 1000, &h.Fall) || given
	if !given {
		im.Assumed(r.n, "health check: the default of AWS, every 30 s, down after 2 failures, up after 5 successes")
	}
	return h
}

// classic translates a Classic Load Balancer, whose stickiness policies are part of it.
func (im *translation) classic(r resource) {
	p := im.newPool(r)
	p.Policy, p.Params = "aws-alb/least-outstanding", aws.ALBLeastOutstanding{}
	drain := r.property("ConnectionDrainingPolicy")
	if p.Drain = 300 * sim.Second; drain == nil || drain.Get("Enabled").Is(tree.Scalar) && !drain.Get("Enabled").True() {
		p.Drain = 0
	}
	im.seconds(drain.Get("Timeout"), &p.Drain, sim.Hour)
	if drain != nil {
		im.Translated(drain, "ConnectionDrainingPolicy: drain %v", p.Drain)
	}
	p.Health = &sim.Health{Interval: 30 * sim.Second, Timeout: 5 * sim.Second, Fall: 2, Rise: 10}
	if check := r.property("HealthCheck"); check != nil {
		im.seconds(check.Get("Interval"), &p.Health.Interval, sim.Hour)
		im.seconds(check.Get("Timeout"), &p.Health.Timeout, sim.Hour)
		im.count(check.Get("HealthyThreshold"), 1, 1000, &p.Health.Rise)
		im.count(check.Get("UnhealthyThreshold"), 1, 1000, &p.Health.Fall)
	}
	for _, i := range r.property("Instances").Children() {
		p.Servers = append(p.Servers, ir.Server{Place: i.Place, Info: sim.ServerInfo{Name: source.Short(i.Text), Weight: 1}})
		im.Translated(i, "instance %s", source.Short(i.Text))
	}
	for _, kind := range []string{"LBCookieStickinessPolicy", "AppCookieStickinessPolicy"} {
		for _, policy := range r.property(kind).Children() {
			c := aws.ClassicCookie{}
			im.seconds(policy.Get("CookieExpirationPeriod"), &c.Expiration, 366*24*sim.Hour)
			p.Policy, p.Params, p.IdleTimeout, p.CookieName = "aws-elb/classic-cookie", c, c.Expiration, "AWSELB"
			p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: kind}
			im.Translated(policy, "%s %s: policy aws-elb/classic-cookie", kind, policy.Get("PolicyName"))
			policy.Get("CookieName")
		}
	}
	if p.CookieName == "" {
		im.Assumed(r.n, "%s: no stickiness; least outstanding requests", source.Short(r.name))
	}
}
