package scenarios

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"

	"stickysim/workloads/accesslog"
)

// Logs is a file system in which some logs are elsewhere, and may be in several parts.
type Logs interface {
	fs.FS
	// Log is where a log is that a scenario calls by this name; nil = in the file system.
	Log(name string) []accesslog.Part
}

// log reads a log.
func (r *reader) log(name string, o accesslog.Options) (*accesslog.Log, error) {
	if l, ok := r.files.(Logs); ok {
		if parts := l.Log(name); parts != nil {
			return accesslog.ReadParts(r.noted(name, parts), o)
		}
	}
	f, err := r.open(name)
	if err != nil {
		return nil, missing{err}
	}
	defer f.Close()
	return accesslog.Read(f, o)
}

// missing is the error of a file that cannot be opened.
type missing struct{ error }

// noted adds the contents of a log's parts to the reader's sums when they are read.
func (r *reader) noted(name string, parts []accesslog.Part) []accesslog.Part {
	sums := make([][]byte, len(parts))
	out := make([]accesslog.Part, len(parts))
	for i, p := range parts {
		out[i] = accesslog.Part{Name: p.Name, Open: func() (io.ReadCloser, error) {
			f, err := p.Open()
			if err != nil {
				return nil, missing{err}
			}
			h := sha256.New()
			return closing{io.TeeReader(f, h), func() error {
				sums[i] = h.Sum(nil)
				all := sha256.New()
				for _, one := range sums {
					fmt.Fprintf(all, "%x ", one)
				}
				r.sums[name] = all.Sum(nil)
				return f.Close()
			}}, nil
		}}
	}
	return out
}

// closing is a reader that does something when it is closed.
type closing struct {
	io.Reader
	close func() error
}

// Close closes what is read.
func (c closing) Close() error { return c.close() }
