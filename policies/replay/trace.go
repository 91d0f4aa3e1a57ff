package replay

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"

	"stickysim/sim"
)

// TraceOptions is what a trace does not say itself.
type TraceOptions struct {
	Key        string // what the column key holds: a kind of ir.KeySource; "" = "none"
	Cookie     string // name of the affinity cookie; where empty, values are read and written without a name
	Attributes string // appended to every cookie_out, for example "; path=/"

	Observe func(line int, a Answer) // nil, or called with the answer to every request and close, before it is written
}

// Trace replays requests and events in order. in is CSV whose header names the columns op and, where needed, t_ms,
// req, key and cookie_in; other columns are passed through. out gets the same lines, with server, status and
// cookie_out filled in (columns of that name are overwritten, otherwise added).
//
//	op      columns              what it does
//	req     key, cookie_in       one complete request
//	creq    key, cookie_in       one complete request of client key
//	open    req, key, cookie_in  a request that its server holds; status empty = in flight, queued = in the queue
//	close   req                  the server of the request answers
//	arrive  req                  nothing; shows where a queued request is now
//	kill    key                  server key refuses connections from now on; the balancer has to notice
//	revive  key                  server key accepts connections again
//	admin   key                  a command to the balancer, see [Router.Admin]
//	wait    key                  milliseconds without traffic
//
// t_ms is the time in milliseconds since the clock stood where it stands when Trace is called; it must not go back.
// Without it only wait moves the clock. cookie_in is a Cookie header, or the bare value where Cookie has no name.
// Where the column is missing, a client of creq sends what it was given last; a policy that only learns the
// application's cookie recognises the client by it, whatever its text. The mark of a canary, split or weighted policy
// has no text: a client of creq sends the one it was given last.
//
// Errors name line and column.
func (r *Router) Trace(in io.Reader, out io.Writer, o TraceOptions) error {
	t := tracer{r: r, o: o, in: NewRecords(in), out: bufio.NewWriterSize(out, 1<<16), start: r.View().Now, jar: map[string]cookie{}, marks: map[string]mark{}}
	if err := t.header(); err != nil {
		return err
	}
	for {
		fields, err := t.in.Next()
		if err == io.EOF {
			return t.out.Flush()
		}
		if err == nil {
			err = t.line(fields)
		}
		if err != nil {
			t.out.Flush()
			return err
		}
	}
}

// tracer is a trace being replayed.
type tracer struct {
	r     *Router
	o     TraceOptions
	in    *Records
	out   *bufio.Writer
	start sim.Time
	last  float64 // t_ms of the line before
	width int     // columns of the input
	buf   []byte

	op, tms, req, key, cookieIn int // columns of the input, -1 = missing
	server, status, cookieOut   int // columns of the output
	jar                         map[string]cookie
	marks                       map[string]mark
}

// result is what a line is answered with.
type result struct {
	server sim.ServerID
	status string
	cookie string
}

func (t *tracer) header() error {
	h, err := t.in.Next()
	if err == io.EOF {
		return errNoHeader
	}
	if err != nil {
		return err
	}
	t.width = len(h)
	t.op, t.tms, t.req = column(h, "op"), column(h, "t_ms"), column(h, "req")
	t.key, t.cookieIn = column(h, "key"), column(h, "cookie_in")
	if t.op < 0 {
		return fmt.Errorf("line %d: no column op; the header names op and, where needed, t_ms, req, key, cookie_in", t.in.Line())
	}
	names := h
	place := func(name string) int {
		if i := column(names, name); i >= 0 {
			return i
		}
		names = append(names, []byte(name))
		return len(names) - 1
	}
	t.server, t.status, t.cookieOut = place("server"), place("status"), place("cookie_out")
	t.write(names)
	return nil
}

func (t *tracer) write(fields [][]byte) {
	t.buf = t.buf[:0]
	for i, f := range fields {
		if i > 0 {
			t.buf = append(t.buf, ',')
		}
		t.buf = AppendField(t.buf, f)
	}
	t.out.Write(append(t.buf, '\n')) // a bufio.Writer keeps its error for Flush
}

func (t *tracer) line(fields [][]byte) error {
	if len(fields) != t.width {
		return fmt.Errorf("line %d: %d fields where the header has %d", t.in.Line(), len(fields), t.width)
	}
	if err := t.clock(fields); err != nil {
		return err
	}
	res, column, err := t.do(fields)
	if err != nil {
		return fmt.Errorf("line %d, column %s: %w", t.in.Line(), column, err)
	}
	last := max(t.server, t.status, t.cookieOut)
	for len(fields) <= last {
		fields = append(fields, nil)
	}
	fields[t.server] = nil
	if res.server >= 0 {
		fields[t.server] = []byte(t.r.Name(res.server))
	}
	fields[t.status], fields[t.cookieOut] = []byte(res.status), []byte(res.cookie)
	t.write(fields)
	return nil
}

// clock moves the time to the line's t_ms.
func (t *tracer) clock(fields [][]byte) error {
	text := t.field(fields, t.tms)
	if text == "" {
		return nil
	}
	ms, err := strconv.ParseFloat(text, 64)
	if err != nil || !(ms >= 0) || ms > 1e13 {
		return fmt.Errorf("line %d, column t_ms: %q is not a time in milliseconds", t.in.Line(), clip(text))
	}
	if ms < t.last {
		return fmt.Errorf("line %d, column t_ms: %s is before %s on an earlier line", t.in.Line(), clip(text),
			strconv.FormatFloat(t.last, 'f', -1, 64))
	}
	t.last = ms
	t.r.Advance(t.start + sim.Time(math.Round(ms*float64(sim.Millisecond))))
	return nil
}

func (t *tracer) field(fields [][]byte, column int) string {
	if column < 0 {
		return ""
	}
	return string(fields[column])
}
