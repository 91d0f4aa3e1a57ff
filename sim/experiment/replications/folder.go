package replications

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/cespare/xxhash/v2"

	"stickysim/sim"
	"stickysim/sim/experiment"
)

// Files is where a folder keeps its files. Names have no separators. outdir.Files implements it. It is used by several
// goroutines at once.
type Files interface {
	fs.ReadFileFS // fs.ErrNotExist where there is no such file
	fs.ReadDirFS  // of "."
	// Write writes a file completely or not at all, in place of an older one, and returns when it is on the disk.
	Write(name string, data []byte) error
	// WriteNew is Write where there is no such file, and otherwise fs.ErrExist. Of several programs at once, one succeeds.
	WriteNew(name string, data []byte) error
}

// Key is what the replications of a study depend on. Two studies with the same key have the same replications.
type Key struct {
	Scenario string `json:"scenario"` // experiment.Study.Fingerprint
	Seed     uint64 `json:"seed"`
	Version  string `json:"version"` // of the program, and all else that decides how it computes
}

// sum is the key in the files.
func (k Key) sum() uint64 {
	return xxhash.Sum64String(fmt.Sprintf("%s\n%d\n%s", k.Scenario, k.Seed, k.Version))
}

// Format is the version of the files.
const Format = 1

// manifestName is the file with the key of a folder.
const manifestName = "study.json"

// warmupName is the file with the warm-up that was found.
const warmupName = "warmup.rep"

type manifest struct {
	Format int `json:"format"`
	Key
}

// MismatchError says that a folder holds the replications of another study.
type MismatchError struct {
	What        string // "scenario", "seed", "version" or "format"
	There, Here string
	Than        string // the folder that it is compared with; "" = this run
}

func (e *MismatchError) Error() string {
	text := "holds replications of another " + e.What
	switch {
	case e.What != "scenario" && e.Than != "":
		text += fmt.Sprintf(": %s there, %s in %s", e.There, e.Here, e.Than)
	case e.What != "scenario":
		text += fmt.Sprintf(": %s there, %s here", e.There, e.Here)
	case e.Than != "":
		text += " than " + e.Than
	}
	return text
}

// Folder holds the replications of one study. It implements experiment.Saved.
type Folder struct {
	// Note is given a line on each damaged file. nil = none.
	Note func(text string)

	files Files
	key   Key
}

var _ experiment.Saved = (*Folder)(nil)

// Open is the folder of a study that has been created. The error is a *MismatchError where it is that of another study, and
// fs.ErrNotExist where there is none.
func Open(files Files, key Key) (*Folder, error) {
	there, err := KeyOf(files)
	if err != nil {
		return nil, err
	}
	if err := there.differs(key); err != nil {
		return nil, err
	}
	return &Folder{files: files, key: key}, nil
}

// Create is Open, and makes a folder where there is none.
func Create(files Files, key Key) (*Folder, error) {
	f, err := Open(files, key)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	text, err := json.MarshalIndent(manifest{Format, key}, "", "  ")
	if err != nil {
		return nil, err
	}
	err = files.WriteNew(manifestName, append(text, '\n'))
	if errors.Is(err, fs.ErrExist) { // another program has made it since
		return Open(files, key)
	}
	return &Folder{files: files, key: key}, err
}

// KeyOf is the key of the study whose replications a folder holds. The error is fs.ErrNotExist where there is none.
func KeyOf(files Files) (Key, error) {
	text, err := files.ReadFile(manifestName)
	if err != nil {
		return Key{}, err
	}
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil || m.Format == 0 {
		return Key{}, fmt.Errorf("%s is damaged", manifestName)
	}
	if m.Format != Format {
		return Key{}, &MismatchError{What: "format", There: fmt.Sprint(m.Format), Here: fmt.Sprint(Format)}
	}
	return m.Key, nil
}

// differs says what in a folder's key is not as in that of a study.
func (k Key) differs(study Key) error {
	switch {
	case k.Version != study.Version:
		return &MismatchError{What: "version", There: k.Version, Here: study.Version}
	case k.Scenario != study.Scenario:
		return &MismatchError{What: "scenario", There: k.Scenario, Here: study.Scenario}
	case k.Seed != study.Seed:
		return &MismatchError{What: "seed", There: fmt.Sprint(k.Seed), Here: fmt.Sprint(study.Seed)}
	}
	return nil
}

// Name is the file of a replication of the alternative with an index: 00007-2.rep.
func Name(variant, replication int) string { return fmt.Sprintf("%05d-%d.rep", replication, variant) }

// Load returns a replication: what experiment.Run needs of it. It is nil where there is none, or where its file is damaged.
func (f *Folder) Load(variant, replication int) (*sim.Result, error) {
	r := &sim.Result{}
	found, err := f.read(Name(variant, replication), variant, replication, func(c *coder) { c.result(r) })
	if !found {
		return nil, err
	}
	return r, nil
}

// Save writes the file of a replication.
func (f *Folder) Save(variant, replication int, r *sim.Result) error {
	return f.write(Name(variant, replication), variant, replication, func(c *coder) { c.result(r) })
}

// Missing are those of the first n replications that some of the variants have in none of the folders. A damaged file
// counts.
func Missing(folders []*Folder, variants, n int) ([]int, error) {
	have, err := names(folders)
	var list []int
	for r := range n {
		for v := range variants {
			if !have[Name(v, r)] {
				list = append(list, r)
				break
			}
		}
	}
	return list, err
}

// Lacking are those of the variants of which some of the first n replications are in none of the folders.
func Lacking(folders []*Folder, variants, n int) ([]int, error) {
	have, err := names(folders)
	var list []int
	for v := range variants {
		for r := range n {
			if !have[Name(v, r)] {
				list = append(list, v)
				break
			}
		}
	}
	return list, err
}

// names are the files in some folders.
func names(folders []*Folder) (map[string]bool, error) {
	have := map[string]bool{}
	for _, f := range folders {
		entries, err := fs.ReadDir(f.files, ".")
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			have[e.Name()] = true
		}
	}
	return have, nil
}

// LoadWarmup returns the warm-up that was found, nil where none was.
func (f *Folder) LoadWarmup() (*experiment.Warmup, error) {
	w := &experiment.Warmup{}
	found, err := f.read(warmupName, 0, -1, func(c *coder) { c.warmup(w) })
	if !found {
		return nil, err
	}
	return w, nil
}

// SaveWarmup writes the file of the warm-up.
func (f *Folder) SaveWarmup(w *experiment.Warmup) error {
	return f.write(warmupName, 0, -1, func(c *coder) { c.warmup(w) })
}

// head is at the beginning of each record.
func (f *Folder) head(c *coder, variant, replication int) (foreign bool) {
	key, v, r := f.key.sum(), variant, replication
	c.uint(&key)
	integer(c, &v)
	integer(c, &r)
	return key != f.key.sum() || v != variant || r != replication
}

// magic begins each file, before its checksum and the compressed record.
var magic = []byte("stickysim-rep1\n")

var packers = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // the level is valid
	return w
}}

func (f *Folder) write(name string, variant, replication int, body func(*coder)) error {
	c := &coder{}
	f.head(c, variant, replication)
	body(c)
	var out bytes.Buffer
	out.Write(magic)
	out.Write(checksum(c.data))
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&out)
	if _, err := w.Write(c.data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.files.Write(name, out.Bytes())
}

func checksum(record []byte) []byte {
	return binary.LittleEndian.AppendUint64(nil, xxhash.Sum64(record))
}

// read reads a file; found is false where it does not exist or is damaged.
func (f *Folder) read(name string, variant, replication int, body func(*coder)) (found bool, err error) {
	data, err := f.files.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	record, ok := unpack(data)
	c := &coder{data: record, reading: true}
	if ok {
		if f.head(c, variant, replication) {
			return false, fmt.Errorf("%s is of another study or another replication: remove it", name)
		}
		body(c)
	}
	if !ok || c.failed || len(c.data) > 0 {
		if f.Note != nil {
			f.Note(name + " is damaged")
		}
		return false, nil
	}
	return true, nil
}

// unpack is the record of a file; ok is false where the file is damaged.
func unpack(file []byte) (record []byte, ok bool) {
	rest, ok := bytes.CutPrefix(file, magic)
	if !ok || len(rest) < 8 {
		return nil, false
	}
	record, err := io.ReadAll(flate.NewReader(bytes.NewReader(rest[8:])))
	return record, err == nil && bytes.Equal(checksum(record), rest[:8])
}
