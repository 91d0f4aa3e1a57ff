package importer_test

import (
	"strings"
	"testing"
)

// Every field of the declarative configurations of Kong and APISIX is in a drawer: none is not understood.
func TestEveryFieldOfGateways(t *testing.T) {
	const upstream = `nodes = [{host: 10.0.0.1, port: 80, weight: 1}] unless service_name discovery_type discovery_args
		nodes host = 10.0.0.1
		nodes port = 80
		nodes weight = 1
		type = chash unless checks
		key = x unless checks
		hash_on = header unless checks key
		checks active healthy interval = 2
		service_name = x with discovery_type discovery_args
		discovery_type = dns with service_name discovery_args`
	beside := map[string]string{
		"kong upstreams[]": `name = it
			targets = [{target: "10.0.0.1:80"}]
			targets target = 10.0.0.1:80
			healthchecks active healthy interval = 2
			algorithm = consistent-hashing unless algorithm sticky_sessions_cookie sticky_sessions_cookie_path healthchecks
			algorithm = sticky-sessions with sticky_sessions_cookie sticky_sessions_cookie_path
			sticky_sessions_cookie = x with sticky_sessions_cookie_path algorithm
			hash_on = header with hash_on_header hash_fallback hash_fallback_header hash_fallback_query_arg hash_fallback_uri_capture
			hash_on = cookie with hash_on_cookie hash_on_cookie_path
			hash_on = query_arg with hash_on_query_arg
			hash_on = uri_capture with hash_on_uri_capture
			hash_on_header = x with hash_fallback hash_fallback_header hash_fallback_query_arg hash_fallback_uri_capture
			hash_on_cookie = x with hash_on_cookie_path`,
		"kong targets[]":         "upstream = other\n target = 10.0.0.2:80",
		"kong services[]":        "host = other",
		"apisix upstreams[]":     upstream,
		"apisix routes[]":        inside("upstream", upstream),
		"apisix services[]":      inside("upstream", upstream),
		"apisix stream_routes[]": inside("upstream", upstream),
	}
	other := map[string]string{
		"kong":   "upstreams:\n- {name: other, targets: [{target: '10.0.0.1:80'}]}",
		"apisix": "upstreams:\n- {id: other, nodes: [{host: 10.0.0.1, port: 80, weight: 1}]}",
	}
	for _, product := range []string{"kong", "apisix"} {
		for _, kind := range fieldsOf(t, "testdata/schemas/fields-"+product+".txt") {
			t.Run(product+" "+kind.name, func(t *testing.T) {
				t.Parallel()
				with := companions(beside[product+" "+kind.name])
				tally(t, kind, product, "file.yaml", func(path []*field, value string) *page {
					p := &page{lines: strings.Split(other[product], "\n")}
					if kind.name == "upstreams[]" {
						p.add(0, "-")
					} else {
						p.add(0, strings.TrimSuffix(kind.name, "[]")+":")
						p.add(0, "-")
					}
					p.keys = []int{len(p.lines) + 1}
					p.object(1, "", path, value, with)
					return p
				})
			})
		}
	}
}

// inside puts companions of an object into one that holds it.
func inside(key, text string) string {
	return strings.ReplaceAll(strings.ReplaceAll("\n"+text, "\t", ""), "\n", "\n"+key+" ") + "\n" + key + " = {nodes: [{host: 10.0.0.1, port: 80, weight: 1}]} unless upstream_id service_id"
}
