package scenarios

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/workloads"
	"stickysim/workloads/accesslog"
	"stickysim/workloads/faults"
)

// reader reads each file that a scenario names once; alternatives share its contents.
type reader struct {
	files  fs.FS // nil: no file can be read
	traces map[string]*sim.Trace
	lists  map[string][]float64
	trees  map[string]*tree.Node

	failureLogs map[string]*faults.Log
	spots       map[string]*faults.Spot
	sums        map[string][]byte // SHA-256 of each file that was read
}

func newReader(files fs.FS) *reader {
	return &reader{files, map[string]*sim.Trace{}, map[string][]float64{}, map[string]*tree.Node{}, map[string]*faults.Log{}, map[string]*faults.Spot{}, map[string][]byte{}}
}

func (r *reader) open(name string) (fs.File, error) {
	if r.files == nil {
		return nil, fmt.Errorf("%s: no files can be read here", quote(name))
	}
	f, err := r.files.Open(path.Clean(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s does not exist", quote(name))
	case errors.Is(err, fs.ErrInvalid):
		return nil, fmt.Errorf("%s is not a path below the scenario's folder", quote(name))
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%s may not be read", quote(name))
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", quote(name), err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, fmt.Errorf("%s is a folder", quote(name))
	}
	return &summed{f, r, path.Clean(name), sha256.New()}, nil
}

const fileHint = "paths are relative to the folder of the scenario"

// trace reads an access log, or reports why it cannot be read.
func (r *reader) trace(d *decoder, n *tree.Node, o replay) *sim.Trace {
	id := fmt.Sprintf("%q %q %q %v %v", o.file, o.client, o.format, o.scale, o.options)
	if t, ok := r.traces[id]; ok {
		return t
	}
	r.traces[id] = nil // a log that cannot be used is reported once
	var fields []accesslog.Field
	for _, name := range o.client {
		fields = append(fields, accesslog.Field(name))
	}
	log, err := r.log(o.file, accesslog.Options{Client: fields, Format: o.format})
	var absent missing
	switch {
	case errors.As(err, &absent):
		d.fail(n, "no-file", absent.Error(), fileHint+"; --log "+o.file+"=PATH reads it from elsewhere")
		return nil
	case errors.Is(err, accesslog.ErrCut):
		d.warn(n, cutLog, quote(o.file)+": "+err.Error(), "the part that could be read is replayed")
	case errors.Is(err, accesslog.ErrFormat):
		d.fail(n, "bad-log", quote(o.file)+": "+err.Error(), logHint())
		return nil
	case err != nil:
		d.fail(n, "bad-log", quote(o.file)+": "+err.Error(), "")
		return nil
	}
	t, report, err := workloads.FromLog(log, o.options)
	switch {
	case err != nil:
		d.fail(n, "bad-log", err.Error(), "")
		return nil
	case len(t.Requests) == 0:
		d.fail(n, "bad-log", quote(o.file)+" has no requests", "")
		return nil
	case report.Bad.Total > 0:
		d.warn(n, badLines, quote(o.file)+": "+strings.TrimSpace(report.Bad.String()), "the other lines are replayed")
	}
	d.lintLog(n, &o, log, &report)
	d.lintSilence(n, &o, t)
	if most := 1e8; float64(len(t.Requests))*o.scale > most {
		d.fail(n, "too-many", fmt.Sprintf("%s: %d requests at a scale of %g, the limit is %g", quote(o.file), len(t.Requests), o.scale, most), "lower scale, or write limit")
		return nil
	}
	t.Origin.File = o.file
	t = workloads.MultipleOf(t, o.scale)
	r.traces[id] = t
	return t
}

// values reads the numbers of a file for a distribution or an arrival process: one to a line, or the first column of a
// CSV, in seconds, bytes or units; durations and sizes may carry their unit. A first line without a number is a heading.
func (r *reader) values(name string) ([]float64, error) {
	const most = 1_000_000
	if v, ok := r.lists[name]; ok {
		return v, nil
	}
	f, err := r.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []float64
	lines := bufio.NewScanner(f)
	for line := 1; lines.Scan(); line++ {
		cell, _, _ := strings.Cut(lines.Text(), ",")
		cell = strings.TrimSpace(strings.Trim(strings.TrimSpace(cell), `"`))
		v, ok := value(cell)
		switch {
		case cell == "" || !ok && line == 1:
			continue
		case !ok:
			return nil, fmt.Errorf("%s, line %d: must be a number from 0, got %s", name, line, quote(cell))
		case len(out) == most:
			return nil, fmt.Errorf("%s has more than %d values", name, most)
		}
		out = append(out, v)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s has no values", name)
	}
	r.lists[name] = out
	return out, nil
}

func value(cell string) (float64, bool) {
	if v, err := strconv.ParseFloat(cell, 64); err == nil {
		return v, v >= 0 && !math.IsInf(v, 0)
	}
	if v, err := dist.ParseDuration(cell); err == nil {
		return v, true
	}
	v, err := dist.ParseBytes(cell)
	return v, err == nil
}

// scenario reads a YAML file that another includes.
func (r *reader) scenario(d *decoder, n *tree.Node, name string) *tree.Node {
	if root, ok := r.trees[name]; ok {
		return root
	}
	r.trees[name] = nil
	f, err := r.open(name)
	if err != nil {
		d.fail(n, "no-file", err.Error(), fileHint)
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, tree.MaxBytes+1))
	if err != nil {
		d.fail(n, "no-file", quote(name)+" cannot be read: "+err.Error(), "")
		return nil
	}
	root, problems := tree.Parse(name, data)
	for _, p := range problems {
		d.problems.Add(p)
	}
	if problems.Err() != nil {
		return nil
	}
	r.trees[name] = root
	return root
}
