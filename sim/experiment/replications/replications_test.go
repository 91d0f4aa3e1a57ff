package replications_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	_ "stickysim/policies/all"
	"stickysim/scenarios"
	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/replications"
	"stickysim/sim/experiment/resultjson"
)

// memory is Files without a disk.
type memory struct {
	mu    sync.Mutex
	files map[string][]byte
}

func newMemory() *memory { return &memory{files: map[string][]byte{}} }

func (m *memory) Open(string) (fs.File, error) { return nil, fs.ErrInvalid }

func (m *memory) ReadDir(string) ([]fs.DirEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := fstest.MapFS{}
	for name := range m.files {
		all[name] = &fstest.MapFile{}
	}
	return all.ReadDir(".")
}

func (m *memory) ReadFile(name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if data, ok := m.files[name]; ok {
		return data, nil
	}
	return nil, fs.ErrNotExist
}

func (m *memory) Write(name string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = slices.Clone(data)
	return nil
}

func (m *memory) WriteNew(name string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files[name] != nil {
		return fs.ErrExist
	}
	m.files[name] = slices.Clone(data)
	return nil
}

// only is a copy with some of the files.
func (m *memory) only(keep func(name string) bool) *memory {
	c := newMemory()
	for name, data := range m.files {
		if keep(name) {
			c.files[name] = data
		}
	}
	return c
}

var key = replications.Key{Scenario: "abc", Seed: 1, Version: "1.2"}

func create(t *testing.T, files replications.Files) *replications.Folder {
	t.Helper()
	f, err := replications.Create(files, key)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // small heaps that live for seconds
	os.Exit(m.Run())
}

// short is a study of the catalogue that does not take long.
func short(t *testing.T, name string, set ...string) *experiment.Study {
	t.Helper()
	spec, files, err := scenarios.Open(name)
	for _, s := range append([]string{"replications=3", "duration=1m", "warmup=10s"}, set...) {
		path, value, _ := strings.Cut(s, "=")
		if err == nil {
			spec, err = spec.Set(path, value)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	b := scenarios.Build(spec, files)
	if b.Study == nil {
		t.Fatal(b.Problems)
	}
	return b.Study
}

// run is the study's result as JSON, and how many replications were simulated for it.
func run(t *testing.T, s *experiment.Study, saved experiment.Saved, jobs int, log bool) (text []byte, simulated int) {
	t.Helper()
	counter := &counting{Saved: saved}
	o := experiment.Options{Jobs: jobs, Log: log}
	if saved != nil {
		o.Saved = counter
	}
	r, err := experiment.Run(s, o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := resultjson.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), counter.n
}

// counting counts what is saved, which is what was simulated.
type counting struct {
	experiment.Saved
	mu sync.Mutex
	n  int
}

func (c *counting) Save(variant, replication int, r *sim.Result) error {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	return c.Saved.Save(variant, replication, r)
}

// A result is the same whichever replications were saved before, for every scenario of the catalogue; for every fifth without
// STICKYSIM_FULL.
func TestSavedRunsAreTheSame(t *testing.T) {
	t.Parallel()
	for i, e := range scenarios.List() {
		if i%5 != 0 && os.Getenv("STICKYSIM_FULL") == "" {
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			s := short(t, e.Name)
			log := i%2 == 0
			want, _ := run(t, s, nil, 1, log)
			all := newMemory()
			got, n := run(t, s, create(t, all), 2, log)
			if total := 3 * len(s.Variants); n != total || !bytes.Equal(got, want) {
				t.Errorf("saving: %d of %d replications were simulated; same result: %v", n, total, bytes.Equal(got, want))
			}
			got, n = run(t, s, create(t, all), 1+i%2, log)
			if n != 0 || !bytes.Equal(got, want) {
				t.Errorf("everything saved: %d replications were simulated; same result: %v", n, bytes.Equal(got, want))
			}
			some := all.only(func(name string) bool { return (int(name[4])+int(name[6])+i)%2 == 0 })
			got, n = run(t, s, create(t, some), 1+i%2, log)
			if n == 0 || !bytes.Equal(got, want) {
				t.Errorf("%d files saved: %d replications were simulated; same result: %v", len(some.files), n, bytes.Equal(got, want))
			}
			if !maps.EqualFunc(some.files, all.files, bytes.Equal) {
				t.Error("the files differ from those of a run without a break")
			}
		})
	}
}

// More replications are added to those there are, whether their number is fixed or found.
func TestRunsGrow(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"replications=8", "replications={min: 8, max: 10, precision: 0.1%}"} {
		want, _ := run(t, short(t, "change-crash", c, "duration=20s"), nil, 2, false)
		files := newMemory()
		s := short(t, "change-crash", c, "duration=20s")
		_, before := run(t, short(t, "change-crash", "replications=5", "duration=20s"), create(t, files), 2, false)
		got, n := run(t, s, create(t, files), 2, false)
		if all := s.Replications.Max * len(s.Variants); before != 5*len(s.Variants) || n != all-before || !bytes.Equal(got, want) {
			t.Errorf("%s: %d replications and then %d of %d were simulated; same result: %v", c, before, n, all, bytes.Equal(got, want))
		}
	}
}

// A warm-up that pilot runs have shown is kept, with its warnings.
func TestWarmupIsKept(t *testing.T) {
	t.Parallel()
	files := newMemory()
	s := short(t, "nat-hotspot", "warmup=auto", "duration=20s")
	want, _ := run(t, s, create(t, files), 2, false)
	f := create(t, files)
	w, err := f.LoadWarmup()
	if err != nil || w == nil || w.Span == 0 || w.Method == "" {
		t.Fatalf("warm-up %+v, %v", w, err)
	}
	w.Warnings = append(w.Warnings, s.Warnings...)
	if err := f.SaveWarmup(w); err != nil {
		t.Fatal(err)
	}
	if got, n := run(t, s, f, 1, false); n != 0 || len(w.Warnings) == 0 && !bytes.Equal(got, want) {
		t.Errorf("%d replications were simulated", n)
	}
}

// An event log is made where it is wanted, and left out where it is not.
func TestLogs(t *testing.T) {
	t.Parallel()
	s := short(t, "change-crash", "replications=2")
	plain, _ := run(t, s, nil, 2, false)
	logged, _ := run(t, s, nil, 2, true)
	f := create(t, newMemory())
	for i, c := range []struct {
		log  bool
		want []byte
		n    int
	}{{false, plain, 2 * len(s.Variants)}, {true, logged, len(s.Variants)}, {true, logged, 0}, {false, plain, 0}} {
		if got, n := run(t, s, f, 2, c.log); n != c.n || !bytes.Equal(got, c.want) {
			t.Errorf("run %d: %d replications were simulated, want %d; same result: %v", i, n, c.n, bytes.Equal(got, c.want))
		}
	}
}

// A file that is cut off or altered anywhere is named, and its replication is run again.
func TestDamage(t *testing.T) {
	t.Parallel()
	s := short(t, "change-crash", "replications=1", "duration=15s")
	files := newMemory()
	want, _ := run(t, s, create(t, files), 2, false)
	name := replications.Name(0, 0)
	whole := files.files[name]
	for i := 0; i < len(whole); i += 1 + len(whole)/5 {
		altered := slices.Clone(whole)
		altered[i] ^= 0x55
		for _, damaged := range [][]byte{whole[:i], altered, append(slices.Clone(whole[:i]), 0)} {
			var notes []string
			files.files[name] = damaged
			f := create(t, files)
			f.Note = func(text string) { notes = append(notes, text) }
			got, n := run(t, s, f, 1, false)
			if n != 1 || !bytes.Equal(got, want) || len(notes) != 1 || !strings.Contains(notes[0], name) {
				t.Fatalf("byte %d of %d, %d left: %d simulated, same result: %v, notes %q", i, len(whole), len(damaged), n, bytes.Equal(got, want), notes)
			}
		}
	}
}

// The files of another study are refused, in words that say what differs.
func TestMismatch(t *testing.T) {
	t.Parallel()
	files := newMemory()
	if _, err := replications.Open(files, key); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening an empty folder: %v", err)
	}
	create(t, files)
	if _, err := replications.Open(files, key); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		key  replications.Key
		what string
	}{
		{replications.Key{Scenario: "abd", Seed: 1, Version: "1.2"}, "another scenario"},
		{replications.Key{Scenario: "abc", Seed: 2, Version: "1.2"}, "another seed: 1 there, 2 here"},
		{replications.Key{Scenario: "abc", Seed: 1, Version: "1.3"}, "another version: 1.2 there, 1.3 here"},
	} {
		_, err := replications.Create(files, c.key)
		var m *replications.MismatchError
		if !errors.As(err, &m) || !strings.Contains(err.Error(), c.what) {
			t.Errorf("%+v: %v; want %q", c.key, err, c.what)
		}
		s := short(t, "change-crash", "replications=1", "duration=15s")
		other := newMemory()
		f, _ := replications.Create(other, c.key)
		run(t, s, f, 1, false)
		mixed := newMemory()
		mixed.files[replications.Name(0, 0)] = other.files[replications.Name(0, 0)]
		if _, err := experiment.Run(s, experiment.Options{Saved: create(t, mixed)}); err == nil || !strings.Contains(err.Error(), "another study") {
			t.Errorf("a file of another study: %v", err)
		}
	}
	files.files["study.json"] = []byte(`{"format": 2}`)
	if _, err := replications.Create(files, key); err == nil || !strings.Contains(err.Error(), "another format") {
		t.Errorf("another format: %v", err)
	}
	files.files["study.json"] = []byte(`{"for`)
	if _, err := replications.Create(files, key); err == nil || !strings.Contains(err.Error(), "study.json is damaged") {
		t.Errorf("a damaged study.json: %v", err)
	}
}

// full is a disk without space left.
type full struct{ *memory }

func (full) Write(string, []byte) error { return errFull }

var errFull = fmt.Errorf("no space left on device")

func TestErrorsOfWriting(t *testing.T) {
	t.Parallel()
	s := short(t, "change-crash", "replications=3", "duration=1m")
	m := newMemory()
	create(t, m)
	f, err := replications.Open(full{m}, key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := experiment.Run(s, experiment.Options{Saved: f, Jobs: 2}); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

// Shards run their replications only, and together they make the result of one run.
func TestShards(t *testing.T) {
	t.Parallel()
	const n, shards = 7, 3
	s := short(t, "change-crash", "replications=7", "duration=20s", "warmup=auto")
	alone := newMemory()
	want, _ := run(t, s, create(t, alone), 2, false)
	together := newMemory()
	for k := range shards {
		f := create(t, together)
		part := func(_, r int) bool { return r%shards == k }
		missing, err := replications.Missing([]*replications.Folder{f}, len(s.Variants), n)
		if err != nil || !slices.Equal(missing, slices.DeleteFunc(indices(n), func(r int) bool { return r%shards < k })) {
			t.Errorf("before shard %d, %v are missing", k, missing)
		}
		steps := 0
		for range 2 { // the second time, there is nothing to do
			stopped, err := experiment.RunSome(s, experiment.Options{Saved: f, Jobs: 2, Progress: func(int, int, string) { steps++ }}, part)
			if stopped || err != nil {
				t.Fatal(stopped, err)
			}
		}
		if own := len(slices.DeleteFunc(indices(n), func(r int) bool { return !part(0, r) })); steps != 2*own*len(s.Variants) {
			t.Errorf("shard %d: %d steps", k, steps)
		}
	}
	if !maps.EqualFunc(together.files, alone.files, bytes.Equal) {
		t.Error("shards and one run have other files")
	}
	if got, simulated := run(t, s, create(t, together), 1, false); simulated != 0 || !bytes.Equal(got, want) {
		t.Errorf("%d replications were simulated; same result: %v", simulated, bytes.Equal(got, want))
	}
	if stopped, err := experiment.RunSome(s, experiment.Options{Saved: create(t, newMemory()), Stop: func() bool { return true }}, func(int, int) bool { return true }); !stopped || err != nil {
		t.Error(stopped, err)
	}
}

func indices(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
