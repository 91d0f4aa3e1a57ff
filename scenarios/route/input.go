package route

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"stickysim/policies/replay"
)

// input is a stream of keys: the lines of a file, the column `key` of a CSV whose header has one, or the clients of an
// access log.
type input struct {
	log    *logKeys // nil: no access log
	in     *replay.Records
	column int // -1: whole lines
	width  int
	first  []byte // a line that was read to find out, and is a key
	peeked bool
	addr   bool // the keys are addresses

	left, made int // requests without a key, instead of a file
	number     []byte
}

// newInput looks at the first lines. Gzip files are decompressed. In a file of addresses blank lines are skipped, and only the
// first word of a line counts; otherwise a blank line is a request that lacks the header, argument or cookie.
func newInput(in io.Reader, kind string) (*input, error) {
	r, err := unzipped(in)
	if err != nil {
		return nil, err
	}
	s := &input{in: replay.NewRecords(r), column: -1, addr: kind == "address"}
	if isLog(r) {
		s.log, err = readLog(r, kind)
		return s, err
	}
	line, err := s.in.Raw()
	if err == io.EOF {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	s.first, s.peeked = bytes.Clone(line), true
	if bytes.Contains(line, []byte("key")) && bytes.Count(line, []byte(`"`))%2 == 0 {
		if header, err := s.in.Split(line); err == nil {
			for i, name := range header {
				if string(bytes.TrimSpace(name)) == "key" {
					s.column, s.width, s.peeked = i, len(header), false
				}
			}
		}
	}
	return s, nil
}

// next returns the next key, valid until the next call, or io.EOF.
func (s *input) next() ([]byte, error) {
	if s.in == nil {
		return s.counted()
	}
	if s.log != nil {
		return s.log.key()
	}
	for {
		key, err := s.read()
		if err != nil || !s.addr {
			return key, err
		}
		if key = firstWord(key); len(key) > 0 {
			return key, nil
		}
	}
}

// firstWord is the text up to the first blank.
func firstWord(line []byte) []byte {
	line = bytes.TrimLeft(line, " \t")
	if i := bytes.IndexAny(line, " \t\r"); i >= 0 {
		return line[:i]
	}
	return line
}

func (s *input) read() ([]byte, error) {
	if s.peeked {
		s.peeked = false
		return s.first, nil
	}
	if s.column < 0 {
		return s.in.Raw()
	}
	fields, err := s.record()
	if err != nil {
		return nil, err
	}
	if s.column >= len(fields) {
		return nil, fmt.Errorf("line %d: %d fields where the header has %d", s.line(), len(fields), s.width)
	}
	return fields[s.column], nil
}

// record reads a CSV record. Where the key is the only column, an empty line is an empty key.
func (s *input) record() ([][]byte, error) {
	if s.width > 1 {
		return s.in.Next()
	}
	line, err := s.in.Raw()
	if err != nil {
		return nil, err
	}
	return s.in.Split(line)
}

// counted gives requests without a key their number.
func (s *input) counted() ([]byte, error) {
	if s.made == s.left {
		return nil, io.EOF
	}
	s.made++
	s.number = strconv.AppendInt(s.number[:0], int64(s.made), 10)
	return s.number, nil
}

// line is where the key was, from 1.
func (s *input) line() int {
	if s.in == nil {
		return s.made
	}
	if s.log != nil {
		return s.log.next
	}
	return s.in.Line()
}

// unit is what line counts.
func (s *input) unit() string {
	if s.log != nil {
		return "request"
	}
	return "line"
}
