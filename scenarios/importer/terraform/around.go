package terraform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/alb"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// matters are the types of resources that decide how many servers there are, or what requests meet, and that a scenario does not have.
var matters = map[string]string{
	"aws_appautoscaling_target":                    "the scenario has no autoscaler; add one, for example autoscaler: {target_tracking: {…}}",
	"aws_appautoscaling_policy":                    "the scenario has no autoscaler; add one, for example autoscaler: {target_tracking: {…}}",
	"aws_autoscaling_policy":                       "the scenario has no autoscaler; add one, for example autoscaler: {target_tracking: {…}}",
	"aws_autoscaling_schedule":                     "the scenario has no autoscaler; add one, for example autoscaler: {schedule: […]}",
	"google_compute_autoscaler":                    "the scenario has no autoscaler; add one, for example autoscaler: {target_tracking: {…}}",
	"aws_wafv2_web_acl":                            "requests that a firewall refuses are not modelled",
	"aws_cloudfront_distribution":                  "what a CDN in front answers itself is not modelled; populations need through: its addresses",
	"google_compute_url_map":                       "which requests come to a pool is not modelled, nor are splits between backend services",
	"google_compute_region_autoscaler":             noAutoscaler,
	"google_compute_region_url_map":                "which requests come to a pool is not modelled, nor are splits between backend services",
	"google_compute_health_check":                  "no backend service in the file has it",
	"google_compute_region_health_check":           "no backend service in the file has it",
	"google_compute_instance_group_manager":        "no backend service in the file is in front of its instances",
	"google_compute_region_instance_group_manager": "no backend service in the file is in front of its instances",
	"azurerm_lb":                                   "its rules are read (azurerm_lb_rule), and none in this file is of it",
	"azurerm_lb_probe":                             "no rule in the file has it",
	"azurerm_lb_backend_address_pool":              "no rule in the file is in front of it",
	"azurerm_lb_backend_address_pool_address":      "no rule in the file is in front of it",
	"azurerm_lb_outbound_rule":                     "what servers ask for elsewhere is not modelled",
	"azurerm_lb_nat_rule":                          "requests to one server are not balanced",
}

// around reads what stands before and behind the pools, which are all known by then.
func (im *translation) around() {
	for _, b := range im.blocks {
		if b.kind == "module" && im.used(b.n) {
			im.idleTimeout(b.n)
		}
		if b.kind != "resource" || len(b.labels) != 2 {
			continue
		}
		switch b.labels[0] {
		case "aws_lb", "aws_alb":
			im.idleTimeout(b.n)
		case "aws_lb_listener", "aws_alb_listener":
			im.actions(b.n, "default_action", true)
		case "aws_lb_listener_rule", "aws_alb_listener_rule":
			im.actions(b.n, "action", false)
		case "aws_ecs_service":
			for _, lb := range blocksOrList(b.n, "load_balancer") {
				im.Translated(lb, "load_balancer of %s", source.Short(b.n.Key))
				if classic := lb.Get("elb_name"); classic.Is(tree.Scalar) && classic.Text != "" {
					im.NotCarried(classic, "elb_name: a Classic Load Balancer in front of tasks is not followed")
				} else if classic != nil {
					im.Harmless(classic, "elb_name: none")
				}
				im.counted(b, b.n.Get("desired_count"), []*tree.Node{lb.Get("target_group_arn")})
			}
			im.replaced(b.n)
		case "aws_autoscaling_group":
			size := b.n.First("desired_capacity", "min_size")
			if least := b.n.Get("min_size"); least != nil && least != size {
				im.Harmless(least, "min_size: desired_capacity says how many there are")
			}
			im.counted(b, size, append(im.attached(b), b.n.Get("target_group_arns")))
		}
	}
	for _, s := range im.splits {
		im.split(s)
	}
}

// idleTimeout reads how long a load balancer waits for an answer. Which pools it has is not known where there are several.
func (im *translation) idleTimeout(n *tree.Node) {
	value := n.Get("idle_timeout")
	if !im.known(value, "60 s is used") {
		return
	}
	balancers := 0
	for _, b := range im.blocks {
		if b.kind == "module" && b.n.Get("idle_timeout") != nil {
			balancers++
		} else if b.kind == "resource" && len(b.labels) == 2 && (b.labels[0] == "aws_lb" || b.labels[0] == "aws_alb") {
			balancers++
		}
	}
	limit, ok := value.Seconds()
	if !ok || limit <= 0 || balancers > 1 {
		im.NotCarried(value, "idle_timeout %s: carried where one load balancer has it in seconds; 60 s is used", value)
		return
	}
	alb.Idle(im.Pools[im.first:], limit)
	im.idle = true
	im.Translated(value, "idle_timeout: %v for an answer", limit)
}

// pool is the pool of the target group that n refers to.
func (im *translation) pool(n *tree.Node) *ir.Pool {
	for _, b := range im.blocks {
		if len(b.labels) == 2 && strings.HasSuffix(b.labels[0], "lb_target_group") && refers(n, b.labels[0]+"."+b.labels[1]) {
			for i := range im.Pools {
				if im.Pools[i].Place == b.n.Place {
					return &im.Pools[i]
				}
			}
		}
	}
	return nil
}

// refers reports whether n, or an item of it, is a reference to a resource, such as aws_lb_target_group.app.
func refers(n *tree.Node, to string) bool {
	return resource(n) == to || n.Is(tree.List) && slices.ContainsFunc(n.Items, func(x *tree.Node) bool { return refers(x, to) })
}

// actions reads where a listener or a rule sends requests.
func (im *translation) actions(n *tree.Node, key string, byDefault bool) {
	for _, a := range blocksOrList(n, key) {
		targets := blocksOrList(a.Get("forward"), "target_group")
		target := a.Get("target_group_arn")
		switch t := a.Get("type"); {
		case t.Value() != "forward":
			im.NotCarried(a, "%s %s: what the load balancer answers itself or asks another service is not modelled", key, t)
		case len(targets) > 1:
			im.splits = append(im.splits, split{of: n, action: a, key: key, byDefault: byDefault})
		default:
			if len(targets) == 1 {
				target = targets[0].Get("arn")
				im.plain(targets[0], "there is one target group", "weight")
				im.plain(a.Get("forward"), "there is one target group to be sticky to", "stickiness")
			}
			p := im.pool(target)
			if p == nil {
				im.NotCarried(a, "%s: target group %s is not in the file", key, target)
				continue
			}
			p.Default = p.Default || byDefault
			im.Translated(a, "%s: requests go to target group %s", key, source.Short(p.Name))
			im.Translated(a.Get("type"), "type: forward")
			im.Translated(target, "target group %s", source.Short(p.Name))
		}
	}
}

// attached are the target groups that resources of their own put in front of an Auto Scaling group.
func (im *translation) attached(group block) (targets []*tree.Node) {
	for _, b := range im.blocks {
		of := b.n.Get("autoscaling_group_name")
		if b.kind != "resource" || len(b.labels) != 2 || !refers(of, group.labels[0]+"."+group.labels[1]) {
			continue
		}
		to := []*tree.Node{b.n.First("lb_target_group_arn", "alb_target_group_arn")}
		for _, x := range blocksOrList(b.n, "traffic_source") {
			to = append(to, x.Get("identifier"))
			im.Translated(x, "traffic_source of %s", source.Short(group.n.Key))
		}
		im.Translated(of, "autoscaling_group_name: %s", source.Short(group.n.Key))
		targets = append(targets, to...)
	}
	return targets
}

// counted gives pools as many servers as the resource behind their target groups has.
func (im *translation) counted(b block, size *tree.Node, targets []*tree.Node) {
	n, found := 0, false
	given := im.known(size, "the scenario says how many there are")
	if given && size.Value() == "0" {
		im.NotCarried(size, "%s 0: there are no servers; the scenario says how many", size.Key)
	} else if given {
		im.count(size, &n)
	}
	for _, list := range targets {
		all := []*tree.Node{list}
		if list.Is(tree.List) {
			all = list.Items
		}
		for _, target := range all {
			p := im.pool(target)
			if p == nil {
				continue
			}
			found = true
			im.Translated(b.n, "%s: servers of %s", source.Short(b.n.Key), source.Short(p.Name))
			im.Translated(target, "%s: %s", cmp.Or(target.Key, list.Key), source.Short(p.Name))
			p.Replicas = min(n, 10_000)
		}
	}
	if !found {
		im.NotCarried(b.n, "%s: its target group is not in the file", source.Short(b.n.Key))
	}
}

// replaced reads how an ECS service replaces its tasks; by default by as many new ones first.
func (im *translation) replaced(n *tree.Node) {
	most, least := 200, 100
	for _, x := range []struct {
		key       string
		low, high int
		to        *int
	}{{"deployment_maximum_percent", 100, 200, &most}, {"deployment_minimum_healthy_percent", 0, 100, &least}} {
		share := n.Get(x.key)
		if !im.known(share, "the default of ECS is used") {
			continue
		}
		if i, ok := share.Int(); ok && i >= x.low && i <= x.high {
			*x.to = i
			im.Translated(share, "%s: %d", x.key, i)
		} else {
			im.NotCarried(share, "%s: must be from %d to %d, got %s", x.key, x.low, x.high, share)
		}
	}
	for _, lb := range blocksOrList(n, "load_balancer") {
		if p := im.pool(lb.Get("target_group_arn")); p != nil {
			p.Rollout = &ir.Rollout{Strategy: "rolling", Surge: fmt.Sprintf("%d%%", most-100), Unavailable: fmt.Sprintf("%d%%", 100-least), Drain: p.Drain, Grace: 30 * sim.Second}
		}
	}
}
