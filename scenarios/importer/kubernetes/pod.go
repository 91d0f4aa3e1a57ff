package kubernetes

import (
	"math"
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
	"stickysim/sim/lazy"
)

// serving is the container that answers requests, as far as a pod's description shows it: the first with a readiness probe, else
// the first with a port, else the first.
func serving(pod *tree.Node) *tree.Node {
	containers := pod.Get("containers").Children()
	for _, key := range []string{"readinessProbe", "ports"} {
		for _, c := range containers {
			if c.Get(key) != nil {
				return c
			}
		}
	}
	if len(containers) == 0 {
		return nil
	}
	return containers[0]
}

// cpu is the share of a machine that a pod has, or the container in it that serves, in cores; 0 = not said.
type cpu struct {
	request, limit float64
	container      string
}

// capacity is what a pod can use: up to its limit, or what it is certain to get.
func (c cpu) capacity() float64 {
	if c.limit > 0 {
		return c.limit
	}
	return c.request
}

// resources reads the cores of the pod, or of the container in it that serves.
func (im *translation) resources(p *ir.Pool, pod, container *tree.Node) cpu {
	at := pod.Get("resources")
	if at == nil {
		at = container.Get("resources")
	}
	c := cpu{container: container.Get("name").Value()}
	for _, x := range []struct {
		key string
		to  *float64
	}{{"requests", &c.request}, {"limits", &c.limit}} {
		n := at.Get(x.key, "cpu")
		if v, ok := quantity(n); ok && v > 0 && v <= 10_000 {
			*x.to = v
			im.Translated(n, "%s: %g CPU", x.key, v)
		} else if n != nil {
			im.NotCarried(n, "%s: cpu must be more than 0 and at most 10000, got %s", x.key, n)
		}
	}
	if n := at.Get("limits", "memory"); n != nil {
		im.Assumed(n, "memory limit %s: of all that runs in the container; memory in servers is the part that sessions may take, and unlimited", n)
		n.Cover(true)
	}
	if c.request == 0 {
		c.request = c.limit // as the API does
	}
	if all := c.capacity(); all > 0 {
		p.Machine.Cores = int(math.Ceil(all))
		p.Machine.Speed = max(all/float64(p.Machine.Cores), 1e-6)
	}
	switch {
	case c.capacity() == 0 && container != nil:
		im.Assumed(container, "resources: no CPU is given, so the scenario's cores are a default")
	case c.limit == 0 && c.request > 0:
		im.Assumed(at, "resources: no CPU limit; %g CPU are certain, and what a node has to spare comes on top", c.request)
	}
	return c
}

// termination reads how long a pod serves on when it is to leave, and how long requests in flight may take then. Both are within its grace
// period, at whose end it is killed.
func (im *translation) termination(pod *tree.Node) (drain, grace sim.Time) {
	grace = 30 * sim.Second
	if g := pod.Get("terminationGracePeriodSeconds"); g != nil {
		if t, ok := g.Seconds(); ok {
			grace = t
			im.Translated(g, "terminationGracePeriodSeconds: killed after %v", t)
		} else {
			im.NotCarried(g, "terminationGracePeriodSeconds: must be a number of seconds up to a year, got %s; 30 s is used", g)
		}
	} else if pod != nil {
		im.Assumed(pod, "terminationGracePeriodSeconds: not given, 30 s")
	}
	for _, c := range pod.Get("containers").Children() {
		hook := c.Get("lifecycle", "preStop")
		if hook == nil {
			continue
		}
		if t, ok := pause(hook); ok {
			drain = max(drain, min(t, grace))
			im.Translated(hook, "preStop: serves on for %v, within the grace period of %v", min(t, grace), grace)
			hook.Cover(true)
		} else {
			im.NotCarried(hook, "preStop (%s): how long it takes is not in the file; requests may go on for the whole grace period", source.Short(strings.TrimSpace(words(hook))))
		}
	}
	if pod != nil && drain == 0 {
		im.Assumed(pod, "preStop: does not wait, so a pod ends with its last request; whoever has not heard of that yet gets errors, for a second or so")
	}
	return drain, grace - drain
}

// placement remarks on what decides where pods run and what becomes of them there, beyond what a scenario has.
func (im *translation) placement(pod, container *tree.Node) {
	together := "which pods an outage hits together is not modelled; servers have zones for that"
	im.leaveOut(pod.Get("affinity"), together, "podAffinity", "podAntiAffinity")
	im.leaveOut(pod, together, "topologySpreadConstraints")
	im.leaveOut(pod, "who is evicted from a full node is not modelled; a drain in the timeline is an eviction", "priorityClassName", "priority", "preemptionPolicy", "evictionResponders")
	im.leaveOut(pod, "a pod is ready only when others say so as well, which may take longer", "readinessGates", "schedulingGates", "schedulingGroup")
	im.leaveOut(pod, "pods that end by themselves are not modelled", "activeDeadlineSeconds")
	for _, t := range pod.Get("tolerations").Children() {
		im.leaveOut(t, "when a pod leaves a node that is gone is not modelled", "tolerationSeconds")
	}
	for _, c := range pod.Get("initContainers").Children() {
		im.NotCarried(c, "container %s: runs before or beside the one that serves; its time is not in the file", c.Get("name"))
	}
	for _, c := range pod.Get("containers").Children() {
		im.leaveOut(c.Get("lifecycle"), "how long it takes is not in the file; a new pod gets ready that much later", "postStart")
		if c == container {
			continue
		}
		im.leaveOut(c, "a pod is ready when all of its containers are; only that of "+container.Get("name").String()+" is modelled", "readinessProbe", "startupProbe")
		im.leaveOut(c, "restarts of pods that hang are not modelled", "livenessProbe")
		im.leaveOut(c, "the CPU beside that of "+container.Get("name").String()+", which an autoscaler counts as well", "resources")
	}
	if n := container.Get("resources"); pod.Get("resources") != nil && n != nil {
		im.Harmless(n, "resources of a container: the pod has its own")
	}
}

var sleeping = lazy.Regexp(`\bsleep\s+"?(\d+(?:\.\d+)?)([smh]?)\b`)

// pause is how long a preStop hook waits.
func pause(hook *tree.Node) (sim.Time, bool) {
	if n := hook.Get("sleep", "seconds"); n != nil {
		return n.Seconds()
	}
	m := sleeping().FindStringSubmatch(strings.Join(strings.Fields(words(hook.Get("exec"))), " "))
	if m == nil {
		return 0, false
	}
	x, err := strconv.ParseFloat(m[1], 64)
	unit := map[string]sim.Time{"": sim.Second, "s": sim.Second, "m": sim.Minute, "h": sim.Hour}[m[2]]
	return sim.FromSeconds(x * unit.Seconds()), err == nil && x < 1e6
}

// words are the scalars below n.
func words(n *tree.Node) string {
	text := n.Value()
	for _, x := range n.Children() {
		text += " " + words(x)
	}
	return text
}

// prober is a probe with the API's defaults.
type prober struct {
	delay, period, timeout sim.Time
	fall, rise             int
}

// prober reads a probe. A zero stands for the default, as in the API.
func (im *translation) prober(n *tree.Node) prober {
	p := prober{period: 10 * sim.Second, timeout: sim.Second, fall: 3, rise: 1}
	for _, f := range []struct {
		key string
		to  *sim.Time
	}{{"initialDelaySeconds", &p.delay}, {"periodSeconds", &p.period}, {"timeoutSeconds", &p.timeout}} {
		x := n.Get(f.key)
		if t, ok := x.Seconds(); ok && t > 0 {
			*f.to = t
		} else if x != nil && !ok {
			im.NotCarried(x, "%s: must be a number of seconds, got %s; %v is used", f.key, x, *f.to)
		}
	}
	for _, f := range []struct {
		key string
		to  *int
	}{{"failureThreshold", &p.fall}, {"successThreshold", &p.rise}} {
		at := n.Get(f.key)
		if x, ok := at.Int(); ok && x > 0 && x < 1e6 {
			*f.to = x
		} else if at != nil && at.Value() != "0" {
			im.NotCarried(at, "%s: must be a whole number from 1, got %s; %d is used", f.key, at, *f.to)
		}
	}
	return p
}

// probes reads how a pod gets ready, and what takes it out. A probe's first turn falls anywhere in a period after the delay, and
// readiness is asked for when the start-up probe has succeeded.
func (im *translation) probes(p *ir.Pool, c *tree.Node) {
	startup, readiness := c.Get("startupProbe"), c.Get("readinessProbe")
	m := &p.Machine
	if startup != nil {
		s := im.prober(startup)
		m.StartupLeast, m.StartupMost = s.delay, s.delay+s.period
		im.Translated(startup, "startupProbe: after %v, every %v, for up to %v", s.delay, s.period, s.delay+sim.Time(s.fall)*s.period)
	}
	if readiness != nil {
		r := im.prober(readiness)
		again := sim.Time(r.rise-1) * r.period
		m.StartupLeast = max(m.StartupLeast, r.delay) + again
		m.StartupMost = max(m.StartupMost, r.delay) + r.period + again
		p.Health = &sim.Health{Interval: r.period, Timeout: r.timeout, Fall: r.fall, Rise: r.rise}
		im.Translated(readiness, "readinessProbe: every %v, down after %d failures, up after %d successes", r.period, r.fall, r.rise)
	}
	switch {
	case m.StartupMost > 0:
		im.Assumed(c, "startup: %v to %v, when the probes are due for the first time; they succeed then. What the program itself and its image take is not in the file", m.StartupLeast, m.StartupMost)
	case c != nil:
		im.Assumed(c, "startup: no probe, so a new pod is ready at once; what the program itself and its image take is not in the file")
	}
	if n := c.Get("livenessProbe"); n != nil {
		im.NotCarried(n, "livenessProbe: restarts of pods that hang are not modelled; a crash with a repair in the timeline is one")
	}
}
