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
}

// wrappers are those that are recognised. Where several fit, an earlier one is more specific.
var wrappers = []wrapper{
	{"Kubernetes CRI", stripCRI},
	{"JSON", stripEnvelope},
	{"kubectl logs --prefix", stripKubectl},
	{"docker compose", stripCompose},
	{"syslog RFC 5424", strip5424},
	{"syslog", stripSyslog},
	{"timestamp", stripTimestamp},
}

// deepest is how many wrappers around each other are looked for: kubectl logs --prefix --timestamps adds two, and syslog may
// be inside.
const deepest = 3

// wrapping is what a log's lines are wrapped in, the outermost first.
type wrapping struct {
	layers  []wrapper
	scratch [deepest][]byte
}

func (w *wrapping) name() string {
	var names []string
	for _, one := range w.layers {
		names = append(names, one.name)
	}
	return strings.Join(names, ", ")
}

// unwrap strips a line as far as it is wrapped.
func (w *wrapping) unwrap(b []byte) []byte {
	for i, one := range w.layers {
		if inside := one.strip(b, &w.scratch[i]); inside != nil {
			b = inside
		}
	}
	return b
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
