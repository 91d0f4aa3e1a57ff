package envoy

import (
	"errors"
	"slices"

	"stickysim/sim"
)

// Cluster holds the settings every Envoy cluster has beside its policy. Source: Envoy API v3, config.cluster.v3
// Cluster.CommonLbConfig and OutlierDetection, config.route.v3 RetryPolicy.
type Cluster struct {
	PanicThreshold     float64  `yaml:"healthy_panic_threshold" check:"min=0,max=1" doc:"share of healthy hosts below which all are used, whatever health checks and outlier detection say (panic); 0 = never"`
	OutlierDetection   bool     `yaml:"outlier_detection" doc:"eject hosts that fail several times in a row"`
	Consecutive5xx     int      `yaml:"consecutive_5xx" check:"min=1" doc:"failed attempts in a row that eject a host"`
	Interval           sim.Time `yaml:"interval" doc:"time between the sweeps that end ejections"`
	BaseEjectionTime   sim.Time `yaml:"base_ejection_time" doc:"ejection time, multiplied by the number of recent ejections"`
	MaxEjectionTime    sim.Time `yaml:"max_ejection_time" doc:"longest ejection"`
	MaxEjectionPercent float64  `yaml:"max_ejection_percent" check:"min=0,max=1" doc:"share of the hosts that may be ejected at a time"`
	AlwaysEjectOne     bool     `yaml:"always_eject_one_host" doc:"one host may be ejected whatever the share"`
	RetryOn            string   `yaml:"retry_on" check:"words=connect-failure|reset|gateway-error|5xx" doc:"failures after which a request is tried again (retry policy of the route): no connection (connect-failure), a broken connection or no answer within the time limit of an attempt as well (reset), or a 503 of the server besides (gateway-error, 5xx); whatever the method; empty = none but what the scenario's redispatch says"`
	NumRetries         int      `yaml:"num_retries" check:"min=0,max=100" doc:"most retries of a request; only with retry_on"`
	SelectionRetries   int      `yaml:"host_selection_retry_max_attempts" check:"min=0,max=100" doc:"on a retry, choose again so often to avoid the hosts that failed (retry_host_predicate previous_hosts)"`
	MaxConnections     int      `yaml:"max_connections" check:"min=0" doc:"requests and open connections in flight to all hosts together over HTTP/1.1; more wait (circuit_breakers); 0 = no limit, Envoy's own is 1024"`
	MaxPending         int      `yaml:"max_pending_requests" check:"min=0" doc:"requests that may wait because of max_connections; more are refused (circuit_breakers)"`
	MaxRequests        int      `yaml:"max_requests" check:"min=0" doc:"requests and open connections in flight to all hosts together; more are refused (circuit_breakers); 0 = no limit, Envoy's own is 1024"`
}

// DefaultCluster returns Envoy's own defaults, with outlier detection off as in a cluster that does not mention it.
func DefaultCluster() Cluster {
	return Cluster{
		PanicThreshold: 0.5, Consecutive5xx: 5, Interval: 10 * sim.Second, BaseEjectionTime: 30 * sim.Second,
		MaxEjectionTime: 300 * sim.Second, MaxEjectionPercent: 0.1, NumRetries: 1, SelectionRetries: 5, MaxPending: 1024,
	}
}

// Validate checks the times of outlier detection.
func (c Cluster) Validate() error {
	switch {
	case c.Interval <= 0:
		return errors.New("interval: must be longer than 0s")
	case c.BaseEjectionTime <= 0:
		return errors.New("base_ejection_time: must be longer than 0s")
	case c.MaxEjectionTime < c.BaseEjectionTime:
		return errors.New("max_ejection_time: must not be shorter than base_ejection_time")
	}
	return nil
}

// hosts is the set of hosts a policy chooses from, and the part all policies of this package embed: it follows the
// View and outlier detection, and calls build whenever the set or its weights changed.
type hosts struct {
	cluster  Cluster
	outliers outliers
	breakers circuitBreakers
	list     []sim.ServerID // hosts in use, in configuration order
	build    func(v *sim.View)
}

func newHosts(c Cluster, env sim.Env) hosts {
	return hosts{cluster: c, outliers: newOutliers(c, env.Servers), list: make([]sim.ServerID, 0, env.Servers)}
}

// Rebuild chooses the hosts in use: the eligible ones that are not ejected, or in panic all but those that drain. Backups
// (a lower priority) count as hosts, so that there is no panic while they are healthy.
func (h *hosts) Rebuild(v *sim.View) {
	h.outliers.forget(v)
	h.breakers.offer()
	h.list = h.list[:0]
	for _, s := range v.Eligible {
		if !h.outliers.ejected(s) {
			h.list = append(h.list, s)
		}
	}
	if h.panics(v) {
		h.list = h.list[:0]
		for _, s := range v.Members {
			if v.Weight[s] > 0 && v.Status[s] != sim.Draining {
				h.list = append(h.list, s)
			}
		}
	}
	h.build(v)
}

// panics reports whether too few of the hosts are healthy to leave the others out.
func (h *hosts) panics(v *sim.View) bool {
	all, healthy := 0, 0
	for _, s := range v.Members {
		if v.Weight[s] > 0 {
			all++
			if h.healthy(s, v) {
				healthy++
			}
		}
	}
	return float64(healthy) < h.cluster.PanicThreshold*float64(all)
}

// FailsOpen implements [sim.FailOpener].
func (h *hosts) FailsOpen() bool { return h.cluster.PanicThreshold > 0 }

// sync ends the ejections that are over.
func (h *hosts) sync(v *sim.View) {
	if v.Now >= h.outliers.next {
		h.outliers.sweep(v.Now)
		h.Rebuild(v)
	}
}

// constant reports whether nothing but the View changes what hosts are used, and none is refused or waits.
func (h *hosts) constant() bool {
	c := &h.cluster
	return !c.OutlierDetection && c.MaxConnections+c.MaxRequests == 0
}

// Watches is part of [sim.Watcher].
func (h *hosts) Watches() bool { return !h.constant() }

// Began implements [sim.Watcher].
func (h *hosts) Began(sim.ServerID, *sim.View) {}

// Ended feeds outlier detection.
func (h *hosts) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	h.breakers.offer()
	if h.cluster.OutlierDetection && h.outliers.ended(s, o, v) {
		h.Rebuild(v)
	}
}

// healthy reports whether s is up and not ejected.
func (h *hosts) healthy(s sim.ServerID, v *sim.View) bool {
	return v.Status[s] == sim.Up && !h.outliers.ejected(s)
}

// again reports whether the attempt-th choice s of a retried request is to be made anew, because s failed it before.
func (h *hosts) again(q *sim.Request, s sim.ServerID, attempt int) bool {
	return attempt < h.cluster.SelectionRetries && slices.Contains(q.Tried, s)
}

// hostName is the text that stands for a host in hash tables.
func hostName(v *sim.View, s sim.ServerID, useHostname bool) string {
	if info := &v.Servers[s]; useHostname || info.Addr == "" {
		return info.Name
	}
	return v.Servers[s].Addr
}
