package diag

import "testing"

var (
	testNote   = Register(Code{Name: "test-note", Severity: Note, Doc: "A test."})
	testSevere = Register(Code{Name: "test-severe", Severity: Severe, Doc: "A test."})
)

func TestSeveritiesReadBack(t *testing.T) {
	for s := Note; s <= Severe; s++ {
		if got, ok := ParseSeverity(s.String()); !ok || got != s {
			t.Errorf("%s reads back as %v", s, got)
		}
	}
	if _, ok := ParseSeverity("fatal"); ok {
		t.Error("an unknown severity was read")
	}
}

func TestMergeCountsReplications(t *testing.T) {
	var list []Warning
	for range 3 {
		list = Merge(list, testNote.At("a", "first"))
	}
	list = Merge(list, testNote.At("b", "elsewhere"))
	list = Merge(list, testSevere.At("a", "another kind"))
	if len(list) != 3 || list[0].Replications != 3 || list[0].Message != "first" || list[1].Replications != 1 {
		t.Errorf("merged into %+v", list)
	}
	SortWarnings(list)
	if list[0].Code != "test-severe" || list[1].Place != "a" {
		t.Errorf("sorted into %+v; want the severe one first, the others as they came", list)
	}
}

func TestRegisterRefusesIncompleteCodes(t *testing.T) {
	for _, c := range []Code{{}, {Name: "test-note", Severity: Note, Doc: "twice"}, {Name: "x", Doc: "no severity"}, {Name: "x", Severity: Note}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v was registered", c)
				}
			}()
			Register(c)
		}()
	}
}
