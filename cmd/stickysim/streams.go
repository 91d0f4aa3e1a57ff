package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// streams are the program's input and outputs, with what they support.
type streams struct {
	in       io.Reader
	out, err io.Writer
	color    bool // colours on out
	terminal bool // err is a terminal, so that a line can be redrawn
	quiet    bool // only errors on err
	width    int  // columns of out; 0 = unknown

	args   []string // the command line, for meta.json
	inputs inputs
}

func newStreams(in io.Reader, out, errOut io.Writer) *streams {
	plain := os.Getenv("TERM") == "dumb"
	return &streams{
		in: in, out: out, err: errOut, width: columns(out),
		color:    !plain && os.Getenv("NO_COLOR") == "" && isTerminal(out),
		terminal: !plain && isTerminal(errOut),
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
