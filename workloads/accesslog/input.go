package accesslog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// longestGap is how far the reader looks for a line end before it gives up on the input: longer stretches are no log, and a
// small compressed file can hold terabytes of them.
const longestGap = 64 << 20 // bytes

// headSize is how much of a file tells when its first request came.
const headSize = 64 << 10 // bytes

// input reads lines, decompressing where needed, in one fixed buffer.
type input struct {
	r       *bufio.Reader
	maxLine int
	buffer  int
}

// magic tells the formats that are not read from text, so that the error can say what to do.
var magic = []struct{ prefix, what string }{
	{"\xff\xfe", "UTF-16 text; convert it to UTF-8"},
	{"\xfe\xff", "UTF-16 text; convert it to UTF-8"},
	{"PK\x03\x04", "a zip archive; unpack it"},
	{"BZh", "bzip2 data; decompress it"},
	{"\xfd7zXZ", "xz data; decompress it"},
	{"\x28\xb5\x2f\xfd", "zstd data; decompress it"},
	{"\x7fELF", "an executable"},
	{"SQLite format 3", "an SQLite data base"},
	{"\x89PNG", "an image"},
	{"%PDF", "a PDF document"},
}

func open(r io.Reader, maxLine, buffer int) (*input, error) {
	raw := bufio.NewReaderSize(r, buffer)
	head, err := raw.Peek(16)
	if len(head) == 0 && err != io.EOF {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	if bytes.HasPrefix(head, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(raw)
		if err != nil {
			return nil, fmt.Errorf("gzip header: %w", err)
		}
		raw = bufio.NewReaderSize(z, buffer)
		head, _ = raw.Peek(16)
	}
	for _, m := range magic {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return nil, fmt.Errorf("not an access log: this is %s", m.what)
		}
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) { // byte order mark
		if _, err := raw.Discard(3); err != nil {
			return nil, err
		}
	}
	return &input{raw, maxLine, buffer}, nil
}

// sample is the beginning of the log, whole lines as far as they fit in the buffer, without consuming them.
func (in *input) sample() []byte {
	head, err := in.r.Peek(in.buffer) // an error shows again when the lines are read
	if err == nil || !errors.Is(err, io.EOF) {
		if end := bytes.LastIndexByte(head, '\n'); end >= 0 {
			head = head[:end]
		}
	}
	return head
}

// next is the next line without its end. For a line that is too long, long is true and text is its beginning. At the end
// err is io.EOF; any other err means that the data stopped early, and text is what there is of the last line.
func (in *input) next() (text []byte, long bool, err error) {
	text, err = in.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		text = bytes.Clone(text[:in.maxLine])
		return text, true, in.skip()
	}
	if err == io.EOF && len(text) > 0 {
		err = nil
	}
	if n := len(text); n > 0 && text[n-1] == '\n' {
		text = text[:n-1]
	}
	if n := len(text); n > 0 && text[n-1] == '\r' {
		text = text[:n-1]
	}
	if len(text) > in.maxLine {
		return text[:in.maxLine], true, err
	}
	return text, false, err
}

// skip reads to the end of an endless line.
func (in *input) skip() error {
	for read := lineLimit; read < longestGap; {
		part, err := in.r.ReadSlice('\n')
		read += len(part)
		if err != bufio.ErrBufferFull {
			if err == io.EOF {
				return nil
			}
			return err
		}
	}
	return fmt.Errorf("no line end within %d MiB: %w", longestGap>>20, errNoLog)
}

var errNoLog = errors.New("this is not an access log")
