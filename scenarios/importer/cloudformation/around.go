package cloudformation

import (
	"fmt"

	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// around reads what stands before and behind the pools.
func (im *translation) around(r resource) {
	switch r.kind {
	case targetGroupType, classicType:
	case "AWS::ElasticLoadBalancingV2::LoadBalancer":
		im.loadBalancer(r)
	case "AWS::ElasticLoadBalancingV2::Listener":
		im.actions(r, r.property("DefaultActions"), true)
	case "AWS::ElasticLoadBalancingV2::ListenerRule":
		im.actions(r, r.property("Actions"), false)
	case "AWS::ECS::Service":
		im.service(r)
	case "AWS::AutoScaling::AutoScalingGroup":
		im.group(r)
	default:
		im.other(r)
	}
	if c := r.n.Get("Condition"); c != nil {
		im.Assumed(c, "Condition %s of %s: is taken to hold", c, source.Short(r.name))
		im.Translated(c, "Condition %s", c)
	}
}

// other remarks on a resource that no pool is made of.
func (im *translation) other(r resource) {
	if why := matters[r.kind]; why != "" {
		im.NotCarried(r.n, "%s %s: %s", r.kind, source.Short(r.name), why)
	} else if harmlessKinds[r.kind] {
		im.Harmless(r.n, "%s %s: no influence on the choice of a server", r.kind, source.Short(r.name))
	}
}

// pool returns the pool that n refers to.
func (im *translation) pool(n *tree.Node) *ir.Pool {
	for i := range im.Pools {
		if p := &im.Pools[i]; refers(n, p.Name) {
			return p
		}
	}
	return nil
}

func (im *translation) loadBalancer(r resource) {
	im.Harmless(r.n.Get("Type"), "load balancer %s: its listeners say what it does", source.Short(r.name))
	for _, a := range r.property("LoadBalancerAttributes").Children() {
		key, value := a.Get("Key"), a.Get("Value")
		switch key.Value() {
		case "idle_timeout.timeout_seconds":
			im.idleTimeout(a, value)
		case "":
		default:
			alb.BalancerAttribute(im.Input, a, key.Value(), value.Value())
		}
	}
}

// idleTimeout reads how long a load balancer waits for an answer. Which pools it has is not known where there are several.
func (im *translation) idleTimeout(a, value *tree.Node) {
	limit, ok := value.Seconds()
	balancers := 0
	for _, r := range im.resources {
		if r.kind == "AWS::ElasticLoadBalancingV2::LoadBalancer" {
			balancers++
		}
	}
	if !ok || limit <= 0 || balancers > 1 {
		im.NotCarried(a, "idle_timeout %s: carried where one load balancer has it in seconds; 60 s is used", value)
		return
	}
	alb.Idle(im.Pools, limit)
	im.idle = true
	im.Translated(a, "idle_timeout: %v for an answer", limit)
}

// actions reads where a listener or a rule sends requests.
func (im *translation) actions(r resource, list *tree.Node, byDefault bool) {
	im.Translated(r.n.Get("Type"), "%s %s", r.kind, source.Short(r.name))
	for _, a := range list.Children() {
		switch t := a.Get("Type"); t.Value() {
		case "forward":
			im.forward(r, a, byDefault)
		case "redirect", "fixed-response":
			im.Harmless(a, "action %s: answered by the load balancer, without a server", t)
		case "authenticate-oidc", "authenticate-cognito", "jwt-validation":
			im.NotCarried(a, "action %s: the time and the failures of the other service are not modelled", t)
		default:
			im.NotCarried(a, "action %s: not known", t)
		}
	}
}

func (im *translation) forward(r resource, a *tree.Node, byDefault bool) {
	im.Translated(a.Get("Type"), "Type: forward")
	groups := a.Get("ForwardConfig", "TargetGroups").Children()
	targets := []*tree.Node{a.Get("TargetGroupArn")}
	for _, g := range groups {
		targets = append(targets, g.Get("TargetGroupArn"))
	}
	for _, t := range targets {
		if t == nil {
			continue
		}
		if p := im.pool(t); p != nil {
			p.Default = p.Default || byDefault && len(groups) < 2
			im.Translated(t, "requests go to target group %s", source.Short(p.Name))
		} else {
			im.NotCarried(t, "target group %s: not in the template", t)
		}
	}
	if len(groups) > 1 {
		im.splits = append(im.splits, split{r, a, byDefault})
		return
	}
	if s := a.Get("ForwardConfig", "TargetGroupStickinessConfig"); s != nil {
		im.Harmless(s, "TargetGroupStickinessConfig: there is one target group to be sticky to")
	}
	for _, g := range groups {
		if w := g.Get("Weight"); w != nil {
			im.Harmless(w, "Weight: there is one target group")
		}
	}
}

// service reads how many tasks an ECS service runs behind target groups, and how it replaces them.
func (im *translation) service(r resource) {
	im.Translated(r.n.Get("Type"), "ECS service %s", source.Short(r.name))
	tasks := 0
	given := im.count(r.property("DesiredCount"), 1, 10_000, &tasks)
	rollout := im.deployment(r.property("DeploymentConfiguration"))
	pools := 0
	if c := r.property("DeploymentController", "Type"); c.Value() == "ECS" {
		im.Harmless(c, "Type ECS: tasks are replaced in turn")
	}
	if s := r.property("SchedulingStrategy"); s.Value() == "DAEMON" {
		im.NotCarried(s, "SchedulingStrategy DAEMON: a task on each instance; the scenario says how many servers there are")
	}
	for _, lb := range r.property("LoadBalancers").Children() {
		target := lb.First("TargetGroupArn", "LoadBalancerName")
		p := im.pool(target)
		if p == nil {
			im.NotCarried(lb, "load balancer %s: not in the template", target)
			continue
		}
		pools++
		im.Translated(target, "tasks of service %s are behind %s", source.Short(r.name), source.Short(p.Name))
		im.Translated(lb, "tasks of service %s are behind %s", source.Short(r.name), source.Short(p.Name))
		if given {
			p.Replicas = tasks
		}
		own := *rollout
		own.Drain = p.Drain
		p.Rollout = &own
	}
	if given && pools == 0 {
		im.NotCarried(r.property("DesiredCount"), "DesiredCount: no target group of the template is in front of the service")
	} else if !given {
		im.Assumed(r.n, "DesiredCount of %s: not given; the scenario says how many servers there are", source.Short(r.name))
	}
}

// deployment reads how tasks are replaced; by default of ECS, by as many new ones first.
func (im *translation) deployment(n *tree.Node) *ir.Rollout {
	most, least := 200, 100
	im.count(n.Get("MaximumPercent"), 100, 200, &most)
	im.count(n.Get("MinimumHealthyPercent"), 0, 100, &least)
	for _, x := range n.Children() {
		switch x.Key {
		case "MaximumPercent", "MinimumHealthyPercent":
		default:
			im.NotCarried(x, "DeploymentConfiguration.%s: not part of a scenario", source.Short(x.Key))
		}
	}
	return &ir.Rollout{Strategy: "rolling", Surge: fmt.Sprintf("%d%%", most-100), Unavailable: fmt.Sprintf("%d%%", 100-least), Grace: 30 * sim.Second}
}

// group reads how many instances an Auto Scaling group has.
func (im *translation) group(r resource) {
	im.Translated(r.n.Get("Type"), "Auto Scaling group %s", source.Short(r.name))
	size := 0
	given := im.count(r.property("DesiredCapacity"), 1, 10_000, &size)
	if least := r.property("MinSize"); !given {
		given = im.count(least, 1, 10_000, &size)
	} else if least != nil {
		im.Harmless(least, "MinSize: DesiredCapacity says how many there are")
	}
	if most := r.property("MaxSize"); most != nil {
		im.NotCarried(most, "MaxSize %s: the scenario has no autoscaler; add one, for example autoscaler: {target_tracking: {…}}", most)
	}
	for _, key := range []string{"TargetGroupARNs", "LoadBalancerNames"} {
		im.said(r.property(key), "which target groups the instances are behind is not known")
		for _, target := range r.property(key).Children() {
			p := im.pool(target)
			if p == nil {
				im.NotCarried(target, "%s %s: not in the template", key, target)
				continue
			}
			im.Translated(target, "instances of %s are behind %s", source.Short(r.name), source.Short(p.Name))
			if given {
				p.Replicas = size
			}
		}
	}
}
