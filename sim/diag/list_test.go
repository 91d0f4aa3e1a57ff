package diag

import (
	"strings"
	"testing"
)

func TestProblemString(t *testing.T) {
	for _, c := range []struct {
		p    Problem
		want string
	}{
		{Problem{File: "a.yaml", Line: 3, Col: 5, Path: "servers.count", Message: "must be at least 1, got 0", Hint: "write 1"},
			"a.yaml:3:5: servers.count: must be at least 1, got 0\n    hint: write 1"},
		{Problem{File: "a.yaml", Message: "is empty"}, "a.yaml: is empty"},
		{Problem{File: "a.yaml", Line: 2, Path: "x", Message: "m", Warning: true}, "a.yaml:2: warning: x: m"},
		{Problem{Message: "m"}, "m"},
	} {
		if got := c.p.String(); got != c.want {
			t.Errorf("%#v.String() = %q, want %q", c.p, got, c.want)
		}
	}
}

func TestList(t *testing.T) {
	var l List
	if l.Err() != nil {
		t.Error("an empty list is an error")
	}
	l.Add(Problem{File: "f", Line: 9, Message: "late", Warning: true})
	if l.Err() != nil {
		t.Error("a warning alone is an error")
	}
	l.Add(Problem{File: "f", Line: 2, Col: 7, Message: "second"})
	l.Add(Problem{File: "f", Line: 2, Col: 1, Message: "first"})
	l.Add(Problem{File: "f", Line: 2, Col: 1, Message: "first"})
	l.Sort()
	if got, want := l.Err().Error(), "f:2:1: first\nf:2:7: second\n2 problems"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if len(l) != 3 || len(l.Warnings()) != 1 {
		t.Errorf("%d problems with %d warnings, want 3 with 1: equal problems count once", len(l), len(l.Warnings()))
	}
	for i := range 1000 {
		l.Add(Problem{Line: i, Message: "flood"})
	}
	if len(l) != most || !strings.Contains(l.Error(), "perhaps more") {
		t.Errorf("%d problems are kept, want %d and a remark", len(l), most)
	}
}
