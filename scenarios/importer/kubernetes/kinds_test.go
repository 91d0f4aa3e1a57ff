package kubernetes

import (
	"strings"
	"testing"

	"stickysim/policies"
	_ "stickysim/policies/all"
	"stickysim/scenarios/importer/ir"
)

// statement is something that the documentation of a kind says, and what becomes of it. Names of pools, policies and
// parameters are as in a scenario.
type statement struct {
	text string
	want string // "pool: policy {parameters}", one line a pool
	left string // what is not carried over: a part of a remark, if anything
}

// described is a pool as statements have it: its name, its policy with what differs from the defaults, and its key where
// there is one.
func described(t *testing.T, p ir.Pool) string {
	t.Helper()
	if err := policies.Check(p.Params); err != nil {
		t.Errorf("pool %s: %v", p.Name, err)
	}
	text := strings.TrimSpace(p.Name + ": " + p.Policy + " " + policies.Policy{Name: p.Policy, Config: p.Params}.Differences())
	if p.Key.Kind != "none" {
		text += " by " + strings.TrimSpace(p.Key.Kind+" "+p.Key.Name)
	}
	return text
}

func check(t *testing.T, statements map[string]statement) {
	t.Helper()
	for name, s := range statements {
		t.Run(name, func(t *testing.T) {
			c := importText(t, s.text)
			var got []string
			for _, p := range c.Pools {
				got = append(got, described(t, p))
			}
			if strings.Join(got, "\n") != s.want {
				t.Errorf("pools\n%s\nwant\n%s", strings.Join(got, "\n"), s.want)
			}
			if s.left != "" && !remarked(c, ir.NotCarried, s.left) || s.left == "" && len(c.In(ir.NotCarried)) > 0 {
				t.Errorf("not carried over: %v, want %q", c.In(ir.NotCarried), s.left)
			}
		})
	}
}

// A policy that nothing leads to is said to have no effect, whole.
func TestPoliciesNothingLeadsTo(t *testing.T) {
	for k := range attachable {
		c := importText(t, "apiVersion: "+k.group+"/v1\nkind: "+k.name+"\nmetadata: {name: p}\nspec: {x: {y: 1}}\n")
		if !remarked(c, ir.NotCarried, "nothing in these files leads to it") || remarked(c, ir.Harmless, "x") {
			t.Errorf("%v: %v", k, c.Remarks)
		}
	}
}

// An invented field is not understood at any level of any kind that is read, and never harmless.
func TestInventedFieldsOfKinds(t *testing.T) {
	for k := range kinds {
		c := importText(t, "apiVersion: "+k.group+"/v1\nkind: "+k.name+"\nmetadata: {name: p}\nspec: {host: a, inventedThing: {x: 1}}\n")
		if remarked(c, ir.Harmless, "inventedThing") || len(c.In(ir.NotCarried)) == 0 {
			t.Errorf("%v: %v", k, c.Remarks)
		}
	}
	c := importText(t, file(t, "envoygw-unknown-fields.yaml"))
	if !remarked(c, ir.NotCarried, "futureThing: not understood") || !remarked(c, ir.Translated, "consecutive5XxErrors: 3") {
		t.Errorf("remarks %v", c.Remarks)
	}
}
