package apache

import (
	"path"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// workers are the settings of mod_jk, from workers.properties and JkWorkerProperty.
type workers struct {
	byName map[string]*worker
	order  []*worker
	list   []string // of worker.list: the workers that requests can be sent to
	values map[string]setting
	read   map[string]bool // files, by their names without folders
}

// worker is what the properties worker.NAME.* say.
type worker struct {
	ir.Place // of the first
	name     string
	settings map[string]setting // the last of each attribute
	members  []string           // of balance_workers, in all lines
	used     bool               // its settings have been asked for, its own or those of workers that refer to it
	pool     bool               // it is a pool
}

// setting is one property: key=value.
type setting struct {
	ir.Place
	key, value string
}

// String is the property as one would write it, shortened.
func (s setting) String() string { return source.Short(s.key + "=" + s.value) }

func newWorkers() *workers {
	return &workers{byName: map[string]*worker{}, values: map[string]setting{}, read: map[string]bool{}}
}

// maxExpanded bounds the text that variables of workers.properties grow to.
const maxExpanded = 4096

// properties reads the lines of a workers.properties file.
func (t *translation) properties(name string, data []byte) error {
	text, err := source.Text(name, data)
	if err != nil {
		return err
	}
	t.workers.read[path.Base(name)] = true
	at := ir.Place{File: name, Col: 1}
	for line := range strings.SplitSeq(text, "\n") {
		at.Line++
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if t.directives++; t.directives > maxDirectives {
			return at.Errorf("more than %d directives", maxDirectives)
		}
		t.Expect(at, line)
		if err := t.property(at, line); err != nil {
			return err
		}
	}
	return nil
}

// property reads key=value. $(key) in it stands for the value of a property before.
func (t *translation) property(at ir.Place, text string) error {
	key, value, ok := strings.Cut(text, "=")
	if !ok {
		return nil // mod_jk passes over it; a remark says that it was not understood
	}
	s := setting{at, strings.TrimSpace(key), strings.TrimSpace(value)}
	if err := t.expand(&s); err != nil {
		return err
	}
	t.workers.values[s.key] = s
	name, attribute, ok := cutLast(strings.TrimPrefix(s.key, "worker."))
	switch {
	case s.key == "worker.list":
		t.workers.list = append(t.workers.list, words(s.value)...)
		t.Translated(s, "%s: the workers that requests can be sent to", s)
	case s.key == "worker.maintain":
		t.NotCarried(s, "%s: counters of balancing are not halved as time goes by", s)
	case strings.HasPrefix(s.key, "workers."):
		t.Harmless(s, "%s: a name for a path", s)
	case !strings.HasPrefix(s.key, "worker.") || !ok:
	default:
		t.workerSetting(name, attribute, s)
	}
	return nil
}

// workerSetting notes an attribute of a worker. Lists of members add up; of other attributes the last line counts.
func (t *translation) workerSetting(name, attribute string, s setting) {
	w := t.workers.byName[name]
	if w == nil {
		w = &worker{Place: s.Place, name: name, settings: map[string]setting{}}
		t.workers.byName[name] = w
		t.workers.order = append(t.workers.order, w)
	}
	if attribute == "balanced_workers" {
		attribute = "balance_workers"
	}
	was, again := w.settings[attribute]
	switch {
	case attribute == "balance_workers":
		w.members = append(w.members, words(s.value)...)
		if again {
			t.Translated(was, "%s", was)
		}
	case again:
		t.Harmless(was, "%s: line %d counts", was, s.Line)
	}
	w.settings[attribute] = s
}

// expand replaces the variables of a value.
func (t *translation) expand(s *setting) error {
	for from := 0; ; {
		i := strings.Index(s.value[from:], "$(")
		if i < 0 {
			return nil
		}
		i += from
		name, rest, closed := strings.Cut(s.value[i+2:], ")")
		if !closed {
			return nil
		}
		v, known := t.workers.values[name]
		if !known {
			t.NotCarried(*s, "%s: $(%s) is not known; the text is used as written", *s, source.Short(name))
			from = i + 2
			continue
		}
		if !t.Mentioned(v) {
			t.Translated(v, "%s: stands for its value", v)
		}
		from = i + len(v.value)
		if s.value = s.value[:i] + v.value + rest; len(s.value) > maxExpanded {
			return s.Errorf("%s: longer than %d bytes", source.Short(s.key), maxExpanded)
		}
	}
}

// get returns an attribute of a worker, its own or of the workers it refers to.
func (all *workers) get(w *worker, attribute string) (s setting, ok bool) {
	for range maxDepth { // references can form a circle
		if w == nil {
			break
		}
		w.used = true
		if s, ok = w.settings[attribute]; ok {
			return s, true
		}
		w = all.byName[strings.TrimPrefix(w.settings["reference"].value, "worker.")]
	}
	return setting{}, false
}

// membersOf are the workers that w balances over.
func (all *workers) membersOf(w *worker) []string {
	for range maxDepth {
		if w == nil || len(w.members) > 0 {
			break
		}
		w = all.byName[strings.TrimPrefix(w.settings["reference"].value, "worker.")]
	}
	if w == nil {
		return nil
	}
	return w.members
}

// words splits a list at commas and blanks.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

// cutLast cuts text at its last dot.
func cutLast(text string) (before, after string, found bool) {
	i := strings.LastIndexByte(text, '.')
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}
