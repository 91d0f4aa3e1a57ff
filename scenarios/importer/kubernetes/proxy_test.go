package kubernetes

import (
	"fmt"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

const sticky = `
apiVersion: v1
kind: Service
metadata: {name: app}
spec:
  selector: {app: app}
  sessionAffinity: ClientIP
  sessionAffinityConfig: {clientIP: {timeoutSeconds: 600}}
  ports: [{port: 8443}]
`

var loose = strings.NewReplacer("  sessionAffinity: ClientIP\n", "", "  sessionAffinityConfig: {clientIP: {timeoutSeconds: 600}}\n", "").Replace(sticky)

// What passes connections on from each node, by the file that says so.
var proxies = map[string]struct {
	file          string
	loose, sticky string // policies without and with session affinity
}{
	"nothing":  {"", "kubernetes/random {}", "kubernetes/client-ip {Timeout:10m0s}"},
	"iptables": {"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: iptables\n", "kubernetes/random {}", "kubernetes/client-ip {Timeout:10m0s}"},
	"ipvs": {"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n",
		"kubernetes/ipvs-rr {IPVS:{Timeout:0s}}", "kubernetes/ipvs-rr {IPVS:{Timeout:10m0s}}"},
	"ipvs sh": {"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\nipvs: {scheduler: sh}\n",
		"kubernetes/ipvs-sh {IPVS:{Timeout:0s}}", "kubernetes/ipvs-sh {IPVS:{Timeout:10m0s}}"},
	"ConfigMap of kube-proxy": {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy, namespace: kube-system}\ndata:\n  config.conf: |-\n" +
		"    apiVersion: kubeproxy.config.k8s.io/v1alpha1\n    kind: KubeProxyConfiguration\n    mode: ipvs\n    ipvs:\n      scheduler: lc\n",
		"kubernetes/ipvs-lc {IPVS:{Timeout:0s}}", "kubernetes/ipvs-lc {IPVS:{Timeout:10m0s}}"},
	"ConfigMap of Cilium": {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config}\ndata: {kube-proxy-replacement: \"true\", bpf-lb-algorithm: maglev, bpf-lb-maglev-table-size: \"65521\"}\n",
		"cilium/maglev {Affinity:{Timeout:0s} TableSize:65521 Seed:JLfvgnHc2kaSUFaI Port:8443}", "cilium/maglev {Affinity:{Timeout:10m0s} TableSize:65521 Seed:JLfvgnHc2kaSUFaI Port:8443}"},
	"values of Cilium": {"kubeProxyReplacement: true\nloadBalancer: {algorithm: maglev}\nmaglev: {tableSize: 1000}\n",
		"cilium/maglev {Affinity:{Timeout:0s} TableSize:16381 Seed:JLfvgnHc2kaSUFaI Port:8443}", "cilium/maglev {Affinity:{Timeout:10m0s} TableSize:16381 Seed:JLfvgnHc2kaSUFaI Port:8443}"},
	"values of Cilium, random":      {"kubeProxyReplacement: true\n", "cilium/random {Affinity:{Timeout:0s} Socket:false}", "cilium/random {Affinity:{Timeout:10m0s} Socket:false}"},
	"Cilium that replaces no proxy": {"kubeProxyReplacement: false\n", "kubernetes/random {}", "kubernetes/client-ip {Timeout:10m0s}"},
	"Calico": {"apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec: {bpfEnabled: true}\n",
		"calico/ebpf {Timeout:0s ConnectTime:false}", "calico/ebpf {Timeout:10m0s ConnectTime:false}"},
}

func TestProxyOfTheNodes(t *testing.T) {
	for name, x := range proxies {
		for service, want := range map[string]string{loose: x.loose, sticky: x.sticky} {
			text := x.file + "---" + service
			c, err := importer.Import(importer.File("f.yaml", []byte(text)), "kubernetes", "f.yaml")
			if err != nil || len(c.Pools) != 1 {
				t.Errorf("%s: %v, %+v", name, err, c)
				continue
			}
			p := c.Pools[0]
			if got := fmt.Sprintf("%s %+v", p.Policy, p.Params); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
			i, identifies := p.Params.(policies.Identifier)
			key := service == sticky || identifies && i.Identifies() == policies.KeyAddress
			if (p.Key.Kind == "address") != key {
				t.Errorf("%s: %s has key %q", name, p.Policy, p.Key.Kind)
			}
			assumed, notUnderstood := false, ""
			for _, r := range c.Remarks {
				assumed = assumed || r.Drawer == ir.Assumed && strings.Contains(r.Text, "kube-proxy in mode iptables or nftables")
				if strings.HasSuffix(r.Text, "not understood") || r.Line == 0 {
					notUnderstood += r.String()
				}
			}
			if known := name != "nothing" && name != "Cilium that replaces no proxy"; assumed == known || notUnderstood != "" {
				t.Errorf("%s: assumed %v for %s; %s", name, assumed, p.Policy, notUnderstood)
			}
		}
	}
}

func TestUnknownSchedulersAndSizes(t *testing.T) {
	for text, remark := range map[string]string{
		"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\nipvs: {scheduler: lblc}\n---" + loose: "scheduler lblc: not modelled; rr is used",
		proxies["values of Cilium"].file + "---" + loose:                           "tableSize: table_size: must be one of 251",
		"kubeProxyReplacement: true\nloadBalancer: {algorithm: best}\n---" + loose: "algorithm best: not known; random is used",
	} {
		c, err := importer.Import(importer.File("f.yaml", []byte(text)), "kubernetes", "f.yaml")
		if err != nil || !strings.Contains(fmt.Sprint(c.Remarks), remark) {
			t.Errorf("%v: no %q in %v", err, remark, c.Remarks)
		}
	}
}
