package scenarios

import (
	"bytes"
	"reflect"
	"testing"
)

// An archive gives the same study again, without the files that it came from.
func TestArchive(t *testing.T) {
	t.Parallel()
	contract, err := Parse("contract.yaml", []byte(contract))
	if err != nil {
		t.Fatal(err)
	}
	all := []Built{Build(contract, logs())}
	for _, name := range builtin() {
		spec, files, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Build(spec, files))
	}
	archived := 0
	for i := range all {
		want := all[i]
		data, err := want.Archive()
		if err != nil {
			t.Fatal(err)
		}
		spec, files, err := OpenArchive(data)
		if err != nil {
			t.Fatal(err)
		}
		got := Build(spec, files)
		archived += len(want.Files)
		if !reflect.DeepEqual(withoutFunctions(t, got), withoutFunctions(t, want)) {
			t.Errorf("%s: another study: %v", want.Study.Name, got.Problems)
		}
		if again, err := got.Archive(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: the archive of the archived scenario differs (%v)", want.Study.Name, err)
		}
	}
	if archived < 3 {
		t.Errorf("only %d files were archived", archived)
	}
	if _, _, err := OpenArchive([]byte("no archive")); err == nil {
		t.Error("any file is an archive")
	}
}
