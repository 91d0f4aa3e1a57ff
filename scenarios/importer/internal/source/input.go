// Package source is the chassis of the importers: it reads files within bounds, keeps the stack of includes, and
// collects the remarks that say what became of every statement. A product adds grammar and meaning.
//
// Floor 5.
package source

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"stickysim/scenarios/importer/ir"
)

// The bounds of one import. Real configurations are far below.
const (
	MaxBytes = 16 << 20 // of all files together
	MaxReads = 1000     // files, and snippets that are used
	maxNests = 16       // includes within includes
)

// Input is one import under way: the files it reads, the remarks on them, and the pools it has found.
type Input struct {
	Notes
	Pools []ir.Pool // in order of appearance
	Names Names     // of the pools

	fsys  fs.FS
	open  []string // files being read, outermost first
	reads int
	bytes int
}

// New starts an import of files of fsys.
func New(fsys fs.FS) *Input { return &Input{fsys: fsys, Names: Names{}} }

// Config returns what the import found. It ends the import: see [Notes.Remarks].
func (in *Input) Config(product string) *ir.Config {
	return &ir.Config{Product: product, Pools: in.Pools, Remarks: in.Remarks()}
}

// Read reads a file and hands its content to parse; includes in it are relative to it until parse returns. The error of
// a file that cannot be opened is that of the file system.
func (in *Input) Read(name string, parse func(data []byte) error) error {
	data, err := in.content(name)
	if err != nil {
		return err
	}
	return in.Nest(ir.Place{File: name}, name, func() error { return parse(data) })
}

// Include reads a file that the statement at a place names, as Read does. Files that include each other, and too many
// of them, are errors at that place.
func (in *Input) Include(at ir.Place, name string, parse func(data []byte) error) error {
	return in.Nest(at, name, func() error {
		data, err := in.content(name)
		if err != nil {
			return at.Errorf("include: %v", err)
		}
		return parse(data)
	})
}

// Nest runs parse within the file or snippet of that name. The statement at a place asks for it.
func (in *Input) Nest(at ir.Place, name string, parse func() error) error {
	if slices.Contains(in.open, name) {
		return at.Errorf("include loop: %s includes itself through %s", Short(name), Short(strings.Join(in.open, ", ")))
	}
	if len(in.open) == maxNests {
		return at.Errorf("includes are nested more than %d deep", maxNests)
	}
	if in.reads++; in.reads > MaxReads {
		return at.Errorf("more than %d files", MaxReads)
	}
	in.open = append(in.open, name)
	err := parse()
	in.open = in.open[:len(in.open)-1]
	return err
}

// content reads a file within what is left of [MaxBytes].
func (in *Input) content(name string) ([]byte, error) {
	f, err := in.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	whole := ir.Place{File: name}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, whole.Errorf("is a directory; name the files")
	}
	data, err := io.ReadAll(io.LimitReader(f, int64(MaxBytes-in.bytes)+1))
	if err != nil {
		return nil, whole.Errorf("cannot be read: %v", err)
	}
	if in.bytes += len(data); in.bytes > MaxBytes {
		return nil, whole.Errorf("larger than %d MiB; that is no configuration", MaxBytes>>20)
	}
	return WithoutMark(data), nil
}

// WithoutMark is the content of a file without the byte order mark that some editors put in front.
func WithoutMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\ufeff")) }

// Glob returns the files that match a pattern, or the one file of that name. Absolute names are looked up below the
// root of the file system. A pattern that is malformed, or leads out of the root, matches nothing.
func (in *Input) Glob(pattern string) []string {
	pattern = strings.TrimPrefix(path.Clean(pattern), "/")
	if !fs.ValidPath(pattern) {
		return nil
	}
	names, err := fs.Glob(in.fsys, pattern)
	if err != nil {
		return nil
	}
	return names
}

// Files returns name itself, or where that is a directory, the files in it with one of the extensions, by name. Hidden files
// do not count.
func (in *Input) Files(name string, extensions ...string) ([]string, error) {
	info, err := fs.Stat(in.fsys, name)
	if err != nil || !info.IsDir() {
		return []string{name}, err
	}
	entries, err := fs.ReadDir(in.fsys, name)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && slices.Contains(extensions, path.Ext(e.Name())) && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, path.Join(name, e.Name()))
		}
	}
	if len(files) == 0 || len(files) > MaxReads {
		return nil, ir.Place{File: name}.Errorf("a directory must hold 1 to %d files *%s, this has %d", MaxReads, strings.Join(extensions, ", *"), len(files))
	}
	slices.Sort(files)
	return files, nil
}

// Text returns the content of a file without its byte order mark. Binary data is an error.
func Text(name string, data []byte) (string, error) {
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return "", ir.Place{File: name, Line: 1, Col: 1}.Errorf("not a text file: a configuration is UTF-8 without zero bytes")
	}
	return strings.TrimPrefix(string(data), "\ufeff"), nil
}

// Short returns at most 80 characters of text from a file, on one line, for a message.
func Short(text string) string {
	const most = 80
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	if r := []rune(text); len(r) > most {
		return string(r[:most-3]) + "..."
	}
	return text
}

// Names makes names unique.
type Names map[string]int

// Unique returns the name, with "#2", "#3" and so on behind it from its second use on.
func (n Names) Unique(name string) string {
	if n[name]++; n[name] > 1 {
		return fmt.Sprintf("%s#%d", name, n[name])
	}
	return name
}
