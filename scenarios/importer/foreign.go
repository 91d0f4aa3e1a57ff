package importer

import (
	"regexp"

	"stickysim/sim/lazy"
)

// scenario are signs of a stickysim scenario, which is the outcome of an import.
var scenario = lazy.Regexp(`(?m)^# yaml-language-server: \$schema=stickysim|^version:\s*1\s*(#.*)?$[\s\S]*^(policies|workload|variants):`)

// foreign are configurations that balance requests, and that no product here reads. A message then names them.
var foreign = []struct {
	what  string
	signs func() *regexp.Regexp
}{
	{"Pulumi project; import the rendered resources, for example the output of pulumi preview as CloudFormation or Terraform", lazy.Regexp(`(?m)^runtime:\s*(nodejs|python|go|dotnet|java|yaml)?\s*$`)},
	{"configuration entry of Consul; Consul gives it to Envoy, whose config_dump can be imported", lazy.Regexp(`(?i)["']?kind["']?\s*[=:]\s*["']?service-(resolver|splitter|router|defaults)\b`)},
	{"Nomad job; its services are registered in Consul or Nomad, and a proxy balances them", lazy.Regexp(`(?m)^job\s+"[^"]+"\s*\{`)},
	{"VCL program of Varnish", lazy.Regexp(`(?m)^\s*vcl\s+4\.[01]\s*;`)},
	{"configuration of an F5 BIG-IP", lazy.Regexp(`(?m)^\s*ltm\s+(pool|virtual|persistence)\b`)},
	{"configuration of keepalived; its virtual servers are IPVS", lazy.Regexp(`(?m)^\s*(virtual_server|vrrp_instance)\s+\S+`)},
	{"configuration of Squid", lazy.Regexp(`(?m)^\s*cache_peer\s+\S+`)},
	{"configuration of MetalLB, which announces addresses and leaves balancing to kube-proxy", lazy.Regexp(`(?m)^\s*address-pools:\s*$`)},
	{"Docker Compose or Swarm stack without labels of a proxy; Swarm's own balancing is IPVS round robin: policy kubernetes/ipvs-rr", lazy.Regexp(`(?m)^services:\s*$[\s\S]*^\s+image:\s*\S`)},
	{"template of the Azure Resource Manager; export it to Terraform (aztfexport)", lazy.Regexp(`schema\.management\.azure\.com/schemas/\S*deploymentTemplate`)},
	{"playbook of Ansible; import the files that it writes", lazy.Regexp(`(?m)^- hosts:\s*\S`)},
}

// foreignTo returns what a configuration is that no product here reads; "" if that is not known.
func foreignTo(data []byte) string {
	for _, f := range foreign {
		if f.signs().Match(data) {
			return f.what
		}
	}
	return ""
}
