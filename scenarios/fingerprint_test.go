package scenarios

import (
	"testing"
	"testing/fstest"
)

// The fingerprint of a study says whether its replications would be others.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	const text = "name: a\nservers: {count: 2, cores: 1}\nworkload: [{population: nat, users: 3, think: empirical(times.csv)}]\npolicies: [cookie, ip-hash]\n"
	build := func(text, times string, set ...string) string {
		t.Helper()
		spec, err := Parse("test.yaml", []byte(text))
		for i := 0; i+1 < len(set); i += 2 {
			if err == nil {
				spec, err = spec.Set(set[i], set[i+1])
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		b := Build(spec, fstest.MapFS{"times.csv": {Data: []byte(times)}, "other.csv": {Data: []byte(times)}})
		if b.Study == nil {
			t.Fatal(b.Problems)
		}
		return b.Study.Fingerprint
	}
	want := build(text, "1s\n2s\n")
	for what, same := range map[string]string{
		"another layout":   build("policies:\n- cookie\n- ip-hash\nservers: {cores: \"1\", count: 2}\nworkload: [{population: nat, think: empirical(times.csv), users: 3}]\n", "1s\n2s\n"),
		"set to the same":  build(text, "1s\n2s\n", "servers.count", "2"),
		"other words":      build(text, "1s\n2s\n", "name", "b", "description", "c", "question", "d"),
		"another seed":     build(text, "1s\n2s\n", "seed", "7"),
		"another judgment": build(text, "1s\n2s\n", "replications", "60", "objectives", "[latency.p95 < 1s]"),
	} {
		if same != want {
			t.Errorf("%s: another fingerprint", what)
		}
	}
	for what, other := range map[string]string{
		"another number":       build(text, "1s\n2s\n", "servers.count", "3"),
		"a default written":    build(text, "1s\n2s\n", "duration", "1h"),
		"another order":        build(text, "1s\n2s\n", "policies", "[ip-hash, cookie]"),
		"another file":         build(text, "1s\n2s\n", "workload.nat.think", "empirical(other.csv)"),
		"other values in file": build(text, "1s\n3s\n"),
	} {
		if other == want {
			t.Errorf("%s: the same fingerprint", what)
		}
	}
}
