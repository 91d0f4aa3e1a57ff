package kubernetes

import (
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/policies/calico"
	"stickysim/policies/cilium"
	"stickysim/policies/kubernetes"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim"
)

// What passes connections to Services on from each node is a fact of the cluster, which no Service says. Files that hold the
// configuration of kube-proxy, Cilium or Calico say it.
var (
	_ = register("kubeproxy.config.k8s.io", (*translation).kubeProxyConfiguration, "KubeProxyConfiguration")
	_ = register("", (*translation).proxyConfigMap, "ConfigMap")
	_ = register("projectcalico.org", (*translation).felixConfiguration, "FelixConfiguration")
	_ = register("crd.projectcalico.org", (*translation).felixConfiguration, "FelixConfiguration")
)

// nodeProxy passes connections on. The zero value, and nil, stand for kube-proxy with iptables or nftables.
type nodeProxy struct {
	ipvs        string // scheduler; empty: another mode
	maglev      *cilium.Maglev
	cilium      bool
	calico      bool
	connectTime bool
}

// schedulers are those of IPVS that have a policy.
var schedulers = []string{"rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "mh", "dh"}

// policy is what a Service gets, with the timeout of its session affinity or 0.
func (x *nodeProxy) policy(timeout sim.Time, port int) (name string, c policies.Config) {
	switch plain := x == nil || *x == (nodeProxy{}); {
	case plain && timeout > 0:
		return "kubernetes/client-ip", kubernetes.ClientIP{Timeout: timeout}
	case plain:
		return "kubernetes/random", kubernetes.Random{}
	case x.maglev != nil:
		m := *x.maglev
		m.Timeout = timeout
		if port > 0 {
			m.Port = port
		}
		return "cilium/maglev", m
	case x.cilium:
		return "cilium/random", cilium.Random{Affinity: cilium.Affinity{Timeout: timeout}}
	case x.calico:
		return "calico/ebpf", calico.EBPF{Timeout: timeout, ConnectTime: x.connectTime}
	}
	name = "kubernetes/ipvs-" + x.ipvs
	return name, params.Of(name, params.Setting{Name: "client_ip_timeout", Value: timeout})
}

// assumedProxy says which proxy is assumed for a Service, where no file says it.
func (im *translation) assumedProxy(o *object) {
	if im.proxy == nil {
		im.Assumed(o.root, "what passes connections on from each node: not in these files; kube-proxy in mode iptables or nftables. "+
			"In mode ipvs the policy is kubernetes/ipvs-rr, or that of another scheduler; with Cilium it is cilium/random or cilium/maglev, "+
			"with Calico's eBPF calico/ebpf")
	}
}

// kubeProxyConfiguration reads the configuration of kube-proxy.
func (im *translation) kubeProxyConfiguration(o *object) { im.kubeProxyMode(o.root) }

func (im *translation) kubeProxyMode(n *tree.Node) {
	mode := n.Get("mode")
	x := &nodeProxy{}
	if im.proxy == nil { // where Cilium or Calico is there, it replaces kube-proxy
		im.proxy = x
	}
	switch mode.Value() {
	case "ipvs":
		x.ipvs = "rr"
	case "", "iptables", "nftables":
		if mode != nil {
			im.Translated(mode, "mode %s: kubernetes/random, or kubernetes/client-ip with session affinity", mode)
		}
		return
	default:
		im.NotCarried(mode, "mode %s: not known; iptables is used", mode)
		return
	}
	im.Translated(mode, "mode ipvs: policies kubernetes/ipvs-…")
	if s := n.Get("ipvs", "scheduler"); s.Value() != "" {
		if slices.Contains(schedulers, s.Value()) {
			x.ipvs = s.Value()
			im.Translated(s, "scheduler: %s", s)
		} else {
			im.NotCarried(s, "scheduler %s: not modelled; rr is used", s)
		}
	} else {
		im.Assumed(n, "ipvs.scheduler: not given, rr")
	}
}

// proxyConfigMap reads the ConfigMaps of kube-proxy and Cilium.
func (im *translation) proxyConfigMap(o *object) {
	data := o.root.Get("data")
	if text := data.Get("config.conf"); strings.Contains(text.Value(), "KubeProxyConfiguration") {
		docs, err := tree.Documents(text.File, []byte(text.Value()), nil)
		if err != nil || len(docs) == 0 {
			im.NotCarried(text, "config.conf: cannot be read: %v", err)
			return
		}
		im.Translated(text, "config.conf: the configuration of kube-proxy")
		mode := &tree.Node{Kind: tree.Map, Place: text.Place}
		for _, key := range [...]string{"mode", "ipvs"} {
			if x := docs[0].Get(key); x != nil {
				x.Place = text.Place
				if s := x.Get("scheduler"); s != nil {
					s.Place = text.Place
				}
				mode.Items = append(mode.Items, x)
			}
		}
		im.kubeProxyMode(mode)
		return
	}
	if replaces := data.Get("kube-proxy-replacement"); replaces != nil {
		im.ciliumProxy(replaces, data.Get("bpf-lb-algorithm"), data.Get("bpf-lb-maglev-table-size"), data.Get("bpf-lb-maglev-hash-seed"))
	}
}

// ciliumValues reads the values of Cilium's Helm chart. It reports whether doc is that.
func (im *translation) ciliumValues(doc *tree.Node) bool {
	replaces := doc.Get("kubeProxyReplacement")
	if replaces == nil {
		return false
	}
	im.ciliumProxy(replaces, doc.Get("loadBalancer", "algorithm"), doc.Get("maglev", "tableSize"), doc.Get("maglev", "hashSeed"))
	return true
}

// ciliumProxy is Cilium instead of kube-proxy.
func (im *translation) ciliumProxy(replaces, algorithm, size, seed *tree.Node) {
	if v := replaces.Value(); v != "true" && v != "strict" {
		im.Translated(replaces, "%s %s: kube-proxy passes connections on", replaces.Key, replaces)
		return
	}
	im.Translated(replaces, "%s: Cilium passes connections on", replaces.Key)
	x := &nodeProxy{cilium: true}
	im.proxy = x
	switch algorithm.Value() {
	case "maglev":
		im.Translated(algorithm, "%s: policy cilium/maglev, for connections from outside the cluster", algorithm.Key)
		c := params.Of("cilium/maglev").(cilium.Maglev)
		x.maglev = &c
	case "", "random":
		if algorithm != nil {
			im.Translated(algorithm, "%s: policy cilium/random", algorithm.Key)
		}
		return
	default:
		im.NotCarried(algorithm, "%s %s: not known; random is used", algorithm.Key, algorithm)
		return
	}
	asked := *x.maglev
	if n, ok := size.Int(); ok {
		asked.TableSize = n
		im.maglevSetting(size, asked, x.maglev)
	}
	asked = *x.maglev
	if seed.Value() != "" {
		asked.Seed = seed.Value()
		im.maglevSetting(seed, asked, x.maglev)
	}
}

// maglevSetting takes over a setting that Cilium accepts.
func (im *translation) maglevSetting(n *tree.Node, asked cilium.Maglev, to *cilium.Maglev) {
	if err := asked.Validate(); err != nil {
		im.NotCarried(n, "%s: %v", n.Key, err)
		return
	}
	*to = asked
	im.Translated(n, "%s: %s", n.Key, n)
}

// felixConfiguration reads whether Calico's eBPF dataplane is on.
func (im *translation) felixConfiguration(o *object) {
	on := o.spec("bpfEnabled")
	if !on.True() {
		if on != nil {
			im.Translated(on, "bpfEnabled %s: kube-proxy passes connections on", on)
		}
		return
	}
	im.Translated(on, "bpfEnabled: Calico passes connections on, policy calico/ebpf")
	im.proxy = &nodeProxy{calico: true}
	if c := o.spec("bpfConnectTimeLoadBalancing"); c != nil {
		im.Translated(c, "bpfConnectTimeLoadBalancing: clients are taken to come from outside, for whom it does not count")
	}
}

// firstPort is the first port of a Service.
func firstPort(o *object) int {
	if ports := o.spec("ports").Children(); len(ports) > 0 {
		if n, ok := ports[0].Get("port").Int(); ok {
			return n
		}
	}
	return 0
}
