package kubernetes

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies/haproxy"
	"stickysim/scenarios/importer"
	_ "stickysim/scenarios/importer/haproxy"
	"stickysim/scenarios/importer/ir"
	_ "stickysim/scenarios/importer/nginx"
	"stickysim/sim"
)

// What kubectl get -o yaml writes is all known: nothing is not carried over, and each object has its part in a pool.
func TestListOfCluster(t *testing.T) {
	c, err := importer.Import(os.DirFS("testdata"), "", "list.yaml")
	if err != nil || c.Product != "kubernetes" {
		t.Fatal(c, err)
	}
	for _, r := range c.In(ir.NotCarried) {
		t.Error(r)
	}
	p, err := importer.Choose(c, "")
	if err != nil || p.Name != "web" || p.Replicas != 4 || p.Scaling == nil || p.Scaling.Target != 0.4 {
		t.Errorf("%+v, %v", p, err)
	}
}

// Files of a folder belong together, whatever else lies there.
func TestFolder(t *testing.T) {
	files := fstest.MapFS{
		"app/Chart.yaml":     {Data: []byte("apiVersion: v2\nname: web\n")},
		"app/deploy.yaml":    {Data: []byte("# Source: web/templates/deploy.yaml\n" + deployment("image: i", "", ""))},
		"app/service.yml":    {Data: []byte("---\n# Source: web/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n---\n")},
		"app/ingress.json":   {Data: []byte(`{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}, "spec": {"ingressClassName": "nginx", "defaultBackend": {"service": {"name": "web"}}}}`)},
		"app/README.md":      {Data: []byte("kind: none\n")},
		"bad/templated.yaml": {Data: []byte("apiVersion: v1\nkind: Service\nmetadata: {{ .Values.name }}\n")},
	}
	c, err := importer.Import(files, "", "app")
	if err != nil {
		t.Fatal(err)
	}
	if p := only(t, c); p.Policy != "ingress-nginx/round-robin" || p.Replicas != 10 || !remarked(c, ir.NotCarried, "name") {
		t.Errorf("%+v", p)
	}
	if _, err := importer.Import(files, "", "bad"); err == nil || !strings.Contains(err.Error(), "helm template") {
		t.Errorf("a template: %v", err)
	}
}

// A balancer's configuration in a ConfigMap is read as a file of its own, with places in the file it stands in.
func TestConfigMap(t *testing.T) {
	c, err := importer.Import(os.DirFS("testdata"), "", "configmap-haproxy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p := only(t, c)
	if _, ok := p.Params.(haproxy.Cookie); !ok || p.Name != "app" || p.Line != 6 || c.ProductOf(&p) != "haproxy" || len(p.Servers) != 2 || p.Servers[1].Line != 11 || p.CookieName != "S" {
		t.Errorf("%+v", p)
	}
	for _, r := range c.Remarks {
		if r.File != "configmap-haproxy.yaml" || r.Line < 1 || r.Line > 11 {
			t.Errorf("place of %+v", r)
		}
	}
	const nginx = `upstream app { ip_hash; server 10.0.0.1; server 10.0.0.2; }\nserver { location / { proxy_pass http://app; } }\n`
	c = importText(t, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  LEVEL: debug\n  default.conf: \""+nginx+"\"\n  notes.txt: |\n    nothing\n    of interest\n  broken.cfg: |\n    backend x\n      balance roundrobin\n")
	if p := only(t, c); p.Policy != "nginx/ip_hash" || p.Line != 6 || p.Servers[0].Line != 6 {
		t.Errorf("%+v", p)
	}
	for _, text := range []string{"LEVEL", "notes.txt"} {
		if !remarked(c, ir.Harmless, text) {
			t.Errorf("no remark on %s in %v", text, c.Remarks)
		}
	}
	if !remarked(c, ir.NotCarried, "broken.cfg") {
		t.Errorf("no remark on a configuration without servers in %v", c.Remarks)
	}
}

// Addresses that a cluster lists are the servers, in the state and zone they are in.
func TestAddresses(t *testing.T) {
	service := "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n"
	slice := "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1, labels: {kubernetes.io/service-name: web}}\nports: [{port: 8080}]\nendpoints:\n" +
		"- {addresses: [10.0.0.1], conditions: {ready: true}, zone: b, targetRef: {kind: Pod, name: web-x}}\n- {addresses: [10.0.0.2], conditions: {ready: false}, zone: a}\n" +
		"- {addresses: [\"fd00::3\"], conditions: {ready: false, serving: true, terminating: true}, zone: b}\n"
	p := only(t, importText(t, service+slice+"---\n"+deployment("resources: {limits: {cpu: 3}}", "", "")))
	var got []string
	for _, s := range p.Servers {
		got = append(got, s.Info.Name+" "+s.Info.Addr+" "+map[sim.Status]string{sim.Up: "up", sim.Down: "down", sim.Draining: "draining"}[s.Status])
	}
	if want := "web-x 10.0.0.1:8080 up, 10.0.0.2:8080 10.0.0.2:8080 down, [fd00::3]:8080 [fd00::3]:8080 draining"; strings.Join(got, ", ") != want || p.Machine.Cores != 3 || p.Replicas != 0 {
		t.Errorf("%s; %+v", strings.Join(got, ", "), p)
	}
	if p.Servers[0].Info.Zone != 1 || p.Servers[1].Info.Zone != 2 || p.Servers[2].Info.Zone != 1 {
		t.Errorf("zones of %+v", p.Servers)
	}
	p = only(t, importText(t, service+"---\nkind: Endpoints\nmetadata: {name: web}\nsubsets: [{addresses: [{ip: 10.0.0.1}], notReadyAddresses: [{ip: 10.0.0.2}], ports: [{port: 80}]}]\n"))
	if len(p.Servers) != 2 || p.Servers[0].Info.Addr != "10.0.0.1:80" || p.Servers[1].Status != sim.Down {
		t.Errorf("%+v", p.Servers)
	}
	c := importText(t, service+"---\nkind: Pod\nmetadata: {name: web-a, labels: {app: web}}\nspec: {containers: [{name: c, resources: {limits: {cpu: 2}}}]}\nstatus: {podIP: 10.0.0.9}\n"+
		"---\nkind: Pod\nmetadata: {name: web-b, labels: {app: web}}\nspec: {containers: [{name: c}]}\n---\nkind: Pod\nmetadata: {name: other, labels: {app: other}}\n")
	p = only(t, c)
	if len(p.Servers) != 2 || p.Servers[0].Info.Addr != "10.0.0.9" || p.Servers[1].Info.Name != "web-b" || p.Machine.Cores != 2 || !remarked(c, ir.NotCarried, "Pod other") {
		t.Errorf("%+v, remarks %v", p, c.Remarks)
	}
	c = importText(t, service+strings.ReplaceAll(slice, "service-name: web", "service-name: gone"))
	if !remarked(c, ir.NotCarried, "EndpointSlice web-1: of no Service") {
		t.Errorf("remarks %v", c.Remarks)
	}
}

// A kind that is not understood is never harmless, and what it may balance is named. So is one that is called like another.
func TestForeignKinds(t *testing.T) {
	c := importText(t, "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n---\napiVersion: example.com/v1\nkind: Stickiness\nmetadata: {name: s}\nspec: {targetRef: {kind: Service, name: web}, mode: cookie}\n"+
		"---\napiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: fn}\nspec: {template: {}}\n---\napiVersion: autoscaling.k8s.io/v1\nkind: VerticalPodAutoscaler\nmetadata: {name: v}\nspec: {}\n")
	only(t, c)
	for _, text := range []string{"Stickiness s: kind not understood; it names Service web", "Service.serving.knative.dev fn: kind not understood", "VerticalPodAutoscaler"} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("no remark %q in %v", text, c.In(ir.NotCarried))
		}
	}
}

// How connections get to a Service is either part of the scenario or said.
func TestServiceFields(t *testing.T) {
	for spec, want := range map[string]string{
		"externalTrafficPolicy: Local": "externalTrafficPolicy Local", "internalTrafficPolicy: Local": "internalTrafficPolicy Local", "internalTrafficPolicy: Lokal": "internalTrafficPolicy: must be Cluster or Local, got Lokal", "trafficDistribution: PreferClose": "trafficDistribution",
		"loadBalancerClass: example.com/lb": "loadBalancerClass", "type: Odd": "type Odd", "futureField: x": "futureField: not understood",
		"externalTrafficPolicy: Cluster, internalTrafficPolicy: Cluster, type: LoadBalancer": "", "publishNotReadyAddresses: true": "",
	} {
		c := importText(t, "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {"+spec+"}\n")
		if p := only(t, c); strings.HasPrefix(spec, "publish") && p.Health.Interval != sim.Never {
			t.Errorf("%s: %+v", spec, p.Health)
		}
		if left := c.In(ir.NotCarried); want == "" && len(left) > 0 || want != "" && !remarked(c, ir.NotCarried, want) {
			t.Errorf("%s: %v", spec, left)
		}
	}
}
