package reports

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/experimenttest"
	"stickysim/sim/experiment/resultjson"
)

func inFormat(t testing.TB, f Format, r *experiment.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b, r, Options{}); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return b.Bytes()
}

// reread is a result as result.json keeps it.
func reread(t testing.TB, r *experiment.Result) *experiment.Result {
	t.Helper()
	var b bytes.Buffer
	if err := resultjson.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	back, err := resultjson.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// Every format writes something for every result, twice the same, and the same of a result that was saved and read.
func TestFormats(t *testing.T) {
	for _, f := range Formats() {
		if f.Name == "" || f.Doc == "" || f.Write == nil {
			t.Errorf("%q: a format needs a name, a doc and a function", f.Name)
		}
		if found, ok := Lookup(f.Name); !ok || found.Doc != f.Doc {
			t.Errorf("%s: Lookup does not find it", f.Name)
		}
		for name, r := range experimenttest.All() {
			text := inFormat(t, f, r)
			switch {
			case len(text) == 0 || text[len(text)-1] != '\n':
				t.Errorf("%s, %s: the text does not end in a line", f.Name, name)
			case !bytes.Equal(text, inFormat(t, f, r)):
				t.Errorf("%s, %s: written twice, the text differs", f.Name, name)
			case name != "broken" && !bytes.Equal(text, inFormat(t, f, reread(t, r))): // infinite numbers are saved as undefined
				t.Errorf("%s, %s: the text of a result that was saved and read differs", f.Name, name)
			}
			if text := string(text); bytes.Contains([]byte(text), []byte("NaN")) || bytes.Contains([]byte(text), []byte("Inf")) {
				t.Errorf("%s, %s: an undefined number is written as NaN or Inf", f.Name, name)
			}
		}
	}
}

func TestFormatsAreSorted(t *testing.T) {
	last := ""
	for _, f := range Formats() {
		if f.Name <= last {
			t.Errorf("%q comes after %q", f.Name, last)
		}
		last = f.Name
	}
	if last == "" {
		t.Error("no format is registered")
	}
}

func TestAFormatIsRegisteredOnce(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a second format of the same name is accepted")
		}
	}()
	Register(Formats()[0])
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteErrorsAreReported(t *testing.T) {
	for _, f := range Formats() {
		if err := f.Write(io.Writer(full{}), experimenttest.Three(), Options{}); err == nil {
			t.Errorf("%s: the error of the file is lost", f.Name)
		}
	}
}
