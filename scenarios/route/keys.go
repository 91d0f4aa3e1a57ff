package route

import (
	"bufio"
	"fmt"
	"io"

	"stickysim/policies/replay"
	"stickysim/sim"
)

// Options say what to do with the keys.
type Options struct {
	Changes  Changes
	Compare  bool   // also route by the unchanged source, and say which keys moved
	Format   string // "csv" (default) or "json"
	Requests int    // so many requests without a key instead of a key file
}

// Summary is what became of the keys.
type Summary struct {
	Keys     int
	Refused  int // answered by no server
	Moved    int // go to another server than before; only with Compare
	Needless int // of these: the old server takes clients as before, and the new one was not favoured
	Servers  []Load
	Log      string // format of the access log whose clients were the keys; empty: there was none
}

// Load is how many keys a server got.
type Load struct {
	Server string
	Keys   int
}

// Keys routes every key of in, one per line or the column `key` of a CSV, and writes the answers to out in order: CSV
// key,server or, with Compare, key,server,before,moved,needless. Where no server answered, server is the status after
// an exclamation mark, for example !503. The format json is an array of objects, one a line, with more about each.
// Where keys are addresses, the first word of a line counts. Of an access log the keys are the clients, in order of arrival.
// Files may be compressed with gzip.
//
// Errors about a key name its line. What was answered before has been written then.
func Keys(out io.Writer, in io.Reader, s Source, o Options) (Summary, error) {
	w, err := newWriter(out, o)
	if err != nil {
		return Summary{}, err
	}
	e, err := s.edit(o.Changes)
	if err != nil {
		return Summary{}, err
	}
	r := run{source: s, w: w, now: e.router(), edited: e}
	if o.Compare {
		r.compare(s)
	}
	keys := &input{left: o.Requests}
	if o.Requests == 0 {
		if keys, err = newInput(in, s.Key); err != nil {
			return Summary{}, err
		}
	}
	if keys.log != nil {
		r.sum.Log = keys.log.Stats.Format
	}
	r.counts = make([]int, len(e.lines))
	err = r.all(keys)
	if end := w.close(); err == nil {
		err = end
	}
	for i, n := range r.counts {
		r.sum.Servers = append(r.sum.Servers, Load{r.now.Name(sim.ServerID(i)), n})
	}
	return r.sum, err
}

// run is a stream of keys on its way through one router, or two.
type run struct {
	source Source
	edited *edited
	now    *replay.Router
	before *replay.Router // nil without Compare
	stays  []sim.ServerID // by ServerID of before: the same server's in now; NoServer = removed
	gone   []bool         // by ServerID of before: clients had to leave, all or some
	w      *writer
	counts []int
	sum    Summary
	k      replay.Key // here, and not on the stack, since interface calls would move them to the heap each time
	a      replay.Answer
	m      move
}

func (r *run) all(keys *input) error {
	for {
		text, err := keys.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if r.k, err = r.key(keys, text); err != nil {
			return fmt.Errorf("%s %d: %w", keys.unit(), keys.line(), err)
		}
		if err := r.one(text); err != nil {
			return err
		}
	}
}

// key makes the request of a key. Counted requests carry nothing but a client of their own.
func (r *run) key(keys *input, text []byte) (replay.Key, error) {
	if keys.in == nil {
		k, err := replay.KeyOfBytes("none", text)
		k.Text, k.Whole = nil, false
		return k, err
	}
	k, err := replay.KeyOfBytes(r.source.Key, text)
	if r.source.Key == "cookie" && r.now.ReadsCookies() {
		k.Cookie = string(text)
	}
	return k, err
}

// one routes a key and writes the answer.
func (r *run) one(text []byte) error {
	a := &r.a
	if r.w.json {
		*a = r.now.Request(r.k)
	} else {
		a.Server, a.Status = r.now.Route(&r.k)
	}
	r.sum.Keys++
	if a.Server < 0 {
		r.sum.Refused++
	} else {
		r.counts[a.Server]++
	}
	if r.before == nil {
		return r.w.answer(r.now, text, a, nil)
	}
	r.m = r.move(&r.k, a)
	if r.m.moved {
		r.sum.Moved++
	}
	if r.m.needless {
		r.sum.Needless++
	}
	return r.w.answer(r.now, text, a, &r.m)
}

// output is large enough that a million lines are a few hundred writes.
func output(out io.Writer) *bufio.Writer { return bufio.NewWriterSize(out, 1<<17) }
