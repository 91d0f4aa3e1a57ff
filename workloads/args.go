package workloads

import (
	"strings"

	"stickysim/sim/dist"
)

// arg is one argument: text, perhaps with name= or key: before it.
type arg struct {
	at    int // offset of the text
	name  string
	key   string
	keyAt int
	text  string
	used  bool
}

// splitArgs cuts what stands in the brackets that open at text[open] at its commas; brackets within stay whole. The
// text begins at offset at of the whole, and must end with the closing bracket.
func splitArgs(text string, at, open int, p *Process) ([]arg, error) {
	var args []arg
	depth, from := 0, open+1
	for i := open + 1; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')', ',':
			if depth > 0 {
				if text[i] == ')' {
					depth--
				}
				continue
			}
			if a := cutArg(text[from:i], at+from); a.text != "" || a.name != "" || a.key != "" {
				args = append(args, a)
			} else if text[i] == ',' || len(args) > 0 {
				return nil, &dist.Error{Offset: at + from, Message: "expected a value in " + p.Name + "(...)", Hint: "write " + p.usage()}
			}
			if from = i + 1; text[i] == ',' {
				continue
			}
			if from < len(text) {
				return nil, &dist.Error{Offset: at + from, Message: "unexpected " + quote(text[from:]), Hint: "the arrival process ends before it"}
			}
			return args, nil
		}
	}
	return nil, &dist.Error{Offset: at + len(text), Message: "expected ) at the end of " + p.Name + "(...)", Hint: "write " + p.usage()}
}

// cutArg takes name= or key: off an argument. What stands in brackets belongs to the value.
func cutArg(text string, at int) arg {
	var a arg
	end := strings.IndexByte(text, '(')
	if end < 0 {
		end = len(text)
	}
	a.text, a.at = trim(text, at)
	if i := strings.IndexAny(text[:end], "=:"); i >= 0 {
		before, beforeAt := trim(text[:i], at)
		if text[i] == '=' {
			a.name = before
		} else {
			a.key, a.keyAt = before, beforeAt
		}
		a.text, a.at = trim(text[i+1:], at+i+1)
	}
	return a
}

const space = " \t\r\n"

// trim takes the space off text, which begins at offset at.
func trim(text string, at int) (string, int) {
	left := strings.TrimLeft(text, space)
	return strings.TrimRight(left, space), at + len(text) - len(left)
}
