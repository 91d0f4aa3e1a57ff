package accesslog

import (
	"bytes"
	"strings"
)

// wrapper is what a collector puts around every line of a log.
type wrapper struct {
	name string
	// strip is the line without it, or nil where the line is not wrapped so. The result is the end of b, or is in scratch.
	strip func(b []byte, scratch *[]byte) []byte
	// part says which of the streams of a wrapped line it is of, and whether the line continues in the next one of that stream. It is nil
	// for collectors that split no lines.
	part func(b []byte) (stream int, begins bool)
}

// streams is how many streams a collector keeps apart: standard output and standard error.
const streams = 2

// wrappers are those that are recognised. Where several fit, an earlier one is more specific.
var wrappers = []wrapper{
	{"Kubernetes CRI", stripCRI, partOfCRI},
	{"JSON", stripEnvelope, partOfDocker},
	{"kubectl logs --prefix", stripKubectl, nil},
	{"docker compose", stripCompose, nil},
	{"syslog RFC 5424", strip5424, nil},
	{"syslog", stripSyslog, nil},
	{"timestamp", stripTimestamp, nil},
	{"stern", stripStern, nil},
}

// deepest is how many wrappers around each other are looked for: kubectl logs --prefix --timestamps adds two, and syslog may
// be inside.
const deepest = 3

// wrapping is what a log's lines are wrapped in, the outermost first.
type wrapping struct {
	layers  []wrapper
	scratch [deepest][]byte
	begun   [streams][]byte // what lines in parts begin with
	whole   []byte          // a line that was put together
}

func (w *wrapping) name() string {
	var names []string
	for _, one := range w.layers {
		names = append(names, one.name)
	}
	return strings.Join(names, ", ")
}

// unwrap strips a line as far as it is wrapped. Where a collector has split it, it puts the parts together; begins is true for those
// that are not the last.
func (w *wrapping) unwrap(b []byte) (inside []byte, begins bool) {
	for i, one := range w.layers {
		inside := one.strip(b, &w.scratch[i])
		if inside == nil {
			continue
		}
		if one.part != nil {
			if inside, begins = w.joined(&one, b, inside); begins {
				return nil, true
			}
		}
		b = inside
	}
	return b, false
}

// joined adds a part to those before it.
func (w *wrapping) joined(by *wrapper, b, inside []byte) (whole []byte, begins bool) {
	stream, begins := by.part(b)
	before := &w.begun[stream]
	switch {
	case begins && len(*before)+len(inside) <= lineLimit: // more is no line
		*before = append(*before, inside...)
		return nil, true
	case begins:
		return nil, true
	case len(*before) == 0:
		return inside, false
	}
	w.whole = append(append(w.whole[:0], *before...), inside...)
	*before = (*before)[:0]
	return w.whole, false
}

// word cuts the first word off b, and the spaces behind it.
func word(b []byte) (first, rest []byte) {
	end := bytes.IndexByte(b, ' ')
	if end < 0 {
		return b, b[len(b):]
	}
	return b[:end], bytes.TrimLeft(b[end:], " ")
}

// isTimestamp tells RFC 3339 times, as they begin the lines of many collectors.
func isTimestamp(b []byte) bool {
	if len(b) < 19 || b[4] != '-' || b[10] != 'T' {
		return false
	}
	_, ok := instant(b)
	return ok
}

// stripCRI is for "2006-01-02T15:04:05.000000000Z stdout F …".
func stripCRI(b []byte, _ *[]byte) []byte {
	stamp, rest := word(b)
	if !isTimestamp(stamp) {
		return nil
	}
	stream, rest := word(rest)
	tag, rest := word(rest)
	if string(stream) != "stdout" && string(stream) != "stderr" || len(tag) == 0 || tag[0] != 'F' && tag[0] != 'P' || len(tag) > 1 && tag[1] != ':' {
		return nil
	}
	return rest
}

// partOfCRI reads the stream and the tag of a line that stripCRI takes: containerd and CRI-O split lines of more than 16 KB, and tag all
// parts but the last with P.
func partOfCRI(b []byte) (stream int, begins bool) {
	_, rest := word(b)
	name, rest := word(rest)
	if string(name) == "stderr" {
		stream = 1
	}
	return stream, rest[0] == 'P'
}

// stripKubectl is for "[pod/web-7d9/nginx] …".
func stripKubectl(b []byte, _ *[]byte) []byte {
	if !hasPrefix(b, "[pod/") {
		return nil
	}
	end := bytes.Index(b, []byte("] "))
	if end < 0 {
		return nil
	}
	return b[end+2:]
}

// stripCompose is for "web-1  | …", with or without colours.
func stripCompose(b []byte, _ *[]byte) []byte {
	name := uncolored(b)
	end := bytes.IndexByte(name, ' ')
	if end <= 0 || bytes.IndexByte(name[:end], '"') >= 0 {
		return nil
	}
	rest := bytes.TrimLeft(name[end:], " ")
	if len(rest) == 0 || rest[0] != '|' {
		return nil
	}
	rest = uncolored(rest[1:])
	if len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	return rest
}

// uncolored skips the sequence that sets a terminal's colour.
func uncolored(b []byte) []byte {
	if hasPrefix(b, "\x1b[") {
		if end := bytes.IndexByte(b, 'm'); end > 0 && end < 12 {
			return b[end+1:]
		}
	}
	return b
}

// stripTimestamp is for "2006-01-02T15:04:05.000Z …", as docker logs -t writes it.
func stripTimestamp(b []byte, _ *[]byte) []byte {
	stamp, rest := word(b)
	if !isTimestamp(stamp) {
		return nil
	}
	return rest
}

// stripStern is for "web-7d9f8-x2k nginx …": the names of a pod and of its container.
func stripStern(b []byte, _ *[]byte) []byte {
	pod, rest := word(b)
	container, rest := word(rest)
	if bytes.IndexByte(pod, '-') < 1 || !isLabel(pod) || !isLabel(container) || len(rest) == 0 {
		return nil
	}
	return rest
}

// isLabel tells names of pods and containers: letters, digits and dashes, with a letter in front.
func isLabel(b []byte) bool {
	for _, c := range b {
		if !(isDigit(c) || c >= 'a' && c <= 'z' || c == '-') {
			return false
		}
	}
	return len(b) > 0 && b[0] >= 'a' && b[0] <= 'z'
}

// envelope are the keys under which collectors keep a line: the json-file driver of Docker, journald, Elastic's agents,
// CloudWatch and Google Cloud.
var envelope = []string{"log", "MESSAGE", "message", "@message", "textPayload"}

// stripEnvelope is for {"log":"…\n","stream":"stdout"}.
func stripEnvelope(b []byte, scratch *[]byte) []byte {
	if len(b) == 0 || b[0] != '{' {
		return nil
	}
	*scratch = (*scratch)[:0]
	var found []byte
	ok := members(b, func(path, value []byte, quoted bool) {
		if !quoted || found != nil {
			return
		}
		for _, key := range envelope {
			if string(path) == key {
				found = value
			}
		}
	})
	if !ok || found == nil {
		return nil
	}
	*scratch = unquoted(*scratch, found)
	return bytes.TrimRight(*scratch, "\r\n")
}

// partOfDocker tells the parts of a line of more than 16 KB from Docker's json-file driver, whose text has a line end at the end of the
// last part alone. Collectors that have removed line ends write no stream.
func partOfDocker(b []byte) (stream int, begins bool) {
	var text []byte
	known := false
	members(b, func(path, value []byte, quoted bool) {
		switch {
		case string(path) == "log" && quoted:
			text = value
		case string(path) == "stream":
			known = true
			if string(value) == "stderr" {
				stream = 1
			}
		}
	})
	const full = 16 << 10 // bytes of a part
	return stream, known && len(text) >= full && !bytes.HasSuffix(text, []byte(`\n`))
}
