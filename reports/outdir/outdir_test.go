package outdir

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/experimenttest"
	"stickysim/sim/experiment/resultjson"
)

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out", "deep")
	for _, res := range []*experiment.Result{experimenttest.Alone(), experimenttest.Three()} { // the second over the first
		dir, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Write(dir, res, Meta{Version: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := []string{"differences.png", "differences.svg", "latency_quantiles.png", "latency_quantiles.svg", "load_over_time.png",
		"load_over_time.svg", "meta.json", "metrics.csv", "result.json", "server_share.png", "server_share.svg", "servers.csv",
		"sessions_lost.csv", "sessions_lost.png", "sessions_lost.svg", "timeseries.csv"}
	if !slices.Equal(names, want) {
		t.Errorf("the directory holds %v; want %v", names, want)
	}
	text, err := os.ReadFile(filepath.Join(path, "result.json"))
	var whole bytes.Buffer
	if err := errors.Join(err, resultjson.Write(&whole, experimenttest.Three())); err != nil || !bytes.Equal(text, whole.Bytes()) {
		t.Errorf("result.json is not the result (%v)", err)
	}
}

// memory is a directory that fails at its n-th step.
type memory struct {
	left    int
	open    int
	visible []string
}

var errFull = errors.New("no space left")

func (m *memory) step() error {
	if m.left--; m.left < 0 {
		return errFull
	}
	return nil
}

func (m *memory) ReadFile(string) ([]byte, error) { return nil, fs.ErrNotExist }

func (m *memory) Remove(string) error { return nil }

func (m *memory) Create(name string) (File, error) {
	if err := m.step(); err != nil {
		return nil, err
	}
	m.open++
	return &memoryFile{m, name}, nil
}

type memoryFile struct {
	*memory
	name string
}

func (f *memoryFile) Write(p []byte) (int, error) {
	if strings.HasSuffix(f.name, ".json") {
		return len(p), f.step()
	}
	return len(p), nil
}

func (f *memoryFile) Commit() error {
	f.open--
	f.visible = append(f.visible, f.name)
	return nil
}

func (f *memoryFile) Abort() { f.open-- }

// Wherever writing fails, nothing is to be seen, nothing is left open, and the error is reported.
func TestWriteFails(t *testing.T) {
	for _, n := range []int{0, 4, 13, 14} {
		m := &memory{left: n}
		_, err := Write(m, experimenttest.Alone(), Meta{})
		if !errors.Is(err, errFull) || len(m.visible) > 0 || m.open != 0 {
			t.Errorf("failing at step %d: error %v, visible %v, open %d", n, err, m.visible, m.open)
		}
	}
	m := &memory{left: 1 << 20}
	if _, err := Write(m, experimenttest.Alone(), Meta{}); err != nil || m.open != 0 || m.visible[len(m.visible)-1] != "result.json" {
		t.Errorf("error %v, open %d, the last file is %v", err, m.open, m.visible)
	}
}

func TestMeta(t *testing.T) {
	var b bytes.Buffer
	if err := (Meta{Command: "stickysim run x", Jobs: 2}).write(&b); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), `{"command":"stickysim run x","jobs":2}`+"\n"; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

// Of many that create a file at once, one succeeds, and its content stays.
func TestWriteNew(t *testing.T) {
	dir := Files(t.TempDir())
	var wins atomic.Int64
	var won atomic.Value
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			text := []byte{byte(i)}
			switch err := dir.WriteNew("study.json", text); {
			case err == nil:
				wins.Add(1)
				won.Store(text)
			case !errors.Is(err, fs.ErrExist):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got, err := dir.ReadFile("study.json")
	if wins.Load() != 1 || err != nil || !bytes.Equal(got, won.Load().([]byte)) {
		t.Errorf("%d have created it, it holds %v (%v)", wins.Load(), got, err)
	}
	if names, _ := dir.ReadDir("."); len(names) != 1 {
		t.Errorf("%d files are left", len(names))
	}
}
