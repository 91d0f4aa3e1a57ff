package terraform

import (
	"cmp"
	"strings"

	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// googleChecks are the resources of health checks.
var googleChecks = typesOf("google_compute_health_check google_compute_region_health_check google_compute_http_health_check google_compute_https_health_check")

// googleCheck gives a pool the health check that its backend service refers to, and reports whether the file has it.
func (im *translation) googleCheck(n *tree.Node, p *ir.Pool) bool {
	list := n.Get("health_checks")
	for _, b := range im.blocks {
		if b.kind != "resource" || len(b.labels) != 2 || !googleChecks()[b.labels[0]] || !refers(list, b.labels[0]+"."+b.labels[1]) {
			continue
		}
		im.Translated(list, "health_checks: %s.%s", b.labels[0], b.labels[1])
		list.Cover(true)
		im.seconds(b.n.Get("check_interval_sec"), &p.Health.Interval, sim.Hour)
		im.seconds(b.n.Get("timeout_sec"), &p.Health.Timeout, sim.Hour)
		im.count(b.n.Get("healthy_threshold"), &p.Health.Rise)
		im.count(b.n.Get("unhealthy_threshold"), &p.Health.Fall)
		im.Translated(b.n, "%s.%s: every %v, down after %d failures, up after %d successes", b.labels[0], b.labels[1], p.Health.Interval, p.Health.Fall, p.Health.Rise)
		return true
	}
	return false
}

// googleGroups gives a pool as many servers as the instance groups behind it have.
func (im *translation) googleGroups(n *tree.Node, p *ir.Pool) {
	backends := blocksOrList(n, "backend")
	for _, backend := range backends {
		group := backend.Get("group")
		if scaler := backend.Get("capacity_scaler"); emptied(scaler) {
			im.Translated(scaler, "capacity_scaler 0: the backend gets no requests, so its instances do not count")
			im.Harmless(backend, "backend: gets no requests")
			continue
		}
		for _, b := range im.blocks {
			if b.kind != "resource" || len(b.labels) != 2 || !strings.HasSuffix(b.labels[0], "instance_group_manager") || !refers(group, b.labels[0]+"."+b.labels[1]) {
				continue
			}
			size := 0
			if im.count(b.n.Get("target_size"), &size); size > 0 {
				p.Replicas = min(p.Replicas+size, 10_000)
			}
			im.Translated(group, "group: %s.%s", b.labels[0], b.labels[1])
			im.Translated(b.n, "%s.%s: %d servers of %s", b.labels[0], b.labels[1], size, source.Short(p.Name))
			im.googleRollout(b.n.Get("update_policy"), p)
			if versions := blocksOrList(b.n, "version"); len(versions) == 1 {
				im.Harmless(versions[0], "version: the only one")
			}
		}
		for _, x := range backend.Children() {
			if why := backendMatters[x.Key]; why != "" && !x.Remarked() {
				im.NotCarried(x, "%s: %s", x.Key, why)
			}
		}
		im.Translated(backend, "backend of %s", source.Short(p.Name))
	}
}

// emptied reports whether a capacity is said to be 0.
func emptied(n *tree.Node) bool {
	x, ok := n.Number()
	return ok && x == 0
}

const capacities = "capacities of backends are not modelled: requests go to servers, whatever their backend can take"

// backendMatters are the arguments of a backend that a scenario does not have.
var backendMatters = map[string]string{
	"balancing_mode": capacities, "capacity_scaler": capacities, "preference": "no backend goes before others", "traffic_duration": capacities,
	"max_connections": capacities, "max_connections_per_instance": capacities, "max_connections_per_endpoint": capacities, "max_rate": capacities,
	"max_rate_per_instance": capacities, "max_rate_per_endpoint": capacities, "max_utilization": capacities, "custom_metrics": capacities,
	"max_in_flight_requests": capacities, "max_in_flight_requests_per_instance": capacities, "max_in_flight_requests_per_endpoint": capacities,
	"failover": "no backend takes over where others fail", "group": "not in this file; the scenario says how many servers there are",
}

// googleRollout reads how instances are replaced.
func (im *translation) googleRollout(n *tree.Node, p *ir.Pool) {
	if n == nil {
		return
	}
	bound := func(fixed, percent string, otherwise string) string {
		for _, key := range []string{percent, fixed} {
			x := n.Get(key)
			if i, ok := x.Int(); ok && i >= 0 {
				im.Translated(x, "%s: %d", key, i)
				return x.Value() + map[bool]string{true: "%"}[key == percent]
			}
			im.known(x, otherwise+" is used")
		}
		return otherwise
	}
	r := &ir.Rollout{Strategy: "rolling", Drain: p.Drain, Grace: 30 * sim.Second}
	r.Surge, r.Unavailable = bound("max_surge_fixed", "max_surge_percent", "1"), bound("max_unavailable_fixed", "max_unavailable_percent", "1")
	if r.Surge == "0" && r.Unavailable == "0" {
		im.NotCarried(n, "update_policy: neither surge nor unavailable, so that nothing is replaced")
		return
	}
	im.seconds(n.Get("min_ready_sec"), &r.MinReady, sim.Hour)
	p.Rollout = r
	im.Translated(n, "update_policy: at most %s more and %s fewer servers while instances are replaced", r.Surge, r.Unavailable)
}

// locality reads the algorithm among the instances of a zone, which decides where no session affinity does.
// It reports whether it does.
func (im *translation) locality(n *tree.Node, p *ir.Pool, affinity string) bool {
	at := n.Get("locality_lb_policy")
	if !im.known(at, "none is used") || at.Remarked() {
		return false
	}
	policy := map[string]string{"ROUND_ROBIN": "round-robin", "LEAST_REQUEST": "two-choices", "RANDOM": "random"}[at.Value()]
	switch free := cmp.Or(affinity, "NONE") == "NONE"; {
	case free && policy != "":
		p.Policy, p.Params, p.Key = policy, params.Of(policy), ir.KeySource{Kind: "none"}
		im.Translated(at, "locality_lb_policy %s: policy %s", at, policy)
		return true
	case free:
		im.NotCarried(at, "locality_lb_policy %s: needs a key, and session_affinity names none; servers are chosen at random", at)
	case policy != "" || at.Value() == "ORIGINAL_DESTINATION":
		im.NotCarried(at, "locality_lb_policy %s: Google Cloud keeps sessions by a hash only with RING_HASH or MAGLEV; session_affinity decides here", at)
	default:
		im.Assumed(at, "locality_lb_policy %s: which of a session's servers a change of the fleet moves differs by algorithm; policy %s", at, p.Policy)
		at.Cover(true)
	}
	return false
}

// googleTimeout reads how long a load balancer of HTTP waits for an answer; 30 s where it is not said.
func (im *translation) googleTimeout(n *tree.Node, p *ir.Pool) {
	if !im.readsRequests(n) {
		return // connections are passed on unread
	}
	p.Limits.Request = 30 * sim.Second
	if limit := n.Get("timeout_sec"); !im.seconds(limit, &p.Limits.Request, 24*sim.Hour) && limit == nil {
		im.Assumed(n, "timeout_sec of %s: not given, 30 s for an answer", source.Short(p.Name))
	}
}
