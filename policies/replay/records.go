package replay

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxRecord bounds one line, or one CSV record with line breaks in quotes, in bytes.
const maxRecord = 1 << 20

// Records reads CSV (RFC 4180; LF or CRLF) record by record without allocating per record: key files have millions.
type Records struct {
	in     *bufio.Reader
	line   int // of the last line read
	start  int // line where the last record began
	long   []byte
	flat   []byte
	ends   []int
	fields [][]byte
}

// NewRecords returns a reader of in. A byte order mark at the start is skipped.
func NewRecords(in io.Reader) *Records {
	b := bufio.NewReaderSize(in, 1<<16)
	if mark, _ := b.Peek(3); string(mark) == "\xef\xbb\xbf" {
		b.Discard(3)
	}
	return &Records{in: b}
}

// Line is the line number where the last record began, from 1.
func (r *Records) Line() int { return r.start }

// Raw returns the next line without its end, quotes and commas untouched. At the end of the input it is io.EOF. The
// slice is valid until the next call.
func (r *Records) Raw() ([]byte, error) {
	line, err := r.physical()
	r.start = r.line
	return line, err
}

func (r *Records) physical() ([]byte, error) {
	line, err := r.in.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		line, err = r.oversize(line)
	}
	if err == io.EOF && len(line) > 0 {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	r.line++
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

// oversize collects a line longer than the buffer.
func (r *Records) oversize(part []byte) ([]byte, error) {
	r.long = append(r.long[:0], part...)
	for {
		part, err := r.in.ReadSlice('\n')
		r.long = append(r.long, part...)
		if len(r.long) > maxRecord {
			return nil, r.tooLong(r.line + 1)
		}
		if err != bufio.ErrBufferFull {
			return r.long, err
		}
	}
}

func (r *Records) tooLong(line int) error {
	return fmt.Errorf("line %d: longer than %d bytes", line, maxRecord)
}

// Next returns the fields of the next record; empty lines are skipped. At the end of the input it is io.EOF. The
// fields are valid until the next call.
func (r *Records) Next() ([][]byte, error) {
	for {
		line, err := r.physical()
		if err != nil {
			return nil, err
		}
		if len(line) > 0 {
			r.start = r.line
			return r.Split(line)
		}
	}
}

// Split parses a line as a record, and reads on when it ends within quotes.
func (r *Records) Split(line []byte) ([][]byte, error) {
	r.flat, r.ends, r.fields = r.flat[:0], r.ends[:0], r.fields[:0]
	for more := true; more; {
		if len(line) > 0 && line[0] == '"' {
			rest, err := r.quoted(line[1:])
			if err != nil {
				return nil, err
			}
			line = rest
		} else {
			n := bytes.IndexByte(line, ',')
			if n < 0 {
				n = len(line)
			}
			r.flat = append(r.flat, line[:n]...)
			line = line[n:]
		}
		r.ends = append(r.ends, len(r.flat))
		if more = len(line) > 0; more {
			line = line[1:] // the comma
		}
	}
	from := 0
	for _, end := range r.ends {
		r.fields = append(r.fields, r.flat[from:end])
		from = end
	}
	return r.fields, nil
}

// quoted takes a field whose opening quote is behind us, and returns what follows the closing one: nothing or a comma.
func (r *Records) quoted(line []byte) (rest []byte, err error) {
	for {
		n := bytes.IndexByte(line, '"')
		switch {
		case n < 0:
			if len(r.flat)+len(line) > maxRecord {
				return nil, r.tooLong(r.start)
			}
			r.flat = append(append(r.flat, line...), '\n')
			if line, err = r.physical(); err == io.EOF {
				return nil, fmt.Errorf(`line %d: a quote is opened and never closed`, r.start)
			} else if err != nil {
				return nil, err
			}
		case n+1 < len(line) && line[n+1] == '"': // doubled: one quote
			r.flat = append(r.flat, line[:n+1]...)
			line = line[n+2:]
		case n+1 < len(line) && line[n+1] != ',':
			return nil, fmt.Errorf(`line %d: text after a closing quote; write a quote within quotes as ""`, r.line)
		default:
			r.flat = append(r.flat, line[:n]...)
			return line[n+1:], nil
		}
	}
}

// AppendField appends a CSV field to b, quoted where it must be.
func AppendField(b, field []byte) []byte {
	if !needsQuotes(field) {
		return append(b, field...)
	}
	b = append(b, '"')
	for _, c := range field {
		if c == '"' {
			b = append(b, '"')
		}
		b = append(b, c)
	}
	return append(b, '"')
}

func needsQuotes(field []byte) bool {
	for _, c := range field {
		if c == ',' || c == '"' || c == '\n' || c == '\r' {
			return true
		}
	}
	return len(field) > 0 && (field[0] == ' ' || field[len(field)-1] == ' ')
}

// column finds a named column in a header.
func column(header [][]byte, name string) int {
	for i, h := range header {
		if string(bytes.TrimSpace(h)) == name {
			return i
		}
	}
	return -1
}

// errNoHeader is the complaint about an empty trace.
var errNoHeader = errors.New("line 1: the trace is empty; it begins with a header such as t_ms,op,req,key,cookie_in")
