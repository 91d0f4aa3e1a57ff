package accesslog

import (
	"fmt"
	"strings"
)

// Reason says why a line could not be used.
type Reason uint8

// The reasons, in the order they are reported.
const (
	reasonNone  Reason = iota // the line is fine
	reasonOther               // the line is fine but holds no request
	TooLong                   // longer than Options.MaxLine
	Binary                    // holds NUL bytes, as after a power failure or in a file that is no text
	CutOff                    // the compressed data ended within the line
	Short                     // the line ends before the field does
	Mismatch                  // the text between two fields is not what the format says
	Prefixed                  // something stands in front of the address
	BadAddress                // the address is missing or holds impossible characters
	BadTime                   // not a time, or one outside 1970 to 2199
	BadStatus                 // not three digits or "-"
	BadNumber                 // not a number or "-"
	BadJSON                   // not a JSON object
	BadFields                 // other fields than the #Fields line lists, or no such line yet
	reasons
)

var reasonText = [reasons]string{
	TooLong:    "longer than the longest usable line",
	Binary:     "NUL byte, not text",
	CutOff:     "cut off",
	Short:      "the line ends before this field does",
	Mismatch:   "does not match the format",
	Prefixed:   "the line does not begin with an address, and what is in front of it is no known prefix",
	BadAddress: "no address or host name",
	BadTime:    "not a time like 02/Jan/2006:15:04:05 -0700, 2006-01-02T15:04:05Z or 1136214245.123",
	BadStatus:  `not a status of three digits or "-"`,
	BadNumber:  `not a number or "-"`,
	BadJSON:    "not a JSON object",
	BadFields:  "not the fields that the #Fields line above lists",
}

// String describes the reason.
func (r Reason) String() string {
	if r < reasons {
		return reasonText[r]
	}
	return "unknown"
}

// fault is a parser's verdict: why, at which field, at which byte of the line (from 0).
type fault struct {
	reason Reason
	field  kind
	at     int32
}

const examplesPerReason = 3

// BadLine is one unusable line.
type BadLine struct {
	Part   string // the file, where the log has several
	Line   int    // from 1
	Column int    // in bytes, from 1
	Reason Reason
	Field  string // the field that was being read
	Text   string // the line from the column on, at most 60 bytes
}

// String is "line 17, column 5: time: not a time like …: "text"".
func (b BadLine) String() string {
	where := fmt.Sprintf("line %d, column %d: ", b.Line, b.Column)
	if b.Part != "" {
		where = b.Part + ", " + where
	}
	if b.Field != "" {
		where += b.Field + ": "
	}
	return where + b.Reason.String() + fmt.Sprintf(": %q", b.Text)
}

// BadCount is how often one reason occurred, with its first few lines.
type BadCount struct {
	Reason   Reason
	Count    int
	Examples []BadLine
}

// BadLines counts the unusable lines of a log by reason, in the order of the Reason constants; reasons that did not
// occur are absent.
type BadLines struct {
	Total  int
	Counts []BadCount
}

// String is one line per reason with its first example, or "" when no line is bad.
func (b BadLines) String() string {
	var out strings.Builder
	for _, c := range b.Counts {
		fmt.Fprintf(&out, "%d × %s, first at %s\n", c.Count, c.Reason, c.Examples[0])
	}
	return out.String()
}

func (b *BadLines) add(part string, number int, text []byte, f fault) {
	b.Total++
	i := 0
	for i < len(b.Counts) && b.Counts[i].Reason < f.reason {
		i++
	}
	if i == len(b.Counts) || b.Counts[i].Reason != f.reason {
		b.Counts = append(b.Counts, BadCount{})
		copy(b.Counts[i+1:], b.Counts[i:])
		b.Counts[i] = BadCount{Reason: f.reason}
	}
	c := &b.Counts[i]
	c.Count++
	if len(c.Examples) < examplesPerReason {
		text = text[min(int(f.at), len(text)):]
		text = text[:min(60, len(text))]
		c.Examples = append(c.Examples,
			BadLine{Part: part, Line: number, Column: int(f.at) + 1, Reason: f.reason, Field: f.field.String(), Text: string(text)})
	}
}

// First is the first unusable line; there must be one.
func (b BadLines) First() BadLine {
	first := b.Counts[0].Examples[0]
	for _, c := range b.Counts {
		if c.Examples[0].Line < first.Line {
			first = c.Examples[0]
		}
	}
	return first
}
