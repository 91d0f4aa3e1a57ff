package accesslog

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// ErrCut is wrapped by the error of a log whose data stop early, such as a gzip file that was not written to its end. Read
// then returns what it could read, too.
var ErrCut = errors.New("the data end too early")

// ErrFormat is wrapped by the error of an input that no known format reads.
var ErrFormat = errors.New("check the file, or give its format")

// Read reads a log to its end. Errors: a format or client field that does not exist, an input that is empty, no text, or no
// access log (more than half of its first thousand lines or of all lines are unusable), a limit of o exceeded, and damaged
// compressed data. In that last case alone the Log is not nil: it holds what was read, and the error wraps ErrCut.
func Read(r io.Reader, o Options) (*Log, error) {
	return ReadParts([]Part{{Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}}, o)
}

// ReadParts reads a log that was rotated: its parts, in the order of their first requests. Errors are those of [Read].
func ReadParts(parts []Part, o Options) (*Log, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if parts, err = inOrder(parts, o); err != nil {
		return nil, err
	}
	b := &builder{options: o, clients: newClientTable(o)}
	b.Stats.Resolution, b.min, b.max = time.Second, math.MaxInt64, math.MinInt64
	var cut error
	for _, p := range parts {
		if len(parts) > 1 {
			b.part = p.Name
		}
		if err := b.readPart(p); err != nil {
			if !errors.Is(err, ErrCut) {
				return nil, err
			}
			cut = cmp.Or(cut, err)
		}
	}
	if cut != nil && b.Records.n == 0 && b.Bad.Total <= 1 {
		return nil, cut // too little to judge
	}
	b.before = 0
	if err := b.judge("all"); err != nil {
		return nil, err
	}
	return b.finish(), cut
}

// builder collects the records of one log.
type builder struct {
	Log
	parser  parser
	wrapped *wrapping
	options Options
	clients *clientTable
	line    line
	part    string // name of the part; "" = the log has one
	before  int    // lines of the parts before
	last    int64  // time of the record above
	min     int64
	max     int64
	others  []parser // of the known formats, to name those among bad lines
	puzzled int      // bad lines that they were tried on
}

func (b *builder) readPart(p Part) error {
	f, err := p.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := open(f, b.options.MaxLine, lineLimit)
	if err != nil {
		return err
	}
	if b.parser, b.wrapped, err = detect(in.sample(), b.options.Format); err != nil {
		return err
	}
	if err := b.clients.use(b.parser, b.options); err != nil {
		return err
	}
	s := &b.Stats
	if b.Records.n > 0 && s.StampsEnd != b.parser.stampsEnd() {
		return fmt.Errorf("%s is in format %s, which stamps other moments of a request than %s does; replay it as another population", p.Name, b.parser.name(), s.Format)
	}
	b.before, b.others = s.Lines, nil
	s.Format, s.Wrapping = joined(s.Format, b.parser.name()), joined(s.Wrapping, b.wrapped.name())
	total, upstream := b.parser.durations()
	s.Total, s.Upstream = joined(s.Total, total), joined(s.Upstream, upstream)
	s.StampsEnd = b.parser.stampsEnd()
	return b.readAll(in)
}

// joined adds a name to a list of names, unless it is there.
func joined(list, name string) string {
	if list == "" || slices.Contains(strings.Split(list, " and "), name) || name == "" {
		return cmp.Or(list, name)
	}
	return list + " and " + name
}

func (b *builder) readAll(in *input) error {
	for {
		text, long, err := in.next()
		if err == io.EOF {
			for _, begun := range b.wrapped.begun {
				if len(begun) > 0 { // and its last part is missing
					b.Stats.Parts--
					b.bad(begun[:min(len(begun), b.options.MaxLine)], fault{reason: CutOff, at: int32(len(begun))})
				}
			}
			return nil
		}
		if err != nil && len(text) == 0 {
			return b.stopped(err)
		}
		if b.Stats.Lines++; b.Stats.Lines > b.options.MaxLines {
			return fmt.Errorf("more than %d lines; split the log, or raise MaxLines", b.options.MaxLines)
		}
		if err != nil {
			b.bad(text, fault{reason: CutOff, at: int32(len(text))})
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

// lineNumber is that of the line in its part.
func (b *builder) lineNumber() int { return b.Stats.Lines - b.before }

// bad counts the line as unusable.
func (b *builder) bad(text []byte, f fault) { b.Bad.add(b.part, b.lineNumber(), text, f) }

// stopped explains why the input ended before its end.
func (b *builder) stopped(err error) error {
	if errors.Is(err, errNoLog) {
		return fmt.Errorf("line %d: %w", b.lineNumber(), err)
	}
	return fmt.Errorf("%w after line %d (%d requests): %w", ErrCut, b.lineNumber(), b.Records.n, err)
}

// add accounts for one line.
func (b *builder) add(text []byte, long bool) error {
	if long {
		b.bad(text, fault{reason: TooLong})
		return nil
	}
	inside, begins := b.wrapped.unwrap(text)
	if begins {
		b.Stats.Parts++
		return nil
	}
	if len(inside) > b.options.MaxLine {
		b.bad(inside, fault{reason: TooLong})
		return nil
	}
	if len(bytes.TrimSpace(inside)) == 0 {
		b.Stats.Blank++
		return nil
	}
	if nul := bytes.IndexByte(text, 0); nul >= 0 {
		b.bad(text, fault{reason: Binary, at: int32(nul)})
		return nil
	}
	b.line.listed = false
	f := b.parser.parse(inside, &b.line)
	switch f.reason {
	case reasonNone:
		return b.record()
	case reasonOther:
		b.Stats.Other++
	default:
		if isErrorLog(inside) {
			b.Stats.Other++
			return nil
		}
		b.bad(inside, f)
		b.puzzle(inside)
	}
	return nil
}

// isErrorLog tells lines of nginx's error log, which containers write to the same place: "2006/01/02 15:04:05 [notice] …".
func isErrorLog(b []byte) bool {
	return len(b) > 22 && b[4] == '/' && b[7] == '/' && b[20] == '[' && isClock(b[11:19])
}

// mostPuzzles bounds on how many bad lines other formats are tried.
const mostPuzzles = 10_000

// puzzle names the known format that a bad line has.
func (b *builder) puzzle(text []byte) {
	if b.options.Format != "" || b.puzzled == mostPuzzles {
		return
	}
	b.puzzled++
	if b.others == nil {
		for _, f := range known {
			if f.name != b.parser.name() {
				b.others = append(b.others, f.parser())
			}
		}
	}
	var l line
	for _, p := range b.others {
		if p.parse(text, &l).reason != reasonNone || l.plain {
			continue
		}
		for i := range b.Stats.Mixed {
			if m := &b.Stats.Mixed[i]; m.Format == p.name() {
				m.Lines++
				return
			}
		}
		b.Stats.Mixed = append(b.Stats.Mixed, Mixed{p.name(), 1, b.lineNumber()})
		return
	}
}

// record keeps the line that was just parsed.
func (b *builder) record() error {
	l := &b.line
	client, err := b.clients.number(l)
	if err != nil {
		return fmt.Errorf("line %d: %w", b.lineNumber(), err)
	}
	if back := b.last - l.at; b.Records.n > 0 && back > 0 {
		b.Stats.OutOfOrder++
		b.Stats.MaxBackward = max(b.Stats.MaxBackward, time.Duration(back))
	}
	b.last, b.min, b.max = l.at, min(b.min, l.at), max(b.max, l.at)
	b.tally(l)
	b.Records.add(Record{At: l.at, Client: client, Target: targetOf(l.method, l.uri), Total: l.total, Upstream: l.upstream})
	return nil
}
