package route

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"stickysim/policies/replay"
)

// writer writes answers as CSV or JSON.
type writer struct {
	out   *bufio.Writer
	json  bool
	buf   []byte
	lines int
}

func newWriter(out io.Writer, o Options) (*writer, error) {
	w := &writer{out: output(out)}
	switch o.Format {
	case "json":
		w.json = true
		w.out.WriteString("[")
	case "", "csv":
		header := "key,server\n"
		if o.Compare {
			header = "key,server,before,moved,needless\n"
		}
		w.out.WriteString(header)
	default:
		return nil, fmt.Errorf("format: must be csv or json, got %q", o.Format)
	}
	return w, nil // a bufio.Writer keeps its error for the next call
}

// answer writes what became of a key. m is nil without a comparison.
func (w *writer) answer(r *replay.Router, key []byte, a *replay.Answer, m *move) error {
	if w.json {
		return w.object(r, key, a, m)
	}
	w.buf = replay.AppendField(w.buf[:0], key)
	w.buf = append(w.buf, ',')
	w.buf = appendText(w.buf, place(r, a.Server, a.Status))
	if m != nil {
		w.buf = append(w.buf, ',')
		w.buf = appendText(w.buf, m.before)
		w.buf = appendBool(w.buf, m.moved)
		w.buf = appendBool(w.buf, m.needless)
	}
	w.buf = append(w.buf, '\n')
	_, err := w.out.Write(w.buf)
	return err
}

// appendText appends a CSV field. Server names rarely need quotes.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c == ',' || c == '"' || c <= ' ' {
			return replay.AppendField(b, []byte(text))
		}
	}
	return append(b, text...)
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, ",true"...)
	}
	return append(b, ",false"...)
}

// answerJSON is an element of the JSON array.
type answerJSON struct {
	Key      string   `json:"key"`
	Server   string   `json:"server"` // empty: none answered
	Address  string   `json:"address,omitempty"`
	Status   int      `json:"status"`
	Tried    []string `json:"tried,omitempty"` // where more than one was
	Cookie   string   `json:"cookie,omitempty"`
	Before   *string  `json:"before,omitempty"`
	Moved    *bool    `json:"moved,omitempty"`
	Needless *bool    `json:"needless,omitempty"`
}

func (w *writer) object(r *replay.Router, key []byte, a *replay.Answer, m *move) error {
	v := answerJSON{Key: string(key), Status: a.Status, Cookie: a.CookieText}
	if a.Server >= 0 {
		v.Server, v.Address = r.Name(a.Server), r.View().Servers[a.Server].Addr
	}
	if len(a.Tried) > 1 {
		for _, s := range a.Tried {
			v.Tried = append(v.Tried, r.Name(s))
		}
	}
	if m != nil {
		v.Before, v.Moved, v.Needless = &m.before, &m.moved, &m.needless
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if w.lines++; w.lines > 1 {
		w.out.WriteString(",")
	}
	w.out.WriteString("\n")
	_, err = w.out.Write(text)
	return err
}

func (w *writer) close() error {
	if w.json {
		w.out.WriteString("\n]\n")
	}
	return w.out.Flush()
}
