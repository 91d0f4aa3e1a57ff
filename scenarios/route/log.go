package route

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"stickysim/workloads/accesslog"
)

// sampled is how much of a file decides whether it is an access log.
const (
	sampledBytes = 1 << 16
	sampledLines = 100
)

// unzipped is what a reader holds, decompressed where it is a gzip file.
func unzipped(in io.Reader) (*bufio.Reader, error) {
	r := bufio.NewReaderSize(in, sampledBytes)
	if head, _ := r.Peek(2); string(head) != "\x1f\x8b" {
		return r, nil
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("gzip header: %w", err)
	}
	return bufio.NewReaderSize(z, sampledBytes), nil
}

// isLog reports whether the first lines of a file are those of an access log in a format that accesslog knows, but for one
// in ten.
func isLog(r *bufio.Reader) bool {
	head, _ := r.Peek(sampledBytes)
	if !bytes.ContainsAny(head, " \t{") { // a list of keys
		return false
	}
	end := 0
	for range sampledLines {
		i := bytes.IndexByte(head[end:], '\n')
		if i < 0 {
			if len(head) < sampledBytes { // all there is
				end = len(head)
			}
			break
		}
		end += i + 1
	}
	log, err := accesslog.Read(bytes.NewReader(head[:end]), byAddress)
	return err == nil && log.Bad.Total*10 <= log.Records.Len()
}

var byAddress = accesslog.Options{Client: []accesslog.Field{accesslog.Address}, KeepClock: true}

// logKeys are the clients of an access log, by request, in order of arrival.
type logKeys struct {
	*accesslog.Log
	next int
	text []byte
}

// readLog makes keys of a log's clients. They can stand for other keys than addresses, but not for what each request has of
// its own.
func readLog(in io.Reader, kind string) (*logKeys, error) {
	if kind == "uri" || kind == "argument" {
		return nil, fmt.Errorf("an access log has clients, and the policy looks at the %s of a request; list the keys one per line", kind)
	}
	log, err := accesslog.Read(in, byAddress)
	if err != nil {
		return nil, err
	}
	return &logKeys{Log: log}, nil
}

// key returns the next client, valid until the next call, or io.EOF.
func (l *logKeys) key() ([]byte, error) {
	if l.next == l.Records.Len() {
		return nil, io.EOF
	}
	c := &l.Clients[l.Records.At(l.next).Client]
	l.next++
	if !c.Addr.IsValid() {
		l.text = append(l.text[:0], c.Name...)
	} else {
		l.text = c.Addr.AppendTo(l.text[:0])
	}
	return l.text, nil
}
