package scenarios

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"stickysim/sim/diag"
)

// unhelpful are inputs whose hints have proposed what did not help.
var unhelpful = []string{
	"servers: {count: 2}\nworkload: [{population: nat, users: 1, state: {size: 1KiB}}]\nstate: {token: {uplink: 625000}}\n",
	"servers: {count: 2, memory: 2000000}\nworkload: [{population: nat, users: 1}]\n",
	"servers: {count: 2}\nworkload: [{population: nat, users: 1, think: 10, service: exp(50), timeout: 3}]\n",
	"servers: {count: 2}\nworkload: [{population: nat, users: 1, cookies: 0%, state: {size: 1KiB}}]\nstate: local\n",
	"servers: {count: 2}\nworkload: [{population: nat, users: 1, state: none}]\nstate: local\n",
	"servers: {count: 2}\nworkload: [{population: nat, users: 1}]\ntimeline: [{at: 1m, pause: {servers: 1, for: }}]\n",
}

// proposal is what a hint tells to write: a value, or a key with its value.
var proposal = regexp.MustCompile(`^write (?:(\w+): )?((?:\{.*?\}|[^ ,;{]+(?:\(.*?\))?))(?:$|[,;]| or |: )`)

// prose begins hints that describe what to write.
var prose = regexp.MustCompile(`^write (a|an|the|it|one|an earlier|fewer) |NAME|^write -`)

// What a hint proposes helps: with it in its place, the problem is gone.
func TestHintsHelp(t *testing.T) {
	t.Parallel()
	texts := slices.Clone(unhelpful)
	for _, c := range bad {
		texts = append(texts, c.text)
	}
	tried := map[string]bool{}
	for _, text := range texts {
		for _, p := range problems(text) {
			m := proposal.FindStringSubmatch(p.Hint)
			if m == nil || prose.MatchString(p.Hint) || p.Path == "" && m[1] == "" {
				continue
			}
			tried[p.Hint] = true
			if !slices.ContainsFunc(places(p.Path, m[1]), func(path string) bool { return helps(text, p, path, m[2]) }) {
				t.Errorf("%s: %s\n    hint: %s\n    %q does not help", p.Path, p.Message, p.Hint, m[2])
			}
		}
	}
	if len(tried) < 12 {
		t.Errorf("only %d hints propose something", len(tried))
	}
}

// places are where a proposal can go: to the value that the problem is about, below it, beside it, or to the top.
func places(path, key string) []string {
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	if key == "" {
		return []string{path}
	}
	parent := path[:max(strings.LastIndex(path, "."), 0)]
	if path == key || strings.HasSuffix(path, "."+key) {
		return []string{path}
	}
	return []string{strings.TrimPrefix(path+"."+key, "."), strings.TrimPrefix(parent+"."+key, "."), key}
}

// helps reports whether a value at a path removes a problem.
func helps(text string, p diag.Problem, path, value string) bool {
	spec, err := Parse("test.yaml", []byte(text))
	if err != nil {
		return false
	}
	if spec, err = spec.Set(path, value); err != nil {
		return false
	}
	return !slices.ContainsFunc(Build(spec, logs()).Problems, func(o diag.Problem) bool { return o.Path == p.Path && (o.Rule == p.Rule || !o.Warning) })
}

// A required field says what it is, wherever it is missing; only one that can be left out says so.
func TestHintsOfMissingFields(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"pause: {servers: 1}": false, "pause: {servers: 1, for: }": false, "crash: {servers: 1, repair: }": true} {
		list := problems("servers: {count: 2}\nworkload: [{population: nat, users: 1}]\ntimeline: [{at: 1m, " + text + "}]\n")
		if len(list) != 1 || strings.Contains(list[0].Hint, "remove") != want {
			t.Errorf("%s: %v", text, list)
		}
	}
}

// A number in place of a mapping that has a count is that count; a list without entries is said to be empty.
func TestHintsOfOtherShapes(t *testing.T) {
	for text, want := range map[string]string{
		"servers: 3\nworkload: [{population: nat, users: 1}]\n":                        `servers: must be a mapping, got "3"; write {count: 3}; known: count, `,
		"servers: {count: 1}\nworkload: [{population: nat, users: 1}]\npolicies: []\n": "policies: must be a list of 1 to 1000 policies, got an empty list; write - round-robin",
	} {
		list := problems(text)
		if len(list) != 1 || !strings.HasPrefix(list[0].Path+": "+list[0].Message+"; "+list[0].Hint, want) {
			t.Errorf("%q: %v, want %s", text, list, want)
		}
	}
}
