package scenarios

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/sim/diag"
)

// Field is a field of scenario files.
type Field struct {
	Path    string   // keys joined by dots: health.fall; elements of lists have no step: workload.think
	Doc     string   // what it means; a phrase
	Type    string   // what may be written
	Default any      // what holds without it; nil: see Doc
	Words   []string // the words it may be; empty: other values
	Shared  bool     // all alternatives have the same
}

// Fields returns the fields of scenario files, sorted by path; the parameters of a policy are policies.NAME.PARAMETER.
func Fields() []Field {
	found := map[string]Field{}
	root := rootSchema()
	defs := root["$defs"].(schema)
	var walk func(path string, s schema)
	walk = func(path string, s schema) {
		properties, _ := s["properties"].(schema)
		for key, v := range properties {
			p := v.(schema)
			at := path + key
			if _, have := found[at]; !have {
				doc, _ := p["description"].(string)
				found[at] = Field{Path: at, Doc: doc, Type: typeOf(p), Default: p["default"], Words: wordsOf(p), Shared: shared(at)}
			}
			if at == "policies" {
				for _, e := range policies.All() {
					walk(at+"."+e.Name+".", defs[paramsDef(e.Name)].(schema))
				}
				continue
			}
			walk(at+".", p)
		}
		for _, key := range []string{"else", "then", "items"} {
			if part, ok := s[key].(schema); ok {
				walk(path, part)
			}
		}
	}
	walk("", root)
	return slices.SortedFunc(maps.Values(found), func(a, b Field) int { return cmp.Compare(a.Path, b.Path) })
}

// shared reports whether a path is one that an alternative cannot override.
func shared(path string) bool {
	key, _, _ := strings.Cut(path, ".")
	return !slices.Contains(sceneObject.keys(), key)
}

// wordsOf are the words that a schema takes.
func wordsOf(s schema) []string {
	words, _ := s["enum"].([]string)
	words = append(slices.Clone(words), patternWords(s)...)
	for _, key := range []string{"then", "else"} {
		if part, ok := s[key].(schema); ok {
			words = append(slices.Clone(words), wordsOf(part)...)
		}
	}
	return words
}

// patternWords are the words that stand alone in a schema's pattern; they are the first of its examples.
func patternWords(s schema) []string {
	pattern, _ := s["pattern"].(string)
	examples, _ := s["examples"].([]string)
	n := 0
	for n < len(examples) && strings.Contains(pattern, "^"+examples[n]+"$") {
		n++
	}
	return slices.Clone(examples[:n])
}

// typeOf says in words what a schema takes.
func typeOf(s schema) string {
	if s["if"] != nil {
		kinds := []string{typeOf(s["then"].(schema)), typeOf(s["else"].(schema))}
		return strings.Join(slices.Compact(kinds), ", or ")
	}
	pattern, _ := s["pattern"].(string)
	types, ok := s["type"].([]string)
	if !ok {
		types = []string{fmt.Sprint(s["type"])}
	}
	switch {
	case s["enum"] != nil:
		return "one of " + strings.Join(s["enum"].([]string), ", ")
	case s["$ref"] != nil:
		return "a policy"
	case s["properties"] != nil || slices.Contains(types, "object"):
		return "a mapping"
	case types[0] == "array":
		return "a list"
	}
	var kinds []string
	for _, k := range []struct{ in, name string }{{momentPattern, "a time"}, {spanPattern, "a duration"}, {sizePattern, "a size"}, {percentPattern, "a share"}, {distPattern(), "a distribution"}} {
		if len(kinds) == 0 && strings.Contains(pattern, k.in) {
			kinds = append(kinds, k.name)
		}
	}
	for _, t := range types {
		name := map[string]string{"integer": "a whole number", "number": "a number", "boolean": "true or false", "array": "a list"}[t]
		plainZero := t == "integer" && s["minimum"] == 0 && s["maximum"] == 0 // beside durations and sizes
		if name != "" && !plainZero && !(t == "number" && len(kinds) > 0) {
			kinds = append(kinds, name)
		}
	}
	if len(kinds) == 0 {
		kinds = []string{"text"}
	}
	examples, _ := s["examples"].([]string)
	words := patternWords(s)
	text := strings.Join(append(kinds, words...), ", or ")
	if examples = examples[len(words):]; len(examples) > 0 {
		text += ", such as " + strings.Join(examples[:min(len(examples), 3)], ", ")
	}
	return text
}

// keyWords are keys, each with the words that people look for instead.
var keyWords = [][]string{
	{"servers", "backends", "upstreams", "pods", "nodes", "instances", "hosts", "fleet"},
	{"count", "replicas"},
	{"cores", "cpus", "workers", "threads", "concurrency"},
	{"queue", "backlog", "accept_queue", "max_pending"},
	{"balancers", "load_balancers", "lb", "proxies", "proxy", "ingress"},
	{"health", "healthcheck", "health_check", "probes", "liveness", "readiness"},
	{"interval", "inter", "periodSeconds"},
	{"fall", "failureThreshold", "unhealthy_threshold", "max_fails"},
	{"rise", "successThreshold", "healthy_threshold"},
	{"passive", "outlier_detection", "ejection", "circuit_breaker"},
	{"clients", "retry_policy"},
	{"retries", "attempts", "max_retries", "retry"},
	{"retry_budget", "budgetPercent", "retryBudget"},
	{"limit", "maxconn", "max_conns", "max_connections"},
	{"workload", "traffic", "populations", "load"},
	{"users", "vus", "virtual_users", "concurrent_users"},
	{"sessions", "arrivals_of_sessions", "arrival_rate"},
	{"requests", "requests_per_session", "iterations"},
	{"think", "think_time", "sleep", "pause_time", "pacing"},
	{"service", "service_time", "processing_time", "demand"},
	{"addresses", "ips", "source_ips", "nat_size"},
	{"replay", "access_log", "log_file", "trace_file"},
	{"state", "session_state", "session_store", "storage"},
	{"on_loss", "on_session_loss", "relogin"},
	{"idle_timeout", "session_timeout", "session_ttl", "maxIdleTime"},
	{"policies", "algorithms", "strategies", "alternatives", "variants"},
	{"timeline", "events", "faults", "chaos", "incidents"},
	{"autoscaler", "autoscaling", "horizontalpodautoscaler", "keda"},
	{"max_surge", "maxSurge"},
	{"drain", "terminationGracePeriodSeconds", "preStop", "deregistration_delay", "draining"},
	{"objectives", "thresholds", "slos", "assertions", "targets"},
	{"replications", "runs", "repeats", "repetitions"},
	{"duration", "length", "run_time"},
	{"warmup", "warm_up", "rampup", "burn_in"},
	{"seed", "random_seed"},
	{"memory", "ram", "heap", "mem"},
	{"startup", "startup_time", "boot", "initialDelaySeconds"},
	{"repair", "mttr", "recovery", "downtime"},
	{"each", "mtbf", "mttf"},
	{"ttl", "max_age", "maxAge", "expires", "lifetime"},
}

func init() {
	for _, row := range keyWords {
		diag.Also(row[0], row[1:]...)
	}
}
