package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// streams are the program's input and outputs, and how they may be used.
type streams struct {
	in       io.Reader
	out, err io.Writer
	color    bool // out may be coloured
	terminal bool // a line on err may be drawn over
	quiet    bool // err is for errors only
	width    int  // columns of out; 0 = not known

	args []string // the command line, for meta.json
}

func newStreams(in io.Reader, out, errOut io.Writer) *streams {
	plain := os.Getenv("TERM") == "dumb"
	return &streams{
		in: in, out: out, err: errOut, width: columns(out),
		color:    !plain && os.Getenv("NO_COLOR") == "" && isTerminal(out),
		terminal: !plain && isTerminal(errOut),
	}
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

// note tells the user something that is neither the answer nor an error.
func (s *streams) note(format string, args ...any) {
	if !s.quiet {
		fmt.Fprintf(s.err, format+"\n", args...)
	}
}
