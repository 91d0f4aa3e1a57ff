package kubernetes

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/scenarios"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// deployment is a Deployment of a pod whose container has further fields, with an autoscaler of a CPU metric.
func deployment(container, pod, spec string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 10\n" + spec +
		"  template: {metadata: {labels: {app: web}}, spec: {" + pod + "containers: [{name: c, " + container + "}]}}\n"
}

const scaler = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n  scaleTargetRef: {kind: Deployment, name: web}\n  maxReplicas: 40\n"

func TestCoresAndTargetComeFromResources(t *testing.T) {
	for _, x := range []struct {
		name, resources, metric string
		cores                   int
		speed, target           float64
	}{
		{"limit", `{limits: {cpu: "4"}}`, "target: {averageUtilization: 60}", 4, 1, 0.6},
		{"part of a core", "{requests: {cpu: 250m}, limits: {cpu: 500m}}", "target: {averageUtilization: 80}", 1, 0.5, 0.4},
		{"cores and a part", "{requests: {cpu: 1500m}}", "target: {averageUtilization: 60}", 2, 0.75, 0.6},
		{"more than requested", "{requests: {cpu: 500m}, limits: {cpu: 2}}", "target: {averageUtilization: 150}", 2, 1, 0.375},
		{"value", "{requests: {cpu: 1}, limits: {cpu: 2}}", "target: {averageValue: 500m}", 2, 1, 0.25},
		{"old value", "{requests: {cpu: 1}}", "targetAverageUtilization: 50", 1, 1, 0.5},
		{"beyond what there is", "{requests: {cpu: 1}}", "target: {averageUtilization: 150}", 1, 1, 1},
		{"nothing", "{}", "target: {averageUtilization: 60}", 0, 0, 0.6},
	} {
		c := importText(t, deployment("resources: "+x.resources, "", "")+scaler+"  metrics: [{type: Resource, resource: {name: cpu, "+x.metric+"}}]\n")
		p := only(t, c)
		if p.Machine.Cores != x.cores || p.Machine.Speed != x.speed || p.Scaling == nil || p.Scaling.Target != x.target {
			t.Errorf("%s: %+v, autoscaler %+v", x.name, p.Machine, p.Scaling)
		}
	}
}

func TestStartUpComesFromProbes(t *testing.T) {
	for probes, want := range map[string][2]sim.Time{
		"image: i": {0, 0},
		"readinessProbe: {periodSeconds: 5, initialDelaySeconds: 20}":                                                                 {20, 25},
		"readinessProbe: {successThreshold: 3}":                                                                                       {20, 30},
		"startupProbe: {initialDelaySeconds: 5, periodSeconds: 2}":                                                                    {5, 7},
		"startupProbe: {initialDelaySeconds: 5, periodSeconds: 2}, readinessProbe: {periodSeconds: 5}":                                {5, 12},
		"startupProbe: {initialDelaySeconds: 5, periodSeconds: 2}, readinessProbe: {periodSeconds: 5, initialDelaySeconds: 60}":       {60, 65},
		"readinessProbe: {periodSeconds: 5}, livenessProbe: {initialDelaySeconds: 90, periodSeconds: 30}, lifecycle: {postStart: {}}": {0, 5},
	} {
		p := only(t, importText(t, deployment(probes, "", "")))
		if got := [2]sim.Time{p.Machine.StartupLeast / sim.Second, p.Machine.StartupMost / sim.Second}; got != want {
			t.Errorf("%s: %v, want %v", probes, got, want)
		}
	}
}

func TestTermination(t *testing.T) {
	hook := func(text string) string { return "lifecycle: {preStop: {" + text + "}}" }
	for _, x := range []struct {
		container, pod string
		drain, grace   sim.Time
	}{
		{"image: i", "", 0, 30},
		{"image: i", "terminationGracePeriodSeconds: 90, ", 0, 90},
		{hook(`exec: {command: ["sleep", "10"]}`), "", 10, 20},
		{hook(`exec: {command: [/bin/sh, -c, "nginx -s quit; sleep 5s && true"]}`), "", 5, 25},
		{hook("sleep: {seconds: 12}"), "", 12, 18},
		{hook("sleep: {seconds: 120}"), "", 30, 0},
		{hook("httpGet: {path: /drain, port: 80}"), "", 0, 30},
	} {
		p := only(t, importText(t, deployment(x.container, x.pod, "")))
		if r := p.Rollout; r == nil || r.Drain != x.drain*sim.Second || r.Grace != x.grace*sim.Second || p.Drain != r.Drain+r.Grace {
			t.Errorf("%s %s: %+v, drain %v", x.container, x.pod, r, p.Drain)
		}
	}
}

func TestStrategies(t *testing.T) {
	for _, x := range []struct {
		kind, spec string
		want       ir.Rollout
		names      string
	}{
		{"Deployment", "", ir.Rollout{Strategy: "rolling", Surge: "25%", Unavailable: "25%"}, ""},
		{"Deployment", "strategy: {rollingUpdate: {maxSurge: 2}}, minReadySeconds: 15", ir.Rollout{Strategy: "rolling", Surge: "2", Unavailable: "25%", MinReady: 15 * sim.Second}, ""},
		{"Deployment", "strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}", ir.Rollout{Strategy: "rolling", Surge: "0", Unavailable: "1"}, ""},
		{"Deployment", "strategy: {rollingUpdate: {maxSurge: lots, maxUnavailable: -1}}", ir.Rollout{Strategy: "rolling", Surge: "25%", Unavailable: "25%"}, ""},
		{"Deployment", "strategy: {type: Recreate}", ir.Rollout{Strategy: "in_place", Surge: "25%", Unavailable: "100%"}, ""},
		{"StatefulSet", "", ir.Rollout{Strategy: "in_place", Unavailable: "1"}, "web-0 web-1 web-2 web-3"},
		{"StatefulSet", "updateStrategy: {type: OnDelete}, ordinals: {start: 5}", ir.Rollout{Strategy: "in_place", Unavailable: "1"}, "web-5 web-6 web-7 web-8"},
		{"DaemonSet", "", ir.Rollout{Strategy: "rolling", Surge: "0", Unavailable: "1"}, ""},
		{"Rollout", "strategy: {blueGreen: {activeService: web}}", ir.Rollout{Strategy: "blue_green"}, ""},
		{"Rollout", "strategy: {canary: {maxSurge: 1, steps: [{setWeight: 20}]}}", ir.Rollout{Strategy: "rolling", Surge: "1", Unavailable: "0"}, ""},
	} {
		text := "kind: " + x.kind + "\nmetadata: {name: web}\nspec: {replicas: 4, " + x.spec + "}\n"
		c := importText(t, text)
		p := only(t, c)
		if x.want.Grace = 30 * sim.Second; p.Rollout == nil || strings.Join(p.Names, " ") != x.names {
			t.Errorf("%s %s: %+v, names %v", x.kind, x.spec, p.Rollout, p.Names)
			continue
		}
		if *p.Rollout != x.want {
			t.Errorf("%s %s: %+v, want %+v", x.kind, x.spec, *p.Rollout, x.want)
		}
		uncommented(t, c, &p)
	}
}

// uncommented demands that the scenario of a pool is valid when the lines are made part of it that it has as comments.
func uncommented(t *testing.T, c *ir.Config, p *ir.Pool) *scenarios.Built {
	t.Helper()
	yaml, err := importer.ToScenario(c, p)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("# timeline:", "timeline:", "#   - {at", "  - {at").Replace(string(yaml))
	spec, err := scenarios.Parse("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	b := scenarios.Build(spec, nil)
	if err := b.Problems.Err(); err != nil || len(b.Study.Variants[0].Model.Timeline) == 0 {
		t.Errorf("%v\n%.3000s", err, text)
	}
	return &b
}

func TestPodDisruptionBudget(t *testing.T) {
	for spec, want := range map[string]int{
		"maxUnavailable: 2": 2, "maxUnavailable: 25%": 3, "minAvailable: 8": 2, "minAvailable: 75%": 2, "minAvailable: 100%": 0, "maxUnavailable: x": 0, "maxUnavailable: 99": 10,
	} {
		c := importText(t, deployment("image: i", "", "")+"---\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {selector: {matchLabels: {app: web}}, "+spec+"}\n")
		p := only(t, c)
		if p.Rollout.Evict != want {
			t.Errorf("%s: %d, want %d", spec, p.Rollout.Evict, want)
		}
		uncommented(t, c, &p)
	}
}

// A whole application: what its manifests say is what its scenario does.
func TestApplication(t *testing.T) {
	c, err := importer.Import(os.DirFS("testdata"), "", "app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p := only(t, c)
	b := uncommented(t, c, &p)
	m := b.Study.Variants[0].Model
	s := m.Servers[0]
	if len(m.Servers) != 6 || s.Cores != 2 || s.Startup.String() != "uniform(20s 25s)" {
		t.Errorf("%d servers, %d cores, startup %v", len(m.Servers), s.Cores, s.Startup)
	}
	want := sim.Strategy{MaxSurge: 2, Drain: 15 * sim.Second, Grace: 45 * sim.Second}
	if got := m.Timeline[0].Strategy; got != want {
		t.Errorf("deployment %+v, want %+v", got, want)
	}
	if a := m.Autoscaler; a.Min != 6 || a.Max != 20 || a.Target != 0.6 || a.Drain != sim.Minute {
		t.Errorf("autoscaler %+v", a)
	}
	for _, w := range b.Study.Warnings {
		if w.Code == "overload" {
			t.Errorf("warning %+v where an autoscaler adds servers", w)
		}
	}
}

// What Kubernetes refuses is an error, with its line.
func TestAutoscalerBounds(t *testing.T) {
	for spec, line := range map[string]int{"  minReplicas: 2\n": 4, "  minReplicas: 2\n  maxReplicas: 1\n": 7, "  maxReplicas: many\n": 6} {
		text := "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n  scaleTargetRef: {kind: Deployment, name: web}\n" + spec
		_, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "kubernetes", "f")
		var placed *ir.Error
		if !errors.As(err, &placed) || placed.Line != line || !strings.Contains(placed.Text, "maxReplicas") {
			t.Errorf("%s: error %v, want one about maxReplicas in line %d", spec, err, line)
		}
	}
}

// What an autoscaler follows besides CPU is named, and without CPU there is none.
func TestAutoscalerMetrics(t *testing.T) {
	const pods = "{type: Pods, pods: {metric: {name: rps}, target: {averageValue: 10}}}"
	const external = "{type: External, external: {metric: {name: queue}, target: {value: 10}}}"
	const busy = "{type: ContainerResource, containerResource: {name: cpu, container: c, target: {averageUtilization: 70}}}"
	for metrics, want := range map[string]float64{"": 0.8, "metrics:": 0.8, "metrics: [" + pods + "]": 0, "metrics: [" + pods + ", " + busy + ", " + external + "]": 0.7} {
		c := importText(t, deployment("resources: {requests: {cpu: 1}}", "", "")+scaler+"  "+metrics+"\n")
		p := only(t, c)
		if got := p.Scaling; want == 0 && got != nil || want > 0 && (got == nil || got.Target != want) {
			t.Errorf("%s: %+v, want target %v", metrics, got, want)
		}
		for _, name := range []string{"rps", "queue"} {
			if strings.Contains(metrics, name) && !remarked(c, ir.NotCarried, name) {
				t.Errorf("%s: no remark on %s", metrics, name)
			}
		}
	}
}

// Two workloads with the labels of a Service are one pool; the ReplicaSet of a Deployment is not another.
func TestWorkloadsBehindOneService(t *testing.T) {
	c := importText(t, deployment("image: i", "", "")+`---
kind: Deployment
metadata: {name: web-canary}
spec: {replicas: 2, template: {metadata: {labels: {app: web, track: canary}}}}
---
kind: ReplicaSet
metadata: {name: web-1, ownerReferences: [{kind: Deployment, name: web}]}
spec: {replicas: 10, template: {metadata: {labels: {app: web}}}}
---
kind: Service
metadata: {name: web}
spec: {selector: {app: web}}
`)
	if p := only(t, c); p.Replicas != 12 || !remarked(c, ir.NotCarried, "web-canary") || !remarked(c, ir.Harmless, "ReplicaSet web-1") {
		t.Errorf("%d pods, remarks %v", p.Replicas, c.Remarks)
	}
}
