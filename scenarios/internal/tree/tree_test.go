package tree

import (
	"strings"
	"testing"
)

func parse(t *testing.T, text string) *Node {
	t.Helper()
	n, problems := Parse("t", []byte(text))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

// written shows what is in n, without its places.
func written(n *Node) string {
	var b strings.Builder
	b.WriteString(n.Text)
	for i, item := range n.Items {
		b.WriteString(" (")
		if n.Kind == Map {
			b.WriteString(n.Keys[i].Name + ": ")
		}
		b.WriteString(written(item) + ")")
	}
	return b.String()
}

func TestPlaces(t *testing.T) {
	n := parse(t, "a: 1\nb:\n  - {c: x, d: \"y\"}\n")
	d := n.Get("b").Items[0].Get("d")
	if d.Path != "b[0].d" || d.Pos.Line != 3 || d.Pos.Col != 15 || !d.Quoted || d.Text != "y" {
		t.Errorf("d = %+v", d)
	}
}

// A comma inside parentheses does not end a value in the flow style.
func TestFlowParentheses(t *testing.T) {
	n := parse(t, "a: {think: lognormal(mean=1s, cv=2), b: 3}\nl: [exp(1s), mixture(a(1, 2), b(3)), 4]\n")
	if got := n.Get("a").Get("think").Text; got != "lognormal(mean=1s, cv=2)" {
		t.Errorf("think = %q", got)
	}
	if b := n.Get("a").Get("b"); b == nil || len(n.Get("a").Keys) != 2 {
		t.Errorf("keys = %v", n.Get("a").Keys)
	}
	if l := n.Get("l").Items; len(l) != 3 || l[1].Text != "mixture(a(1, 2), b(3))" {
		t.Errorf("list has %d items", len(l))
	}
	if n := parse(t, "a: {b: (, c: 1}\n"); n.Get("a").Get("c") == nil {
		t.Error("a key with a value was swallowed")
	}
}

// Scalars keep their text, whatever YAML would make of them.
func TestScalarsAreText(t *testing.T) {
	n := parse(t, "a: 0755\nb: 1_000\nc: yes\nd: 1e3\ne: ~\nf: ''\n")
	for key, want := range map[string]string{"a": "0755", "b": "1_000", "c": "yes", "d": "1e3", "f": ""} {
		if got := n.Get(key); got.Kind != Scalar || got.Text != want {
			t.Errorf("%s = %v %q, want %q", key, got.Kind, got.Text, want)
		}
	}
	if n.Get("e").Kind != Null {
		t.Error("~ is not nothing")
	}
}

func TestMerge(t *testing.T) {
	base := parse(t, "a: {x: 1, y: 2}\nl: [{name: p, v: 1}, {name: q, v: 2}]\ns: 1\n")
	over := parse(t, "a: {y: 3, z: 4}\nl: {q: {v: 5}}\ns: {k: v}\n")
	before := written(base)
	want := written(parse(t, "a: {x: 1, y: 3, z: 4}\nl: [{name: p, v: 1}, {name: q, v: 5}]\ns: {k: v}\n"))
	if got := written(Merge(base, over)); got != want {
		t.Errorf("merged:\n%s\nwant:\n%s", got, want)
	}
	if written(base) != before {
		t.Error("the base has changed")
	}
}

func TestAliasesShareBranches(t *testing.T) {
	n := parse(t, "x: &x [1, 2]\ny: *x\n")
	if n.Get("x") != n.Get("y") {
		t.Error("an alias is a copy")
	}
	if _, problems := Parse("t", []byte("y: *x\n")); len(problems) != 1 || !strings.Contains(problems[0].Message, "x") {
		t.Errorf("an unknown alias gives %v", problems)
	}
}

func TestLimits(t *testing.T) {
	if _, problems := Parse("t", make([]byte, MaxBytes+1)); len(problems) != 1 || problems[0].Rule != "too-large" {
		t.Errorf("a large file gives %v", problems)
	}
	n := parse(t, "<<: {a: 1}\nb: 2\n")
	if n.Get("a") == nil || n.Get("a").Text != "1" {
		t.Error("a merge key at the top is not followed")
	}
}
