package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"stickysim/sim/diag"
)

// streams are the program's input and outputs, with what they support.
type streams struct {
	in       io.Reader
	out      *failing
	err      io.Writer // cleans what is printed
	screen   io.Writer // err as it is, to redraw a line
	color    bool      // colours on out
	terminal bool      // err is a terminal, so that a line can be redrawn
	quiet    bool      // only errors on err
	width    int       // columns of out; 0 = unknown

	args    []string // the command line, for meta.json
	inputs  inputs
	logRead bool              // standard input has been read as a log
	piped   map[string][]byte // what came through pipes that are read more than once

	begun time.Time       // what --timeout counts from
	stop  context.Context // ends with the first signal
	ctx   context.Context // ends with stop, or at --timeout
	ended sync.Once       // the message that it has
}

func newStreams(in io.Reader, out, errOut io.Writer) *streams {
	plain := os.Getenv("TERM") == "dumb"
	return &streams{
		in: in, out: &failing{w: out}, err: diag.Lines(errOut), screen: errOut, width: columns(out),
		color:    !plain && os.Getenv("NO_COLOR") == "" && isTerminal(out),
		terminal: !plain && isTerminal(errOut),
		piped:    map[string][]byte{}, begun: time.Now(), stop: context.Background(), ctx: context.Background(),
	}
}

var colorModes = []string{"auto", "always", "never"}

// setColor is --color.
func (s *streams) setColor(when string) error {
	switch when {
	case "auto":
	case "always":
		s.color = true
	case "never":
		s.color = false
	default:
		return fmt.Errorf("must be auto, always or never, got %q%s", when, didYouMean(when, colorModes))
	}
	return nil
}

// helpWidth is the width of help: that of the terminal, 80 columns without one.
func (s *streams) helpWidth() int { return s.columnsUpTo(120) }

// columnsUpTo is the width of the terminal, at most that many columns; 80 without a terminal.
func (s *streams) columnsUpTo(most int) int {
	if s.width == 0 {
		return 80
	}
	return max(40, min(s.width, most))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func columns(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			return width
		}
	}
	return 0
}

// note prints a line that is neither a result nor an error, unless the user wants quiet.
func (s *streams) note(format string, args ...any) {
	if !s.quiet {
		fmt.Fprintf(s.err, format+"\n", args...)
	}
}

// failing is a writer that remembers its first error: an output that is lost ends the program with exit code 1, whoever wrote it.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if err != nil && f.err == nil {
		f.err = err
	}
	return n, err
}
