package tree

import (
	"strings"
	"testing"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

func parse(t *testing.T, text string) *Node {
	t.Helper()
	docs, err := Documents("f", []byte(text), nil)
	if err != nil || len(docs) != 1 {
		t.Fatalf("%d documents, error %v", len(docs), err)
	}
	return docs[0]
}

func TestPlacesAndMerges(t *testing.T) {
	n := parse(t, `
base: &base {a: 1, b: 2}
use:
  <<: *base
  b: 3
list:
- *base
`)
	use := n.Get("use")
	if use.Get("a").Value() != "1" || use.Get("b").Value() != "3" || len(use.Items) != 2 {
		t.Errorf("merged: %v", use.Items)
	}
	if use.Line != 3 || use.Get("b").Line != 5 || n.Get("list").Items[0].Line != 7 {
		t.Errorf("lines %d %d %d, want 3 5 7", use.Line, use.Get("b").Line, n.Get("list").Items[0].Line)
	}
	if n.Get("use", "none", "deeper") != nil || (*Node)(nil).Get("x").Value() != "" {
		t.Error("what is absent must be nil")
	}
}

func TestValues(t *testing.T) {
	for text, want := range map[string]sim.Time{"90": 90 * sim.Second, "1m30s": 90 * sim.Second, "0.5s": 500 * sim.Millisecond, "-1s": -1, "1e300": -1, "x": -1} {
		got, ok := (&Node{Kind: Scalar, Text: text}).Duration()
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("Duration(%q) = %v, %v", text, got, ok)
		}
	}
	if x, ok := (&Node{Kind: Scalar, Text: "9007199254740993"}).Int(); ok {
		t.Errorf("Int accepts %d", x)
	}
}

func TestAccountNamesWhatNobodyUnderstood(t *testing.T) {
	n := parse(t, `
kind: Thing
meta: {labels: {any: 1}, invented: 1}
spec:
  probe: {period: 1, invented: 2, more: {known: 1, invented: 3}}
  ports: [{name: a, invented: 4}, {name: b}]
  never: {asked: 1}
  lost: {with: {all: below}}
  limit: {rate: 3}
  plain: {"@type": x, invented: 5}
list: [1, 2]
`)
	in := source.New(nil)
	in.Translated(n.Get("kind"), "kind")
	in.Translated(n.Get("spec", "probe"), "probe")
	n.Get("spec", "probe", "period").Value()
	n.Get("spec", "probe", "more", "known").Value()
	in.NotCarried(n.Get("spec", "lost"), "lost")
	in.Translated(n.Get("list"), "list")
	known := NewKnown([]source.Harmless{{Names: []string{"Thing meta labels", "Thing spec ports name", "** @type"}, Why: "a name"}}).
		Matters([]source.Matters{{Names: []string{"Thing spec limit"}, Why: "not modelled"}})
	n.Account(in, known, "Thing x", "Thing")
	drawer := map[string]ir.Drawer{}
	for _, r := range in.Config("").Remarks {
		drawer[r.Text] = r.Drawer
	}
	for text, want := range map[string]ir.Drawer{
		"Thing x.meta.labels: a name":                      ir.Harmless,
		"Thing x.meta.invented: not understood":            ir.NotCarried,
		"Thing x.spec.probe.invented: not understood":      ir.NotCarried,
		"Thing x.spec.probe.more.invented: not understood": ir.NotCarried,
		"Thing x.spec.ports.0.name: a name":                ir.Harmless,
		"Thing x.spec.ports.0.invented: not understood":    ir.NotCarried,
		"Thing x.spec.never: not understood":               ir.NotCarried,
		"Thing x.spec.plain: not understood":               ir.NotCarried,
		"lost":                                             ir.NotCarried,
		"Thing x.spec.limit: not modelled":                 ir.NotCarried,
		"Thing x.spec.ports.1.name: a name":                ir.Harmless,
		"probe":                                            ir.Translated, "kind": ir.Translated, "list": ir.Translated,
	} {
		if got, ok := drawer[text]; !ok || got != want {
			t.Errorf("%q: in drawer %v (%v), want %v", text, got, ok, want)
		}
		delete(drawer, text)
	}
	if len(drawer) > 0 {
		t.Errorf("further remarks: %v", drawer)
	}
}

// What is to be true or false says so in YAML's words, or there is a remark, also where another remark covers all around it.
func TestTruth(t *testing.T) {
	for text, want := range map[string]struct{ yes, said bool }{
		"true": {yes: true}, "'TRUE'": {yes: true}, "yes": {yes: true}, "On": {yes: true}, "'1'": {yes: true}, "false": {}, "no": {}, "off": {}, "''": {}, "[]": {}, "": {},
		"'yes'": {said: true}, "1": {said: true}, "enabled": {said: true}, "ture": {said: true},
	} {
		docs, err := Documents("f", []byte("around:\n  switch: "+text+"\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		in := source.New(nil)
		in.Harmless(docs[0].Get("around"), "around: all of it")
		yes := docs[0].Get("around", "switch").True()
		docs[0].Account(in, NewKnown(nil), "")
		said := 0
		for _, r := range in.Config("").Remarks {
			if r.Drawer == ir.NotCarried && strings.Contains(r.Text, "switch: must be true or false, got ") {
				said++
			}
		}
		if yes != want.yes || (said == 1) != want.said {
			t.Errorf("%s: %v, %d remarks, want %+v", text, yes, said, want)
		}
	}
}
