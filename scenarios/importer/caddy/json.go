package caddy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// jsonReader turns JSON into nodes that know their line. The YAML reader refuses the tabs that Caddy's own tools indent
// with.
type jsonReader struct {
	*json.Decoder
	file  string
	data  []byte
	line  int
	start int // of the line
	at    int
	nodes int
}

// maxNodes bounds the values of a JSON file.
const maxNodes = 500_000

func readJSON(file string, data []byte) (*tree.Node, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	r := jsonReader{Decoder: json.NewDecoder(bytes.NewReader(data)), file: file, data: data, line: 1}
	r.UseNumber()
	n, err := r.value(0)
	if err != nil {
		return nil, r.Errorf("%v", plain(err))
	}
	if _, err := r.Token(); !errors.Is(err, io.EOF) {
		return nil, r.Errorf("unexpected text after the end of the JSON value")
	}
	return n, nil
}

// plain explains an end of the file within a value.
func plain(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("JSON ends in the middle of a value")
	}
	return err
}

// place is where the decoder is: behind the token it has just read.
func (r *jsonReader) place() ir.Place {
	to := min(int(r.InputOffset()), len(r.data))
	passed := r.data[r.at:to]
	if end := bytes.LastIndexByte(passed, '\n'); end >= 0 {
		r.line += bytes.Count(passed, []byte{'\n'})
		r.start = r.at + end + 1
	}
	r.at = to
	return ir.Place{File: r.file, Line: r.line, Col: to - r.start + 1}
}

// lineOf is the line of the token that the decoder has just read.
func (r *jsonReader) lineOf() ir.Place {
	at := r.place()
	at.Col = 0
	return at
}

func (r *jsonReader) Errorf(format string, args ...any) error {
	return r.place().Errorf(format, args...)
}

func (r *jsonReader) value(depth int) (*tree.Node, error) {
	if r.nodes++; r.nodes > maxNodes {
		return nil, fmt.Errorf("more than %d values", maxNodes)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("nested more than %d deep", maxDepth)
	}
	word, err := r.Token()
	if err != nil {
		return nil, err
	}
	n := &tree.Node{Place: r.lineOf(), Kind: tree.Scalar}
	switch x := word.(type) {
	case nil:
		n.Kind = tree.Null
	case json.Delim:
		n.Kind = tree.List
		if x == '{' {
			n.Kind = tree.Map
		}
		return n, r.items(n, depth)
	default:
		n.Text = fmt.Sprint(x)
	}
	return n, nil
}

// items reads what a list or map holds, and its closing bracket.
func (r *jsonReader) items(n *tree.Node, depth int) error {
	for r.More() {
		key, at := "", ir.Place{}
		if n.Kind == tree.Map {
			word, err := r.Token()
			if err != nil {
				return err
			}
			key, at = fmt.Sprint(word), r.lineOf()
		}
		x, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		if x.Key = key; n.Kind == tree.Map {
			x.Place = at // a value's place is its key's
		}
		n.Items = append(n.Items, x)
	}
	_, err := r.Token()
	return err
}
