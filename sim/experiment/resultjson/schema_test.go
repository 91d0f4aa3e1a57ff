package resultjson

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/experimenttest"
)

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaName, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaName)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t testing.TB, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// logged is a result with an event log.
func logged() *experiment.Result {
	r := experimenttest.Empty()
	r.Variants[0].Log = []sim.LogEntry{{At: sim.Second, Event: "server crashed", Server: 0, Detail: "d", Count: 1}, {Event: "other", Server: sim.NoServer}}
	return r
}

func TestSchemaTakesWhatIsWritten(t *testing.T) {
	s := compiled(t)
	all := experimenttest.All()
	all["logged"] = logged()
	for name, r := range all {
		if err := validate(t, s, jsonOf(t, r)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A member that is missing, unknown or of another type is an error, at every depth.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	one := *experimenttest.Wide()
	one.Variants = slices.DeleteFunc(slices.Clone(one.Variants), func(v experiment.VariantResult) bool { return len(v.Hotspots) == 0 })[:1]
	good := string(jsonOf(t, &one))
	for _, change := range [][2]string{
		{`"seed": 1,`, ``}, {`"seed": 1,`, `"seed": 1, "sed": 1,`}, {`"seed": 1,`, `"seed": null,`},
		{`"schema": "stickysim/result/1"`, `"schema": "stickysim/result/2"`},
		{`"replications": 2`, `"replications": "two"`}, {`"policy": "",`, ``}, {`"zone":0,`, ``}, {`"zone":0,`, `"zone":0.5,`},
		{`"n":2,"unit"`, `"unit"`}, {`"points": `, `"dots": `}, {`"decided":`, `"settled":`}, {`"latency.p50":`, `"latency.p51":`}, {`"sessions.lost{cause=crash}"`, `"sessions.lost{cause=crahs}"`}, {`{"server":0,`, `{`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Errorf("the test changes nothing: %s", change[0])
		} else if validate(t, s, []byte(bad)) == nil {
			t.Errorf("%s instead of %s is accepted", change[1], change[0])
		}
	}
}

// Every member is described; a line of the event log has some that package sim defines.
func TestSchemaDescribes(t *testing.T) {
	type object struct {
		Properties map[string]struct{ Description string }
		Defs       map[string]object `json:"$defs"`
	}
	var root object
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	root.Defs["result"] = object{Properties: root.Properties}
	for typ, o := range root.Defs {
		for name, p := range o.Properties {
			if p.Description == "" && typ != "log" {
				t.Errorf("%s: %s is not described", typ, name)
			}
		}
	}
	if len(root.Defs) < 7 {
		t.Errorf("only %d types are defined", len(root.Defs))
	}
}

func TestSchemaIsTheSameEachTime(t *testing.T) {
	if !bytes.Equal(Schema(), Schema()) {
		t.Error("made twice, the schema differs")
	}
}
