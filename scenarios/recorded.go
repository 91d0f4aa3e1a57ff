package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/workloads/faults"
)

// recording is a file of recorded faults, and the part of it that is replayed.
type recording struct {
	file, system string
	from, until  instant
	speed        float64
}

// mostRecorded bounds what one recording adds to a timeline.
const mostRecorded = 100_000

var (
	fromField  = at("from", "start of the replayed part: time since the start of the recording, or a date; default: its start", instants(), func(r *recording) *instant { return &r.from })
	untilField = at("until", "end of the replayed part; default: its end", instants(), func(r *recording) *instant { return &r.until })
	speedField = at("speed", "recorded seconds per simulated second; it also shortens repairs; default: 1", number(1e-3, 1e6), func(r *recording) *float64 { return &r.speed })
)

var recordedCrashes = object[recording]{
	at("log", "failure log whose crashes and repairs are replayed instead; default: none", label(), func(r *recording) *string { return &r.file }),
	at("system", "the cluster in the log; default: all", label(), func(r *recording) *string { return &r.system }),
	fromField, untilField, speedField,
}

var recordedPreemptions = object[recording]{
	at("trace", "trace of spot instances whose preemptions are replayed instead; default: none", label(), func(r *recording) *string { return &r.file }),
	fromField, untilField, speedField,
}

// recordable are the kinds of action that can be taken from a recording, with what is written about it.
var recordable = map[*sim.ActionKind]object[recording]{sim.Crash: recordedCrashes, sim.Preempt: recordedPreemptions}

// instant is a point in time of a recording.
type instant struct {
	since sim.Time
	date  time.Time // zero: since counts
}

// dateLayouts are how dates are written, here and by programs that know the type timestamp of YAML.
var dateLayouts = []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05",
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00"}

// instants reads a duration or a date.
func instants() kind[instant] {
	duration := span(0)
	dated := spanPattern + `|^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.0+)?)?(Z|[+-]00:00)?)?$`
	return kind[instant]{schema: oneText(dated), read: func(d *decoder, n *tree.Node) (instant, bool) {
		if n.Kind == tree.Scalar && strings.Count(n.Text, "-") == 2 {
			for _, layout := range dateLayouts {
				if t, err := time.Parse(layout, n.Text); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
					return instant{date: t}, true
				}
			}
			d.fail(n, "bad-value", "must be a date such as 2003-01-31, or a duration such as 30d, got "+quote(n.Text), "")
			return instant{}, false
		}
		t, ok := duration.read(d, n)
		return instant{since: t}, ok
	}}
}

// recordingShape refuses settings of an element that its recording determines.
func (d *decoder) recordingShape(item, n *tree.Node) bool {
	ok := true
	for _, clash := range []struct {
		at  *tree.Node
		key string
	}{{item, "every"}, {item, "each"}, {item, "until"}, {n, "servers"}, {n, "zone"}, {n, "repair"}} {
		if at := clash.at.Get(clash.key); at != nil {
			d.fail(at, "conflict", "has "+clash.key+", which its recording determines", "remove "+clash.key+", or the recording")
			ok = false
		}
	}
	return ok
}

// recorded reads the recording of an element and returns its actions.
func (d *decoder) recorded(item *tree.Node, e *event) []sim.Action {
	what, key := "log", "crash"
	if e.Kind == sim.Preempt {
		what, key = "trace", "preempt"
	}
	settings := item.Get(key)
	n := settings.Get(what)
	var all []sim.Action
	if e.Kind == sim.Crash {
		all = d.crashes(settings, n, e)
	} else {
		all = d.preemptions(settings, n, e)
	}
	if len(all) > mostRecorded {
		d.fail(n, "too-many", fmt.Sprintf("%s has %d events in this window, the limit is %d", quote(e.recording.file), len(all), mostRecorded), "give from and until")
		return nil
	}
	for i := range all {
		all[i].At += e.At
		all[i].Name, all[i].Host = e.Name, e.Host
	}
	return all
}

func (d *decoder) crashes(settings, n *tree.Node, e *event) []sim.Action {
	l := d.files.failures(d, n, e.recording)
	if l == nil || len(d.fleet) == 0 {
		return nil
	}
	w, ok := d.window(settings, e.recording, l.Began)
	if !ok {
		return nil
	}
	all := l.Crashes(w, len(d.fleet))
	if len(all) == 0 {
		d.fail(n, "out-of-range", fmt.Sprintf("none of the %d failures in %s is between from and until", len(l.Failures), quote(e.recording.file)), "the log begins "+l.Began.Format(time.DateOnly))
	}
	return all
}

func (d *decoder) preemptions(settings, n *tree.Node, e *event) []sim.Action {
	s := d.files.spot(d, n, e.recording)
	if s == nil || len(d.fleet) == 0 {
		return nil
	}
	w, ok := d.window(settings, e.recording, time.Time{})
	if !ok {
		return nil
	}
	all, err := s.Preemptions(w, len(d.fleet), e.Deadline, e.Replace)
	switch {
	case err != nil:
		d.fail(n, "out-of-range", quote(e.recording.file)+": "+err.Error(), "write a later from")
	case !slices.ContainsFunc(all, func(a sim.Action) bool { return a.Kind == sim.Preempt }):
		d.fail(n, "out-of-range", quote(e.recording.file)+" preempts none of these servers between from and until", "")
	}
	return all
}

// window turns from and until into times since the start of the recording, began. began is zero for a recording without
// dates.
func (d *decoder) window(settings *tree.Node, r recording, began time.Time) (faults.Window, bool) {
	w, ok := faults.Window{Speed: r.speed}, true
	for _, end := range []struct {
		key string
		m   instant
		to  *sim.Time
	}{{"from", r.from, &w.From}, {"until", r.until, &w.Until}} {
		at := settings.Get(end.key)
		switch {
		case end.m.date.IsZero():
			*end.to = end.m.since
		case began.IsZero():
			d.fail(at, "bad-value", "must be a duration since the start of this trace, got "+quote(at.Text), "write "+end.key+": 2h")
			ok = false
		default:
			*end.to = sim.Time(end.m.date.Sub(began))
		}
	}
	if at := settings.Get("until"); at != nil && ok && w.Until <= w.From {
		d.fail(at, "out-of-range", "is not after from", "")
		ok = false
	}
	return w, ok
}

// failures reads a failure log, or reports why it cannot be read.
func (r *reader) failures(d *decoder, n *tree.Node, o recording) *faults.Log {
	id := fmt.Sprintf("%q %q", o.file, o.system)
	if l, ok := r.failureLogs[id]; ok {
		return l
	}
	r.failureLogs[id] = nil
	f, err := r.open(o.file)
	if err != nil {
		d.fail(n, "no-file", err.Error(), fileHint)
		return nil
	}
	defer f.Close()
	l, err := faults.ReadLog(f, o.system)
	if err != nil {
		d.fail(n, "bad-log", quote(o.file)+" "+err.Error(), "")
		return nil
	}
	d.badRows(n, o.file, l.Rows, l.Bad)
	r.failureLogs[id] = l
	return l
}

// spot reads a trace of spot instances, or reports why it cannot be read.
func (r *reader) spot(d *decoder, n *tree.Node, o recording) *faults.Spot {
	if s, ok := r.spots[o.file]; ok {
		return s
	}
	r.spots[o.file] = nil
	f, err := r.open(o.file)
	if err != nil {
		d.fail(n, "no-file", err.Error(), fileHint)
		return nil
	}
	defer f.Close()
	s, err := faults.ReadSpot(f)
	if err != nil {
		d.fail(n, "bad-log", quote(o.file)+" "+err.Error(), "")
		return nil
	}
	d.badRows(n, o.file, s.Rows, s.Bad)
	r.spots[o.file] = s
	return s
}

func (d *decoder) badRows(n *tree.Node, file string, rows int, bad faults.Bad) {
	if bad.Total > 0 {
		d.warn(n, badLines, fmt.Sprintf("%s: of %d rows, %s", quote(file), rows, bad), "the other rows are replayed")
	}
}
