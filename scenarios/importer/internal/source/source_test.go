package source

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/scenarios/importer/ir"
)

func line(file string, n int) ir.Place { return ir.Place{File: file, Line: n} }

func TestStatementsWithoutRemark(t *testing.T) {
	var n Notes
	n.Expect(line("f", 1), "one")
	n.Expect(ir.Place{File: "f", Line: 1, Col: 5}, "same line")
	n.Expect(line("f", 2), "two")
	n.Translated(line("f", 1), "done")
	var got []string
	for _, r := range n.Remarks() {
		got = append(got, r.String())
	}
	if want := "f:1: done; f:1: same line: not understood; f:2: two: not understood"; strings.Join(got, "; ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Remarks are sorted by the files as they are mentioned, and by lines. The bound on one drawer leaves the others alone.
func TestRemarksAreSortedAndBounded(t *testing.T) {
	var n Notes
	n.NotCarried(line("z", 2), "first file")
	for i := maxRemarks + 5; i > 0; i-- {
		n.Harmless(line("a", i), "x")
	}
	n.NotCarried(line("z", 1), "late")
	r := n.Remarks()
	if len(r) != maxRemarks+3 || r[0].String() != "z:1: late" || r[1].Line != 2 || r[2].String() != "a:6: x" {
		t.Errorf("%d remarks: %v", len(r), r[:3])
	}
	if last := r[len(r)-1]; last.Drawer != ir.Harmless || last.String() != "5 further remarks are left out" {
		t.Errorf("last: %+v", last)
	}
}

// read reads a file whose lines are the names of files to include.
func read(in *Input, name string) error {
	var parse func(name string) func(data []byte) error
	parse = func(name string) func(data []byte) error {
		return func(data []byte) error {
			for i, target := range strings.Fields(string(data)) {
				for _, file := range in.Glob(target) {
					if err := in.Include(line(name, i+1), file, parse(file)); err != nil {
						return err
					}
				}
			}
			return nil
		}
	}
	return in.Read(name, parse(name))
}

func TestIncludesAreBounded(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	fsys := fstest.MapFS{
		"loop": file("a"), "a": file("/b"), "b": file("a"), "many": file(strings.Repeat("end\n", MaxReads)), "end": file(""),
		"large": file("end\nhuge"), "huge": file(strings.Repeat("x", MaxBytes)), "out": file("../x [ /../x"), "folder": file("dir"), "dir/x": file(""),
	}
	for i := range maxNests {
		fsys["deep"+string(rune('a'+i))] = file("deep" + string(rune('a'+i+1)))
	}
	fsys["deep"+string(rune('a'+maxNests))] = file("")
	for name, want := range map[string]string{
		"loop": "b:1: include loop: a includes itself through loop, a, b", "many": "many:1000: more than 1000 files",
		"large": "large:2: include: huge: larger than 16 MiB; that is no configuration", "deepa": "deepp:1: includes are nested more than 16 deep",
		"dir": "dir: is a directory; name the files", "folder": "folder:1: include: dir: is a directory; name the files",
		"deepb": "", "out": "",
	} {
		text := ""
		if err := read(New(fsys), name); err != nil {
			text = err.Error()
		}
		if text != want {
			t.Errorf("%s: error %q, want %q", name, text, want)
		}
	}
	if err := read(New(fsys), "none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestFilesOfFolders(t *testing.T) {
	fsys := fstest.MapFS{"d/b.cfg": {}, "d/a.cfg": {}, "d/.hidden.cfg": {}, "d/note.txt": {}, "none/x": {}}
	if files, err := New(fsys).Files("d", ".cfg"); err != nil || strings.Join(files, " ") != "d/a.cfg d/b.cfg" {
		t.Errorf("files %v, %v", files, err)
	}
	var placed *ir.Error
	if _, err := New(fsys).Files("none", ".cfg"); !errors.As(err, &placed) || placed.File != "none" {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestShort(t *testing.T) {
	for text, want := range map[string]string{
		"a\n\tb\xff": "a b?", strings.Repeat("é", 80): strings.Repeat("é", 80), strings.Repeat("é", 81): strings.Repeat("é", 77) + "...",
	} {
		if got := Short(text); got != want {
			t.Errorf("Short(%q) = %q, want %q", text, got, want)
		}
	}
}

// A setting that is not used replaces the remark that it was translated, within its pool.
func TestCorrect(t *testing.T) {
	var n Notes
	n.Translated(line("f", 2), "interval: 5s of the pool before")
	n.Translated(line("f", 5), "hash-balance-factor 7")
	n.Translated(line("f", 9), "interval: 5s of the next pool")
	n.Correct(line("f", 4), 8, "hash_balance_factor", "7 is not used")
	n.Correct(line("f", 4), 8, "interval", "no line")
	n.Correct(line("f", 8), 0, "interval", "of the next")
	var got []string
	for _, r := range n.Remarks() {
		got = append(got, r.String())
	}
	if want := "f:2: interval: 5s of the pool before; f:4: no line; f:5: 7 is not used; f:9: of the next"; strings.Join(got, "; ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What is remarked on again, as for each of several servers, is remarked on once.
func TestRemarksAreMadeOnce(t *testing.T) {
	var n Notes
	for range 3 {
		n.Assumed(ir.Place{File: "a", Line: 2}, "strategy Cookie")
		n.Assumed(ir.Place{File: "a", Line: 1}, "strategy Cookie")
	}
	if got := n.Remarks(); len(got) != 2 || got[0].Line != 1 || got[1].Line != 2 {
		t.Errorf("got %v", got)
	}
}
