package accesslog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrCut is wrapped by the error of a log whose data stop early, such as a gzip file that was not written to its end. Read
// then returns what it could read, too.
var ErrCut = errors.New("the data end too early")

// Read reads a log to its end. Errors: a format or client field that does not exist, an input that is empty, no text, or no
// access log (more than half of its first thousand lines or of all lines are unusable), a limit of o exceeded, and damaged
// compressed data. In that last case alone the Log is not nil: it holds what was read, and the error wraps ErrCut.
func Read(r io.Reader, o Options) (*Log, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	in, err := open(r, o.MaxLine)
	if err != nil {
		return nil, err
	}
	var p parser
	if o.Format == "" {
		p = detect(in.sample())
	} else if p, err = compile(o.Format); err != nil {
		return nil, err
	}
	b, err := newBuilder(p, o)
	if err != nil {
		return nil, err
	}
	cut := b.readAll(in)
	if cut != nil && !errors.Is(cut, ErrCut) {
		return nil, cut
	}
	if cut != nil && len(b.Records) == 0 && b.Bad.Total <= 1 {
		return nil, cut // too little to judge
	}
	if err := b.judge("all"); err != nil {
		return nil, err
	}
	return b.finish(), cut
}

// builder collects the records of one log.
type builder struct {
	Log
	parser  parser
	options Options
	clients *clientTable
	line    line
	last    int64 // time of the record above
	min     int64
	max     int64
}

func newBuilder(p parser, o Options) (*builder, error) {
	t, err := newClientTable(p, o)
	if err != nil {
		return nil, err
	}
	b := &builder{parser: p, options: o, clients: t}
	b.Stats.Format, b.Stats.Resolution = p.name(), time.Second
	return b, nil
}

func (b *builder) readAll(in *input) error {
	for {
		text, long, err := in.next()
		if err == io.EOF {
			return nil
		}
		if err != nil && len(text) == 0 {
			return b.stopped(err)
		}
		if b.Stats.Lines++; b.Stats.Lines > b.options.MaxLines {
			return fmt.Errorf("more than %d lines; split the log, or raise MaxLines", b.options.MaxLines)
		}
		if err != nil {
			b.Bad.add(b.Stats.Lines, text, fault{reason: CutOff, at: int32(len(text))})
			return b.stopped(err)
		}
		if err := b.add(text, long); err != nil {
			return err
		}
		if b.Stats.Lines == sampleLines {
			if err := b.judge("the first"); err != nil {
				return err
			}
		}
	}
}

// stopped explains why the input ended before its end.
func (b *builder) stopped(err error) error {
	if errors.Is(err, errNoLog) {
		return fmt.Errorf("line %d: %w", b.Stats.Lines, err)
	}
	return fmt.Errorf("%w after line %d (%d requests): %w", ErrCut, b.Stats.Lines, len(b.Records), err)
}

// add accounts for one line.
func (b *builder) add(text []byte, long bool) error {
	switch {
	case long:
		b.Bad.add(b.Stats.Lines, text, fault{reason: TooLong})
		return nil
	case len(bytes.TrimSpace(text)) == 0:
		b.Stats.Blank++
		return nil
	}
	if nul := bytes.IndexByte(text, 0); nul >= 0 {
		b.Bad.add(b.Stats.Lines, text, fault{reason: Binary, at: int32(nul)})
		return nil
	}
	f := b.parser.parse(text, &b.line)
	switch f.reason {
	case reasonNone:
		return b.record()
	case reasonOther:
		b.Stats.Other++
	default:
		b.Bad.add(b.Stats.Lines, text, f)
	}
	return nil
}

// record keeps the line that was just parsed.
func (b *builder) record() error {
	l := &b.line
	client, err := b.clients.number(l)
	if err != nil {
		return fmt.Errorf("line %d: %w", b.Stats.Lines, err)
	}
	if len(b.Records) == 0 {
		b.last, b.min, b.max = l.at, l.at, l.at
	}
	if back := b.last - l.at; back > 0 {
		b.Stats.OutOfOrder++
		b.Stats.MaxBackward = max(b.Stats.MaxBackward, time.Duration(back))
	}
	if l.unterminated {
		b.Stats.Unterminated++
	}
	b.last, b.min, b.max = l.at, min(b.min, l.at), max(b.max, l.at)
	b.Stats.Resolution = resolution(b.Stats.Resolution, l.at)
	demand := l.upstream
	if demand < 0 {
		demand = l.total
	}
	b.Records = append(b.Records, Record{
		At: l.at, Client: client, URI: uint32(hash64(l.uri)), Demand: demand, Status: l.status, Method: l.method,
	})
	return nil
}

// judge refuses an input of which more than half is unusable.
func (b *builder) judge(which string) error {
	usable := len(b.Records)
	switch {
	case usable > 0 && b.Bad.Total <= usable:
		return nil
	case b.Stats.Lines == 0:
		return errors.New("the log is empty")
	case b.Bad.Total == 0 && which == "all":
		return fmt.Errorf("no request in %d lines", b.Stats.Lines)
	case b.Bad.Total == 0:
		return nil
	}
	return fmt.Errorf("%d of %s %d lines are unusable as format %s; the first at %s; check the file, or give its format",
		b.Bad.Total, which, b.Stats.Lines, b.Stats.Format, b.Bad.first())
}

// finish brings the records into the order and the clock of their arrivals.
func (b *builder) finish() *Log {
	b.Clients, b.Agents = b.clients.clients, b.clients.agents
	b.Stats.First, b.Stats.Last = time.Unix(0, b.min).UTC(), time.Unix(0, b.max).UTC()
	sortRecords(b.Records)
	if b.Stats.Resolution == time.Second && !b.options.KeepClock {
		b.Stats.Spread = true
		spread(b.Records)
	}
	b.Stats.StampsEnd = b.parser.stampsEnd()
	if b.Stats.StampsEnd {
		for i := range b.Records {
			b.Records[i].At -= max(0, int64(b.Records[i].Demand)) * 1000
		}
		sortRecords(b.Records)
	}
	b.Start = b.Records[0].At
	for i := range b.Records {
		b.Records[i].At -= b.Start
	}
	return &b.Log
}
